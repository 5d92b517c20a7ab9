# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the receivers' clocks are apart, by the frames that several of them heard.

A secured frame with its counter is sent once, or again within a second if nobody acknowledged it.
The median of the differences of many is right though some are of repetitions.
"""

from collections import deque
from statistics import median, median_low

from .recent import Recent

LEAST_FRAMES = 20_000
MOST_PAIRS = 1000
LEAST_COMMON, MOST_COMMON = 9, 31
# Differences whose own median deviation is more are not those of two clocks.
MOST_DEVIATION_NS = 100_000_000
# Clocks that are apart by less are left alone, so that nothing depends on what came first.
LEAST_OFFSET_NS = 200_000_000
LEAST_CHANGE_NS = 50_000_000


class Clocks:
    """Takes who heard what when, and tells by how much each clock is ahead of the others'."""

    def __init__(self):
        self._frames = Recent(LEAST_FRAMES, 1)  # by octets: (station, time_ns) of the first copy
        self._pairs = {}  # (station, station): differences of their times, the newest last
        self._changed = False
        self._offsets = {}

    def heard(self, station, octets, time_ns):
        """A copy of a frame that is sent once."""
        known = self._frames.get(octets)
        if not known:
            self._frames.add(octets, (station, time_ns))
            return
        other, other_ns = known[0]
        if other == station:
            return
        turned = station < other
        pair = (station, other) if turned else (other, station)
        differences = self._pairs.get(pair)
        if differences is None:
            if len(self._pairs) == MOST_PAIRS:
                return
            differences = self._pairs[pair] = deque(maxlen=MOST_COMMON)
        differences.append(other_ns - time_ns if turned else time_ns - other_ns)
        self._changed = True

    def news(self):
        """{station: nanoseconds its clock is ahead} of those for which that changed."""
        if not self._changed:
            return {}
        self._changed = False
        news = {}
        for station, offset in self._measured().items():
            target = offset if abs(offset) >= LEAST_OFFSET_NS else 0
            if abs(target - self._offsets.get(station, 0)) >= LEAST_CHANGE_NS:
                self._offsets[station] = news[station] = target
        return news

    def _measured(self):
        """{station: offset}, for those that have frames in common the middle one of which is 0."""
        neighbours = {}
        for (one, other), differences in self._pairs.items():
            offset = _agreed(differences)
            if offset is not None:
                neighbours.setdefault(one, []).append((other, offset))
                neighbours.setdefault(other, []).append((one, -offset))
        measured = {}
        for start in sorted(neighbours):
            if start not in measured:
                group = _walk(start, neighbours)
                middle = median_low(group.values())
                measured |= {station: offset - middle for station, offset in group.items()}
        return measured


def _agreed(differences):
    """The median, if there are enough and they agree."""
    if len(differences) < LEAST_COMMON:
        return None
    middle = median(differences)
    deviation = median(abs(difference - middle) for difference in differences)
    return round(middle) if deviation <= MOST_DEVIATION_NS else None


def _walk(start, neighbours):
    """Offsets from `start`'s clock of all that can be reached."""
    offsets, waiting = {start: 0}, [start]
    while waiting:
        station = waiting.pop()
        for other, offset in neighbours[station]:
            if other not in offsets:
                offsets[other] = offsets[station] + offset
                waiting.append(other)
    return offsets
