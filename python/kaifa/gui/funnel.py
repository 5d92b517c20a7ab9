# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that counts what becomes of bursts: how many have a sync word, a length, a check."""

import pmt
from gnuradio import gr
from PyQt5 import QtCore, QtWidgets

REDRAW_MS = 200
STAGES = ("bursts", "sync words", "lengths", "checks")
# Reasons of rejects that come before a length could be used
NO_LENGTH = {"no_length", "bad_length", "mode_switch", "bad_mode_switch"}


class funnel(gr.basic_block):
    """Counts the messages of the receiver; `widget` is its window.

    Message ports: bursts, and frames for the messages of both ports frames and rejects.
    """

    def __init__(self):
        gr.basic_block.__init__(self, "kaifa_funnel", None, None)
        self._counts = dict.fromkeys(STAGES, 0)
        for port, take in (("bursts", self._burst), ("frames", self._packet)):
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

    def _lay_out(self, layout):
        layout.setContentsMargins(0, 0, 0, 0)
        labels = []
        for number, _stage in enumerate(STAGES):
            if number:
                layout.addWidget(QtWidgets.QLabel("→"))
            labels.append(QtWidgets.QLabel())
            layout.addWidget(labels[-1])
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

    def _redraw(self):
        counts = self.counts()
        before = None
        for label, stage in zip(self._labels, STAGES, strict=True):
            share = f" ({counts[stage] / before:.0%})" if before else ""
            label.setText(f"<b>{counts[stage]}</b> {stage}{share}")
            before = counts[stage]
