# SPDX-License-Identifier: GPL-3.0-or-later
"""Where kaifa_rx writes what it receives: the same records to every output."""

from .bursts.burst import Burst
from .lane import Lane
from .open_outputs import opened, source_word
from .recording import InputError
from .records import burst_record, json_line, record
from .sigmf_out import rejects
from .sigmf_out.opened import SigmfOutputs
from .status_record import status_record

# How well the first symbol of a preamble, or the onset of a burst, is found.
START_SYMBOLS = 4


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
        self._checked_only, self._bursts = args.checked_only, args.bursts
        self._source, self._tell = source, tell
        self._start_s = START_SYMBOLS / args.symbol_rate
        self._number = 0
        # First, for it overwrites nothing, and what it has made can be taken back.
        sigmf = SigmfOutputs(args, source, source_word(args, source), tell)
        try:
            outputs = opened(args, records_out, source, tell, shown)
        except InputError:
            sigmf.take_back()
            raise
        self._lanes = [self._lane(output) for output in outputs]
        self._open_sigmf(sigmf)

    def _open_sigmf(self, sigmf):
        self.recorder = sigmf.recorder
        if self.recorder:
            self.recorder.on_fault = lambda: self._tell_fault(self.recorder)
        # Rejected packets of the burst whose record comes next.
        self._rejected, self._rejects, self._annotations = [], None, None
        if sigmf.rejects:
            self._rejects = self._lane(sigmf.rejects, rejects.MOST_WAITING)
        if sigmf.annotations:
            self._lanes.append(self._lane(sigmf.annotations))
            self._annotations = self._lanes[-1]

    def _lane(self, output, most_waiting=None):
        return Lane(output, not self._source.live, self._tell_fault, most_waiting)

    def __enter__(self):
        for lane in self._lanes:
            if note := getattr(lane.output, "note", None):
                self._tell(note)
        return self

    def __exit__(self, *_error):
        # Where annotations go depends on what has been recorded.
        if self.recorder:
            self.recorder.finish()
        for lane in self._all_lanes():
            lane.close()

    def write(self, messages):
        """Takes messages of kaifa_frame_parser and Bursts; NoOutputLeft if there is no output any
        more."""
        for message in messages:
            if isinstance(message, Burst):
                self._hand_out_burst(self._record(burst_record, message), message)
                continue
            fields = self._record(record, message)
            if self._rejects and not fields["check_ok"]:
                self._rejected.append(fields)
            if fields["check_ok"] or not self._checked_only:
                start = fields["sample_start"] - self._source.first_sample
                lost = self._source.timeline.take_lost(start)
                fields["samples_lost_before"] = lost
                self._hand_out(fields)

    def report(self, counts, final):
        """Takes the counts of a Reception; final: there will be no more."""
        source = self._source
        lost = sum(lane.lost() for lane in self._lanes)
        self._hand_out(status_record(counts, source.sample_rate, source.timeline, lost, final))

    def hurry(self):
        """From now on no output is waited for for long."""
        for lane in self._all_lanes():
            lane.hurry()
        if self.recorder:
            self.recorder.hurry()

    def faults(self):
        """What did not get out, once closed: a list of lines; none of readers who went away."""
        lost = [
            f"output: {lane.name}: {_text(lane.fault)}, {lane.lost()} records lost"
            for lane in self._all_lanes()
            if lane.lost() and not isinstance(lane.fault, BrokenPipeError)
        ]
        if self.recorder and (self.recorder.fault or self.recorder.lost()):
            recorder = self.recorder
            lost.append(
                f"output: {recorder.name}: {_text(recorder.fault)}, {recorder.lost()} samples lost"
            )
        return lost

    def none_left(self):
        """Every output failed."""
        return all(output.fault for output in self._all())

    def failed(self):
        """An output ended before the reception did."""
        return any(output.fault for output in self._all())

    def incomplete(self):
        """An output did not get everything."""
        return any(output.lost() for output in self._all())

    def _all_lanes(self):
        return [*self._lanes, self._rejects] if self._rejects else self._lanes

    def _all(self):
        return [*self._all_lanes(), self.recorder] if self.recorder else self._all_lanes()

    def _tell_fault(self, output):
        # Of the last one faults() tells, for that is the end.
        if not self.none_left():
            gone = isinstance(output.fault, BrokenPipeError)
            text = "its reader has gone" if gone else _text(output.fault)
            self._tell(f"output: {output.name}: {text}; the other outputs go on")

    def _record(self, made, message):
        source = self._source
        first = source.first_sample
        return made(message, source.sample_rate, source.timeline, self._start_s, first)

    def _hand_out_burst(self, fields, burst):
        if self._rejects and self._rejected and not fields["frames_checked"]:
            self._rejects.put(rejects.Reject(burst, fields, tuple(self._rejected)), None)
        self._rejected = []
        if self._bursts:
            self._hand_out(fields)
        elif self._annotations:
            self._annotations.put(fields, None)

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
