# SPDX-License-Identifier: GPL-3.0-or-later
"""A file, pipe or device that takes whole records."""

import os

from .recording import InputError


class RecordFile:
    """Octets go to `name` as they come, without a buffer that a crash could lose.

    descriptor: an open one, which is not this program's alone (standard output); None opens
                `name` anew.
    keep:       what is in the file stays, and what comes goes behind it.
    InputError if it cannot be opened.
    """

    def __init__(self, name, descriptor=None, keep=False):
        self.name = name
        self._ours = descriptor is None
        self._descriptor = _opened(name, keep) if self._ours else descriptor
        self._whole_octets = os.path.getsize(name) if keep and os.path.isfile(name) else 0

    def append(self, record):
        """Writes one record; OSError if it does not fit, and then nothing of it stays in a file."""
        rest = memoryview(record)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            self._cut_back()
            raise
        self._whole_octets += len(record)

    def close(self):
        os.close(self._descriptor)

    def _cut_back(self):
        # Standard output may stand anywhere in a file of somebody else's.
        if self._ours and os.path.isfile(self.name):
            os.ftruncate(self._descriptor, self._whole_octets)


def _opened(name, keep):
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_APPEND if keep else os.O_TRUNC)
    try:
        return os.open(name, flags, 0o666)
    except OSError as error:
        raise InputError(f"{name}: cannot be written, {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{name!r}: cannot be written, {error}") from None


def refuse_input(name, option, recording):
    """InputError if `name` is the recording: to open it would empty it."""
    if recording is None or not os.path.isfile(name):
        return
    output, standard_input = os.stat(name), 0
    for file in (recording.path or standard_input, recording.meta_path):
        if file is not None and os.path.samestat(output, os.stat(file)):
            raise InputError(f"{name}: is the recording itself, expected another file for {option}")
