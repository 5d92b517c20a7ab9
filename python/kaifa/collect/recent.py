# SPDX-License-Identifier: GPL-3.0-or-later
"""What came last, by key."""


class Recent:
    """Keeps the newest values, `least` of them at least and twice as many at most; of one key no
    more than `alike` in each half.

    They are forgotten by the half and not one by one: that costs next to nothing.
    """

    def __init__(self, least, alike):
        self._least, self._alike, self._added = least, alike, 0
        self._newer, self._older = {}, {}

    def get(self, key):
        """The values of a key, those that came first before the others."""
        older, newer = self._older.get(key), self._newer.get(key)
        if older and newer:
            return older + newer
        return older or newer or ()

    def add(self, key, value):
        """Keeps one more."""
        if self._added == self._least:
            self._older, self._newer, self._added = self._newer, {}, 0
        self._added += 1
        values = self._newer.setdefault(key, [])
        values.append(value)
        if len(values) > self._alike:
            del values[0]
