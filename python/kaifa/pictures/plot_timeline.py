# SPDX-License-Identifier: GPL-3.0-or-later
"""A row for each sender, with its packets over time and the period of its beacons."""

import numpy as np
from matplotlib.colors import to_rgb

from ..recording import InputError
from .beacon_period import beacon_period
from .canvas import HEIGHT_IN, add_axes, new_figure, time_axis, type_legend, x_times
from .frames import BEACON, TYPES
from .inferred import inferred_note
from .paint import by_packets
from .palette import MARKERS
from .scatter import CELL_DOTS, MOST_POINTS, MOST_VECTORS, THIN, opacity
from .short_names import short_names
from .times import time_span
from .words import counted

MOST_ROWS = 200
ROW_IN = 0.19
PERIOD_IN = 1.75  # width of the column
# Marks grow with the rows.
LEAST_PT, MOST_PT = 3.2, 6.0
BEACON_TO_OTHER = 1.5
STRIP = 6  # parts of a row's height, of which the first and the last stay empty
DENSITY = "too many for markers: the stronger the more packets"


def plot_timeline(frames, paint, _symbol_rate):
    """The figure; InputError if no frame has a sender."""
    senders, _ = by_packets(frames)
    if not senders:
        raise InputError("no frame has a sender, expected some that name one")
    shown = senders[:MOST_ROWS]
    subtitle = (
        f"{counted(len(shown), 'sender')}{inferred_note(frames)}, those with most packets first, "
        f"{time_span(frames)}"
    )
    if not all(paint.is_own(frames.addresses[i]) for i in shown):
        subtitle += "; grey: without a colour of their own"
    if len(shown) < len(senders):
        subtitle += f"; {len(senders) - len(shown):,} more are not shown"
    height = max(HEIGHT_IN, 1.45 + ROW_IN * len(shown))
    figure = new_figure("Senders over time", subtitle, paint.theme, height)
    axes = add_axes(figure, left=1.0, right=3.45)
    time_axis(axes, frames)
    _rows(axes, frames, shown, paint.theme)
    marks = len(frames) <= MOST_POINTS
    if marks:
        _packets(axes, frames, shown, paint)
    else:
        _strips(axes, frames, shown, paint)
        axes.set_title(DENSITY, fontsize=8, loc="right", color=paint.theme.faint_text)
    type_legend(axes, frames, paint.theme, markers=marks, away_in=PERIOD_IN)
    return figure


def _packets(axes, frames, shown, paint):
    row_of = np.full(len(frames.addresses) + 1, -1)
    row_of[shown] = range(len(shown))
    x, row = x_times(frames), row_of[frames.source]
    palette = np.array(paint.of_all(frames.addresses))
    other_pt = np.clip(10 * MOST_PT / len(shown) ** 0.7, LEAST_PT, MOST_PT)
    # Beacons last: they are what has a period.
    for kind in sorted(range(len(TYPES)), key=lambda kind: kind == BEACON):
        chosen = (row >= 0) & (frames.type == kind)
        if not chosen.any():
            continue
        marker = MARKERS[kind].matplotlib
        size = other_pt * (BEACON_TO_OTHER if kind == BEACON else 1)
        axes.scatter(
            x[chosen],
            row[chosen],
            s=size**2,
            c=palette[frames.source[chosen]],
            marker=marker,
            linewidths=0.7 if marker in THIN else 0,
            alpha=1.0 if kind == BEACON else 0.65,
            rasterized=bool(len(x) > MOST_VECTORS),
            gid=TYPES[kind],
        )


def _strips(axes, frames, shown, paint):
    """A strip for each row, the stronger the more packets."""
    left, right = axes.get_xlim()
    columns = int(axes.get_window_extent().width // CELL_DOTS[0])
    image = np.zeros((len(shown), STRIP, columns, 4))
    palette = paint.of_all(frames.addresses)
    x = x_times(frames)
    for row, sender in enumerate(shown):
        count, _ = np.histogram(x[frames.source == sender], bins=columns, range=(left, right))
        image[row, 1:-1, :, :3] = to_rgb(palette[sender])
        image[row, 1:-1, :, 3] = opacity(count)
    axes.imshow(
        image.reshape(-1, columns, 4),
        extent=(left, right, len(shown) - 0.5, -0.5),
        aspect="auto",
        interpolation="nearest",
        zorder=3,
        gid="density",
    )
    axes.set_ylim(len(shown) - 0.4, -0.6)


def _rows(axes, frames, shown, theme):
    axes.set_ylim(len(shown) - 0.4, -0.6)
    names = short_names(frames.addresses)
    axes.set_yticks(range(len(shown)), [names[frames.addresses[i]] for i in shown], fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel("sender")
    for row, sender in enumerate(shown):
        of_sender = (frames.source == sender) & (frames.type == BEACON)
        axes.annotate(
            period_text(frames.time_ns[of_sender]),
            (1.01, row),
            xycoords=("axes fraction", "data"),
            fontsize=7.5,
            va="center",
            color=theme.faint_text,
            annotation_clip=False,
        )
    axes.annotate(
        "beacon period",
        (1.01, 1),
        xycoords="axes fraction",
        xytext=(0, 4),
        textcoords="offset points",
        fontsize=8,
        fontweight="bold",
    )


def period_text(time_ns):
    """Period of beacons at these times in words."""
    period = beacon_period(time_ns)
    if period is None:
        beacons = "beacon" if len(time_ns) == 1 else "beacons"
        return f"? ({len(time_ns)} {beacons})" if len(time_ns) else "no beacons"
    digits = 1 if period.seconds >= 10 else 2
    return f"{period.seconds:.{digits}f} s ± {period.jitter_s:.2f} ({period.beacons} beacons)"
