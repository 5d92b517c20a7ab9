# SPDX-License-Identifier: GPL-3.0-or-later
"""The record that tells how a collection goes."""

import time

from ..records import utc_text
from ..schema import VERSION


def collect_record(number, counts, stations, final):
    """Of the counts of a Collector and a list of its Stations."""
    now = time.time_ns()
    return {
        "schema_version": VERSION,
        "record": "collect",
        "record_number": number,
        "time": utc_text(now // 10**9, now % 10**9 / 1e9),
        "final": final,
        **counts,
        "stations": [
            {
                "station": station.name,
                "online": station.online,
                "time": station.time,
                "clock_offset_s": round(station.clock_ahead_ns / 1e9, 3),
                **station.counts(),
            }
            for station in stations
        ],
    }
