# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a recording before its first sample is read.

A recording is SigMF or a file of bare samples whose suffix names the format.  Nothing here needs
GNU Radio.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path


class InputError(Exception):
    """The input cannot be used; the message is one line that says what was expected instead."""


@dataclass(frozen=True)
class SampleFormat:
    """How one complex sample is stored: two little-endian numbers, I then Q."""

    name: str
    bytes_per_sample: int


FORMATS = {
    "ci8": SampleFormat("ci8", 2),
    "cu8": SampleFormat("cu8", 2),
    "ci16": SampleFormat("ci16", 4),
    "cf32": SampleFormat("cf32", 8),
}
# Other names the same formats go by: file suffixes of radio programs, SigMF datatypes.
ALIASES = {
    "cs8": "ci8",
    "s8": "ci8",
    "u8": "cu8",
    "cs16": "ci16",
    "s16": "ci16",
    "ci16_le": "ci16",
    "cf32_le": "cf32",
    "fc32": "cf32",
    "cfile": "cf32",
}


def sample_format(name):
    """Returns the SampleFormat called `name`; InputError if there is none."""
    try:
        return FORMATS[ALIASES.get(name.lower(), name.lower())]
    except KeyError:
        raise InputError(
            f"sample format '{name}' is not known, expected cs8, cu8, cs16 or cf32"
        ) from None


@dataclass(frozen=True)
class Recording:
    """A recording whose samples can be read.

    path:             file of samples; None for standard input.
    format:           SampleFormat.
    sample_rate:      Hz.
    center_frequency: Hz; None if nobody says.
    samples:          complete complex samples in it; None for standard input.
    header_bytes:     octets before the first sample.
    first_sample:     what the first sample is numbered; anchors and losses count from 0 there.
    anchors:          Anchors of samples, in order; empty if the date is not known.
    losses:           Losses told of, in order.
    meta_path:        file of metadata; None if there is none.
    sha512:           hex digest the file of samples should have; None if not told.
    overruled:        what the metadata say and who opened it does not, a list of words; () if they
                      agree.
    fault:            what is wrong with it though samples can be read; None if nothing is.
    """

    path: Path | None
    format: SampleFormat
    sample_rate: float
    center_frequency: float | None
    samples: int | None = None
    header_bytes: int = 0
    first_sample: int = 0
    anchors: tuple = ()
    losses: tuple = ()
    meta_path: Path | None = None
    sha512: str | None = None
    overruled: tuple = ()
    fault: str | None = None

    @property
    def note(self):
        """What a person should know though it is no fault; None if there is nothing."""
        if not self.overruled:
            return None
        return f"{self.meta_path}: the command line goes before {', '.join(self.overruled)}"


def bare_recording(path, format_name=None, sample_rate=None, center_frequency=None):
    """The Recording in a file of bare samples; InputError if it cannot be read.

    format_name: default by the suffix.  sample_rate: Hz, must be known.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a directory, expected a recording")
    if not path.exists():
        raise InputError(f"{path}: no such file")
    name = format_name or path.suffix[1:]
    if not name:
        raise InputError(f"{path}: sample format unknown, expected a suffix or --format")
    try:
        fmt = sample_format(name)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if sample_rate is None:
        raise InputError(f"{path}: sample rate unknown, expected --rate in Hz")
    return measured(Recording(path, fmt, sample_rate, center_frequency))


def measured(recording):
    """`recording` with its number of samples and its fault filled in from the file on disk."""
    try:
        if recording.path.is_fifo():
            raise InputError(f"{recording.path}: is a pipe, expected a file (- for standard input)")
        with open(recording.path, "rb") as data:
            size = data.seek(0, 2) - recording.header_bytes
    except OSError as error:
        raise InputError(f"{recording.path}: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{recording.path}: cannot be opened, {error}") from None
    samples, rest = divmod(max(size, 0), recording.format.bytes_per_sample)
    if samples == 0:
        raise InputError(f"{recording.path}: holds no samples")
    fault = f"{recording.path}: {rest_fault(rest, recording.format)}" if rest else None
    return replace(recording, samples=samples, fault=fault)


def rest_fault(rest, fmt):
    """Says that `rest` octets stand after the last complete sample."""
    return (
        f"truncated, {rest} octets left after the last complete sample, expected a multiple of "
        f"{fmt.bytes_per_sample} ({fmt.name})"
    )


def checksum_fault(recording, keep_going=lambda: True):
    """Why the checksum in the metadata is not that of the samples, or None if all is well.

    `keep_going` is asked every few megabytes; when it says no the question stays open (None).
    """
    if recording.sha512 is None:
        return None
    digest = hashlib.sha512()
    try:
        with open(recording.path, "rb") as data:
            while piece := data.read(1 << 22):
                if not keep_going():
                    return None
                digest.update(piece)
    except OSError as error:
        return f"{recording.path}: checksum not known, {error.strerror}"
    if digest.hexdigest() == recording.sha512.lower():
        return None
    return f"{recording.path}: damaged, its checksum differs from core:sha512 in the metadata"
