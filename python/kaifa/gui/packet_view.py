# SPDX-License-Identifier: GPL-3.0-or-later
"""A window on one packet: the discriminator with preamble, sync word, octets and strobes, as in an
oscilloscope."""

import numpy as np
import pmt
import pyqtgraph as pg
from gnuradio import gr
from PyQt5 import QtCore

from . import colours
from .packet_trace import PacketTraces

REDRAW_MS = 250
# Symbols seen at first, before and behind the begin of the sync word
BEFORE, BEHIND = 24, 72


class packet_view(gr.sync_block):
    """The newest packet in the output of sync_and_strobe; `widget` is its window.

    The strip at the top is the whole packet; the part chosen in it is drawn large below.

    sample_rate: of the input, in Hz.  symbol_rate: symbols a second.
    """

    def __init__(self, sample_rate, symbol_rate):
        gr.sync_block.__init__(self, "kaifa_packet_view", [np.float32], None)
        if not (sample_rate > 0 and symbol_rate > 0):
            raise ValueError("sample_rate and symbol_rate are expected to be more than 0")
        self._rate, self._symbol = sample_rate, 1e3 / symbol_rate
        self._traces = PacketTraces()
        self._shown = None
        self._make_widget()

    def work(self, input_items, output_items):
        begin = self.nitems_read(0)
        count = len(input_items[0])
        if self._traces.wants():
            tags = self.get_tags_in_range(0, begin, begin + count)
            marks = [(tag.offset, pmt.symbol_to_string(tag.key), tag.value) for tag in tags]
            self._traces.take(begin, input_items[0], marks)
        return count

    def shown(self):
        """The PacketTrace that is drawn; None before the first."""
        return self._shown

    def _make_widget(self):
        self.widget = pg.GraphicsLayoutWidget()
        self.widget.setBackground("#202020")
        self._overview = self.widget.addPlot(row=0, col=0, title="No packet yet")
        self._overview.setMaximumHeight(110)
        self._overview.setMouseEnabled(False, False)
        self._overview.hideButtons()
        self._overview.hideAxis("left")
        self._large = self.widget.addPlot(row=1, col=0)
        self._large.setLabel("bottom", "Time from the sync word (ms)")
        self._large.setLabel("left", "Frequency (deviations)")
        self._large.showGrid(x=False, y=True, alpha=0.3)
        for plot in (self._overview, self._large):
            plot.getAxis("bottom").enableAutoSIPrefix(False)
            plot.setYRange(-2.0, 2.4, padding=0.0)
        self._large.setLimits(yMin=-4, yMax=4)
        self._part = pg.LinearRegionItem(brush="#ffffff30")
        self._part.setZValue(10)
        self._overview.addItem(self._part, ignoreBounds=True)
        self._part.sigRegionChanged.connect(self._zoom)
        self._large.sigXRangeChanged.connect(self._follow)
        self._timer = QtCore.QTimer(self.widget)
        self._timer.timeout.connect(self._redraw)
        self._timer.start(REDRAW_MS)

    def _zoom(self):
        self._large.setXRange(*self._part.getRegion(), padding=0.0)

    def _follow(self, _plot, limits):
        self._part.setRegion(limits)

    def _redraw(self):
        trace = self._traces.newest()
        if trace is None:
            return
        first, self._shown = self._shown is None, trace
        x = (np.arange(len(trace.samples)) - trace.sync_begin) / self._rate * 1e3
        for plot in (self._overview, self._large):
            for item in plot.items[:]:
                if item is not self._part:
                    plot.removeItem(item)
        self._overview.plot(x, trace.samples, pen=pg.mkPen("#e0e0e0", width=1))
        self._overview.setXRange(x[0], x[-1], padding=0.01)
        self._overview.setTitle(trace.title(), size="9pt")
        self._draw_regions(trace)
        self._large.plot(x, trace.samples, pen=pg.mkPen("#e0e0e0", width=1.5))
        self._draw_strobes(trace)
        self._draw_octets(trace)
        if first:
            self._part.setRegion((-BEFORE * self._symbol, BEHIND * self._symbol))

    def _draw_regions(self, trace):
        sync, data, end = (self._time(trace, at) for at in trace.edges())
        begin = self._time(trace, trace.preamble_begin)
        # The name of the preamble stands at its end: its begin is seldom in view.
        for low, high, colour, name, at, anchor in (
            (begin, sync, colours.PREAMBLE, "preamble", sync, (1, 0)),
            (sync, data, colours.SYNC_WORD, "sync word", sync, (0, 0)),
            (data, end, colours.DATA, "packet", data, (0, 0)),
        ):
            for plot in (self._overview, self._large):
                region = pg.LinearRegionItem(
                    (low, high), movable=False, brush=colour + "38", pen=pg.mkPen(colour)
                )
                region.setZValue(-10)
                plot.addItem(region, ignoreBounds=True)
            label = pg.TextItem(name, color=colour, anchor=anchor)
            label.setPos(at, 2.4)
            self._large.addItem(label, ignoreBounds=True)

    def _draw_strobes(self, trace):
        at = np.array([self._time(trace, strobe) for strobe, _soft in trace.strobes])
        soft = np.array([soft for _strobe, soft in trace.strobes])
        level = trace.levels()
        for chosen, colour, symbol in (
            (soft > 0, colours.ONE, "t1"),
            (soft <= 0, colours.ZERO, "t"),
        ):
            self._large.plot(
                at[chosen],
                level[chosen],
                pen=None,
                symbol=symbol,
                symbolSize=9,
                symbolBrush=colour,
                symbolPen="#ffffff",
            )

    def _draw_octets(self, trace):
        for at, text in trace.octets():
            label = pg.TextItem(text, color="#ffffff", anchor=(0.5, 1))
            label.setPos(self._time(trace, at), -1.95)
            self._large.addItem(label, ignoreBounds=True)

    def _time(self, trace, at):
        """Milliseconds from the sync word, of a position in the trace in samples."""
        return (at - trace.sync_begin) / self._rate * 1e3
