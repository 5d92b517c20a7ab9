# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what is written to standard error while the terminal is drawn on."""

import os
import tempfile

TAIL_OCTETS = 4096


class StandardError:
    """From now to close() file descriptor 2 is a file; close() puts out what came meanwhile.

    terminal: a text stream on what the descriptor was before.
    """

    def __init__(self):
        self.terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
        self._kept = tempfile.TemporaryFile()
        os.dup2(self._kept.fileno(), 2)

    def last_line(self):
        """The newest line that is not empty; an empty text if there is none."""
        end = os.fstat(self._kept.fileno()).st_size
        begin = max(end - TAIL_OCTETS, 0)
        text = os.pread(self._kept.fileno(), end - begin, begin).decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return "".join(c for c in lines[-1] if c.isprintable()) if lines else ""

    def close(self):
        os.dup2(self.terminal.fileno(), 2)
        self._kept.seek(0)
        while piece := self._kept.read(1 << 16):
            os.write(2, piece)
        self._kept.close()
        self.terminal.close()
