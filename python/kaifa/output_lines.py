# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of text: for people, JSON, CSV."""

import json

from .records import human_line
from .schema import fields

CSV_LINE_END = "\r\n"  # RFC 4180


class _Lines:
    def __init__(self, file):
        self.name = file.name
        self.kept = 0
        self._file = file

    def write(self, record, line):
        text = self.text(record, line)
        if text:
            self._file.append(text.encode())
        self.kept += 1

    def flush(self):
        """Nothing is held back."""

    def close(self):
        self._file.close()


class HumanLines(_Lines):
    """A line for people for each frame and each burst."""

    def text(self, record, _line):
        return None if record["record"] == "status" else human_line(record) + "\n"


class JsonLines(_Lines):
    """A line of JSON for each record."""

    def text(self, _record, line):
        return line + "\n"


class CsvLines(_Lines):
    """A line of comma-separated values for each frame, below a line of their names.

    As in RFC 4180; text is quoted, a field that is null is empty and not quoted, lists are JSON.
    """

    def __init__(self, file):
        super().__init__(file)
        self._waiting = ",".join(fields("frame")) + CSV_LINE_END

    def flush(self):
        if self._waiting:
            self._file.append(self._waiting.encode())
            self._waiting = None

    def text(self, record, _line):
        if record["record"] != "frame":
            return None
        return ",".join(map(_cell, record.values())) + CSV_LINE_END


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return '"' + text.replace('"', '""') + '"'
