# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads messages in a process of its own.

To read takes a third of all time, and in one process Python does one thing at a time.
"""

import multiprocessing
import os
import signal
from collections import deque

from .checks import Bad
from .envelope import Envelopes


class ReadingEnded(Exception):
    """The process is not there any more."""


class Reading:
    """The process. What it is given comes back in order; it ends with the one that made it."""

    def __init__(self):
        self._items = deque()
        self._ours, theirs = multiprocessing.Pipe()
        self._process = os.fork()
        if self._process == 0:
            try:
                self._ours.close()  # or it would not show that the other process has gone
                _read_all(theirs)
            finally:
                os._exit(0)
        theirs.close()

    def give(self, item, payload):
        """Gives the payload of a message, with anything that is to come back with what it brings;
        waits while the process is behind. For one thread."""
        self._items.append(item)
        try:
            self._ours.send_bytes(payload)
        except OSError:
            pass  # take() tells

    def take(self, seconds):
        """An item and what Envelopes.read() gave for it or the Bad that it raised; None if nothing
        comes in so many seconds. For one thread, which may be another."""
        try:
            if not self._ours.poll(seconds):
                return None
            read = self._ours.recv()
        except (EOFError, OSError):
            raise ReadingEnded from None
        return self._items.popleft(), read

    def end(self):
        """Ends the process, whatever it does; who waits in give() returns."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _read_all(connection):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they tell the other process to come to its end
    envelopes = Envelopes()
    try:
        while True:
            payload = connection.recv_bytes()
            try:
                read = envelopes.read(payload)
            except Bad as fault:
                read = fault
            connection.send(read)
    except (EOFError, OSError):
        pass  # the other process has gone
