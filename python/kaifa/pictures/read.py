# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames from what kaifa_rx wrote: JSON lines, SQLite or PCAPNG, one file or several."""

import json
import sys

import numpy as np

from ..recording import InputError
from .database import HEAD as DATABASE_HEAD
from .database import database_lines
from .frames import Addresses, merged
from .interval import chosen
from .json_columns import JsonColumns
from .pcapng_columns import HEAD as PCAPNG_HEAD
from .pcapng_columns import pcapng_columns

PIECE = 1 << 23  # octets read at once
MOST_LINE = 1 << 25
LIBPCAP_HEADS = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")


def read_frames(names, since=None, until=None, extra=()):
    """Frames of all the files in `names`, - being standard input, in order of time.

    since, until: see interval.py.
    extra:        names of further fields of the records to keep; in a PCAPNG file only mpdu is
                  there, others are None.
    InputError if a file cannot be used. What was left out is told in the notes.
    """
    addresses, notes, pieces = Addresses(), [], []
    for number, name in enumerate(names):
        try:
            pieces += _pieces(name, number, addresses, extra, notes)
        except OSError as error:
            raise InputError(f"{_shown(name)}: {error.strerror or error}") from None
    frames = merged(pieces, addresses, map(_shown, names), extra)
    for note in notes:
        frames = frames.noted(note)
    return chosen(_on_one_clock(frames), since, until)


def _pieces(name, number, addresses, extra, notes):
    with _opened(name) as file:
        head = file.peek(len(DATABASE_HEAD))[: len(DATABASE_HEAD)]
        if head == DATABASE_HEAD:
            if name == "-":
                raise InputError("standard input: is a database, expected its file by name")
            reader = JsonColumns(name, number, addresses, extra)
            return [reader.columns(lines) for lines in database_lines(name)]
        if head.startswith(PCAPNG_HEAD):
            return pcapng_columns(file, _shown(name), number, addresses, extra, notes)
        if head.startswith(LIBPCAP_HEADS):
            raise InputError(
                f"{_shown(name)}: is an old capture file, expected PCAPNG (editcap -F pcapng)"
            )
        reader = JsonColumns(_shown(name), number, addresses, extra)
        return [reader.columns(lines) for lines in _whole_lines(file, _shown(name), notes)]


def _opened(name):
    if name != "-":
        return open(name, "rb")
    if sys.stdin is None:
        raise InputError("standard input: is closed, expected records")
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _shown(name):
    return "standard input" if name == "-" else str(name)


def _whole_lines(file, name, notes):
    """Yields whole lines, some megabytes at a time. A damaged last one is left out and noted."""
    rest = b""
    while piece := file.read(PIECE):
        rest += piece
        # The last line is held back until there is another one or the end.
        end = rest.rfind(b"\n", 0, -1) + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
        if len(rest) > MOST_LINE:
            raise InputError(
                f"{name}: has a line of more than {MOST_LINE} octets, expected records"
            )
    try:
        json.loads(rest or "{}")
        yield rest
    except (ValueError, RecursionError):
        if b"\n" in rest or rest.lstrip()[:1] != b"{":
            yield rest  # not cut off but something else, which the reader will name
        else:
            notes.append(f"{name}: the last line is cut off and left out")


def _on_one_clock(frames):
    """Frames with dates only, if there are some."""
    undated = int(np.count_nonzero(~frames.dated))
    if undated and undated < len(frames):
        note = f"{undated} frames without a date are left out, for others have one"
        return frames.select(frames.dated).noted(note)
    if undated and len(np.unique(frames.input)) > 1:
        return frames.noted("no frame has a date: each input counts from its own first sample")
    return frames
