# SPDX-License-Identifier: GPL-3.0-or-later
"""From a message of batch.py to records that can be relied on, whoever sent it."""

import json
import re

from ..schema import VERSION
from .bodies import new_body
from .checks import Bad, make_checks
from .copies import FIELDS, read_copy, stands_to_reason, time_ns
from .frame_text import frame_pattern
from .schema import receiver_kinds

MOST_OCTETS = 256 * 1024
MOST_NUMBER = 2**53
_HEAD = re.compile(r'\{"schema_version":(\d{1,9}),"run":"([0-9a-f]{16})","records":\[')
_END = "]}"


def _no_constant(name):
    raise ValueError(f"{name} is no number of JSON")


_encode = json.JSONEncoder().encode
_decoder = json.JSONDecoder(parse_constant=_no_constant)


class Note:
    """A record that is no frame: its kind, time, whether it is the last of its run, and body."""

    __slots__ = ("kind", "time", "final", "body")

    def __init__(self, kind, time, final, body):
        self.kind, self.time, self.final, self.body = kind, time, final, body


class Envelopes:
    """Reads messages."""

    def __init__(self):
        self._checks = make_checks()
        self._frame = frame_pattern(receiver_kinds()["frame"]["properties"], FIELDS)

    def read(self, payload):
        """The run and a list of what there is of each record: its number, and a Copy of a frame, a
        Note of another, or the Bad that is wrong with it. Bad if the message cannot be read."""
        if len(payload) > MOST_OCTETS:
            raise Bad(f"a message of {len(payload)} octets, expected at most {MOST_OCTETS}")
        try:
            text = payload.decode()
            version, run, records = self._as_batches_are(text) or _as_json_is(text)
        except (ValueError, RecursionError) as error:
            raise Bad(f"this is no JSON, {str(error)[:100]}") from None
        if version != VERSION:
            raise Bad(f"schema_version is {str(version)[:40]!r}, expected {VERSION}")
        return run, [r if type(r) is tuple else self._record(r) for r in records]

    def _as_batches_are(self, text):
        """Version, run, and the records of a message as batch.py writes it, those that can be told
        at a glance as read() gives them; None if it is written in another way."""
        head = _HEAD.match(text)
        if not head or not text.endswith(_END):
            return None
        records, place, end = [], head.end(), len(text) - len(_END)
        while place < end:
            match = self._frame.match(text, place)
            record = match and _at_a_glance(match, text)
            if record:
                after = match.end()
            else:
                try:
                    record, after = _decoder.scan_once(text, place)
                except StopIteration:
                    return None
            records.append(record)
            if after != end and text[after : after + 1] != ",":
                return None
            place = after + 1
        return (int(head[1]), head[2], records) if place == end + 1 else None

    def _record(self, record):
        number = record.get("record_number") if isinstance(record, dict) else None
        if type(number) is not int or not 0 <= number <= MOST_NUMBER:
            return None, Bad("a record has no record_number")
        kind = record.get("record")
        check = self._checks.get(kind) if isinstance(kind, str) else None
        if check is None:
            fault = f"record is {str(kind)[:40]!r}, expected one of {list(self._checks)}"
            return number, Bad(fault)
        try:
            record = check(record)
            _refuse_contradictions(record)
        except Bad as fault:
            return number, Bad(f"{kind} record {number}: {fault}")
        body = new_body(record)
        if kind == "frame":
            return number, read_copy(tuple(_encode(record[name]) for name in FIELDS), body)
        return number, Note(kind, record["time"], record.get("final", False), body)


def _at_a_glance(match, text):
    """What read() gives of a frame record that was matched in a text; None if it takes a closer
    look."""
    texts = match.groups()
    if not stands_to_reason(texts):
        return None
    try:
        # The body begins behind the comma of record_number, the first of FIELDS.
        copy = read_copy(texts, text[match.end(1) + 1 : match.end() - 1])
    except ValueError:
        return None
    return copy.number, copy


def _refuse_contradictions(record):
    """Bad if a record follows the schema and still says what cannot be."""
    try:
        time_ns(record["time"])
    except ValueError:
        raise Bad(f"time is {record['time']}, and there is no such date") from None
    if record["record"] == "frame" and record["check_ok"] and record["mac_error"] is None:
        if record["type"] is None or record["payload"] is None:
            raise Bad("it is a checked frame, and has no type or no payload")


def _as_json_is(text):
    """Version, run and records of a message in any JSON. Bad if it is no such object."""
    message = _decoder.decode(text)
    if not isinstance(message, dict):
        raise Bad("this is no JSON object")
    version, run = message.get("schema_version"), message.get("run")
    if not (isinstance(run, str) and re.fullmatch("[0-9a-f]{16}", run)):
        raise Bad(f"run is {str(run)[:40]!r}, expected 16 hexadecimal digits")
    records = message.get("records")
    if not isinstance(records, list):
        raise Bad("records is no list")
    return version, run, records
