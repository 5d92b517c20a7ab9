# SPDX-License-Identifier: GPL-3.0-or-later
"""The round number that a measured value is likely to stand for."""

import math


def nominal(value, tolerance):
    """The number with the fewest digits within `tolerance` (a part of it) of `value`."""
    for digits in range(1, 8):
        scale = 10.0 ** (digits - 1 - math.floor(math.log10(value)))
        rounded = round(value * scale) / scale
        if abs(rounded - value) <= tolerance * value:
            return rounded
    return value


def in_units(hz):
    """A rate or frequency for a command line: 50k, 38.4k, 871.3M."""
    for unit, factor in (("M", 1e6), ("k", 1e3)):
        if hz >= factor:
            return f"{hz / factor:.6g}{unit}"
    return f"{hz:.6g}"
