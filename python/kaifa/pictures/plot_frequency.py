# SPDX-License-Identifier: GPL-3.0-or-later
"""Time against frequency: every packet where it was on the air."""

import numpy as np
from matplotlib.collections import LineCollection

from ..recording import InputError
from .canvas import (
    add_axes,
    new_figure,
    seconds_to_x,
    sender_legend,
    time_axis,
    type_legend,
    x_times,
)
from .frames import NOBODY
from .inferred import inferred_note
from .scatter import MOST_VECTORS, draw_packets
from .short_names import short_names
from .times import time_span
from .words import counted

# Where the beacons of the meters were seen (docs/protocol.md).
BEACONS_HZ = 871.3e6
ABSOLUTE_HZ = 1e8  # below it a frequency counts from the middle of a recording
LEAST_SPAN_MHZ = 0.2
CHANNEL_MHZ = 0.1
DENSITY = "too many for markers: colour of one sender in a cell, the stronger the more packets"
LEAST_LENGTH_DOTS = 6  # for the length of packets to be drawn


def plot_frequency(frames, paint, symbol_rate):
    """The figure; InputError if no frame has a frequency. symbol_rate in Hz."""
    y = frames.frequency_hz / 1e6
    known = np.isfinite(y)
    if not known.any():
        raise InputError("no frame has a frequency, expected an input that tells it")
    senders = len(np.unique(frames.source[frames.source != NOBODY]))
    subtitle = (
        f"{counted(np.count_nonzero(known), 'packet')} of {counted(senders, 'sender')}"
        f"{inferred_note(frames)}, {time_span(frames)}"
    )
    figure = new_figure("Time and frequency of packets", subtitle, paint.theme)
    axes = add_axes(figure)
    lengths = frames.symbols / symbol_rate * seconds_to_x(frames)
    time_axis(axes, frames, last=(x_times(frames) + lengths).max())
    low, high = float(y[known].min()), float(y[known].max())
    margin = max((high - low) * 0.04, (LEAST_SPAN_MHZ - (high - low)) / 2)
    axes.set_ylim(low - margin, high + margin)
    axes.ticklabel_format(axis="y", useOffset=False)
    absolute = low * 1e6 > ABSOLUTE_HZ
    axes.set_ylabel("frequency (MHz)" if absolute else "frequency from the middle (MHz)")
    _beacon_line(axes, paint.theme)
    drawn = draw_packets(axes, x_times(frames), y, frames, paint)
    if drawn == "points":
        _lengths(axes, frames, lengths, paint)
    else:
        axes.set_title(DENSITY, fontsize=8, loc="right", color=paint.theme.faint_text)
    types = type_legend(axes, frames, paint.theme, markers=drawn == "points")
    sender_legend(axes, frames, short_names(frames.addresses), paint, types)
    return figure


def _beacon_line(axes, theme):
    low, high = axes.get_ylim()
    beacons = BEACONS_HZ / 1e6
    if low < beacons < high:
        axes.axhspan(
            beacons - CHANNEL_MHZ / 2,
            beacons + CHANNEL_MHZ / 2,
            color=theme.accent,
            alpha=0.1,
            linewidth=0,
            zorder=1,
        )
        axes.axhline(
            beacons, color=theme.accent, linewidth=0.9, dashes=(6, 3), zorder=2, gid="871.3"
        )
        axes.annotate(
            "871.3 MHz, beacons",
            (0.003, min(beacons + CHANNEL_MHZ / 2, high)),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            fontsize=7.5,
            color=theme.accent,
            zorder=6,
        )


def _lengths(axes, frames, length, paint):
    """A line over the time a packet takes, where that can be seen."""
    left, right = axes.get_xlim()
    dots = np.median(length) / (right - left) * axes.get_window_extent().width
    if dots < LEAST_LENGTH_DOTS:
        return
    x, y = x_times(frames), frames.frequency_hz / 1e6
    ends = np.stack([np.stack([x, y], 1), np.stack([x + length, y], 1)], 1)
    palette = np.array(paint.of_all(frames.addresses))
    axes.add_collection(
        LineCollection(
            ends,
            colors=palette[frames.source],
            linewidths=2.0,
            alpha=0.5,
            zorder=3,
            gid="lengths",
            rasterized=bool(len(frames) > MOST_VECTORS),
        ),
        autolim=False,
    )
