# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the samples of bursts with a sync word but without a frame whose check passed."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pmt

from ..bursts.burst import Burst
from ..recording import InputError
from ..records import utc_text
from .annotations import GENERATOR, Annotations
from .metadata import SIGMF_VERSION
from .paths import DATA, META
from .spool import COUNT, START

# Of bursts that wait for the disk: some megabytes.
MOST_WAITING = 100


@dataclass(frozen=True)
class Reject:
    """A Burst with its samples, its record, and the records of the packets in it."""

    burst: Burst
    record: dict
    packets: tuple


class RejectsOutput:
    """Writes each Reject as a recording of its own into a folder, at the burst's own sample rate
    and with its centre in the middle.

    limit: octets of samples that may lie there, those of earlier runs included; what comes then is
           counted and left out.
    word:  what the bursts are received from.
    symbol_rate: Hz.
    tell:  called with a line at the end if something was left out.
    first_sample: what the first sample is numbered.
    InputError if the folder cannot be used.
    """

    def __init__(self, folder, limit, word, symbol_rate, tell, first_sample=0):
        self.name = folder
        self.kept = 0
        self._folder, self._limit, self._word, self._tell = Path(folder), limit, word, tell
        self._symbol_rate, self._first_sample = symbol_rate, first_sample
        self._left_out = 0
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._octets = sum(file.stat().st_size for file in self._folder.glob(f"*{DATA}"))
            if not os.access(self._folder, os.W_OK | os.X_OK, effective_ids=True):
                raise PermissionError(13, os.strerror(13))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"--save-rejects {folder!r}: cannot be used, {reason}") from None

    def write(self, reject, _line):
        samples = pmt.to_python(pmt.deserialize_str(reject.burst.samples))
        octets = samples.astype("<c8").tobytes()
        if self._octets + len(octets) > self._limit:
            self._left_out += 1
        else:
            self._octets += self._save(reject, octets)
        self.kept += 1

    def flush(self):
        """Each is written at once."""

    def close(self):
        if self._left_out:
            self._tell(
                f"output: {self.name}: {self._left_out} rejected bursts not kept, for there is "
                f"room for {self._limit:.10g} octets (--rejects-limit)"
            )

    def _save(self, reject, octets):
        """How many octets it takes: 0 if it lies there already, from a run on the same samples."""
        name = _name(reject.record)
        data, meta = self._folder / (name + DATA), self._folder / (name + META)
        try:
            with open(data, "xb") as file:
                file.write(octets)
            meta.write_text(json.dumps(self._metadata(reject), indent=1) + "\n")
        except FileExistsError:
            return 0
        except OSError:
            # Half a recording is none.
            data.unlink(missing_ok=True)
            meta.unlink(missing_ok=True)
            raise
        return len(octets)

    def _metadata(self, reject):
        facts = pmt.to_python(reject.burst.facts)
        first = facts["sample_offset"] + self._first_sample
        record = reject.record
        reasons = "; ".join(packet["reason_text"] for packet in reject.packets)
        date = utc_text(*facts["rx_time"]) if record["time"] else None
        return {
            "global": {
                "core:datatype": "cf32_le",
                "core:sample_rate": facts["sample_rate"],
                "core:version": SIGMF_VERSION,
                "core:recorder": GENERATOR,
                "core:description": f"Burst {record['burst']} of {self._word}, from sample "
                f"{first:.2f} on, mixed to its centre, filtered and decimated by kaifa_rx. "
                f"Measured: {record['snr_db']} dB over noise of {record['noise_dbfs_hz']} dBFS/Hz, "
                f"{record['magnitude_db']} dBFS. Rejected: {reasons}",
            },
            "captures": [
                {START: 0, "core:frequency": facts["center_frequency"]}
                | ({"core:datetime": date} if date else {})
            ],
            "annotations": list(self._annotations(reject, facts)),
        }

    def _annotations(self, reject, facts):
        made = Annotations(facts["sample_rate"], self._symbol_rate)
        for packet in reject.packets:
            start = packet["sample_start"] - self._first_sample - facts["sample_offset"]
            start *= facts["sample_rate"] / facts["original_rate"]
            annotation = made.of(packet | {"sample_start": start})
            most = reject.burst.length - annotation[START]
            yield annotation | {COUNT: min(annotation[COUNT], most)}


def _name(record):
    when = (record["time"] or f"{record['time_s']:.9f}s").replace("-", "").replace(":", "")
    return f"{when}_{record['frequency_hz']:.0f}Hz_burst{record['burst']}"
