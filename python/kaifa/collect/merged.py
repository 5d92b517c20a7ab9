# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of kaifa_collect, from those of its receivers."""

from collections import OrderedDict, deque

from .bodies import line
from .schema import station_kind

MOST_REMEMBERED = 50_000
MOST_WITH_SAME_OCTETS = 16  # acknowledgements know 256 numbers


class Merger:
    """Makes records of packets, each a list of copies, and knows again what it has made.

    number: called for the number of the next record.
    """

    def __init__(self, number):
        self._number = number
        self._written = OrderedDict()  # octets: deque of _Written; those of late come last
        self._remembered = 0
        self.frames = self.heard_by_several = 0

    def lines(self, packet):
        """The lines of a packet's records, and the late copies among the packet: a frame record, or
        a late_copy for each copy of one that has one already."""
        if len(packet) > 1:
            packet.sort(key=_best_first)
        best = packet[0]
        if not best.check_ok or best.time_ns is None:
            return [self._frame(packet, self._number())], []
        before = self._before(packet)
        if before is None:
            number = self._number()
            text = self._frame(packet, number)
            self._remember(_Written(packet, number))
            return [text], []
        before.stations |= {copy.station for copy in packet}
        return [
            line(
                "late_copy", self._number(), copy.body,
                f'"station":"{copy.station}","copy_of":{before.number}',
            )
            for copy in packet
        ], packet  # fmt: skip

    def of_station(self, note, station):
        """The line of a receiver's record that is no frame, a Note."""
        kind = station_kind(note.kind)
        return line(kind, self._number(), note.body, f'"station":"{station}"')

    def _frame(self, packet, number):
        self.frames += 1
        self.heard_by_several += len(packet) > 1
        best = packet[0]
        heard_by = ",".join([f'{{"station":"{copy.station}",{copy.heard}}}' for copy in packet])
        more = f'"station":"{best.station}","heard_by":[{heard_by}]'
        return line("frame", number, best.body, more)

    def _before(self, packet):
        best = packet[0]
        if best.mpdu not in self._written:
            return None
        for written in self._written[best.mpdu]:
            others = written.stations.isdisjoint(copy.station for copy in packet)
            if others and best.can_be(written.copy):
                return written
        return None

    def _remember(self, written):
        octets = written.copy.mpdu
        same = self._written.get(octets)
        if same is None:
            same = self._written[octets] = deque(maxlen=MOST_WITH_SAME_OCTETS)
        else:
            self._written.move_to_end(octets)
        self._remembered += len(same) < MOST_WITH_SAME_OCTETS
        same.append(written)
        while self._remembered > MOST_REMEMBERED:
            _octets, oldest = self._written.popitem(last=False)
            self._remembered -= len(oldest)


class _Written:
    """A packet that has a frame record."""

    __slots__ = ("copy", "number", "stations")

    def __init__(self, packet, number):
        self.copy, self.number = packet[0], number
        self.copy.body = self.copy.heard = None  # there is not the room to keep them
        self.stations = {copy.station for copy in packet}


def _best_first(copy):
    return not copy.check_ok, -copy.snr_db, copy.station
