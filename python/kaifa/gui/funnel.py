# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that counts what becomes of bursts: how many have a sync word, a length, a check; and
what samples a radio lost."""

import pmt
from gnuradio import gr
from PyQt5 import QtCore, QtWidgets

from . import colours

REDRAW_MS = 200
STAGES = ("bursts", "sync words", "lengths", "checks")
# Reasons of rejects that come before a length could be used
NO_LENGTH = {"no_length", "bad_length", "mode_switch", "bad_mode_switch"}


class funnel(gr.basic_block):
    """Counts the messages of the receiver; `widget` is its window.

    Message ports: bursts, and frames for the messages of both ports frames and rejects; clock of a
    sample_clock, if there is one.
    """

    def __init__(self):
        gr.basic_block.__init__(self, "kaifa_funnel", None, None)
        self._counts = dict.fromkeys(STAGES, 0)
        self._lost = None
        ports = ("bursts", self._burst), ("frames", self._packet), ("clock", self._clock)
        for port, take in ports:
            self.message_port_register_in(pmt.intern(port))
            self.set_msg_handler(pmt.intern(port), take)
        self.widget = QtWidgets.QWidget()
        self.widget.setSizePolicy(QtWidgets.QSizePolicy.Preferred, QtWidgets.QSizePolicy.Fixed)
        self._labels = self._lay_out(QtWidgets.QHBoxLayout(self.widget))
        self._timer = QtCore.QTimer(self.widget)
        self._timer.timeout.connect(self._redraw)
        self._timer.start(REDRAW_MS)

    def counts(self):
        """{stage: number}."""
        return dict(self._counts)

    def samples_lost(self):
        """How many a sample_clock said that are missing; None if none said anything."""
        return self._lost

    def _lay_out(self, layout):
        layout.setContentsMargins(0, 0, 0, 0)
        labels = []
        for number, _stage in enumerate(STAGES):
            if number:
                layout.addWidget(QtWidgets.QLabel("→"))
            labels.append(QtWidgets.QLabel())
            layout.addWidget(labels[-1])
        self._lost_label = QtWidgets.QLabel()
        layout.addSpacing(20)
        layout.addWidget(self._lost_label)
        layout.addStretch(1)
        return labels

    def _burst(self, _message):
        self._counts["bursts"] += 1

    def _packet(self, message):
        self._counts["sync words"] += 1
        reason = pmt.dict_ref(pmt.car(message), pmt.intern("reason"), pmt.PMT_NIL)
        if not pmt.is_symbol(reason):
            self._counts["lengths"] += 1
            self._counts["checks"] += 1
        elif pmt.symbol_to_string(reason) not in NO_LENGTH:
            self._counts["lengths"] += 1

    def _clock(self, message):
        said = pmt.to_python(message)
        lost = said.get("samples_lost", 0) - said.get("samples_found", 0)
        self._lost = (self._lost or 0) + lost

    def _redraw(self):
        counts = self.counts()
        before = None
        for label, stage in zip(self._labels, STAGES, strict=True):
            share = f" ({counts[stage] / before:.0%})" if before else ""
            label.setText(f"<b>{counts[stage]}</b> {stage}{share}")
            before = counts[stage]
        if self._lost is not None:
            self._lost_label.setText(f"<b>{self._lost}</b> samples lost")
            self._lost_label.setStyleSheet(colours.WARNING if self._lost else "")
