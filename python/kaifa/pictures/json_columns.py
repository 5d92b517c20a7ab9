# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON lines to columns, a million in seconds.

Every record has the same keys in the same order. So the first one of an input tells a regular
expression that takes the wanted fields out of all others at once; a line it does not match (a
status record, other spaces, another version's keys) is read as JSON.
"""

import json
import re

from ..recording import InputError
from .tokens import FIELDS, columns_of

# Any value that is not nested deeper than those of the records. A text ends at the first quote: if
# that is an escaped one, what has to follow does not.
_ANY = rb'(?:"[^"]*"|[^",{}\[\]\n]+|\[[^\[\]\n]*\]|\{[^{}\[\]\n]*\})'
_OTHER_KIND = rb'\{"schema_version":\d+,"record":"(?!frame")\w+",.*\}\r?'
_EXTRA = "extra "  # before the name of a field whose value is kept as it is
# Fields that cannot be null; others an older record may lack.
_NEEDED = [key for key, value in FIELDS.items() if not re.fullmatch(value, b"null")]
_LOOKED_AT = 100  # lines, for the first packet


class JsonColumns:
    """Reads the lines of one input, piece after piece.

    name:      of the input, for messages.
    number:    of the input.
    addresses: Addresses that all inputs share.
    extra:     names of further fields, whose values are kept as they are.
    """

    def __init__(self, name, number, addresses, extra=()):
        self._name, self._number, self._addresses, self._extra = name, number, addresses, extra
        self._lines_before = 0
        self._order = [*FIELDS, *(_EXTRA + key for key in extra)]
        self._pattern = None

    def columns(self, lines):
        """Columns of whole lines (bytes); InputError if one is neither a record nor blank."""
        if self._pattern is None:
            self._learn(lines)
        rows = self._pattern.findall(lines, 0, len(lines) - lines.endswith(b"\n"))
        for i, row in enumerate(rows):
            if row[-1]:
                rows[i] = self._read_slowly(row[-1], self._lines_before + i + 1)
        kind = self._order.index("record")
        packets = [row for row in rows if row[kind]]
        values = zip(*packets, strict=True) if packets else [()] * len(self._order)
        named = dict(zip(self._order, values, strict=False))
        try:
            columns = columns_of(named, self._addresses, self._number)
            for key in self._extra:
                # Most fields have few values, and a dict is quicker than to read them anew.
                texts = named[_EXTRA + key]
                values = {text: json.loads(text or b"null") for text in set(texts)}
                columns[key] = [values[text] for text in texts]
        except ValueError as error:
            raise InputError(f"{self._name}: {error}, expected records of kaifa_rx") from None
        self._lines_before += len(rows)
        return columns

    def _learn(self, lines):
        """Makes the expression: the groups of self._order, and one for a line of another kind."""
        heads = lines.split(b"\n", _LOOKED_AT)[:_LOOKED_AT]
        keys = next(filter(None, map(_keys_of_packet, heads)), ())
        if not set(keys) >= set(_NEEDED):
            nothing = b"()" * len(self._order)
            self._pattern = re.compile(b"^" + nothing + rb"(.*)$", re.MULTILINE)
            return
        self._order, parts = [], []
        for key in keys:
            value = FIELDS.get(key, _ANY)
            if key in self._extra:
                self._order.append(_EXTRA + key)
                value = b"(?=(" + _ANY + b"))" + value
            if key in FIELDS:
                self._order.append(key)
            parts.append(re.escape(json.dumps(key).encode()) + b":" + value)
        # What packets of this input do not have, perhaps another one among them has.
        missing = [key for key in FIELDS if key not in keys]
        missing += [_EXTRA + key for key in self._extra if key not in keys]
        self._order += missing
        packet = rb"\{" + b",".join(parts) + rb"\}\r?" + b"()" * len(missing)
        self._pattern = re.compile(
            rb"^(?:" + packet + b"|" + _OTHER_KIND + rb"|(.*))$", re.MULTILINE
        )

    def _read_slowly(self, line, number):
        """The groups of a line that is another one; empty ones if it is no packet."""
        record = _json(line)
        kind = record.get("record") if isinstance(record, dict) else None
        if kind == "frame":
            return (*(self._token(record, key, number) for key in self._order), b"")
        if isinstance(kind, str) or not line.strip():
            return ("",) * len(self._order)
        raise InputError(
            f"{self._name}: line {number} is {_shown(line)}, expected a record of kaifa_rx"
        )

    def _token(self, record, key, number):
        name = key.removeprefix(_EXTRA)
        text = json.dumps(record.get(name), separators=(",", ":")).encode()
        if key != name:
            return text
        match = re.fullmatch(FIELDS[key], text)
        if match is None:
            raise InputError(
                f"{self._name}: line {number} has {key} {_shown(text)}, expected what the schema "
                "says (kaifa_rx --schema)"
            )
        return match[1] or b""


def _keys_of_packet(line):
    record = _json(line)
    is_packet = isinstance(record, dict) and record.get("record") == "frame"
    return list(record) if is_packet else None


def _json(line):
    """What a line says; None if it is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _shown(octets, most=30):
    text = ascii(octets.decode(errors="replace").strip())[1:-1]
    return text if len(text) <= most else text[:most] + "..."
