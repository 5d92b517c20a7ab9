# SPDX-License-Identifier: GPL-3.0-or-later
"""A radio that keeps time, and loses samples of which it says nothing."""

import time

import numpy as np
from gnuradio import gr

TRANSFER = 1 << 14


class losing_source(gr.sync_block):
    """Hands out the complex floats of a file in transfers, each when its last sample has been
    taken, as radios do.

    rate: samples a second.
    lost: "FIRST:COUNT,...": of each pair, COUNT samples from FIRST on never come; both are whole
          transfers.
    """

    def __init__(self, path, rate, lost):
        gr.sync_block.__init__(self, "losing_source", None, [np.complex64])
        self.set_output_multiple(TRANSFER)
        samples = np.fromfile(path, np.complex64)
        count = len(samples) // TRANSFER
        self._transfers = np.split(samples[: count * TRANSFER], count)
        self._rate, self._next, self._begun = rate, 0, None
        pairs = [tuple(map(int, pair.split(":"))) for pair in lost.split(",") if pair]
        self._lost = {
            number
            for first, count in pairs
            for number in range(first // TRANSFER, (first + count) // TRANSFER)
        }

    def work(self, _inputs, outputs):
        if self._begun is None:
            self._begun = time.monotonic()
        while self._next in self._lost:
            self._next += 1
        if self._next >= len(self._transfers):
            return -1
        outputs[0][:TRANSFER] = self._transfers[self._next]
        self._next += 1
        due = self._begun + self._next * TRANSFER / self._rate
        time.sleep(max(0.0, due - time.monotonic()))
        return TRANSFER
