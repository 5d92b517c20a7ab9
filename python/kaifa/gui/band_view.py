# SPDX-License-Identifier: GPL-3.0-or-later
"""A window on the band: a waterfall with every burst in it outlined by what became of it."""

from collections import deque

import numpy as np
import pmt
import pyqtgraph as pg
from gnuradio import gr
from PyQt5 import QtCore

from ..spectrum_rows import SPECTRA_A_ROW, SpectrumRows
from . import colours
from .burst_marks import OUTCOMES, BurstMarks

ROWS = 400
REDRAW_MS = 100
# From a little under the noise to what is strong.
FLOOR_DB, RANGE_DB = -3.0, 40.0
PENS = {"checked": colours.CHECKED, "rejected": colours.REJECTED, "no_sync": colours.NO_SYNC}
NAMES = {"checked": "frame checked", "rejected": "rejected", "no_sync": "no sync word"}


class band_view(gr.sync_block):
    """A waterfall of complex samples; `widget` is its window.

    Message ports: bursts, and frames for the messages of both ports frames and rejects of the
    receiver.

    sample_rate, center_frequency: of the input, in Hz.
    history: seconds shown, 0.1 to 600.
    fft_size: bins across the band, 64 to 8192; fewer if the history is too short for them.
    """

    def __init__(self, sample_rate, center_frequency, history=4.0, fft_size=1024):
        gr.sync_block.__init__(self, "kaifa_band_view", [np.complex64], None)
        if not 0.1 <= history <= 600:
            raise ValueError(f"history is {history} s, expected 0.1 to 600 s")
        if not 64 <= fft_size <= 8192:
            raise ValueError(f"fft_size is {fft_size}, expected 64 to 8192")
        self._rate, self._centre = sample_rate, center_frequency
        row_samples = max(int(history * sample_rate / ROWS), SPECTRA_A_ROW * 64)
        fft_size = min(fft_size, row_samples // SPECTRA_A_ROW)
        self._rows = SpectrumRows(fft_size, row_samples)
        self._row_s = row_samples // SPECTRA_A_ROW * SPECTRA_A_ROW / sample_rate
        self._new_rows = deque(maxlen=ROWS)
        self._rows_seen = 0
        self._image_data = np.full((ROWS, fft_size), np.nan, np.float32)
        self._marks = BurstMarks()
        for port, take in (
            ("bursts", self._take_burst),
            ("frames", self._take_packet),
        ):
            self.message_port_register_in(pmt.intern(port))
            self.set_msg_handler(pmt.intern(port), take)
        self._make_widget()

    def set_center_frequency(self, center_frequency):
        """Changes the frequency of the middle of the band, in Hz."""
        self._centre = center_frequency
        self._fit_view()

    def work(self, input_items, output_items):
        self._new_rows.extend(self._rows.take(input_items[0]))
        return len(input_items[0])

    def _take_burst(self, message):
        self._marks.add_burst(message)

    def _take_packet(self, message):
        self._marks.add_packet(message)

    def marks(self):
        """How many bursts of each outcome are outlined: {outcome: number}."""
        return {
            outcome: len(self._outlines[outcome].getData()[0]) // 5
            if self._outlines[outcome].getData()[0] is not None
            else 0
            for outcome in OUTCOMES
        }

    def _make_widget(self):
        self.widget = pg.PlotWidget(background="#202020")
        plot = self.widget.getPlotItem()
        plot.setLabel("bottom", "Frequency (MHz)")
        plot.setLabel("left", "Time (s)")
        plot.getAxis("bottom").enableAutoSIPrefix(False)
        plot.addLegend(
            offset=(5, -5), brush="#202020b0", colCount=3, horSpacing=30, verSpacing=-8,
            labelTextColor="#e0e0e0",
        )  # fmt: skip
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setColorMap(pg.colormap.get("viridis"))
        plot.addItem(self._image)
        self._outlines = {
            outcome: plot.plot(
                pen=pg.mkPen(PENS[outcome], width=1.5), connect="finite", name=NAMES[outcome]
            )
            for outcome in reversed(OUTCOMES)
        }
        self._fit_view()
        self._timer = QtCore.QTimer(self.widget)
        self._timer.timeout.connect(self._redraw)
        self._timer.start(REDRAW_MS)

    def _fit_view(self):
        half = self._rate / 2
        self.widget.setXRange((self._centre - half) / 1e6, (self._centre + half) / 1e6, padding=0.0)

    def _redraw(self):
        rows = [self._new_rows.popleft() for _ in range(len(self._new_rows))]
        if not rows:
            return
        self._rows_seen += len(rows)
        kept = self._image_data[len(rows) :]
        self._image_data = np.concatenate([kept, rows])[-ROWS:]
        floor = float(np.nanmedian(self._image_data))
        end = self._rows_seen * self._row_s
        begin = end - ROWS * self._row_s
        shown = np.nan_to_num(self._image_data, nan=floor + FLOOR_DB)
        self._image.setImage(shown, levels=(floor + FLOOR_DB, floor + RANGE_DB))
        left = (self._centre - self._rate / 2) / 1e6
        self._image.setRect(QtCore.QRectF(left, begin, self._rate / 1e6, end - begin))
        for outcome, curve in self._outlines.items():
            x, y = self._marks.outlines(outcome, begin)
            curve.setData(x / 1e6, y, connect=_closed(len(x)))
        self.widget.setYRange(max(begin, 0.0), max(end, ROWS * self._row_s), padding=0.0)


def _closed(points):
    """Which points of rectangles of five are connected to the next."""
    connected = np.ones(points, bool)
    connected[4::5] = False
    return connected
