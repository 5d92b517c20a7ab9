# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a waterfall out of a stream: each the strongest of a few spectra spread over its time.

Which samples a row looks at depends on their number alone, so the same samples give the same
picture, however they come in pieces.
"""

import numpy as np

SPECTRA_A_ROW = 8


class SpectrumRows:
    """fft_size: bins of a row.  row_samples: samples from one row to the next, at least
    SPECTRA_A_ROW * fft_size."""

    def __init__(self, fft_size, row_samples):
        if row_samples < SPECTRA_A_ROW * fft_size:
            raise ValueError(
                f"row_samples is {row_samples}, expected at least {SPECTRA_A_ROW * fft_size}"
            )
        window = np.hanning(fft_size).astype(np.float32)
        self._window = window / window.sum()
        self._size = fft_size
        self._step = row_samples // SPECTRA_A_ROW
        self._position = 0  # of the next sample, within the current step
        self._block = np.zeros(fft_size, np.complex64)
        self._row = np.zeros(fft_size, np.float32)
        self._spectra = 0

    def take(self, samples):
        """Takes complex samples; returns the rows they complete, each float32 of fft_size bins in
        dB of full scale, lowest frequency first."""
        rows, begin = [], 0
        while begin < len(samples):
            if self._position < self._size:
                piece = samples[begin : begin + self._size - self._position]
                self._block[self._position : self._position + len(piece)] = piece
            else:
                piece = samples[begin : begin + self._step - self._position]
            begin += len(piece)
            self._position += len(piece)
            if self._position == self._size:
                rows += self._spectrum()
            if self._position == self._step:
                self._position = 0
        return rows

    def _spectrum(self):
        power = np.abs(np.fft.fftshift(np.fft.fft(self._block * self._window))) ** 2
        np.maximum(self._row, power, out=self._row)
        self._spectra += 1
        if self._spectra < SPECTRA_A_ROW:
            return []
        row = 10 * np.log10(self._row + 1e-20)
        self._row[:] = 0
        self._spectra = 0
        return [row.astype(np.float32)]
