# SPDX-License-Identifier: GPL-3.0-or-later
"""More records than a test can wait for: those of a short recording again and again."""

import json
import random
from datetime import datetime, timedelta


def many_frames(records, number):
    """Yields `number` frame records: `records` repeated, each time later, with payloads, signal to
    noise and frequencies of their own, so that they pack no better than received ones."""
    random_of_test = random.Random(1)
    length = max(record["time_s"] for record in records) + 0.1
    for n in range(number):
        round_, place = divmod(n, len(records))
        record = dict(records[place], record_number=n)
        later = round_ * length
        whole, fraction = record["time"][:19], record["time"][19:]
        moment = datetime.fromisoformat(whole) + timedelta(seconds=int(later))
        record["time"] = moment.isoformat() + fraction
        record["time_s"] += int(later)
        record["sample_start"] += int(later) * 2e6
        record["snr_db"] = round(record["snr_db"] + random_of_test.gauss(0, 1), 2)
        record["frequency_hz"] = round(record["frequency_hz"] + random_of_test.gauss(0, 300), 1)
        if record["payload"]:
            fresh = random_of_test.randbytes(len(record["payload"]) // 2).hex()
            record["mpdu"] = record["mpdu"].replace(record["payload"], fresh)
            record["octets"] = record["octets"].replace(record["payload"], fresh)
            record["payload"] = fresh
        yield record


def write_many(path, records, number):
    """Writes such records as JSON lines, in order of time."""
    made = sorted(many_frames(records, number), key=lambda record: record["time"])
    with open(path, "w", encoding="utf-8") as file:
        for record in made:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")
