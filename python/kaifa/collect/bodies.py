# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as text, of which nothing but the ends changes on its way.

The body of a record is all between `record_number` and the last brace. To write it anew for each
record would take as long as all else that is done with it.
"""

from ..records import json_line
from ..schema import VERSION


def new_body(record):
    """The body of a record, written anew."""
    return json_line(record)[len(_head(record["record"], record["record_number"])) : -1]


def line(kind, number, body, more):
    """The line of a record with that body and, behind it, more fields as text."""
    return f"{_head(kind, number)}{body},{more}}}"


def _head(kind, number):
    return f'{{"schema_version":{VERSION},"record":"{kind}","record_number":{number},'
