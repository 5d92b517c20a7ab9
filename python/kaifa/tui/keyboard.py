# SPDX-License-Identifier: GPL-3.0-or-later
"""Single keys from the terminal, which need no Enter."""

import os
import select
import termios
import threading
import tty


class Keyboard:
    """Calls `on_key` with each character until close(), from a thread of its own.

    Where the program has no terminal of its own there are no keys.
    """

    def __init__(self, on_key):
        self._on_key = on_key
        try:
            self._terminal = os.open("/dev/tty", os.O_RDONLY)
        except OSError:
            self._terminal = None
            return
        self._before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal)
        self._awake, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, name="keyboard", daemon=True)
        self._thread.start()

    def close(self):
        """Gives the terminal back as it was."""
        if self._terminal is None:
            return
        os.write(self._wake, b"x")
        self._thread.join()
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)
        for descriptor in (self._terminal, self._awake, self._wake):
            os.close(descriptor)
        self._terminal = None

    def _run(self):
        while True:
            readable, _, _ = select.select([self._terminal, self._awake], [], [])
            if self._awake in readable:
                return
            try:
                key = os.read(self._terminal, 1)
            except OSError:
                key = b""
            if not key:
                return
            self._on_key(key.decode(errors="replace"))
