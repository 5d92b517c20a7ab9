# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets of a PCAPNG file to columns: those of kaifa_rx, and others' IEEE 802.15.4 TAP."""

import re
import struct
from collections import Counter
from dataclasses import dataclass

import numpy as np

from ..output_pcapng import LINK_TYPE_USER0, OCTETS_RECEIVED, UNDATED
from ..pcapng import APPLICATION, COMMENT, INTERFACE, PACKET, SECTION_HEADER, TIME_RESOLUTION
from ..recording import InputError
from ..tap import CHANNEL_FREQUENCY, FCS_TYPE, LINK_TYPE, RSS
from .mac_header import mac_header
from .tokens import FIELDS, columns_of

HEAD = b"\x0a\x0d\x0d\x0a"
OURS = b"kaifa_rx"
PACKETS = 50_000  # in a piece
MOST_BLOCK = 1 << 24  # octets
MOST_TIME_NS = 1 << 62
MICROSECONDS = 6
FCS_OCTETS = {0: 0, 1: 2, 2: 4}
# What our comments have, one a line.
COMMENTED = ("frequency_hz", "snr_db", "magnitude_db", "preamble_symbols")
PARTIES = ("source", "destination")
ADDRESS = rb"[0-9a-f]{4}|[0-9a-f]{16}"
_OCTETS_RECEIVED = re.compile(f"^{OCTETS_RECEIVED}: (\\d{{1,5}})$".encode(), re.MULTILINE)
_COMMENTED = re.compile(
    f"^({'|'.join(COMMENTED + PARTIES)})(?: \\(inferred[^\n]*?\\))?: ([^\n]*)$".encode(),
    re.MULTILINE,
)


def pcapng_columns(file, name, number, addresses, extra, notes):
    """Pieces of columns (see Frames) of an open file. InputError if it is damaged at its start;
    a damaged end is left out and noted, as are packets of other link types."""
    reader = _Reader(file, name)
    rows, pieces, others = [], [], Counter()
    for interface, time_ns, octets, comment in reader.packets():
        row = _row(interface, time_ns, octets, comment)
        if row is None:
            others[interface.link_type] += 1
            continue
        rows.append(row)
        if len(rows) == PACKETS:
            pieces.append(_columns(rows, addresses, number, extra))
            rows = []
    pieces.append(_columns(rows, addresses, number, extra))
    notes += reader.notes
    for link_type, count in sorted(others.items()):
        notes.append(f"{name}: {count} packets of link type {link_type} left out, expected 283")
    return pieces


@dataclass(frozen=True)
class _Interface:
    link_type: int
    ticks_per_s: int
    ours: bool
    dated: bool


class _Reader:
    """The blocks of a file; its notes say what was wrong with its end."""

    def __init__(self, file, name):
        self.notes = []
        self._file, self._name = file, name
        self._order, self._ours, self._interfaces = "<", False, []

    def packets(self):
        """Yields (interface, time in ns, octets, comment)."""
        while block := self._next_block():
            kind, body = block
            if kind == SECTION_HEADER:
                self._ours = _options(body, 16, self._order).get(APPLICATION, b"").startswith(OURS)
                self._interfaces = []
            elif kind == INTERFACE:
                self._interfaces.append(self._interface(body))
            elif kind == PACKET:
                packet = self._packet(body)
                if packet is None:
                    self._damaged()
                    return
                yield packet

    def _next_block(self):
        head = self._file.read(12)
        if not head:
            return None
        if head[:4] == HEAD and len(head) == 12:
            self._order = "<" if head[8:] == b"\x4d\x3c\x2b\x1a" else ">"
        if len(head) == 12:
            kind, length = struct.unpack_from(self._order + "II", head)
            if length % 4 == 0 and 12 <= length <= MOST_BLOCK:
                rest = self._file.read(length - 12)
                body = head[8:] + rest
                if len(rest) == length - 12 and body[-4:] == head[4:8]:
                    return kind, body[:-4]
        return self._damaged()

    def _damaged(self):
        if not self._interfaces:
            raise InputError(f"{self._name}: is damaged, expected a PCAPNG file")
        self.notes.append(f"{self._name}: is cut off or damaged, what comes behind is left out")

    def _interface(self, body):
        if len(body) < 8:
            raise InputError(f"{self._name}: has a damaged interface, expected a PCAPNG file")
        options = _options(body, 8, self._order)
        resolution = (options.get(TIME_RESOLUTION) or bytes([MICROSECONDS]))[0]
        ticks = 1 << (resolution & 127) if resolution & 128 else 10 ** min(resolution, 18)
        dated = not options.get(COMMENT, b"").endswith(UNDATED.encode())
        (link_type,) = struct.unpack_from(self._order + "H", body)
        return _Interface(link_type, ticks, self._ours, dated or not self._ours)

    def _packet(self, body):
        if len(body) < 20:
            return None
        number, high, low, length, _ = struct.unpack_from(self._order + "5I", body)
        if number >= len(self._interfaces) or 20 + length > len(body):
            return None
        interface = self._interfaces[number]
        time_ns = (high << 32 | low) * 10**9 // interface.ticks_per_s
        if time_ns > MOST_TIME_NS:
            return None
        comment = b""
        if interface.ours:
            options = _options(body, 20 + length + -length % 4, self._order)
            comment = options.get(COMMENT, b"")
        return interface, time_ns, body[20 : 20 + length], comment


def _options(body, at, order):
    """{code: the first value of it}; empty for what cannot be read."""
    options = {}
    while at + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, at)
        if code == 0:
            break
        options.setdefault(code, body[at + 4 : at + 4 + length])
        at += 4 + length + -length % 4
    return options


def _row(interface, time_ns, octets, comment):
    """{field: token} of a packet, with its time; None if it is of an unknown link type."""
    if interface.link_type == LINK_TYPE:
        row = _tap(octets)
    elif interface.link_type == LINK_TYPE_USER0 and interface.ours:
        row = {"octets": octets.hex().encode()}
    else:
        return None
    for name, value in _COMMENTED.findall(comment):
        key = name.decode()
        if key in PARTIES and re.fullmatch(ADDRESS, value):
            row[key], row[f"{key}_inferred"] = value, b"true"
        elif key in COMMENTED and re.fullmatch(FIELDS[key], value):
            row[key] = value
    if count := _OCTETS_RECEIVED.search(comment):
        # What they were nobody asks, only how many.
        row["octets"] = b"00" * int(count[1])
    row["time_ns"], row["dated"] = time_ns, interface.dated
    return row


def _tap(octets):
    """What the TLVs and the MAC header say."""
    row, fcs_octets = {"check_ok": b"true"}, 0
    length = int.from_bytes(octets[2:4], "little")
    at = 4
    while at + 4 <= min(length, len(octets)):
        kind, size = struct.unpack_from("<HH", octets, at)
        value = octets[at + 4 : at + 4 + size]
        if kind == FCS_TYPE and value:
            fcs_octets = FCS_OCTETS.get(value[0], 0)
        elif kind == RSS and len(value) == 4:
            row["magnitude_db"] = b"%.2f" % struct.unpack("<f", value)
        elif kind == CHANNEL_FREQUENCY and len(value) == 4:
            row["frequency_hz"] = b"%.0f" % (1e3 * struct.unpack("<f", value)[0])
        at += 4 + size + -size % 4
    mpdu = octets[length : len(octets) - fcs_octets]
    name, sequence, source, destination = mac_header(mpdu)
    row["mpdu"], row["type"] = mpdu.hex().encode(), name.encode()
    row["sequence"] = b"" if sequence is None else b"%d" % sequence
    row["source"], row["destination"] = (source or "").encode(), (destination or "").encode()
    return row


def _columns(rows, addresses, number, extra):
    tokens = {key: [row.get(key, b"") for row in rows] for key in FIELDS}
    time_ns = np.array([row["time_ns"] for row in rows], np.int64)
    times = time_ns, np.array([row["dated"] for row in rows], bool)
    columns = columns_of(tokens, addresses, number, times)
    kept = {key: [None] * len(rows) for key in extra}
    if "mpdu" in kept:
        kept["mpdu"] = [row["mpdu"].decode() if "mpdu" in row else None for row in rows]
    return {**columns, **kept}
