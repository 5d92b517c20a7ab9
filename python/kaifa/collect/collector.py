# SPDX-License-Identifier: GPL-3.0-or-later
"""From the messages of receivers to records of what they heard together."""

from ..records import json_line
from ..topics import STATION
from .checks import Bad
from .clocks import Clocks
from .copies import Copy
from .merged import Merger
from .stations import COUNTS, Stations
from .status_record import collect_record
from .subscription import AVAILABILITY
from .tickets import Tickets
from .window import Window

NOBODY = "(nobody)"


class Collector:
    """Merges what comes, writes it, and tells which messages are settled.

    outputs:      a list of objects with write(record, line) and flush(); what was written
                  is safe when the flush() after the next returns. There are lines only, and
                  `record` is None.
    database:     one of them that keeps the states of receivers, a CollectDatabase; or None.
    wait_seconds: as long as a copy waits for others at most, and a receiver is waited for.
    tell:         called with a line that a person should know.
    """

    def __init__(self, outputs, database, wait_seconds, tell):
        self._outputs, self._database, self._tell = outputs, database, tell
        self._tickets = Tickets()
        self._stations, self._window = Stations(wait_seconds), Window(wait_seconds)
        self._clocks = Clocks()
        self._merger, self._record_number = Merger(self._next_number), 0
        # Since the last commit, and before: (Ticket, Numbers, number of the record there)
        self._written, self._handed_over = [], []
        self._changed = set()  # names of receivers whose state is to be kept
        self._told = set()
        self.unreadable = 0  # messages that no receiver can be blamed for
        if database is not None:
            for name, state in database.states().items():
                if station := self._stations.get(name):
                    station.go_on(state)

    def connected(self, now):
        """The broker is there, anew. now: seconds, by a clock that only goes forward."""
        self._stations.connected(now)

    def take(self, topic, told, ticket, now):
        """Takes a message; told: True or False of a receiver that is there or not, else what
        Envelopes.read() gave or the Bad that it raised; ticket: of give_ticket()."""
        name, kind = (*topic.split("/")[-2:], "")[:2]
        station = self._stations.get(name) if STATION.fullmatch(name) else None
        if station is None:
            self.unreadable += 1
            self._tell_once(NOBODY, f"{topic[:80]!r}: no name of a receiver, or too many of them")
        elif kind == AVAILABILITY:
            station.is_online(told, now)
        else:
            self._take_records(station, told, ticket, now)

    def give_ticket(self, message_id, connection):
        """A Ticket for the next message."""
        return self._tickets.give(message_id, connection)

    def release(self, now):
        """Writes what has waited for long enough."""
        for name, ahead_ns in self._clocks.news().items():
            self._stations.get(name).clock_ahead_ns = ahead_ns
            self._tell(f"{name}: its clock is {ahead_ns / 1e9:+.1f} s beside the others'")
        self._write_packets(self._window.release(self._stations.horizon_ns(now), now))

    def release_all(self):
        """Writes everything."""
        self._write_packets(self._window.release_all())

    def report(self, final):
        """Writes a record of the counts."""
        record = collect_record(self._next_number(), self.counts(), self._stations.all(), final)
        self._write(json_line(record))

    def counts(self):
        """Of all receivers, by the names of the fields of a collect record."""
        counts = [station.counts() for station in self._stations.all()]
        sums = {name: sum(count[name] for count in counts) for name in COUNTS}
        sums["records_unreadable"] += self.unreadable
        written = {
            "frames": self._merger.frames,
            "frames_heard_by_several": self._merger.heard_by_several,
        }
        return written | sums

    def stations(self):
        """Every Station, by name."""
        return self._stations.all()

    def commit(self):
        """Hands to the outputs what was written since the last time. Returns the Tickets that are
        settled: all that they brought was handed over earlier, and is safe by now."""
        handed_over, self._handed_over, self._written = self._handed_over, self._written, []
        for _ticket, numbers, number in self._handed_over:
            numbers.done(number)
        if self._database is not None and self._changed:
            self._database.keep({name: self._stations.get(name).state() for name in self._changed})
        self._changed = set()
        for output in self._outputs:
            output.flush()
        for ticket, _numbers, _number in handed_over:
            ticket.open -= 1
        return self._tickets.settled()

    def _take_records(self, station, told, ticket, now):
        self._changed.add(station.name)
        if isinstance(told, Bad):
            station.unreadable += 1
            self._tell_once(station.name, told)
            return
        run, records = told
        numbers = station.numbers(run)
        if station.is_two():
            hint = "what both heard makes two records, expected a name for each"
            self._tell_once(station.name, "two receivers have this --station", hint)
        for number, told in records:
            if number is None or numbers.take(number):
                self._take_record(station, (ticket, numbers, number), told, now)

    def _take_record(self, station, origin, told, now):
        origin[0].open += 1
        if type(told) is Copy:
            station.heard(told.time, False, now)
            told.came_from(station.name, origin, station.clock_ahead_ns)
            self._take_copy(station, told, now)
            return
        self._written.append(origin)
        if isinstance(told, Bad):
            station.unreadable += 1
            self._tell_once(station.name, told)
        else:
            station.heard(told.time, told.final, now)
            self._write(self._merger.of_station(told, station.name))

    def _take_copy(self, station, copy, now):
        if copy.time_ns is None:
            self._write_packets([[copy]])
            return
        if copy.is_counted:
            told_ns = copy.time_ns + station.clock_ahead_ns
            self._clocks.heard(station.name, copy.mpdu, told_ns)
        if packets := self._window.add(copy, now):
            self._write_packets(packets)

    def _write_packets(self, packets):
        for packet in packets:
            lines, late = self._merger.lines(packet)
            for line in lines:
                self._write(line)
            for copy in late:
                self._stations.get(copy.station).late_copies += 1
            for copy in packet:
                self._written.append(copy.origin)
                self._changed.add(copy.station)

    def _write(self, line):
        for output in self._outputs:
            output.write(None, line)

    def _next_number(self):
        self._record_number += 1
        return self._record_number - 1

    def _tell_once(self, name, fault, rest="further ones are counted only"):
        if (name, rest) not in self._told:
            self._told.add((name, rest))
            self._tell(f"{name}: {fault}; {rest}")
