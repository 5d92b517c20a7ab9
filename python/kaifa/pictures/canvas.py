# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of one look: theme, axes, legend, and files that are the same for the same frames."""

from contextlib import contextmanager
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from ..recording import InputError
from .frames import NOBODY, REJECTED, TYPES
from .paint import by_packets
from .palette import MARKERS
from .times import utc
from .words import counted

WIDTH_IN, HEIGHT_IN = 12.0, 6.75
DOTS_PER_INCH = 160
LEGEND_IN = 2.3  # width of the strip for legends
SUFFIXES = (".png", ".svg", ".pdf")
# What would differ from run to run.
METADATA = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


@contextmanager
def look(theme):
    """Within it, matplotlib draws as the theme says."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "font.family": "DejaVu Sans",
                "font.size": 9,
                "svg.fonttype": "none",  # text stays text
                "svg.hashsalt": "kaifa",
                "pdf.fonttype": 42,
                "figure.facecolor": theme.background,
                "savefig.facecolor": theme.background,
                "axes.facecolor": theme.panel,
                "axes.edgecolor": theme.grid,
                "axes.labelcolor": theme.faint_text,
                "axes.titlecolor": theme.text,
                "axes.grid": True,
                "axes.axisbelow": True,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "grid.color": theme.grid,
                "grid.linewidth": 0.6,
                "text.color": theme.text,
                "xtick.color": theme.faint_text,
                "ytick.color": theme.faint_text,
                "legend.frameon": False,
            }
        )
        yield


def new_figure(title, subtitle, theme, height_in=HEIGHT_IN):
    """A figure with its title; axes are placed in inches by add_axes()."""
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DOTS_PER_INCH)
    top = 1 - 0.18 / height_in
    figure.text(0.012, top, title, fontsize=13, fontweight="bold", va="top")
    figure.text(
        0.012, top - 0.3 / height_in, subtitle, fontsize=9, va="top", color=theme.faint_text
    )
    return figure


def add_axes(figure, left=0.95, right=LEGEND_IN + 0.15, top=0.85, bottom=0.6, **more):
    """Axes by their distances to the edges of the figure in inches."""
    width, height = figure.get_size_inches()
    box = (left / width, bottom / height, (width - left - right) / width)
    return figure.add_axes((*box, (height - top - bottom) / height), **more)


def x_times(frames):
    """Times for the x axis: matplotlib's days, or seconds where there is no date."""
    if frames.dated.all():
        return mdates.date2num(frames.time_ns.astype("datetime64[ns]"))
    return frames.time_ns / 1e9


def seconds_to_x(frames):
    """Factor from seconds to the x axis."""
    return 1 / 86400 if frames.dated.all() else 1.0


def time_axis(axes, frames, last=None, margin=0.015):
    """UTC, with the date where it changes; seconds from the first sample without a date.

    last:   the latest time that is in view, where that is later than all frames.
    margin: share of the span that is in view before and behind it.
    """
    first, last_frame = x_times(frames)[[0, -1]]
    last = last_frame if last is None else last
    away = margin and max((last - first) * margin, 1e-3 * seconds_to_x(frames))
    axes.set_xlim(first - away, last + away)
    if not frames.dated.all():
        axes.set_xlabel("time from the first sample (s)")
        return
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    for unit in (mdates.SECONDLY, mdates.MINUTELY):
        locator.intervald[unit] = [1, 2, 5, 10, 15, 30]  # with 2: else 12 s have two ticks
    axes.xaxis.set_major_locator(locator)
    ticks = locator()
    form, cut = _clock((ticks[1] - ticks[0]) * 86400)
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _position: mdates.num2date(x).strftime(form)[:cut])
    )
    axes.set_xlabel(f"UTC, from {utc(frames.time_ns[0])[:10]} on")


def _clock(step_s):
    """Format of ticks so far apart, all in one form, and where to cut what comes of it."""
    if step_s < 1:
        return "%H:%M:%S.%f", -3 if step_s > 1e-3 else None
    if step_s < 60:
        return "%H:%M:%S", None
    return "%H:%M" if step_s < 3600 else "%m-%d %H:%M" if step_s < 86400 else "%Y-%m-%d", None


def type_legend(axes, frames, theme, markers=True, away_in=0.0):
    """Which marker is which type, with counts, at the top right of the axes, `away_in` from them.

    Returns it.
    """
    handles = []
    for kind, count in enumerate(np.bincount(frames.type, minlength=len(TYPES))):
        if count:
            colour = theme.nobody if kind == REJECTED else theme.text
            marker = MARKERS[kind].matplotlib if markers else ""
            handles.append(_mark(f"{TYPES[kind]}  {count:,}", marker, colour))
    return _legend(axes, handles, "Packets by type", 1.0, away_in)


def sender_legend(axes, frames, names, paint, below, away_in=0.0):
    """Which colour is which sender, those with most packets first, under the legend `below`."""
    order, count = by_packets(frames)
    own = [i for i in order if paint.is_own(frames.addresses[i])]
    handles = [
        _mark(f"{names[frames.addresses[i]]}  {count[i]:,}", "o", paint.of(frames.addresses[i]))
        for i in own
    ]
    if others := len(order) - len(own):
        packets = count.sum() - count[own].sum()
        label = f"others ({counted(others, 'sender')})  {packets:,}"
        handles.append(_mark(label, "o", paint.theme.others))
    if nameless := np.count_nonzero(frames.source == NOBODY):
        handles.append(_mark(f"not named  {nameless:,}", "o", paint.theme.nobody))
    rows = len(below.get_texts()) + 2.2
    top = 1 - rows * 0.165 / (axes.get_position().height * axes.figure.get_size_inches()[1])
    return _legend(axes, handles, f"Packets by sender ({len(order):,})", top, away_in)


def _mark(label, marker, colour):
    return Line2D([], [], linestyle="", marker=marker, color=colour, label=label, markersize=5)


def _legend(axes, handles, title, top, away_in):
    width_in = axes.get_position().width * axes.figure.get_size_inches()[0]
    legend = Legend(
        axes,
        handles,
        [handle.get_label() for handle in handles],
        title=title,
        loc="upper left",
        bbox_to_anchor=(1.01 + away_in / width_in, top),
        bbox_transform=axes.transAxes,
        borderaxespad=0,
        handletextpad=0.2,
        labelspacing=0.35,
        fontsize=8,
        alignment="left",
    )
    legend.get_title().set_fontweight("bold")
    return axes.add_artist(legend)


def suffix_of(name):
    """ ".png", ".svg" or ".pdf"; InputError if a name has another."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{name}: is no kind of picture, expected {', '.join(SUFFIXES)}")
    return suffix


def save(figure, name):
    """Writes a figure to a file; InputError if that cannot be done."""
    suffix = suffix_of(name)
    try:
        figure.savefig(name, format=suffix[1:], metadata=METADATA[suffix])
    except OSError as error:
        raise InputError(f"{name}: cannot be written, {error.strerror}") from None
