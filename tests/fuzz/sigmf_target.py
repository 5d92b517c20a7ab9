# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of any octets as SigMF metadata; for the fuzzer and for the tests."""

import json
from dataclasses import replace
from pathlib import Path

from gnuradio.kaifa.recording import InputError
from gnuradio.kaifa.sigmf import sigmf_recording
from gnuradio.kaifa.sigmf_out.annotated_copy import annotated_copy

SAMPLES = 1000
OTHER = "b.bin"
COPIED = "c.sigmf-meta"


def prepare(folder):
    """Samples for metadata to speak of."""
    for name in ("a.sigmf-data", OTHER):
        (Path(folder) / name).write_bytes(bytes(2 * SAMPLES))


def judge(octets, folder):
    """`octets` are a recording or refused in one line; what can be received can be annotated, and
    is the same recording then. Returns the Recording, or the line."""
    folder = Path(folder)
    meta = folder / "a.sigmf-meta"
    meta.write_bytes(octets)
    try:
        recording = sigmf_recording(meta)
    except InputError as error:
        return one_line(error, folder)
    assert recording.samples > 0
    assert isinstance(recording.sample_rate, float)
    assert all(0 <= anchor.fraction < 1 for anchor in recording.anchors)
    copied = folder / COPIED
    copied.unlink(missing_ok=True)
    try:
        copy = annotated_copy(copied, recording)
    except InputError as error:
        one_line(error, folder)
        return recording
    copy.annotate({"core:sample_start": 5, "core:sample_count": 1})
    copy.save()
    starts = [mark["core:sample_start"] for mark in json.loads(copied.read_text())["annotations"]]
    assert 5 in starts and starts == sorted(starts)
    again = sigmf_recording(copied)
    assert replace(again, meta_path=meta) == recording
    return recording


def one_line(error, folder):
    """What a person would be told, who reads no more than a line of it."""
    line = str(error).replace(str(folder), "")
    assert line and len(line) < 1000, line
    return line
