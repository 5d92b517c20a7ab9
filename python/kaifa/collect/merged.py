# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of kaifa_collect, from those of its receivers."""

from .bodies import line
from .recent import Recent
from .schema import station_kind

LEAST_REMEMBERED = 50_000
MOST_WITH_SAME_OCTETS = 16  # acknowledgements know 256 numbers


class Merger:
    """Makes records of packets, each a list of copies, and knows again what it has made.

    number: called for the number of the next record.
    """

    def __init__(self, number):
        self._number = number
        self._written = Recent(LEAST_REMEMBERED, MOST_WITH_SAME_OCTETS)  # _Written by octets
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
            self._written.add(best.mpdu, _Written(packet, number))
            return [text], []
        before.stations += [copy.station for copy in packet]
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
        for written in self._written.get(best.mpdu):
            others = not any(copy.station in written.stations for copy in packet)
            if others and best.can_be(written.copy):
                return written
        return None


class _Written:
    """A packet that has a frame record."""

    __slots__ = ("copy", "number", "stations")

    def __init__(self, packet, number):
        self.copy, self.number = packet[0], number
        self.copy.body = self.copy.heard = None  # there is not the room to keep them
        self.stations = [copy.station for copy in packet]


def _best_first(copy):
    return not copy.check_ok, -copy.snr_db, copy.station
