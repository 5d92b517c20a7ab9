# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of a stream of samples for those who look at it."""

import numpy as np
from gnuradio import gr

from ..spectrum_rows import SPECTRA_A_ROW, SpectrumRows

FFT_SIZE = 512
ROW_SECONDS = 0.1


class spectrum_probe(gr.sync_block):
    """Calls `take` with a row of FFT_SIZE bins, in dB of full scale, for each 0.1 s of complex
    samples.

    sample_rate: of the input, in Hz.
    """

    def __init__(self, sample_rate, take):
        gr.sync_block.__init__(self, "kaifa_spectrum_probe", [np.complex64], None)
        self._rows = SpectrumRows(
            FFT_SIZE, max(int(ROW_SECONDS * sample_rate), FFT_SIZE * SPECTRA_A_ROW)
        )
        self._take = take

    def work(self, input_items, output_items):
        for row in self._rows.take(input_items[0]):
            self._take(row)
        return len(input_items[0])
