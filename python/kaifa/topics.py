# SPDX-License-Identifier: GPL-3.0-or-later
"""What a record is called where readers choose by topic: MQTT and ZeroMQ."""

import re

# What a receiver among several can be called: a level of a topic.
STATION = re.compile("[A-Za-z0-9._-]{1,64}")


def topic(record):
    """`frame/SENDER/TYPE`, `reject`, `burst` or `status`.

    SENDER is "unknown" where the frame does not name it: what was inferred stands in the record
    alone, marked.
    """
    if record["record"] != "frame":
        return record["record"]
    if not record["check_ok"]:
        return "reject"
    named = record["source"] and not record["source_inferred"]
    return f"frame/{record['source'] if named else 'unknown'}/{record['type']}"
