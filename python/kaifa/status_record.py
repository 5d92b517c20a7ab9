# SPDX-License-Identifier: GPL-3.0-or-later
"""The record that tells how a reception goes."""

from .schema import VERSION


def status_record(counts, sample_rate, time, records_lost, final):
    """The record of the counts of a Reception.

    sample_rate:  Hz.
    time:         UTC text of the last sample; None if nobody knows it.
    records_lost: that outputs did not take.
    final:        the last of the run.
    """
    return {
        "schema_version": VERSION,
        "record": "status",
        "record_number": None,
        "time": time,
        "time_s": round(counts["samples"] / sample_rate, 9),
        "final": final,
        "samples": counts["samples"],
        "bursts": counts["bursts"],
        "bursts_truncated": counts["truncated"],
        "sync_words": counts["sync"],
        "frames_checked": counts["checked"],
        "packets_rejected": counts["rejected"],
        "samples_lost": counts.get("lost"),
        "records_lost": records_lost,
    }
