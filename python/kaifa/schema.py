# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of the records."""

import json
from pathlib import Path

VERSION = 1
_FILE = Path(__file__).with_name("record.schema.json")


def schema_text():
    """The JSON Schema (draft 2020-12) as text."""
    return _FILE.read_text(encoding="utf-8")


def fields(kind):
    """Names of the fields of a kind of record ("frame", "burst" or "status"), in order."""
    return list(json.loads(schema_text())["$defs"][kind]["properties"])
