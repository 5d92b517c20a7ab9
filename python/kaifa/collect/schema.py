# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of the records of kaifa_collect: that of kaifa_rx, and who heard what."""

import copy
import functools
import json

from ..schema import VERSION, schema_text

_COUNTS = {
    "records_received": "Records that came, each counted once.",
    "records_lost": "Records that were numbered by their receiver and did not come.",
    "records_repeated": "Records that came once more and were left out.",
    "records_unreadable": "Records, or whole messages, that are not what a kaifa_rx sends.",
    "late_copies": "Copies of frames that came after the frame had been written.",
}
_STATION = {"type": "string", "description": "Receiver, by the name its --station gave it."}
_TIME = {
    "type": ["string", "null"],
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$",
}
# What is told of each copy, out of its record.
HEARD = (
    *("time", "time_uncertainty_s", "time_source"),
    *("frequency_hz", "snr_db", "magnitude_db", "deviation_hz", "check_ok", "record_number"),
)


def station_kind(kind):
    """What a record of a receiver that is no frame is called here."""
    return f"station_{kind}"


@functools.cache
def receiver_kinds():
    """{kind: its JSON Schema} of the records of kaifa_rx."""
    return json.loads(schema_text())["$defs"]


def collect_schema_text():
    """The JSON Schema (draft 2020-12) as text."""
    kinds = {"frame": _frame(), "late_copy": _late_copy(), "collect": _collect()}
    for name, kind in receiver_kinds().items():
        if name != "frame":
            description = f"A {name} record of one receiver. {kind['description']}"
            kinds[station_kind(name)] = _of_station(kind, station_kind(name), description)
    schema = {
        "$comment": "SPDX-License-Identifier: GPL-3.0-or-later",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Record of kaifa_collect",
        "description": "What kaifa_collect writes, one object a record. Every key of its kind is "
        "there in every record, in this order; what a record does not have is null.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in kinds],
        "$defs": kinds,
    }
    return json.dumps(schema, indent=1) + "\n"


def _extended(kind, name, description, more):
    """A kind of record with further fields at its end."""
    kind = copy.deepcopy(kind)
    kind["description"] = description
    kind["properties"]["record"] = {"const": name, "description": "Kind of record."}
    kind["properties"]["record_number"] = _number(
        "Number of the record in this run of kaifa_collect, from 0 on."
    )
    kind["properties"] |= more
    kind["required"] = list(kind["properties"])
    return kind


def _of_station(kind, name, description):
    return _extended(kind, name, description, {"station": _STATION})


def _frame():
    fields = receiver_kinds()["frame"]["properties"]
    heard = {name: fields[name] for name in HEARD}
    heard["record_number"] = _number("Number of the copy among the records of its receiver.")
    return _extended(
        receiver_kinds()["frame"],
        "frame",
        "A packet as the receiver heard it that heard it best, and who else did. Sample numbers, "
        "bursts and time_s are that receiver's.",
        {
            "station": _STATION,
            "heard_by": {
                "type": "array",
                "minItems": 1,
                "description": "Every receiver that heard it, the best first: checked copies by "
                "their SNR, then those whose check failed and whose octets are almost the same.",
                "items": _object({"station": _STATION} | heard),
            },
        },
    )


def _late_copy():
    return _extended(
        receiver_kinds()["frame"],
        "late_copy",
        "A copy of a frame that came when the frame had been written already.",
        {"station": _STATION, "copy_of": _number("record_number of that frame.")},
    )


def _collect():
    station = {
        "station": _STATION,
        "online": {"type": "boolean", "description": "The receiver is at the broker."},
        "time": _TIME | {"description": "Of the newest record that came."},
        "clock_offset_s": {
            "type": "number",
            "description": "Seconds by which its clock was found to be ahead of the others', and "
            "which are taken off when copies are compared; 0 for less than 0.2 s, or if nobody "
            "knows.",
        },
    }
    status = {
        "schema_version": {"const": VERSION, "description": "Version of this schema."},
        "record": {"const": "collect", "description": "Kind of record: how the collection goes."},
        "record_number": _number("Number of the record in this run of kaifa_collect."),
        "time": _TIME | {"description": "UTC by the clock of this computer."},
        "final": {"type": "boolean", "description": "The last of a run."},
        "frames": _number("Frame records written, rejected packets included."),
        "frames_heard_by_several": _number("Of these, by more than one receiver."),
        **{name: _number(text) for name, text in _COUNTS.items()},
        "stations": {
            "type": "array",
            "description": "The same for each receiver, by name.",
            "items": _object(station | {name: _number(text) for name, text in _COUNTS.items()}),
        },
    }
    return _object(status) | {"description": "Counts, every ten seconds and at the end."}


def _number(description):
    return {"type": "integer", "minimum": 0, "description": description}


def _object(properties):
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }
