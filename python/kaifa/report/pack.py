# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames as few octets, for a page to unpack (page/unpack.js).

Deflated (RFC 1950): length of the header as a 32-bit number, the header as JSON, and from the next
multiple of 8 on the arrays of which it tells, each at a multiple of 8. All numbers are
little-endian.
"""

import json
import math
import struct
import zlib

import numpy as np

from ..pictures.frames import REJECTED
from ..pictures.paint import own_colours

HEX_FIELDS = ("mpdu", "octets")
ALIGNMENT = 8
MOST_WHOLE = 2**53
# Fields that stand in columns of Frames, can be read from others, or say nothing of one frame.
_LEFT_OUT = {
    "schema_version", "record", "time", "time_s", "frequency_hz", "snr_db", "magnitude_db",
    "check_ok", "type", "sequence", "source", "source_inferred", "destination",
    "destination_inferred", "payload", "mic",
}  # fmt: skip
# What records of kaifa_collect have beside those of kaifa_rx.
_OF_COLLECTIONS = ("station", "heard_by")


def extra_fields(schema):
    """Names of the fields of a frame record to read beside the columns of Frames."""
    names = [name for name in schema["$defs"]["frame"]["properties"] if name not in _LEFT_OUT]
    return [*names, *_OF_COLLECTIONS]


def packed(frames, name):
    """Frames under a name, as bytes.

    Of the octets as received only those of rejected packets are kept: the others are the frame and
    its check.
    """
    arrays = _Arrays()
    for column in ("time_ns", "frequency_hz", "snr_db", "magnitude_db", "type", "source"):
        arrays.add(column, getattr(frames, column))
    for column in ("destination", "sequence"):
        arrays.add(column, getattr(frames, column))
    for column in ("check_ok", "source_inferred", "destination_inferred"):
        arrays.add(column, getattr(frames, column).astype(np.uint8), values=[False, True])
    if len(frames.inputs) > 1:
        arrays.add("input", frames.input, values=frames.inputs)
    rejected, own = frames.type == REJECTED, own_colours(frames)
    for field, values in frames.extra.items():
        if field == "octets":
            values = [v if bad else None for v, bad in zip(values, rejected, strict=True)]
        if field in HEX_FIELDS:
            arrays.add_hex(field, values)
        else:
            _add_values(arrays, field, values)
    return arrays.packed(
        name=name,
        count=len(frames),
        dated=bool(frames.dated.all()),
        addresses=frames.addresses,
        colors=[own.get(address) for address in frames.addresses],
        notes=frames.notes,
    )


class _Arrays:
    """Arrays one behind the other, and what the header tells of them."""

    def __init__(self):
        self._columns, self._pieces, self._length = [], [], 0

    def add(self, name, array, **more):
        little = array.astype(array.dtype.newbyteorder("<"))
        offset = self._append(little.tobytes())
        self._columns.append(
            {"name": name, "kind": array.dtype.name, "offset": offset, "count": len(array), **more}
        )

    def add_hex(self, name, values):
        """Texts of hexadecimal digits, or None, as octets and where those of each begin."""
        pieces = [_octets(value) for value in values]
        ends = np.cumsum([0, *map(len, pieces)]).astype(np.uint32)
        octets = b"".join(pieces)
        if octets:
            self.add(name, ends, hexOffset=self._append(octets), hexLength=len(octets))

    def packed(self, **header):
        # Offsets count from the first octet, so the header's length, which they are part of, must
        # not depend on them: it is written with room to spare.
        room = len(json.dumps({**header, "columns": self._columns})) + 16 * len(self._columns) + 64
        start = 4 + room + -(4 + room) % ALIGNMENT
        for column in self._columns:
            for key in {"offset", "hexOffset"} & set(column):
                column[key] += start
        text = json.dumps({**header, "columns": self._columns}).encode().ljust(start - 4)
        return zlib.compress(b"".join([struct.pack("<I", len(text)), text, *self._pieces]), 6)

    def _append(self, octets):
        offset = self._length
        padded = octets + bytes(-len(octets) % ALIGNMENT)
        self._pieces.append(padded)
        self._length += len(padded)
        return offset


def _octets(value):
    try:
        return bytes.fromhex(value or "")
    except (TypeError, ValueError):
        return b""


def _add_values(arrays, field, values):
    """Adds values of JSON: as numbers, or where there are few or others as numbers of values."""
    known, numbers = {}, np.empty(len(values), np.int64)
    values = [value if type(value) in (str, bool) else _for_browsers(value) for value in values]
    for i, value in enumerate(values):
        key = json.dumps(value) if type(value) in (list, dict) else value
        numbers[i] = known.setdefault((type(value), key), len(known))
    distinct = [json.loads(key) if kind in (list, dict) else key for kind, key in known]
    if distinct == [None] or not values:
        return
    numeric = all(value is None or type(value) in (int, float) for value in distinct)
    if numeric and len(distinct) > len(values) / 8:
        arrays.add(field, np.array([np.nan if v is None else v for v in values], np.float64))
    else:
        arrays.add(field, numbers.astype(np.min_scalar_type(len(distinct))), values=distinct)


def _for_browsers(value):
    """A value of JSON as browsers read it: without NaN and infinity, which Python takes for JSON,
    and without whole numbers beyond what a double can tell."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if type(value) is int:
        return value if abs(value) <= MOST_WHOLE else str(value)
    if type(value) is list:
        return [_for_browsers(each) for each in value]
    if type(value) is dict:
        return {name: _for_browsers(each) for name, each in value.items()}
    return value
