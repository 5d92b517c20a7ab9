# SPDX-License-Identifier: GPL-3.0-or-later
"""Records on their way to browsers: a bounded history and a bounded queue for each of them."""

import collections
import contextlib
import queue
import threading
from dataclasses import dataclass

MOST_HISTORY = 10_000
MOST_WAITING = 5_000
MOST_AT_ONCE = 500
_WAKE = None


@dataclass(frozen=True)
class Item:
    """A record as a line of JSON, its number, and the addresses in it."""

    number: int
    line: str
    addresses: tuple


class Reader:
    """What waits for one browser. One thread takes, another one puts."""

    def __init__(self, history):
        self._history = history  # what was before; of what comes now only so much waits
        self._queue = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._missed = 0

    def put(self, item):
        """Leaves an item for the browser, or counts that there was no room; never waits."""
        try:
            self._queue.put_nowait(item)
            return True
        except queue.Full:
            with self._lock:
                self._missed += 1
            return False

    def take(self, timeout):
        """Up to MOST_AT_ONCE items, waiting `timeout` seconds for the first one."""
        if self._history:
            items, self._history = self._history[:MOST_AT_ONCE], self._history[MOST_AT_ONCE:]
            return items
        items = []
        try:
            items.append(self._queue.get(timeout=timeout))
            while len(items) < MOST_AT_ONCE:
                items.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return [item for item in items if item is not _WAKE]

    def wake(self):
        """Ends a take() that waits."""
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(_WAKE)

    def take_missed(self):
        """How many items there was no room for since this was last asked."""
        with self._lock:
            missed, self._missed = self._missed, 0
        return missed


class Feed:
    """Hands items to every reader, and to those that come later what was last."""

    def __init__(self):
        self._lock = threading.Lock()
        self._readers = set()
        self._frames = collections.deque(maxlen=MOST_HISTORY)
        self._status = None
        self._ended = threading.Event()
        self.missed = 0  # by all readers together

    def put(self, item, is_status=False):
        with self._lock:
            if is_status:
                self._status = item
            else:
                self._frames.append(item)
            for reader in self._readers:
                self.missed += not reader.put(item)

    def join(self, after=-1):
        """A new Reader, which gets of the history the items with numbers beyond `after`."""
        with self._lock:
            history = [*self._frames, *([self._status] if self._status else [])]
            history.sort(key=lambda item: item.number)
            reader = Reader([item for item in history if item.number > after])
            self._readers.add(reader)
            return reader

    def leave(self, reader):
        with self._lock:
            self._readers.discard(reader)

    def readers(self):
        """How many there are."""
        with self._lock:
            return len(self._readers)

    def end(self):
        """There will be no more items."""
        self._ended.set()
        with self._lock:
            for reader in self._readers:
                reader.wake()

    def ended(self):
        return self._ended.is_set()

    def pause(self, seconds):
        """Waits, but not beyond the end."""
        self._ended.wait(seconds)
