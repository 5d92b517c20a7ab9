# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for gr-osmosdr where there is no radio: the same calls, which it writes down.

FAKE_OSMOSDR names the file it writes a JSON line to for each call, FAKE_SAMPLES the complex floats
that the radio receives: all at once, or with FAKE_LOSSES in their time, FAKE_RATE a second, but for
those that it names (see losing_source). It has the stages and ranges that gr-osmosdr 0.2.4 gives a
HackRF.
"""

import json
import os
from functools import partial

from gnuradio import blocks, gr

from .losing import losing_source

STAGES = {"RF": (0, 14, 14), "IF": (0, 40, 8), "BB": (0, 62, 2)}
FOUND = (
    "hackrf=1d3f5b,label='HackRF HackRF One 1d3f5b'",
    "driver=rtlsdr,label='Generic RTL2832U',serial=00000001,soapy=0",
    "file='/path/to/your/file',label='Complex Sampled (IQ) File',rate=1e6",
)


def write_down(*call):
    with open(os.environ["FAKE_OSMOSDR"], "a") as file:
        file.write(json.dumps(call) + "\n")


class time_spec_t:
    """A time of a radio without a clock."""


class gain_range:
    def __init__(self, low, high, step):
        self._range = (low, high, step)

    def start(self):
        return self._range[0]

    def stop(self):
        return self._range[1]

    def step(self):
        return self._range[2]


class source(gr.hier_block2):
    def __init__(self, args):
        write_down("open", args)
        # As by GNU Radio Companion, with the number of the channel behind each value.
        for name in ("dc_offset_mode", "iq_balance_mode", "antenna", "if_gain", "bb_gain"):
            setattr(self, f"set_{name}", partial(self._set, name))
        if "hackrf" not in args:
            raise RuntimeError("no such device.")
        one = gr.io_signature(1, 1, gr.sizeof_gr_complex)
        gr.hier_block2.__init__(self, "fake_osmosdr", gr.io_signature(0, 0, 0), one)
        self._gains = dict.fromkeys(STAGES, 0)
        path, losses = os.environ["FAKE_SAMPLES"], os.environ.get("FAKE_LOSSES")
        if losses is None:
            self._samples = blocks.file_source(gr.sizeof_gr_complex, path)
        else:
            self._samples = losing_source(path, float(os.environ["FAKE_RATE"]), losses)
        self.connect(self._samples, self)

    def _set(self, name, *values):
        write_down(name, *values)
        return values[0] if values else None

    def set_sample_rate(self, rate):
        if rate > 20e6:
            raise RuntimeError("hackrf_set_sample_rate has failed (-1001)")
        return self._set("rate", rate)

    def set_freq_corr(self, ppm, *channel):
        return self._set("ppm", ppm, *channel)

    def set_time_unknown_pps(self, _time):
        self._set("time")

    def set_center_freq(self, frequency, *channel):
        return self._set("frequency", frequency, *channel)

    def set_bandwidth(self, bandwidth, *channel):
        return self._set("bandwidth", bandwidth, *channel)

    def set_gain_mode(self, automatic, *channel):
        return self._set("gain_mode", automatic, *channel)

    def set_gain(self, gain, stage):
        """stage: its name, or the number of the channel, whose first stage is meant then."""
        self._gains[stage] = self._set("gain", gain, stage)

    def get_gain(self, name):
        return self._gains[name]

    def get_gain_names(self):
        return list(STAGES)

    def get_gain_range(self, name):
        return gain_range(*STAGES[name])


class device:
    class found:
        def __init__(self, text):
            self._text = text

        def to_string(self):
            return self._text

    @staticmethod
    def find():
        return [device.found(text) for text in FOUND]
