# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries standard input to a flowgraph.

A block that reads standard input itself hangs in read() when the sender falls silent and cannot be
stopped. This thread waits for either, octets or the wish to end, and counts what it carries.
"""

import os
import select
import threading

PIECE_OCTETS = 1 << 18


class StdinPump(threading.Thread):
    """Copies file descriptor 0 to the pipe whose other end is `read_end`, until the end of the
    input or `finish()`. `octets` counts what came, `error` is the OSError that ended it, if any."""

    def __init__(self):
        super().__init__(name="stdin", daemon=True)
        self.octets = 0
        self.error = None
        self.read_end, self._write_end = os.pipe()
        self._awake, self._wake = os.pipe()
        os.set_blocking(self._write_end, False)

    def finish(self):
        """Ends the stream after what has been carried."""
        os.write(self._wake, b"x")

    def run(self):
        try:
            self._carry()
        except OSError as error:
            self.error = error
        finally:
            os.close(self._write_end)

    def _carry(self):
        waiting = b""
        while True:
            wanted = [] if waiting else [0]
            ready = [self._write_end] if waiting else []
            readable, writable, _ = select.select([self._awake, *wanted], ready, [])
            if self._awake in readable:
                break
            if writable:
                try:
                    waiting = waiting[os.write(self._write_end, waiting) :]
                except BrokenPipeError:
                    break
            elif readable:
                waiting = os.read(0, PIECE_OCTETS)
                if not waiting:
                    break
                self.octets += len(waiting)
