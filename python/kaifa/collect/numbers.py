# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of the numbered records of one run of a receiver, and what did not."""

MOST_GAPS = 1000


class Numbers:
    """Record numbers 0, 1, 2, ... of a run, which can come twice, late or never.

    known: the receiver was known before this run, so that what its run began with should have come
           and is lost if it did not. Of a receiver heard for the first time nobody can tell.
    """

    def __init__(self, known):
        self._begin = 0 if known else None
        self._next = 0
        self._gaps = []  # [first, last] of numbers that did not come, in order
        self._forgotten = 0  # numbers in gaps that there was no room for
        self._held = set()  # came, and are not written yet
        self.received = self.repeated = 0

    @property
    def lost(self):
        """Numbers that did not come."""
        begin = self._begin or 0
        return self._forgotten + sum(
            last - first + 1 for first, last in self._gaps if last >= begin
        )

    def take(self, number):
        """True if the record is new, False if it came before. A new one is held until done()."""
        if self._begin is None:
            self._begin = number
        if number >= self._next:
            if number > self._next:
                self._skip_to(number)
            self._next = number + 1
        elif not self._fill(number):
            self.repeated += 1
            return False
        self.received += 1
        self._held.add(number)
        return True

    def done(self, number):
        """The record is where it is safe."""
        self._held.discard(number)

    def state(self):
        """What a later program has to know, as if what is held had not come."""
        return {
            "begin": self._begin,
            "next": self._next,
            "gaps": sorted(self._gaps + _ranges(self._held)),
            "forgotten": self._forgotten,
            "received": self.received - len(self._held),
            "repeated": self.repeated,
        }

    @classmethod
    def from_state(cls, state):
        """Goes on from what state() said."""
        numbers = cls(True)
        numbers._begin, numbers._next = state["begin"], state["next"]
        numbers._gaps, numbers._forgotten = state["gaps"], state["forgotten"]
        numbers.received, numbers.repeated = state["received"], state["repeated"]
        return numbers

    def _skip_to(self, number):
        # A gap ends where the counting of what is lost begins.
        for first, last in (
            (self._next, self._begin - 1),
            (max(self._next, self._begin), number - 1),
        ):
            if first <= last:
                self._gaps.append([first, last])
        while len(self._gaps) > MOST_GAPS:
            first, last = self._gaps.pop(0)
            self._forgotten += last - first + 1 if first >= self._begin else 0

    def _fill(self, number):
        for index, (first, last) in enumerate(self._gaps):
            if first <= number <= last:
                rest = [[first, number - 1], [number + 1, last]]
                self._gaps[index : index + 1] = [gap for gap in rest if gap[0] <= gap[1]]
                return True
        return False


def _ranges(numbers):
    """Numbers as [first, last] of those that follow each other."""
    if numbers and max(numbers) - min(numbers) + 1 == len(numbers):
        return [[min(numbers), max(numbers)]]  # as a rule, of ten thousand and quickly
    ranges = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges
