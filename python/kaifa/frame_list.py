# SPDX-License-Identifier: GPL-3.0-or-later
"""A Qt widget that lists frames as they come."""

import pmt
from gnuradio import gr
from PyQt5 import QtCore, QtGui, QtWidgets

from .records import human_line, record

MOST_LINES = 1000


class frame_list(gr.basic_block, QtWidgets.QPlainTextEdit):
    """One line for each message on port `frames`, for which frames and rejects of
    kaifa_frame_parser both will do.

    sample_rate: of the recording or radio, in Hz; tells the seconds since the start.
    """

    # A message handler runs in a thread of the scheduler; a signal takes the line to Qt's own.
    _line = QtCore.pyqtSignal(str)

    def __init__(self, sample_rate, parent=None):
        gr.basic_block.__init__(self, "kaifa_frame_list", None, None)
        QtWidgets.QPlainTextEdit.__init__(self, parent)
        self._sample_rate = sample_rate
        self.setReadOnly(True)
        self.setLineWrapMode(QtWidgets.QPlainTextEdit.NoWrap)
        self.setMaximumBlockCount(MOST_LINES)
        self.setFont(QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.FixedFont))
        self._line.connect(self.appendPlainText)
        port = pmt.intern("frames")
        self.message_port_register_in(port)
        self.set_msg_handler(port, self._show)

    def _show(self, message):
        self._line.emit(human_line(record(message, self._sample_rate, None)))
