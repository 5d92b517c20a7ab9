# SPDX-License-Identifier: GPL-3.0-or-later
"""The period of a sender's beacons, of which some were not received."""

from dataclasses import dataclass

import numpy as np

LEAST_BEACONS = 5
# An interval fits a period when it is this close, in periods, to a whole number of them.
TOLERANCE = 0.1
# One interval in so many may fit none, beyond the first few, which chance fits too easily.
FIRST, IN_SO_MANY = 3, 5
LONGEST_GAP = 3  # periods that the shortest interval received may have


@dataclass(frozen=True)
class Period:
    """seconds: the period. jitter_s: median distance of a beacon from where the last one and the
    period put it. beacons: of how many."""

    seconds: float
    jitter_s: float
    beacons: int


def beacon_period(time_ns):
    """Period of beacons at sorted times (int64); None if they have none or are too few.

    The longest period is taken of which the intervals are whole multiples, all but a few, and then
    fitted to these.
    """
    intervals = np.diff(time_ns) / 1e9
    intervals = intervals[intervals > 0]
    if len(intervals) < LEAST_BEACONS - 1:
        return None
    quantiles = np.quantile(intervals, np.linspace(0, 1, 41), method="nearest")
    candidates = {shortest / k for shortest in quantiles for k in range(1, LONGEST_GAP + 1)}
    for candidate in sorted(candidates, reverse=True):
        period = _fitted(intervals, candidate)
        if period is not None:
            return Period(*period, len(time_ns))
    return None


def _fitted(intervals, candidate):
    """(period, jitter) near a candidate; None if too few intervals are multiples of it."""
    for _ in range(2):
        multiples = np.rint(intervals / candidate)
        error = np.abs(intervals / candidate - multiples)
        fits = (multiples > 0) & (error <= TOLERANCE)
        misfits = len(intervals) - np.count_nonzero(fits)
        if misfits > (len(intervals) - FIRST) // IN_SO_MANY:
            return None
        candidate = float(np.median(intervals[fits] / multiples[fits]))
    jitter = np.median(np.abs(intervals[fits] - candidate * multiples[fits]))
    return candidate, float(jitter)
