# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames as columns: arrays of one length, an element a packet."""

from dataclasses import dataclass, field, fields, replace

import numpy as np

# `type` of Frames is an index into these; a packet whose check failed has no type.
TYPES = ("unicast", "broadcast", "beacon", "ack", "data", "command", "unknown", "rejected")
UNICAST, BROADCAST, BEACON, ACK, DATA, COMMAND, UNKNOWN, REJECTED = range(len(TYPES))
NOBODY = -1
BROADCAST_ADDRESS = "ffff"


@dataclass(frozen=True, eq=False)
class Frames:
    """Packets in order of time.

    time_ns:      int64, since 1970-01-01 UTC where `dated`, else since the first sample.
    dated:        bool.
    frequency_hz: float64, centre of the packet; nan where the input does not tell it.
    snr_db, magnitude_db: float64; nan where the input does not tell it.
    length:       int32, octets of the MAC frame.
    symbols:      int32, of the whole packet on the air, preamble included; 0 where unknown.
    type:         int8, index into TYPES.
    check_ok:     bool.
    source, destination: int32, index into `addresses`, or NOBODY.
    source_inferred, destination_inferred: bool, the frame does not name the party.
    sequence:     int16, or -1.
    input:        int16, index into `inputs`.
    addresses:    text, 4 or 16 hexadecimal digits, or pseudonyms.
    inputs:       names of the files.
    notes:        lines that a person should read: what was left out and why.
    extra:        {name of a field of the record: list of its values}.
    """

    time_ns: np.ndarray
    dated: np.ndarray
    frequency_hz: np.ndarray
    snr_db: np.ndarray
    magnitude_db: np.ndarray
    length: np.ndarray
    symbols: np.ndarray
    type: np.ndarray
    check_ok: np.ndarray
    source: np.ndarray
    source_inferred: np.ndarray
    destination: np.ndarray
    destination_inferred: np.ndarray
    sequence: np.ndarray
    input: np.ndarray
    addresses: list
    inputs: list
    notes: list = field(default_factory=list)
    extra: dict = field(default_factory=dict)

    def __len__(self):
        return len(self.time_ns)

    def select(self, chosen):
        """The frames that a mask or a list of indices chooses."""
        columns = {name: getattr(self, name)[chosen] for name in COLUMNS}
        where = np.arange(len(self))[chosen]
        extra = {name: [values[i] for i in where] for name, values in self.extra.items()}
        return replace(self, **columns, extra=extra)

    def noted(self, note):
        """The same frames with one more note."""
        return replace(self, notes=[*self.notes, note])

    def address(self, index):
        """Text of a party; None for NOBODY."""
        return None if index == NOBODY else self.addresses[index]


COLUMNS = {
    "time_ns": np.int64,
    "dated": bool,
    "frequency_hz": np.float64,
    "snr_db": np.float64,
    "magnitude_db": np.float64,
    "length": np.int32,
    "symbols": np.int32,
    "type": np.int8,
    "check_ok": bool,
    "source": np.int32,
    "source_inferred": bool,
    "destination": np.int32,
    "destination_inferred": bool,
    "sequence": np.int16,
    "input": np.int16,
}
assert list(COLUMNS) == [f.name for f in fields(Frames)][: len(COLUMNS)]


class Addresses:
    """Numbers addresses in order of appearance; NOBODY is the number of none."""

    def __init__(self):
        self._numbers = {"": NOBODY}

    def number(self, address):
        return self._numbers.setdefault(address, len(self._numbers) - 1)

    def names(self):
        return list(self._numbers)[1:]


def merged(pieces, addresses, inputs, extra_names):
    """Frames of dicts of columns (those of COLUMNS and of `extra_names`), sorted by time."""
    columns = {
        name: np.concatenate([np.zeros(0, kind), *(piece[name] for piece in pieces)]).astype(kind)
        for name, kind in COLUMNS.items()
    }
    extra = {name: [v for piece in pieces for v in piece[name]] for name in extra_names}
    frames = Frames(**columns, addresses=addresses.names(), inputs=list(inputs), extra=extra)
    if np.any(np.diff(frames.time_ns) < 0):
        frames = frames.select(np.argsort(frames.time_ns, kind="stable"))
    return frames
