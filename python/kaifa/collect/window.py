# SPDX-License-Identifier: GPL-3.0-or-later
"""Where copies wait for each other.

Copies of the same octets that can be of one packet gather in a bucket; it is opened when every
receiver has told of a later time, so that nothing more can come for it, and then its copies are
parted into packets. What comes out, and in which order, depends on what the records say and not on
the order in which they came, as long as nothing has to go before its time: after `wait_seconds`,
or when there are more than MOST_HELD, or longer ones than MOST_OCTETS_HELD in all, or too many with
the same octets.
"""

import heapq
from collections import deque
from itertools import islice

from .copies import MOST_FREQUENCY_DIFFERENCE_HZ, MOST_TOLERANCE_NS, Copy
from .matching import alike, groups

# Three seconds of 10 000 frames a second that three receivers hear.
MOST_HELD, MOST_OCTETS_HELD = 100_000, 256 * 2**20
MOST_IN_BUCKET = MOST_BUCKETS_OF_OCTETS = 64
MOST_CANDIDATES = 256


class _Bucket:
    """Copies that leave together: such with the same octets, or one whose check failed.

    due_ns: time that every receiver must have told of.
    """

    __slots__ = ("octets", "copies", "due_ns", "arrived", "open", "_tie")

    def __init__(self, octets, copy, arrived):
        self.octets, self.copies, self.arrived, self.open = octets, [], arrived, True
        self.due_ns = 0
        # The same whichever copy came first
        self._tie = ("", copy.order()) if octets is None else (octets, ())
        self.add(copy)

    def add(self, copy):
        self.copies.append(copy)
        # A packet is out when a rejected one that may be a copy of it is looked at.
        patience = MOST_TOLERANCE_NS if self.octets is not None else 3 * MOST_TOLERANCE_NS
        due_ns = copy.time_ns + patience
        if due_ns > self.due_ns:
            self.due_ns = due_ns

    def empty_into(self, other):
        """Its copies go over to an older one."""
        other.due_ns = max(other.due_ns, self.due_ns)
        other.copies += self.take()

    def take(self):
        """Its copies; it is not open any more."""
        # Lists that it stands in forget it later than the copies can be.
        copies, self.copies, self.open = self.copies, [], False
        return copies

    def __lt__(self, other):
        return (self.due_ns, self._tie) < (other.due_ns, other._tie)


class Window:
    """Takes copies and gives packets, each a list of copies of which the first ones are checked.

    wait_seconds: as long as a copy is held at most, by the clock of `now`.
    """

    def __init__(self, wait_seconds):
        self._wait_seconds = wait_seconds
        self._buckets = {}  # octets: [_Bucket], the oldest first
        self._rejects = {}  # cell of frequency and time: {copy order: _Bucket}
        self._heap, self._arrivals = [], deque()
        self.held = self._octets_held = 0

    def add(self, copy, now):
        """Takes a copy that has a time. Returns the packets that had to make room."""
        forced = []
        self.held += 1
        self._octets_held += len(copy.body)
        if not copy.check_ok:
            bucket = self._new(None, copy, now)
            self._rejects.setdefault(_cell(copy), {})[copy.order()] = bucket
        else:
            forced = self._add_checked(copy, now)
        while self.held > MOST_HELD or self._octets_held > MOST_OCTETS_HELD:
            forced += self._opened(self._next())
        return forced

    def _add_checked(self, copy, now):
        octets = copy.mpdu
        buckets = self._buckets.setdefault(octets, [])
        linked = [bucket for bucket in buckets if any(map(copy.can_be, bucket.copies))]
        if not linked:
            buckets.append(self._new(octets, copy, now))
            return self._opened(buckets[0]) if len(buckets) > MOST_BUCKETS_OF_OCTETS else []
        first, *others = linked
        first.add(copy)
        for other in others:
            other.empty_into(first)
            buckets.remove(other)
        return self._opened(first) if len(first.copies) >= MOST_IN_BUCKET else []

    def _new(self, octets, copy, now):
        bucket = _Bucket(octets, copy, now)
        heapq.heappush(self._heap, (bucket.due_ns, bucket))
        self._arrivals.append(bucket)
        return bucket

    def release(self, horizon_ns, now):
        """The packets for which every receiver has told of a later time, `horizon_ns` (None: that
        is not known), and those that waited too long."""
        packets = []
        while horizon_ns is not None and (bucket := self._next()) and bucket.due_ns <= horizon_ns:
            packets += self._opened(bucket)
        late = []
        while self._arrivals and (
            not self._arrivals[0].open or self._arrivals[0].arrived + self._wait_seconds <= now
        ):
            bucket = self._arrivals.popleft()
            if bucket.open:
                late.append(bucket)
        for bucket in sorted(late):
            # A packet can have taken it along.
            packets += self._opened(bucket) if bucket.open else []
        if len(self._heap) > 2 * self.held + 1000:
            self._heap = [entry for entry in self._heap if entry[1].open]
            heapq.heapify(self._heap)
        return packets

    def release_all(self):
        """Every packet there is."""
        packets = []
        while bucket := self._next():
            packets += self._opened(bucket)
        return packets

    def _next(self):
        """The bucket that is due next; None if there is none."""
        while self._heap:
            due_ns, bucket = self._heap[0]
            if not bucket.open:
                heapq.heappop(self._heap)
            elif bucket.due_ns != due_ns:
                heapq.heapreplace(self._heap, (bucket.due_ns, bucket))
            else:
                return bucket
        return None

    def _opened(self, bucket):
        copies = bucket.take()
        self.held -= len(copies)
        self._octets_held -= sum([len(copy.body) for copy in copies])
        if bucket.octets is None:
            self._forget(copies[0])
            return [copies]
        same = self._buckets[bucket.octets]
        same.remove(bucket)
        if not same:
            del self._buckets[bucket.octets]
        # Two that share a bucket can be one packet, or they would not.
        packets = groups(copies) if len(copies) > 2 else [sorted(copies, key=Copy.order)]
        if self._rejects:
            for packet in packets:
                packet += self._heard_badly(packet)
        return packets

    def _heard_badly(self, packet):
        """The rejected copies of a packet, one for each receiver that has no better one."""
        first = packet[0]
        found = []
        for cell in _cells_around(first):
            for bucket in islice(self._rejects.get(cell, {}).values(), MOST_CANDIDATES):
                (copy,) = bucket.copies
                if all(copy.can_be(other) for other in packet) and alike(copy.octets, first.octets):
                    found.append((abs(copy.time_ns - first.time_ns), bucket))
        nearest = {}
        for _distance, bucket in sorted(found):
            nearest.setdefault(bucket.copies[0].station, bucket)
        return [copy for bucket in nearest.values() for copy in self._opened(bucket)[0]]

    def _forget(self, reject):
        cell = self._rejects[_cell(reject)]
        del cell[reject.order()]
        if not cell:
            del self._rejects[_cell(reject)]


def _cell(copy):
    return (
        int(copy.frequency_hz // MOST_FREQUENCY_DIFFERENCE_HZ),
        copy.time_ns // MOST_TOLERANCE_NS,
    )


def _cells_around(copy):
    frequency, time = _cell(copy)
    return [(frequency + i, time + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
