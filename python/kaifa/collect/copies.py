# SPDX-License-Identifier: GPL-3.0-or-later
"""One receiver's copy of a packet, and whether two copies are of one packet."""

import functools
from datetime import datetime, timezone
from operator import attrgetter

from .schema import HEARD

NANOSECONDS = 10**9
_NULL, _TRUE = "null", "true"
# How far times of one packet can be apart, beside what each says of its own uncertainty. Where a
# record says nothing, computers' clocks are taken to be set by NTP over a poor line.
UNCERTAINTY_NS = 250_000_000
LEAST_TOLERANCE_NS = 10_000_000
MOST_TOLERANCE_NS = 1_000_000_000
# Half a channel: receivers are off by some ten parts per million.
MOST_FREQUENCY_DIFFERENCE_HZ = 50e3
# What is needed of a frame record, in the order of the schema.
FIELDS = (
    *("record_number", "time", "time_source", "time_uncertainty_s"),
    *("frequency_hz", "snr_db", "magnitude_db", "check_ok", "type", "source", "destination"),
    *("frame_counter", "payload", "mac_error", "mpdu", "octets", "deviation_hz"),
)
_HEARD = ",".join(f'"{name}":%s' for name in HEARD)
_OF_A_RECORD = (
    *("number", "time", "time_ns", "uncertainty_ns", "frequency_hz", "snr_db", "check_ok"),
    *("source", "destination", "is_counted", "mpdu", "heard", "body"),
)
_of_a_record = attrgetter(*_OF_A_RECORD)


class Copy:
    """A packet as one receiver heard it, see read_copy(). A hundred thousand of them are held."""

    __slots__ = (*_OF_A_RECORD, "station", "origin")

    def __init__(self, *of_a_record):
        (
            self.number, self.time, self.time_ns, self.uncertainty_ns, self.frequency_hz,
            self.snr_db, self.check_ok, self.source, self.destination, self.is_counted,
            self.mpdu, self.heard, self.body,
        ) = of_a_record  # fmt: skip

    def __reduce__(self):
        # What pickle does by itself takes three times as long.
        return Copy, _of_a_record(self)

    @property
    def octets(self):
        """Its octets as received, in hexadecimal: seldom asked for, and not kept twice."""
        return self.body.partition('"octets":"')[2].partition('"')[0]

    def came_from(self, station, origin, ahead_ns=0):
        """Tells the name of the receiver, whatever its owner has to know of where it came from, and
        by how much the receiver's clock is ahead of the others'."""
        self.station, self.origin = station, origin
        if self.time_ns is not None:
            self.time_ns -= ahead_ns

    def order(self):
        """By this copies are sorted, whatever the order in which they came."""
        return self.time_ns, self.station, self.number, self.frequency_hz

    def can_be(self, other):
        """The other could be of the same packet, by all but its octets: another receiver heard it
        at that time and frequency, and it is not known to be from or for somebody else."""
        apart_ns = abs(self.time_ns - other.time_ns)
        tolerance_ns = max(self.uncertainty_ns + other.uncertainty_ns, LEAST_TOLERANCE_NS)
        return (
            self.station != other.station
            and apart_ns <= tolerance_ns
            and apart_ns <= MOST_TOLERANCE_NS
            and abs(self.frequency_hz - other.frequency_hz) <= MOST_FREQUENCY_DIFFERENCE_HZ
            and _may_be_one(self.source, other.source)
            and _may_be_one(self.destination, other.destination)
        )


def read_copy(texts, body):
    """A Copy of a record. texts: a tuple of its FIELDS, each as JSON text; body: the whole record
    as text, see bodies.py."""
    number, time, time_source, uncertainty, frequency, snr, magnitude, check = texts[:8]
    # Sender and receiver as they are, with quotation marks; they are compared only.
    _type, source, destination, counter = texts[8:12]
    _payload, _mac_error, mpdu, _octets, deviation = texts[12:]
    told = None if time == _NULL else time[1:-1]
    uncertainty_ns = UNCERTAINTY_NS if uncertainty == _NULL else float(uncertainty) * NANOSECONDS
    heard = (time, uncertainty, time_source, frequency, snr, magnitude, deviation, check, number)
    return Copy(
        int(number), told, time_ns(told), uncertainty_ns, float(frequency),
        float(snr), check == _TRUE, source, destination, counter != _NULL,
        mpdu, _HEARD % heard, body,
    )  # fmt: skip


def _may_be_one(ours, theirs):
    return ours == theirs or ours == _NULL or theirs == _NULL


def stands_to_reason(texts):
    """FIELDS as text, matched by an expression that leaves this open: octets are whole, and a
    checked frame has a type and a payload."""
    check, type_ = texts[7:9]
    payload, mac_error, mpdu, octets = texts[12:16]
    if check == _TRUE and mac_error == _NULL and (type_ == _NULL or payload == _NULL):
        return False
    return not (len(mpdu) | len(octets) | len(payload)) & 1


def time_ns(text):
    """Nanoseconds since 1970 of a time in a record; None if it has none. ValueError if there is no
    such date."""
    if text is None:
        return None
    return _seconds(text[:19]) * NANOSECONDS + int(text[20:29])


@functools.lru_cache(1024)
def _seconds(text):
    return round(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp())
