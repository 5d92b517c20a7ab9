# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectrum and waterfall in characters."""

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

from .colours import BARS, FAINT

BLOCKS = " ▁▂▃▄▅▆▇█"
SHADES = " ░▒▓█"
# From a little under the noise to what is strong, in dB
BELOW, RANGE = 3.0, 36.0
# Viridis (van der Walt and Smith, 2015) at nine points: its brightness rises steadily, so that it
# can be read by colour-blind people, too.
VIRIDIS = (
    (68, 1, 84), (71, 45, 123), (59, 82, 139), (44, 114, 142), (33, 145, 140),
    (40, 174, 128), (94, 201, 98), (173, 220, 48), (253, 231, 37),
)  # fmt: skip


def columns(rows, width):
    """Spectra (rows, bins) in dB made `width` columns wide, each the strongest of its bins."""
    bins = rows.shape[1]
    begins = np.arange(width) * bins // width
    if width >= bins:
        return rows[:, begins]
    return np.maximum.reduceat(rows, begins, axis=1)


def levels(rows):
    """From 0, a little under the noise, to 1, strong."""
    floor = float(np.median(rows)) - BELOW
    return np.clip((rows - floor) / RANGE, 0.0, 1.0)


def bars(level, height):
    """A spectrum of levels 0 to 1 as `height` lines of bars."""
    eighths = np.round(level * height * 8).astype(int)
    lines = []
    for line in range(height - 1, -1, -1):
        filled = np.clip(eighths - line * 8, 0, 8)
        lines.append(Text("".join(BLOCKS[k] for k in filled), style=BARS))
    return lines


def waterfall(level):
    """Levels (an even number of rows, the newest first) as lines of two rows each."""
    lines = []
    for upper, lower in zip(level[0::2], level[1::2], strict=True):
        line = Text()
        for above, below in zip(upper, lower, strict=True):
            line.append("▀", Style(color=_colour(above), bgcolor=_colour(below)))
        lines.append(line)
    return lines


def shades(level):
    """As waterfall(), without colours: each line shows the stronger of its two rows."""
    stronger = level.reshape(-1, 2, level.shape[1]).max(axis=1)
    steps = np.minimum(stronger * len(SHADES), len(SHADES) - 1).astype(int)
    return [Text("".join(SHADES[step] for step in line)) for line in steps]


def axis(low_hz, high_hz, width):
    """A line with frequencies in MHz, each under its place; as many as have room."""
    # An odd number: one of them is the middle.
    labels = max(3, min(9, width // 16 | 1))
    line = [" "] * width
    for number in range(labels):
        share = number / (labels - 1)
        text = f"{(low_hz + share * (high_hz - low_hz)) / 1e6:.2f}"
        at = min(max(round(share * (width - 1)) - len(text) // 2, 0), width - len(text))
        line[at : at + len(text)] = text
    return Text("".join(line), style=FAINT)


def _colour(level):
    place = level * (len(VIRIDIS) - 1)
    below = min(int(place), len(VIRIDIS) - 2)
    part = place - below
    mixed = [
        round(a + part * (b - a)) for a, b in zip(VIRIDIS[below], VIRIDIS[below + 1], strict=True)
    ]
    return Color.from_rgb(*mixed)
