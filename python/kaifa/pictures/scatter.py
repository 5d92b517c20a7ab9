# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets as points, or as density where there are too many for points."""

import numpy as np
from matplotlib.colors import to_rgb

from .frames import ACK, REJECTED, TYPES
from .palette import MARKERS

MOST_POINTS = 100_000
# From here on points are an image in SVG and PDF too.
MOST_VECTORS = 5_000
LARGEST_PT, SMALLEST_PT = 6.5, 1.3
CELL_DOTS = (2, 4)
WEAKEST = 0.3  # opacity of a cell with one packet
# Marks larger than this have an edge in the colour of the background, to be told apart in a heap.
EDGED_PT, EDGE_PT = 4.0, 0.4
THIN = (MARKERS[ACK].matplotlib, MARKERS[REJECTED].matplotlib)  # have no face


def draw_packets(axes, x, y, frames, paint):
    """Draws every packet with finite y at (x, y); the limits of the axes are to be set before.

    Colour is the sender, marker the type; senders without a colour of their own lie below. Above
    MOST_POINTS it is density: the colour is that of one sender in a cell, and the stronger the more
    packets. Returns "points" or "density".
    """
    there = np.isfinite(y)
    palette = np.array([to_rgb(colour) for colour in paint.of_all(frames.addresses)])
    own = np.array([*map(paint.is_own, frames.addresses), False])[frames.source]
    if np.count_nonzero(there) > MOST_POINTS:
        _density(axes, x[there], y[there], palette[frames.source[there]], own[there])
        return "density"
    size = point_size(np.count_nonzero(there))
    for kind in (REJECTED, *range(REJECTED)):
        of_kind = there & (frames.type == kind)
        if not of_kind.any():
            continue
        chosen = np.concatenate([np.flatnonzero(of_kind & ~own), np.flatnonzero(of_kind & own)])
        marker = MARKERS[kind].matplotlib
        thin = marker in THIN
        axes.scatter(
            x[chosen],
            y[chosen],
            s=(size * (1.3 if thin else 1)) ** 2,
            c=palette[frames.source[chosen]],
            marker=marker,
            linewidths=min(1.0, size / 5) if thin else EDGE_PT if size > EDGED_PT else 0,
            edgecolors=None if thin else paint.theme.panel,
            alpha=0.9 if size > 4 else 0.7,
            rasterized=bool(len(x) > MOST_VECTORS),
            gid=TYPES[kind],
            zorder=3 if kind == REJECTED else 4,
        )
    return "points"


def point_size(count):
    """Diameter in points of a mark where there are `count` of them."""
    return float(np.clip(130 / max(count, 1) ** 0.4, SMALLEST_PT, LARGEST_PT))


def _density(axes, x, y, colour, own):
    """An image of the axes: cells with the colour of the last packet in them of a sender with a
    colour of its own, or else of the last packet."""
    box = axes.get_window_extent()
    columns, rows = int(box.width // CELL_DOTS[0]), int(box.height // CELL_DOTS[1])
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    column = np.clip(((x - left) / (right - left) * columns).astype(int), 0, columns - 1)
    row = np.clip(((y - low) / (high - low) * rows).astype(int), 0, rows - 1)
    cell = row * columns + column
    count = np.bincount(cell, minlength=rows * columns)
    last = np.zeros(rows * columns, int)
    np.maximum.at(last, cell, np.arange(len(cell)) + len(cell) * own)
    image = np.zeros((rows * columns, 4))
    image[:, :3] = colour[last % len(cell)]
    image[:, 3] = opacity(count)
    axes.imshow(
        image.reshape(rows, columns, 4),
        extent=(left, right, low, high),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        zorder=4,
        gid="density",
    )


def opacity(count):
    """Of cells with so many packets: 0 for none, 1 for the most."""
    strength = np.log1p(count) / np.log1p(max(count.max(), 1))
    return np.where(count > 0, WEAKEST + (1 - WEAKEST) * strength, 0)
