# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts bursts and frames, which come on two ways, into one order that is the same in every run.

The bursts keep the order in which they came to the demodulator, which looks at one after the
other; each stands behind the last of its frames, for only then it is known what became of it.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far the demodulator is.

    bursts:  that it is done with.
    packets: that it found in them, or more.
    """

    bursts: int
    packets: int


class BurstOrder:
    """Takes bursts and packets (frames and rejects) as they come.

    Packets come in the order of their bursts. burst_id and packet_burst_id tell the id of a burst
    and of the burst a packet was in; note is called with a burst and each of its packets.
    """

    def __init__(self, burst_id, packet_burst_id, note):
        self._burst_id, self._packet_burst_id, self._note = burst_id, packet_burst_id, note
        self._bursts, self._packets = deque(), deque()
        self._packets_come = self._bursts_gone = self._settled = 0
        self._progress = None

    def add_burst(self, burst):
        """The next burst that goes to the demodulator."""
        self._bursts.append(burst)

    def add_packet(self, packet):
        """The next frame or reject."""
        self._packets.append(packet)
        self._packets_come += 1

    def take(self, progress):
        """Yields all that nothing can come before any more."""
        if self._progress is None:
            self._progress = progress
        if self._packets_come >= self._progress.packets:
            self._settled, self._progress = self._progress.bursts, None
        while self._bursts:
            yield from self._packets_of_first()
            if not self._packets and self._bursts_gone >= self._settled:
                return
            yield self._pop_burst()

    def take_last(self):
        """Yields the rest: no more will come."""
        while self._bursts:
            yield from self._packets_of_first()
            yield self._pop_burst()
        yield from self._packets
        self._packets.clear()

    def _pop_burst(self):
        self._bursts_gone += 1
        return self._bursts.popleft()

    def _packets_of_first(self):
        burst = self._bursts[0]
        wanted = self._burst_id(burst)
        while self._packets and self._packet_burst_id(self._packets[0]) == wanted:
            packet = self._packets.popleft()
            self._note(burst, packet)
            yield packet
