# SPDX-License-Identifier: GPL-3.0-or-later
"""A queue that is bounded by what lies in it, not by how many pieces that is."""

import threading
from collections import deque


class OctetQueue:
    """Pieces of octets from one thread to another, `most_octets` of them (or one piece)."""

    def __init__(self, most_octets):
        self._most = most_octets
        self._pieces, self._octets, self._ended = deque(), 0, False
        self._changed = threading.Condition()

    def put(self, piece, may_wait):
        """False if there is no room; may_wait is asked again and again while there is none."""
        with self._changed:
            while self._octets and self._octets + len(piece) > self._most:
                if not may_wait():
                    return False
                self._changed.wait(0.1)
            self._pieces.append(piece)
            self._octets += len(piece)
            self._changed.notify_all()
            return True

    def is_half_empty(self):
        """There is room again, and not only for one piece."""
        return self._octets <= self._most // 2

    def end(self):
        """No more will come."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def get(self):
        """The oldest piece; None at the end."""
        with self._changed:
            while not self._pieces and not self._ended:
                self._changed.wait()
            if not self._pieces:
                return None
            piece = self._pieces.popleft()
            self._octets -= len(piece)
            self._changed.notify_all()
            return piece
