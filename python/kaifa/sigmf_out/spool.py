# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations kept on disk until they are written in order of their samples."""

import json
import tempfile
from array import array

START, COUNT = "core:sample_start", "core:sample_count"
_NONE = -1


class Spool:
    """Annotations in a file without a name; of each, 24 octets are kept in memory.

    folder: where the file lies.
    """

    def __init__(self, folder):
        self._file = tempfile.TemporaryFile(dir=folder)
        self._starts, self._counts, self._ends = array("q"), array("q"), array("q", [0])

    def __len__(self):
        return len(self._starts)

    def add(self, annotation):
        """Takes a dict; its sample_start and sample_count, if it has one, are whole numbers."""
        rest = {key: annotation[key] for key in annotation if key not in (START, COUNT)}
        text = json.dumps(rest).encode()
        self._file.seek(self._ends[-1])
        self._file.write(text)
        self._ends.append(self._ends[-1] + len(text))
        self._starts.append(annotation[START])
        self._counts.append(annotation.get(COUNT, _NONE))

    def texts(self, place):
        """Yields each as JSON, in order of its samples.

        place: called with sample_start and sample_count (None without), gives both as they are in
               the file of samples, or None for an annotation of samples that are not there.
        """
        for number in sorted(range(len(self)), key=self._starts.__getitem__):
            count = self._counts[number]
            placed = place(self._starts[number], None if count == _NONE else count)
            if placed is None:
                continue
            begin, end = self._ends[number], self._ends[number + 1]
            self._file.seek(begin)
            rest = self._file.read(end - begin).decode().removeprefix("{")
            head = {START: placed[0]} | ({} if placed[1] is None else {COUNT: placed[1]})
            yield json.dumps(head)[:-1] + (f", {rest}" if rest != "}" else rest)
