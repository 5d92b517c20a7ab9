# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of the time packets were received on each channel."""

import numpy as np

from ..recording import InputError
from .canvas import add_axes, new_figure, seconds_to_x, time_axis, x_times
from .times import time_span

CELL_HZ = 100e3  # of the picture; nothing is said of the meters' own grid
MOST_CELLS = 400
COLUMNS = 120
# The same to most eyes; the least share is nearest to the background.
COLOUR_MAPS = {"light": "cividis_r", "dark": "cividis"}


def occupancy(frames, symbol_rate):
    """(centres in Hz, edges in ns from the first packet on, share).

    share: of the time with packets, an array of channels by stretches of time; packets at the same
    time on one channel count each.

    InputError if inputs do not tell how long packets were.
    """
    usable = np.isfinite(frames.frequency_hz) & (frames.symbols > 0)
    if not usable.any():
        raise InputError(
            "no frame has both frequency and length on the air, expected what kaifa_rx wrote: "
            "captures of other programs do not tell how long the preamble was"
        )
    cell = np.rint(frames.frequency_hz[usable] / CELL_HZ).astype(np.int64)
    if cell.max() - cell.min() >= MOST_CELLS:
        raise InputError(
            f"frequencies span {(cell.max() - cell.min()) * CELL_HZ / 1e6:.0f} MHz, expected less "
            f"than {MOST_CELLS * CELL_HZ / 1e6:.0f} MHz"
        )
    centres = np.arange(cell.min(), cell.max() + 1) * CELL_HZ
    start = (frames.time_ns[usable] - frames.time_ns[0]).astype(float)
    end = start + frames.symbols[usable] / symbol_rate * 1e9
    edges = np.linspace(
        0, max(float(frames.time_ns[-1] - frames.time_ns[0]), end.max()), COLUMNS + 1
    )
    share = np.zeros((len(centres), COLUMNS))
    for column, overlap, there in _overlaps(start, end, edges):
        np.add.at(share, (cell[there] - cell.min(), column), overlap)
    return centres, edges, share / np.diff(edges)


def _overlaps(start, end, edges):
    """Yields (columns, how long packets are in them, which packets) till all of each is told."""
    first = np.clip(np.searchsorted(edges, start, side="right") - 1, 0, COLUMNS - 1)
    last = np.clip(np.searchsorted(edges, end, side="left") - 1, 0, COLUMNS - 1)
    for further in range(int((last - first).max()) + 1):
        there = np.flatnonzero(first + further <= last)
        column = first[there] + further
        inside = np.minimum(end[there], edges[column + 1]) - np.maximum(start[there], edges[column])
        yield column, inside, there


def plot_occupancy(frames, paint, symbol_rate):
    """The figure; symbol_rate in Hz. InputError as occupancy()."""
    theme = paint.theme
    centres, edges, share = occupancy(frames, symbol_rate)
    busiest = int(np.argmax(share.mean(axis=1)))
    subtitle = (
        f"share of time with a received packet, in cells of {CELL_HZ / 1e3:.0f} kHz; what was not "
        f"received is not in it; {time_span(frames)}"
    )
    figure = new_figure("Channel occupancy", subtitle, theme)
    axes = add_axes(figure, right=3.0)
    limits = x_times(frames)[0] + edges / 1e9 * seconds_to_x(frames)
    time_axis(axes, frames, last=limits[-1], margin=0)
    mhz = centres / 1e6
    half = CELL_HZ / 2e6
    image = axes.pcolormesh(
        limits,
        np.append(mhz - half, mhz[-1] + half),
        np.ma.masked_equal(100 * share, 0),
        cmap=COLOUR_MAPS[theme.name],
        vmin=0,
        rasterized=True,
        gid="occupancy",
    )
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.set_ylabel("frequency (MHz)")
    axes.grid(False)
    _shares(figure, axes, mhz, share.mean(axis=1), theme)
    bar = figure.colorbar(image, cax=add_axes(figure, left=9.15, right=2.72))
    bar.outline.set_visible(False)
    bar.ax.set_title("%", fontsize=8)
    axes.set_title(
        f"busiest: {mhz[busiest]:.1f} MHz, {100 * share[busiest].mean():.3g} %",
        fontsize=8,
        loc="right",
    )
    return figure


def _shares(figure, axes, mhz, mean, theme):
    """The mean of each channel as bars beside the picture."""
    beside = add_axes(figure, left=10.1, right=0.45, sharey=axes)
    beside.barh(mhz, 100 * mean, height=CELL_HZ / 1.25e6, color=theme.senders[7], gid="mean")
    beside.tick_params(axis="y", labelleft=False, length=0)
    beside.set_xlabel("mean (% of time)")
    beside.grid(axis="y", visible=False)
