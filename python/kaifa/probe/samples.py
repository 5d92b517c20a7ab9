# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of a recording as arrays."""

import numpy as np

from ..recording import InputError

# How a number is stored, what is zero and what is full scale.
STORED = {
    "ci8": (np.int8, 0.0, 128.0),
    "cu8": (np.uint8, 127.5, 128.0),
    "ci16": (np.dtype("<i2"), 0.0, 32768.0),
    "cf32": (np.dtype("<f4"), 0.0, 1.0),
}


def read_samples(recording, begin, count):
    """(complex64 array, how many were no numbers) of at most `count` samples from `begin` on.

    What is no finite number counts as zero.
    """
    kind, zero, full_scale = STORED[recording.format.name]
    offset = recording.header_bytes + begin * recording.format.bytes_per_sample
    try:
        with open(recording.path, "rb") as data:
            data.seek(offset)
            octets = data.read(count * recording.format.bytes_per_sample)
    except OSError as error:
        raise InputError(f"{recording.path}: {error.strerror}") from None
    whole = len(octets) // recording.format.bytes_per_sample * 2
    numbers = np.frombuffer(octets, dtype=kind, count=whole).astype(np.float32)
    numbers = (numbers - np.float32(zero)) / np.float32(full_scale)
    bad = ~np.isfinite(numbers)
    numbers[bad] = 0.0
    return numbers.view(np.complex64), int(np.count_nonzero(bad.reshape(-1, 2).any(axis=1)))
