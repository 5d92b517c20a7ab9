# SPDX-License-Identifier: GPL-3.0-or-later
"""The record that tells how a reception goes."""

from .hints import clipped_percent, hint
from .records import dated
from .schema import VERSION


def status_record(counts, sample_rate, timeline, records_lost, final):
    """The record of the counts of a Reception.

    sample_rate:  Hz.
    timeline:     the Timeline of its samples; None if nobody knows their dates.
    records_lost: that outputs did not take.
    final:        the last of the run.
    """
    samples = counts["samples"]
    seconds = samples / sample_rate
    advice = hint(counts, seconds, final=True) if final else counts["hint"]
    return {
        "schema_version": VERSION,
        "record": "status",
        "record_number": None,
        **dated(timeline, samples, 0.0, lambda: timeline.time_of(samples)),
        "time_s": round(seconds, 9),
        "final": final,
        "samples": samples,
        "bursts": counts["bursts"],
        "bursts_truncated": counts["truncated"],
        "sync_words": counts["sync"],
        "packets_with_length": counts["length"],
        "frames_checked": counts["checked"],
        "packets_rejected": counts["rejected"],
        "rejects_by_reason": counts["rejects"],
        "samples_lost": counts.get("lost"),
        "records_lost": records_lost,
        "clipped_percent": _rounded(clipped_percent(counts), 4),
        "noise_dbfs_hz": _rounded(counts["noise_dbfs_hz"], 2),
        "noise_steps": _rounded(counts["noise_steps"], 2),
        "dc_spike_db": _rounded(counts["dc_spike_db"], 2),
        "hint": advice and advice.text,
    }


def _rounded(value, digits):
    return None if value is None else round(value, digits)
