# SPDX-License-Identifier: GPL-3.0-or-later
"""What kaifa_collect writes for people."""

import json

from ..output_lines import HumanLines
from ..records import human_line


class CollectLines(HumanLines):
    """A line for each packet, with who heard it and how well."""

    def text(self, _record, line):
        record = json.loads(line)
        if record["record"] != "frame":
            return None
        return f"{human_line(record)}  [{', '.join(map(_heard, record['heard_by']))}]\n"


def counts_text(counts):
    """One line of the counts of a Collector or a Station."""
    text = "received {records_received}  lost {records_lost}".format(**counts)
    for name, word in (
        ("records_repeated", "repeated"),
        ("records_unreadable", "unreadable"),
        ("late_copies", "late"),
    ):
        if counts[name]:
            text += f"  {word} {counts[name]}"
    return text


def _heard(copy):
    badly = "" if copy["check_ok"] else " rejected"
    return f"{copy['station']} {copy['snr_db']:.1f} dB{badly}"
