# SPDX-License-Identifier: GPL-3.0-or-later
"""Signal to noise ratio against time."""

import numpy as np

from ..recording import InputError
from .canvas import (
    add_axes,
    new_figure,
    sender_legend,
    time_axis,
    type_legend,
    x_times,
)
from .frames import NOBODY
from .palette import colours
from .scatter import draw_packets
from .short_names import short_names
from .times import time_span

# Senders that get a line of medians, and the packets that each median is of.
MOST_LINES = 12
MOST_PIECES = 30
LEAST_IN_PIECE = 5
LEAST_BETWEEN_NAMES = 0.025  # of the height


def plot_snr(frames, theme, _symbol_rate):
    """The figure; InputError if no frame has a signal to noise ratio."""
    known = np.isfinite(frames.snr_db)
    if not known.any():
        raise InputError("no frame has an SNR, expected an input that tells it")
    median = np.median(frames.snr_db[known])
    subtitle = (
        f"{np.count_nonzero(known):,} packets, median {median:.1f} dB, {time_span(frames)}"
        + ("; senders of acknowledgements are inferred" if frames.source_inferred.any() else "")
    )
    figure = new_figure("Signal to noise ratio", subtitle, theme)
    axes = add_axes(figure)
    time_axis(axes, frames)
    low, high = frames.snr_db[known].min(), frames.snr_db[known].max()
    margin = max((high - low) * 0.05, 1.0)
    axes.set_ylim(low - margin, high + margin)
    axes.set_ylabel("SNR in the bandwidth of a packet (dB)")
    drawn = draw_packets(axes, x_times(frames), frames.snr_db, frames, theme)
    names = short_names(frames.addresses)
    lines = _medians(axes, frames.select(known), names, theme)
    if lines:
        axes.set_title(
            f"lines: medians of the {lines} senders with most packets", fontsize=8, loc="right"
        )
    types = type_legend(axes, frames, theme, markers=drawn == "points")
    sender_legend(axes, frames, names, theme, types)
    return figure


def _medians(axes, frames, names, theme):
    """Draws how the medians of those who send most go, with their names; returns how many."""
    count = np.bincount(frames.source[frames.source != NOBODY], minlength=len(frames.addresses))
    x, palette = x_times(frames), colours(frames.addresses, theme)
    ends = []
    for sender in np.argsort(-count, kind="stable")[:MOST_LINES]:
        of_sender = np.flatnonzero(frames.source == sender)
        pieces = min(MOST_PIECES, len(of_sender) // LEAST_IN_PIECE)
        if pieces < 2:
            continue
        points = [
            (np.median(x[piece]), np.median(frames.snr_db[piece]))
            for piece in np.array_split(of_sender, pieces)
        ]
        colour = palette[sender]
        axes.plot(*zip(*points, strict=True), color=colour, linewidth=1.1, gid="median")
        ends.append((points[-1], names[frames.addresses[sender]], colour))
    _name_lines(axes, ends, theme)
    return len(ends)


def _name_lines(axes, ends, theme):
    """Writes the names at the ends of lines, one above the other where they are close."""
    low, high = axes.get_ylim()
    least = (high - low) * LEAST_BETWEEN_NAMES
    above = -np.inf
    for (x, y), name, colour in sorted(ends, key=lambda end: end[0][1]):
        above = max(y, above + least)
        axes.annotate(
            name,
            (x, above),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=7.5,
            fontweight="bold",
            color=colour,
            va="center",
            zorder=6,
            bbox={"facecolor": theme.panel, "edgecolor": "none", "pad": 0.4, "alpha": 0.75},
        )
