# SPDX-License-Identifier: GPL-3.0-or-later
"""One receiver's copy of a packet, and whether two copies are of one packet."""

import functools
from datetime import datetime, timezone

NANOSECONDS = 10**9
# How far times of one packet can be apart, beside what each says of its own uncertainty. Where a
# record says nothing, computers' clocks are taken to be set by NTP over a poor line.
UNCERTAINTY_NS = 250_000_000
LEAST_TOLERANCE_NS = 10_000_000
MOST_TOLERANCE_NS = 1_000_000_000
# Half a channel: receivers are off by some ten parts per million.
MOST_FREQUENCY_DIFFERENCE_HZ = 50e3


class Copy:
    """A packet as one receiver heard it.

    record:   its frame record, checked.
    station:  the receiver's name.
    number:   of the record at its receiver.
    origin:   whatever its owner has to know of where it came from.
    ahead_ns: by how much the receiver's clock is ahead of the others'.
    """

    __slots__ = (
        *("record", "station", "number", "origin", "time_ns", "uncertainty_ns"),
        *("frequency_hz", "parties"),
    )

    def __init__(self, record, station, origin, ahead_ns=0):
        self.record, self.station, self.origin = record, station, origin
        self.number = record["record_number"]
        told_ns = time_ns(record["time"])
        self.time_ns = None if told_ns is None else told_ns - ahead_ns
        uncertainty = record.get("time_uncertainty_s")
        self.uncertainty_ns = UNCERTAINTY_NS if uncertainty is None else uncertainty * NANOSECONDS
        self.frequency_hz = record["frequency_hz"]
        self.parties = record["source"], record["destination"]

    def order(self):
        """By this copies are sorted, whatever the order in which they came."""
        return self.time_ns, self.station, self.number, self.frequency_hz

    def can_be(self, other):
        """The other could be of the same packet, by all but its octets: another receiver heard it
        at that time and frequency, and it is not known to be from or for somebody else."""
        tolerance = self.uncertainty_ns + other.uncertainty_ns
        tolerance = min(max(tolerance, LEAST_TOLERANCE_NS), MOST_TOLERANCE_NS)
        return (
            self.station != other.station
            and abs(self.time_ns - other.time_ns) <= tolerance
            and abs(self.frequency_hz - other.frequency_hz) <= MOST_FREQUENCY_DIFFERENCE_HZ
            and all(
                ours is None or theirs is None or ours == theirs
                for ours, theirs in zip(self.parties, other.parties, strict=True)
            )
        )


def time_ns(text):
    """Nanoseconds since 1970 of a time in a record; None if it has none. ValueError if there is no
    such date."""
    if text is None:
        return None
    return _seconds(text[:19]) * NANOSECONDS + int(text[20:29])


@functools.lru_cache(1024)
def _seconds(text):
    return round(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp())
