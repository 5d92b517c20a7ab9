# SPDX-License-Identifier: GPL-3.0-or-later
"""Signal to noise ratio against time."""

import numpy as np
from matplotlib.patheffects import Normal, Stroke

from ..recording import InputError
from .canvas import (
    LEGEND_IN,
    add_axes,
    new_figure,
    sender_legend,
    time_axis,
    type_legend,
    x_times,
)
from .paint import by_packets
from .scatter import draw_packets
from .short_names import short_names
from .times import time_span
from .words import counted

# Of a line of medians, and the packets that each median is of.
MOST_PIECES = 30
LEAST_IN_PIECE = 5
NAMES_IN = 0.85  # width of the strip beside the axes for the names of lines
LEAST_BETWEEN_NAMES = 0.025  # of the height


def plot_snr(frames, paint, _symbol_rate):
    """The figure; InputError if no frame has a signal to noise ratio."""
    known = np.isfinite(frames.snr_db)
    if not known.any():
        raise InputError("no frame has an SNR, expected an input that tells it")
    median = np.median(frames.snr_db[known])
    subtitle = (
        f"{counted(np.count_nonzero(known), 'packet')}, median {median:.1f} dB, {time_span(frames)}"
        + ("; senders of acknowledgements are inferred" if frames.source_inferred.any() else "")
    )
    figure = new_figure("Signal to noise ratio", subtitle, paint.theme)
    axes = add_axes(figure, right=LEGEND_IN + 0.15 + NAMES_IN)
    time_axis(axes, frames)
    low, high = frames.snr_db[known].min(), frames.snr_db[known].max()
    margin = max((high - low) * 0.05, 1.0)
    axes.set_ylim(low - margin, high + margin)
    axes.set_ylabel("SNR in the bandwidth of a packet (dB)")
    drawn = draw_packets(axes, x_times(frames), frames.snr_db, frames, paint)
    names = short_names(frames.addresses)
    lines = _medians(axes, frames.select(known), names, paint)
    if lines:
        axes.set_title(
            "lines: medians of senders with a colour of their own", fontsize=8, loc="right"
        )
    types = type_legend(axes, frames, paint.theme, drawn == "points", NAMES_IN)
    sender_legend(axes, frames, names, paint, types, NAMES_IN)
    return figure


def _medians(axes, frames, names, paint):
    """Draws how the medians of senders with colours go, with their names; returns how many."""
    x, ends = x_times(frames), []
    for sender in by_packets(frames)[0]:
        address = frames.addresses[sender]
        of_sender = np.flatnonzero(frames.source == sender)
        pieces = min(MOST_PIECES, len(of_sender) // LEAST_IN_PIECE)
        if pieces < 2 or not paint.is_own(address):
            continue
        points = [
            (np.median(x[piece]), np.median(frames.snr_db[piece]))
            for piece in np.array_split(of_sender, pieces)
        ]
        axes.plot(
            *zip(*points, strict=True),
            color=paint.of(address),
            linewidth=1.4,
            gid="median",
            path_effects=[Stroke(linewidth=3, foreground=paint.theme.panel), Normal()],
            zorder=5,
        )
        ends.append((points[-1], names[address], paint.of(address)))
    _name_lines(axes, ends)
    return len(ends)


def _name_lines(axes, ends):
    """Writes the names of lines beside the axes, where no marks are, each joined to its end."""
    ends.sort(key=lambda end: end[0][1])
    low, high = axes.get_ylim()
    places = spread([y for (_x, y), *_ in ends], low, high, (high - low) * LEAST_BETWEEN_NAMES)
    for ((x, y), name, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            name,
            (x, y),
            xytext=(1.015, place),
            textcoords=axes.get_yaxis_transform(),
            fontsize=7.5,
            fontweight="bold",
            color=colour,
            va="center",
            zorder=6,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "alpha": 0.7,
                        "shrinkA": 1, "shrinkB": 0, "relpos": (0, 0.5)},
        )  # fmt: skip


def spread(wanted, low, high, least):
    """Places near those `wanted`, which rise, at least `least` apart and from `low` to `high` if
    there is room for all of them."""
    places, above = [], low
    for place in wanted:
        places.append(max(place, above))
        above = places[-1] + least
    below = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], below)
        below = places[i] - least
    return places
