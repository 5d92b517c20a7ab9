# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sample_clock says of a radio's samples, for a Timeline and for people."""

import pmt

from .frame_sink import frame_sink
from .kaifa_python import sample_clock
from .sources import BUFFER_SAMPLES
from .timeline import Anchor, Loss


class ClockWatch:
    """A sample_clock, `block`, to be put behind a radio.

    sample_rate: Hz.
    timeline:    Timeline that takes its anchors and losses.
    tell:        called with a line for each loss.
    recorder:    takes times, too; None if there is none.
    """

    def __init__(self, sample_rate, timeline, tell, recorder=None):
        self._rate, self._timeline, self._tell = sample_rate, timeline, tell
        self._recorder = recorder
        self.block = sample_clock(sample_rate)
        self.block.set_min_output_buffer(0, BUFFER_SAMPLES)
        self._sink = frame_sink()

    def listen(self, top):
        """Connects its messages in the flowgraph `top`."""
        top.msg_connect(self.block, "clock", self._sink, frame_sink.PORT)

    def follow(self):
        """Takes what was said since. What concerns a sample is said before the sample goes on."""
        for message in self._sink.take():
            self._take(pmt.to_python(message))

    def follow_last(self):
        """As follow(), once the flowgraph has ended."""
        for message in self._sink.take_last():
            self._take(pmt.to_python(message))

    def _take(self, said):
        if "rx_time" in said:
            time = (said["sample_offset"], *said["rx_time"])
            anchor = Anchor(*time, said["time_source"], said.get("time_uncertainty"))
            self._timeline.anchor(anchor)
            if self._recorder:
                self._recorder.add_time_anchor(*time)
        elif "samples_lost" in said:
            loss = Loss(said["sample_offset"], said["samples_lost"])
            self._timeline.lose(loss)
            self._tell(f"{self._size(loss.samples)} lost before sample {loss.sample}")
        else:
            self._timeline.find(said["samples_found"])
            self._tell(f"{self._size(said['samples_found'])} told to be lost were only late")

    def _size(self, samples):
        return f"{samples} samples ({samples / self._rate * 1e3:.1f} ms)"
