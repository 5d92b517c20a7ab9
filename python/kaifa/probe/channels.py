# SPDX-License-Identifier: GPL-3.0-or-later
"""The grid that the centres of bursts lie on."""

import cmath
import math
from dataclasses import dataclass

# Distances between channels that are in use, widest first.
SPACINGS_HZ = (1e6, 500e3, 400e3, 250e3, 200e3, 150e3, 125e3, 100e3, 50e3, 25e3, 12.5e3)
# Length of the mean of unit phasors that turn once a channel, from which on centres lie on a grid.
LEAST_COHERENCE = 0.85
FEWEST_CHANNELS = 3


@dataclass(frozen=True)
class Grid:
    """Channels at first_hz + n * spacing_hz; confidence is from 0 to 1."""

    first_hz: float
    spacing_hz: float
    channels: int
    confidence: float


def grid_of(centers_hz):
    """The widest grid that the centres lie on; None where they do not say, as if all are one.

    Carrier errors of the transmitters may be up to a twelfth of the spacing.
    """
    for spacing in SPACINGS_HZ:
        turns = [2j * math.pi * center / spacing for center in centers_hz]
        mean = sum(cmath.exp(turn) for turn in turns) / max(len(turns), 1)
        offset = cmath.phase(mean) / (2 * math.pi) * spacing
        numbers = {round((center - offset) / spacing) for center in centers_hz}
        if abs(mean) >= LEAST_COHERENCE and len(numbers) >= FEWEST_CHANNELS:
            first = offset + min(numbers) * spacing
            return Grid(first, spacing, len(numbers), _confidence(abs(mean), len(numbers)))
    return None


def _confidence(coherence, channels):
    """1 less the probability that as many channels anywhere would fit as well (Rayleigh's test),
    times the number of spacings tried."""
    return max(0.0, 1.0 - len(SPACINGS_HZ) * math.exp(-channels * coherence**2))
