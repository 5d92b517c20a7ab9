# SPDX-License-Identifier: GPL-3.0-or-later
"""Where bursts lie in time and frequency, and what became of them."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import pmt

MOST_BURSTS = 4000
# What became of a burst; a later one in this list goes before an earlier one.
OUTCOMES = ("no_sync", "rejected", "checked")


@dataclass
class Burst:
    """begin_s, end_s: seconds since the first sample.  low_hz, high_hz: its edges."""

    begin_s: float
    end_s: float
    low_hz: float
    high_hz: float
    outcome: str = "no_sync"


class BurstMarks:
    """Fed with messages of the receiver, it keeps the newest bursts."""

    def __init__(self):
        self._bursts = OrderedDict()

    def add_burst(self, message):
        """Takes a message of port bursts."""
        meta = pmt.car(message)
        number = _value(meta, "id")
        rate, original = _value(meta, "sample_rate"), _value(meta, "original_rate")
        if None in (number, rate, original):
            return
        begin = (_value(meta, "sample_offset") or 0.0) / original
        half = (_value(meta, "bandwidth") or 0.0) / 2
        centre = _value(meta, "center_frequency") or 0.0
        end = begin + pmt.length(pmt.cdr(message)) / rate
        self._bursts[number] = Burst(begin, end, centre - half, centre + half)
        while len(self._bursts) > MOST_BURSTS:
            self._bursts.popitem(last=False)

    def add_packet(self, message):
        """Takes a message of port frames or rejects."""
        meta = pmt.car(message)
        burst = self._bursts.get(_value(meta, "id"))
        checked = pmt.to_python(pmt.dict_ref(meta, pmt.intern("check_ok"), pmt.PMT_F))
        outcome = "checked" if checked else "rejected"
        if burst and OUTCOMES.index(outcome) > OUTCOMES.index(burst.outcome):
            burst.outcome = outcome

    def outlines(self, outcome, since_s):
        """Two arrays, x in Hz and y in seconds, of the rectangles round all bursts of an outcome
        that end after `since_s`, five points each."""
        found = [
            burst
            for burst in list(self._bursts.values())
            if burst.outcome == outcome and burst.end_s > since_s
        ]
        x = [(b.low_hz, b.high_hz, b.high_hz, b.low_hz, b.low_hz) for b in found]
        y = [(b.begin_s, b.begin_s, b.end_s, b.end_s, b.begin_s) for b in found]
        return np.array(x, float).ravel(), np.array(y, float).ravel()


def _value(meta, key):
    value = pmt.dict_ref(meta, pmt.intern(key), pmt.PMT_NIL)
    return pmt.to_python(value) if pmt.is_number(value) else None
