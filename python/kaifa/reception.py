# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the receiver, from the first sample to the last frame."""

import threading
import time

from gnuradio import gr

from .frame_sink import frame_sink
from .hints import RecentHints
from .host_clock import HostClock
from .recording import checksum_fault
from .status import ProgressBar, StatusLine

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
    ):
        self._input, self._receiver = source, receiver
        self._write, self._report = write, report
        self._recorder = recorder
        self._sink = sink or frame_sink()
        self._clock = HostClock(source.sample_rate) if source.live else None
        self._hints = RecentHints(source.sample_rate)
        self._ended = threading.Event()
        self.stopped = False
        self._top = gr.top_block("kaifa_rx")
        self._top.connect(source.source, receiver)
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
        self._anchor_times()
        due = time.monotonic() + REPORT_SECONDS
        self._top.start()
        if self._input.live:
            self._input.source.started()
        threading.Thread(target=self._wait, daemon=True).start()
        try:
            while not self._ended.wait(POLL_SECONDS):
                self._hand_out(self._sink.take(), status)
                self._follow_clock()
                status.update(self.counts())
                if self._input.live and time.monotonic() >= due:
                    due += REPORT_SECONDS
                    self._report(self.counts(), False)
            self._hand_out(self._sink.take_last(), status)
            self._report(self.counts(), True)
        finally:
            status.close()
            self._top.stop()
            self._ended.wait()

    def counts(self):
        """The receiver's counts, with the samples lost where a clock can tell, and a Hint."""
        counts = self._receiver.counts()
        if self._clock:
            counts["lost"] = self._clock.lost_samples
        return counts | {"hint": self._hints.hint(counts)}

    def faults(self):
        """What was wrong with the samples: a list of lines."""
        recording = self._input.recording
        faults = [self._input.source.fault(), recording and recording.fault, self._shortfall()]
        if recording and not self.stopped:
            faults.append(checksum_fault(recording, lambda: not self.stopped))
        return [fault for fault in faults if fault]

    def _shortfall(self):
        recording = self._input.recording
        if self.stopped or self._receiver.errors() or not (recording and recording.samples):
            return None
        got = self._input.source.samples()
        if got >= recording.samples:
            return None
        return f"{recording.path}: ended after {got} samples, expected {recording.samples}"

    def _anchor_times(self):
        if self._clock:
            self._anchor(0, time.time())
        else:
            for anchor in self._input.recording.anchors:
                self._receiver.add_time_anchor(anchor.sample, anchor.seconds, anchor.fraction)

    def _follow_clock(self):
        if not self._clock:
            return
        anchor = self._clock.update(time.time(), self._input.source.samples())
        if anchor:
            self._anchor(*anchor)

    def _anchor(self, sample, moment):
        for who in (self._receiver, self._recorder):
            if who:
                who.add_time_anchor(sample, int(moment), moment % 1.0)

    def _wait(self):
        self._top.wait()
        self._ended.set()

    def _hand_out(self, messages, status):
        if messages := list(messages):
            status.clear()
            self._write(messages)
