# SPDX-License-Identifier: GPL-3.0-or-later
"""A window with a table of frames, and what is known of the one that is chosen."""

import json

import pmt
from gnuradio import gr
from PyQt5 import QtCore, QtGui, QtWidgets

from ..records import record
from . import colours

MOST_ROWS = 5000
# Heading, what stands there, and how wide it is in characters. All are in view in a window of 1100
# dots, beside the details, in which stands what has no column. The last takes what room is left.
COLUMNS = (
    ("Time (s)", lambda f: f"{f['time_s']:.6f}", 13),
    ("MHz", lambda f: f"{f['frequency_hz'] / 1e6:.4f}", 8),
    ("SNR dB", lambda f: f"{f['snr_db']:.1f}", 6),
    ("Type", lambda f: f["type"] or "rejected", 12),
    ("Seq", lambda f: "" if f["sequence"] is None else str(f["sequence"]), 4),
    ("From", lambda f: _party(f, "source"), 17),
    ("To", lambda f: _party(f, "destination"), 17),
    ("Octets", lambda f: str(len(f["mpdu"] or f["octets"]) // 2), 6),
    ("Note", lambda f: _note(f), 0),
)
NUMBERS = ("Time (s)", "MHz", "SNR dB", "Seq", "Octets")


class frame_table(gr.basic_block):
    """One row for each message on port `frames`, for which both ports frames and rejects of the
    receiver will do; `widget` is its window.  "?" behind an address: inferred, not in the frame.

    sample_rate: of the recording or radio, in Hz; tells the seconds since the start.
    """

    def __init__(self, sample_rate):
        gr.basic_block.__init__(self, "kaifa_frame_table", None, None)
        if not sample_rate > 0:
            raise ValueError(f"sample_rate is {sample_rate} Hz, expected more than 0 Hz")
        self._sample_rate = sample_rate
        self.widget = _Window()
        self.message_port_register_in(pmt.intern("frames"))
        self.set_msg_handler(pmt.intern("frames"), self._show)

    def rows(self):
        """The texts in the table: a list of rows."""
        return self.widget.model.texts()

    def _show(self, message):
        # A message handler runs in a thread of the scheduler; a signal takes it to Qt's own.
        self.widget.model.came.emit(record(message, self._sample_rate, None))


class _Rows(QtCore.QAbstractTableModel):
    came = QtCore.pyqtSignal(dict)

    def __init__(self):
        super().__init__()
        self._rows = []
        self.came.connect(self._append)

    def texts(self):
        return [[text(fields) for _, text, _ in COLUMNS] for fields in self._rows]

    def fields(self, row):
        return self._rows[row]

    def rowCount(self, _parent=None):
        return len(self._rows)

    def columnCount(self, _parent=None):
        return len(COLUMNS)

    def headerData(self, section, orientation, role):
        if role == QtCore.Qt.DisplayRole and orientation == QtCore.Qt.Horizontal:
            return COLUMNS[section][0]
        return None

    def data(self, index, role):
        fields = self._rows[index.row()]
        # The tip is for a note that is longer than its column.
        if role in (QtCore.Qt.DisplayRole, QtCore.Qt.ToolTipRole):
            return COLUMNS[index.column()][1](fields)
        if role == QtCore.Qt.TextAlignmentRole and COLUMNS[index.column()][0] in NUMBERS:
            return int(QtCore.Qt.AlignRight | QtCore.Qt.AlignVCenter)
        if role == QtCore.Qt.DecorationRole and COLUMNS[index.column()][0] == "Type":
            kind = fields["type"] if fields["check_ok"] else None
            return QtGui.QColor(colours.TYPES.get(kind, colours.REJECTED))
        return None

    def _append(self, fields):
        if len(self._rows) >= MOST_ROWS:
            self.beginRemoveRows(QtCore.QModelIndex(), 0, 0)
            del self._rows[0]
            self.endRemoveRows()
        row = len(self._rows)
        self.beginInsertRows(QtCore.QModelIndex(), row, row)
        self._rows.append(fields)
        self.endInsertRows()


class _Window(QtWidgets.QSplitter):
    def __init__(self):
        super().__init__(QtCore.Qt.Horizontal)
        font = QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.FixedFont)
        self.model = _Rows()
        self._table = QtWidgets.QTableView()
        self._table.setModel(self.model)
        self._table.setFont(font)
        self._table.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectRows)
        self._table.setSelectionMode(QtWidgets.QAbstractItemView.SingleSelection)
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.verticalHeader().hide()
        metrics = QtGui.QFontMetrics(font)
        self._table.verticalHeader().setDefaultSectionSize(metrics.height() + 4)
        for column, (_, _, width) in enumerate(COLUMNS):
            self._table.setColumnWidth(column, metrics.horizontalAdvance("0") * (width + 1))
        self._table.horizontalHeader().setStretchLastSection(True)
        self._details = QtWidgets.QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setFont(font)
        self._details.setPlaceholderText("Choose a frame to see all that is known of it.")
        for part, share in ((self._table, 4), (self._details, 1)):
            self.addWidget(part)
            self.setStretchFactor(self.indexOf(part), share)
        self.model.rowsInserted.connect(self._follow)
        self._table.selectionModel().currentRowChanged.connect(self._detail)

    def _follow(self):
        # The newest is in view unless one is being looked at.
        if not self._table.selectionModel().hasSelection():
            self._table.scrollToBottom()

    def _detail(self, current, _before):
        if current.isValid():
            known = {k: v for k, v in self.model.fields(current.row()).items() if v is not None}
            lines = [f"{name:20} {_plain(value)}" for name, value in known.items()]
            self._details.setPlainText("\n".join(lines))


def _plain(value):
    return value if isinstance(value, str) else json.dumps(value)


def _party(fields, name):
    return (fields[name] or "-") + ("?" if fields[f"{name}_inferred"] else "")


def _note(fields):
    if not fields["check_ok"]:
        return fields["reason_text"]
    if fields["mac_error"]:
        return fields["mac_error"]
    if not fields["payload"]:
        return ""
    return "encrypted" if fields["encrypted"] else "in clear"
