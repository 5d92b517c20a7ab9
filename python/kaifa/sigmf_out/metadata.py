# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of SigMF metadata that is valid whenever somebody looks at it."""

import json
import os
import threading

from ..recording import InputError
from .paths import create
from .spool import Spool

SIGMF_VERSION = "1.0.0"


def _as_it_is(start, count):
    return start, count


class Metadata:
    """The metadata at `path`, which is made anew: `facts` is its "global", `captures` a function
    that gives its captures. option: that asks for the file.

    It is first written when made, and each save() puts a new file in its place: a program that is
    killed, or a disk that is full, leaves the one before.
    InputError if the file is there or cannot be made.
    """

    def __init__(self, path, facts, captures, option, place=_as_it_is):
        self.path = path
        self._facts, self._captures, self._place = facts, captures, place
        self._lock = threading.Lock()
        os.close(create(path, option))
        try:
            self._spool = Spool(path.parent)
            self.save()
        except OSError as error:
            path.unlink(missing_ok=True)
            raise InputError(f"{path}: cannot be written, {error.strerror}") from None

    def annotate(self, annotation):
        """Adds an annotation; the next save() writes it."""
        with self._lock:
            self._spool.add(annotation)

    def save(self):
        """Writes what there is; OSError if it cannot, and then the file is as before."""
        with self._lock:
            part = self.path.with_name(self.path.name + ".part")
            try:
                with open(part, "w", encoding="utf-8") as file:
                    self._write(file)
                os.replace(part, self.path)
            except OSError:
                part.unlink(missing_ok=True)
                raise

    def _write(self, file):
        head = {"global": self._facts, "captures": self._captures(), "annotations": []}
        file.write(json.dumps(head, indent=1).removesuffix("[]\n}"))
        file.write("[")
        comma = "\n"
        for text in self._spool.texts(self._place):
            file.write(f"{comma}  {text}")
            comma = ",\n"
        file.write("\n ]\n}\n")
