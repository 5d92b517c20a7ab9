# SPDX-License-Identifier: GPL-3.0-or-later
"""From a message of batch.py to records that can be relied on, whoever sent it."""

import json
import re

from ..schema import VERSION
from .checks import Bad, make_checks
from .copies import time_ns

MOST_OCTETS = 256 * 1024
MOST_NUMBER = 2**53
_RUN = re.compile("[0-9a-f]{16}")


def _no_constant(name):
    raise ValueError(f"{name} is no number of JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


class Envelopes:
    """Reads messages."""

    def __init__(self):
        self._checks = make_checks()

    def read(self, payload):
        """The run and a list with, for each record, its number and either itself, in the order of
        its schema, or the Bad that is wrong with it. Bad if the message cannot be read."""
        message = _json_object(payload)
        version, run = message.get("schema_version"), message.get("run")
        if version != VERSION:
            raise Bad(f"schema_version is {str(version)[:40]!r}, expected {VERSION}")
        if not (isinstance(run, str) and _RUN.fullmatch(run)):
            raise Bad(f"run is {str(run)[:40]!r}, expected 16 hexadecimal digits")
        records = message.get("records")
        if not isinstance(records, list):
            raise Bad("records is no list")
        return run, [self._record(record) for record in records]

    def _record(self, record):
        number = record.get("record_number") if isinstance(record, dict) else None
        if type(number) is not int or not 0 <= number <= MOST_NUMBER:
            return None, Bad("a record has no record_number")
        kind = record.get("record")
        check = self._checks.get(kind) if isinstance(kind, str) else None
        if check is None:
            return number, Bad(
                f"record is {str(kind)[:40]!r}, expected one of {list(self._checks)}"
            )
        try:
            record = check(record)
            _refuse_contradictions(record)
        except Bad as fault:
            return number, Bad(f"{kind} record {number}: {fault}")
        return number, record


def _refuse_contradictions(record):
    """Bad if a record follows the schema and still says what cannot be."""
    try:
        time_ns(record["time"])
    except ValueError:
        raise Bad(f"time is {record['time']}, and there is no such date") from None
    if record["record"] == "frame" and record["check_ok"] and record["mac_error"] is None:
        if record["type"] is None or record["payload"] is None:
            raise Bad("it is a checked frame, and has no type or no payload")


def _json_object(payload):
    if len(payload) > MOST_OCTETS:
        raise Bad(f"a message of {len(payload)} octets, expected at most {MOST_OCTETS}")
    try:
        message = _decode(payload.decode())
    except (ValueError, RecursionError) as error:
        raise Bad(f"this is no JSON, {str(error)[:100]}") from None
    if not isinstance(message, dict):
        raise Bad("this is no JSON object")
    return message
