# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the receiver, from the first sample to the last frame."""

import threading
import time

from gnuradio import gr

from .clock_watch import ClockWatch
from .frame_sink import frame_sink
from .hints import RecentHints
from .recording import checksum_fault
from .status import ProgressBar, StatusLine
from .timeline import Anchor

POLL_SECONDS = 0.1
REPORT_SECONDS = 1.0


class Reception:
    """A flowgraph of a source, a receiver and a sink for frames.

    source:   an Input.
    receiver: a kaifa.receiver for its samples.
    write:    called with a list of what the sink takes, in order.
    report:   called with counts() once a second while the source is live, and at the end, when
              its second argument is True.
    sink:     takes what the receiver finds; default: a frame_sink, which takes messages of
              kaifa_frame_parser.
    recorder: is told of times of samples as they become known; None if there is none.
    view:     shows the counts, and has a `block` that is given the samples; default: a bar or a
              line.
    tell:     called with a line that a person should know, at once.
    """

    def __init__(
        self,
        source,
        receiver,
        write,
        report=lambda counts, final: None,
        sink=None,
        view=None,
        recorder=None,
        tell=lambda line: None,
    ):
        self._input, self._receiver = source, receiver
        self._write, self._report = write, report
        self._recorder = recorder
        self._sink = sink or frame_sink()
        self._hints = RecentHints(source.sample_rate)
        self._status, self._tell = None, tell
        self._ended = threading.Event()
        self.stopped = False
        self._top = gr.top_block("kaifa_rx")
        self._clock = self._wire_clock() if source.live else None
        self._top.connect(self._clock.block if self._clock else source.source, receiver)
        # Whoever keeps frames here lets go of them: the receiver can wait for as long as it takes.
        receiver.wait_for_readers()
        self._sink.listen(self._top, receiver)
        self._view = view
        if view:
            self._top.connect(source.source, view.block)

    def stop(self, *_signal):
        """Ends the reception after the samples that have come; the second time at once. One that
        has ended is not stopped any more."""
        if self._ended.is_set():
            return
        if self.stopped:
            self._top.stop()
        self.stopped = True
        self._input.source.finish()

    def run(self):
        """Receives until the input ends or stop() is called; every frame is written by then.

        What `write` or `report` raises ends the reception and goes on to the caller.
        """
        recording = self._input.recording
        samples = recording.samples if recording else None
        status = self._view or (ProgressBar(samples) if samples else StatusLine())
        self._status = status
        if recording:
            self._anchor_times(recording)
        due = time.monotonic() + REPORT_SECONDS
        self._top.start()
        if self._input.live:
            self._input.source.started()
        threading.Thread(target=self._wait, daemon=True).start()
        try:
            while not self._ended.wait(POLL_SECONDS):
                self._hand_out(self._sink.take())
                status.update(self.counts())
                if self._input.live and time.monotonic() >= due:
                    due += REPORT_SECONDS
                    self._report(self.counts(), False)
            if self._clock:
                self._clock.follow_last()
            self._hand_out(self._sink.take_last())
            self._report(self.counts(), True)
        finally:
            status.close()
            self._top.stop()
            self._ended.wait()

    def counts(self):
        """The receiver's counts, with the samples lost where somebody can tell, and a Hint."""
        counts = self._receiver.counts()
        lost = self._input.timeline.lost(counts["samples"])
        if lost is not None:
            counts["lost"] = lost
        return counts | {"hint": self._hints.hint(counts)}

    def errors(self):
        """What made blocks end before their input did: a list of lines."""
        clock = self._clock and self._clock.block
        errors = [f"{clock.name()}: {clock.error()}"] if clock and clock.error() else []
        return errors + self._receiver.errors()

    def faults(self):
        """What was wrong with the samples: a list of lines."""
        recording = self._input.recording
        faults = [self._input.source.fault(), recording and recording.fault, self._shortfall()]
        if recording and not self.stopped:
            faults.append(checksum_fault(recording, lambda: not self.stopped))
        return [fault for fault in faults if fault]

    def _shortfall(self):
        recording = self._input.recording
        if self.stopped or self.errors() or not (recording and recording.samples):
            return None
        got = self._input.source.samples()
        if got >= recording.samples:
            return None
        return f"{recording.path}: ended after {got} samples, expected {recording.samples}"

    def _wire_clock(self):
        source = self._input
        clock = ClockWatch(source.sample_rate, source.timeline, self._tell_above, self._recorder)
        self._top.connect(source.source, clock.block)
        clock.listen(self._top)
        return clock

    def _anchor_times(self, recording):
        for anchor in recording.anchors or _counted(recording):
            self._receiver.add_time_anchor(anchor.sample, anchor.seconds, anchor.fraction)
        if recording.losses:
            lost = sum(loss.samples for loss in recording.losses)
            self._tell_above(f"{lost} samples are missing, as the metadata of the recording says")

    def _tell_above(self, line):
        self._status.clear()
        self._tell(line)

    def _wait(self):
        self._top.wait()
        self._ended.set()

    def _hand_out(self, messages):
        messages = list(messages)
        # After they were taken: what concerns their samples has been said by then.
        if self._clock:
            self._clock.follow()
        if messages:
            self._status.clear()
            self._write(messages)


def _counted(recording):
    """Anchors by the count of samples alone, for a recording without a date."""
    missing = 0
    yield Anchor(0, 0, 0.0)
    for loss in recording.losses:
        missing += loss.samples
        seconds, fraction = divmod((loss.sample + missing) / recording.sample_rate, 1)
        yield Anchor(loss.sample, int(seconds), fraction)
