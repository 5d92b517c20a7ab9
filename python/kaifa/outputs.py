# SPDX-License-Identifier: GPL-3.0-or-later
"""Where kaifa_rx writes what it receives: the same records to every output."""

from .bursts.burst import Burst
from .dates import date_of, dated_from
from .lane import Lane
from .open_outputs import opened
from .records import burst_record, json_line, record
from .status_record import status_record


class NoOutputLeft(Exception):
    """The last output failed: there is nobody to receive for."""


class Outputs:
    """Hands each record to every output.

    args:        of parse_arguments().
    records_out: file descriptor of standard output.
    source:      the Input.
    tell:        called with one line that a person should know.
    shown:       an output for people, in place of lines on standard output.
    InputError if an output cannot be used.

    An output that fails on the way is told of and left out; the others go on.
    """

    def __init__(self, args, records_out, source, tell, shown=None):
        self._checked_only = args.checked_only
        self._source, self._tell = source, tell
        self._dated_from = dated_from(source)
        self._number = 0
        self._lanes = []
        for output in opened(args, records_out, source, tell, shown):
            self._lanes.append(Lane(output, not source.live, self._on_fault))

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for lane in self._lanes:
            lane.close()

    def write(self, messages):
        """Takes messages of kaifa_frame_parser and Bursts; NoOutputLeft if there is no output any
        more."""
        for message in messages:
            if isinstance(message, Burst):
                self._hand_out(burst_record(message, self._source.sample_rate, self._dated_from))
                continue
            fields = record(message, self._source.sample_rate, self._dated_from)
            if fields["check_ok"] or not self._checked_only:
                self._hand_out(fields)

    def report(self, counts, final):
        """Takes the counts of a Reception; final: there will be no more."""
        rate = self._source.sample_rate
        time = date_of(self._source, counts["samples"])
        lost = sum(lane.lost() for lane in self._lanes)
        self._hand_out(status_record(counts, rate, time, lost, final))

    def hurry(self):
        """From now on no output is waited for for long."""
        for lane in self._lanes:
            lane.hurry()

    def faults(self):
        """What did not get out, once closed: a list of lines; none of readers who went away."""
        return [
            f"output: {lane.output.name}: {_text(lane.fault)}, {lane.lost()} records lost"
            for lane in self._lanes
            if lane.lost() and not isinstance(lane.fault, BrokenPipeError)
        ]

    def none_left(self):
        """Every output failed."""
        return all(lane.fault for lane in self._lanes)

    def failed(self):
        """An output did not get everything."""
        return any(lane.fault or lane.lost() for lane in self._lanes)

    def _on_fault(self, lane):
        # Of the last one faults() tells, for that is the end.
        if not self.none_left():
            gone = isinstance(lane.fault, BrokenPipeError)
            text = "its reader has gone" if gone else _text(lane.fault)
            self._tell(f"output: {lane.output.name}: {text}; the other outputs go on")

    def _hand_out(self, fields):
        if self.none_left():
            raise NoOutputLeft
        fields["record_number"] = self._number
        self._number += 1
        line = json_line(fields)
        for lane in self._lanes:
            lane.put(fields, line)


def _text(fault):
    if fault is None:
        return "slower than what came, or away at the end"
    return getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
