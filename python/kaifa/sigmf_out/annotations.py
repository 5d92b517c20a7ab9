# SPDX-License-Identifier: GPL-3.0-or-later
"""From records to SigMF annotations."""

import math

from ..version import VERSION
from .spool import COUNT, START

GENERATOR = f"kaifa_rx {VERSION}"


class Annotations:
    """Makes an annotation of a record of a frame or a burst.

    sample_rate, symbol_rate: Hz.
    """

    def __init__(self, sample_rate, symbol_rate):
        self._sample_rate, self._symbol_rate = sample_rate, symbol_rate

    def of(self, record):
        """The annotation of a record; None if it speaks of no samples."""
        makers = {"frame": self._frame, "burst": self._burst}
        maker = makers.get(record["record"])
        return maker(record) if maker else None

    def _burst(self, record):
        start = max(0, math.floor(record["sample_start"]))
        words = record["sync_words"]
        return _annotation(
            record,
            start,
            record["sample_end"] - start,
            record["bandwidth_hz"] / 2,
            "burst" if words else "burst, no sync word",
            f"burst {record['burst']}, {record['snr_db']} dB over noise: "
            f"{record['frames_checked']} checked, {record['packets_rejected']} rejected"
            + (", cut" if record["burst_truncated"] else ""),
        )

    def _frame(self, record):
        """From the preamble to the last octet after the sync word."""
        start = max(0, math.floor(record["sample_start"]))
        octets = len(record["octets"]) // 2
        symbols = record["preamble_symbols"] + 4 * len(record["sync_word"]) + 8 * octets
        samples = symbols * self._sample_rate / self._symbol_rate
        # Carson's rule, as for the width of a burst.
        half_width = abs(record["deviation_hz"]) + self._symbol_rate / 2
        label = record["type"] if record["check_ok"] else "rejected"
        return _annotation(record, start, math.ceil(samples), half_width, label, _comment(record))


def _annotation(record, start, count, half_width_hz, label, comment):
    return {
        START: start,
        COUNT: max(1, count),
        "core:freq_lower_edge": record["frequency_hz"] - half_width_hz,
        "core:freq_upper_edge": record["frequency_hz"] + half_width_hz,
        "core:label": label,
        "core:generator": GENERATOR,
        "core:comment": comment,
    }


def _comment(record):
    where = f"burst {record['burst']}, {record['snr_db']} dB over noise: "
    if not record["check_ok"]:
        return f"{where}{record['reason_text']}; octets {record['octets']}"
    parties = " > ".join(_party(record, name) for name in ("source", "destination"))
    sequence = "none" if record["sequence"] is None else record["sequence"]
    return (
        f"{where}framing {record['framing']}, {record['check']}, {parties}, sequence {sequence}, "
        f"mpdu {record['mpdu']}"
    )


def _party(record, name):
    mark = " (inferred)" if record[f"{name}_inferred"] else ""
    return (record[name] or "nobody named") + mark
