# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of kaifa_collect, from those of its receivers."""

from collections import OrderedDict, deque

from .schema import heard_fields, station_kind

MOST_REMEMBERED = 50_000
MOST_WITH_SAME_OCTETS = 16  # acknowledgements know 256 numbers


class Merger:
    """Makes records of packets, each a list of copies, and knows again what it has made.

    number: called for the number of the next record.
    """

    def __init__(self, number):
        self._number = number
        self._heard_fields = heard_fields()
        self._written = OrderedDict()  # octets: deque of _Written; those of late come last
        self._remembered = 0
        self.frames = self.heard_by_several = 0

    def records(self, packet):
        """The records of a packet: a frame record, or a late_copy for each copy of one that has
        one already."""
        packet.sort(key=_best_first)
        best = packet[0]
        if not best.record["check_ok"] or best.time_ns is None:
            return [self._frame(packet)]
        before = self._before(packet)
        if before is None:
            record = self._frame(packet)
            self._remember(_Written(packet, record["record_number"]))
            return [record]
        before.stations |= {copy.station for copy in packet}
        return [self._of_station(copy, "late_copy", copy_of=before.number) for copy in packet]

    def of_station(self, record, station):
        """A record of a receiver that is no frame."""
        return record | {
            "record": station_kind(record["record"]),
            "record_number": self._number(),
            "station": station,
        }

    def _frame(self, packet):
        self.frames += 1
        self.heard_by_several += len(packet) > 1
        heard_by = [
            {"station": copy.station} | {name: copy.record[name] for name in self._heard_fields}
            for copy in packet
        ]
        best = packet[0]
        return best.record | {
            "record_number": self._number(),
            "station": best.station,
            "heard_by": heard_by,
        }

    def _of_station(self, copy, kind, **more):
        numbered = {"record": kind, "record_number": self._number(), "station": copy.station}
        return copy.record | numbered | more

    def _before(self, packet):
        best = packet[0]
        for written in self._written.get(best.record["mpdu"], ()):
            others = written.stations.isdisjoint(copy.station for copy in packet)
            if others and best.can_be(written.copy):
                return written
        return None

    def _remember(self, written):
        same = self._written.setdefault(written.octets, deque(maxlen=MOST_WITH_SAME_OCTETS))
        self._remembered += len(same) < MOST_WITH_SAME_OCTETS
        same.append(written)
        self._written.move_to_end(written.octets)
        while self._remembered > MOST_REMEMBERED:
            _octets, oldest = self._written.popitem(last=False)
            self._remembered -= len(oldest)


class _Written:
    """A packet that has a frame record."""

    __slots__ = ("octets", "copy", "number", "stations")

    def __init__(self, packet, number):
        self.octets = packet[0].record["mpdu"]
        self.copy, self.number = packet[0], number
        self.copy.record = None  # there is not the room to keep it
        self.stations = {copy.station for copy in packet}


def _best_first(copy):
    record = copy.record
    return not record["check_ok"], -record["snr_db"], copy.station
