# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as annotations of a recording."""

import time

from .spool import COUNT, START

LEAST_SECONDS = 30.0
# Of the time, what writing the file again may take.
SHARE = 1 / 20


class AnnotationOutput:
    """Adds an annotation for each frame and each burst to a Metadata.

    annotations: Annotations.
    end:         one past the number of the last sample; None if nobody knows.

    The file is written anew now and then, the more seldom the longer it takes, and at the end.
    """

    def __init__(self, metadata, annotations, end=None):
        self.name = str(metadata.path)
        self.kept = 0
        self._metadata, self._annotations, self._end = metadata, annotations, end
        self._waiting = 0
        self._due = time.monotonic() + LEAST_SECONDS

    def write(self, record, _line):
        annotation = self._annotations.of(record)
        if annotation:
            if self._end is not None:
                most = max(0, self._end - annotation[START])
                annotation[COUNT] = min(annotation[COUNT], most)
            self._metadata.annotate(annotation)
        self._waiting += 1

    def flush(self):
        if time.monotonic() >= self._due:
            self._save()

    def close(self):
        self._save()

    def _save(self):
        begun = time.monotonic()
        self._metadata.save()
        self.kept, self._waiting = self.kept + self._waiting, 0
        now = time.monotonic()
        self._due = now + max(LEAST_SECONDS, (now - begun) / SHARE)
