# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples that are missing: seen, counted, told, and the time right on both sides."""

import json
import os
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from conftest import FREQUENCY, SAMPLE_RATE, frames, json_lines, receive

FAKE_OSMOSDR = Path(__file__).with_name("fake_osmosdr")
SYMBOL = SAMPLE_RATE / 50_000  # samples
TRANSFER = 1 << 14
LOST = 18 * TRANSFER  # samples, 147 ms
# How exactly a loss is measured with a real clock on a busy computer.
WITHIN = 40_000


@pytest.fixture(scope="module")
def heard(bare, tmp_path_factory):
    """The recording as complex floats."""
    path = tmp_path_factory.mktemp("heard") / "mesh.cf32"
    (np.fromfile(bare, np.int8).astype("<f4") / 128).tofile(path)
    return path


def listen(heard, lost, out, *options):
    """Receives from a radio that loses `lost`, pairs of first sample and count."""
    fake = {
        "PYTHONPATH": f"{FAKE_OSMOSDR}:{os.environ['PYTHONPATH']}",
        "FAKE_OSMOSDR": os.devnull,
        "FAKE_SAMPLES": str(heard),
        "FAKE_RATE": str(SAMPLE_RATE),
        "FAKE_LOSSES": ",".join(f"{first}:{count}" for first, count in lost),
    }
    band = ("--rate", SAMPLE_RATE, "--frequency", FREQUENCY, "--dc-mask", 0)
    return receive("hackrf=0", *band, "--json", out, *options, env=os.environ | fake)


def seconds(record):
    """Seconds since 1970; a float is good to a microsecond."""
    whole, fraction = record["time"].rstrip("Z").split(".")
    moment = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return moment.timestamp() + float(f"0.{fraction}")


@pytest.fixture(scope="module")
def cut(truth):
    """First sample of a transfer in the middle of a packet, half way through the recording."""
    edges = range(0, 2 * SAMPLE_RATE, TRANSFER)
    inside = [
        edge
        for edge in edges
        for sent in truth
        if sent["start"] + 6000 < edge < sent["start"] + sent["length"] - 6000
    ]
    return min(inside, key=lambda edge: abs(edge - SAMPLE_RATE))


@pytest.fixture(scope="module")
def untouched(records, cut):
    """Frames of the whole recording that the loss leaves as they are."""
    margin = SAMPLE_RATE // 10  # longer than any packet
    checked = [frame for frame in records if frame["check_ok"]]
    before = [f for f in checked if f["sample_start"] + margin < cut]
    after = [f for f in checked if f["sample_start"] > cut + LOST + margin / 10]
    assert len(before) > 3 and len(after) > 3
    return before, after


def test_a_radio_that_loses_samples(heard, cut, untouched, tmp_path):
    out = tmp_path / "out.jsonl"
    result = listen(heard, [(cut, LOST)], out, "--fail-on-loss")
    assert result.returncode == 3, result.stderr
    (told,) = [line for line in result.stderr.splitlines() if "lost before sample" in line]
    assert told.startswith("kaifa_rx: ") and " ms) lost" in told
    final = json_lines(out)[-1]
    assert abs(final["samples_lost"] - LOST) < WITHIN
    assert f"lost {final['samples_lost']}" in result.stderr.splitlines()[-1]
    got = {frame["mpdu"]: frame for frame in frames(out) if frame["check_ok"]}
    before, after = untouched
    assert {frame["mpdu"] for frame in before + after} <= set(got)
    first = got[before[0]["mpdu"]]
    for frame in before + after:
        mine = got[frame["mpdu"]]
        assert mine["time_source"] == "host"
        true_s = frame["time_s"] - before[0]["time_s"]
        assert abs(seconds(mine) - seconds(first) - true_s) < 0.05, "time goes on across the loss"
    told_by_records = [frame["samples_lost_before"] for frame in frames(out)]
    assert sum(told_by_records) == final["samples_lost"]
    behind = next(frame for frame in frames(out) if frame["samples_lost_before"])
    assert behind["sample_start"] >= cut - SAMPLE_RATE // 100


def test_without_the_option_a_loss_is_no_failure(heard, cut, tmp_path):
    out = tmp_path / "out.jsonl"
    result = listen(heard, [(cut, LOST)], out)
    assert result.returncode == 0, result.stderr
    assert json_lines(out)[-1]["samples_lost"] > 0


def test_a_radio_that_loses_nothing(heard, records, tmp_path):
    out = tmp_path / "out.jsonl"
    result = listen(heard, [], out, "--fail-on-loss")
    assert result.returncode == 0, result.stderr
    assert json_lines(out)[-1]["samples_lost"] == 0
    sent = [frame["mpdu"] for frame in records if frame["check_ok"]][:-3]
    assert sent == [frame["mpdu"] for frame in frames(out) if frame["check_ok"]][: len(sent)]
    assert {frame["samples_lost_before"] for frame in frames(out)} == {0}


def test_no_burst_goes_on_where_samples_are_missing(heard, cut, tmp_path):
    out = tmp_path / "out.jsonl"
    result = listen(heard, [(cut, LOST)], out, "--bursts")
    assert result.returncode == 0, result.stderr
    bursts = [record for record in json_lines(out) if record["record"] == "burst"]
    assert [b for b in bursts if b["burst_truncated"] and abs(b["sample_end"] - cut) < 200]
    assert not [b for b in bursts if b["sample_start"] < cut - 200 and b["sample_end"] > cut + 200]


def pieces(bare, cut, path, captures):
    """A SigMF recording in which LOST samples are missing at `cut`."""
    samples = np.fromfile(bare, np.int16)  # a pair of octets each
    np.delete(samples, slice(cut, cut + LOST)).tofile(path.with_suffix(".sigmf-data"))
    facts = {"core:datatype": "ci8", "core:sample_rate": SAMPLE_RATE, "core:version": "1.0.0"}
    captures[0]["core:frequency"] = FREQUENCY
    text = json.dumps({"global": facts, "captures": captures, "annotations": []})
    path.with_suffix(".sigmf-meta").write_text(text)


def utc(sample):
    return f"2026-01-01T00:00:0{sample / SAMPLE_RATE:.9f}Z"


@pytest.mark.parametrize("known", ["place", "time", "place and no date"])
def test_a_recording_with_a_gap(bare, cut, untouched, known, tmp_path):
    first = {"core:sample_start": 0, "core:datetime": utc(0), "core:global_index": 77}
    second = {"core:sample_start": cut}
    if known == "time":
        second["core:datetime"] = utc(cut + LOST)
    else:
        second["core:global_index"] = 77 + cut + LOST
    if known == "place and no date":
        del first["core:datetime"]
    path, out = tmp_path / "gap", tmp_path / "out.jsonl"
    pieces(bare, cut, path, [first, second])
    result = receive(path, "--json", out, "--bursts", "--fail-on-loss")
    is_loss = known != "time"  # two recordings with a pause between them are none
    assert result.returncode == (3 if is_loss else 0), result.stderr
    assert json_lines(out)[-1]["samples_lost"] == (LOST if is_loss else None)
    got = {frame["mpdu"]: frame for frame in frames(out) if frame["check_ok"]}
    before, after = untouched
    for frame in before + after:
        mine = got[frame["mpdu"]]
        missing = LOST if frame in after else 0
        # Transforms fall on other samples behind the gap: the estimate may differ a little.
        assert abs(mine["sample_start"] - (frame["sample_start"] - missing)) < SYMBOL / 4
        if known == "place and no date":
            assert (mine["time"], mine["time_source"]) == (None, None)
        else:
            assert abs(seconds(mine) - seconds(frame)) < SYMBOL / 4 / SAMPLE_RATE
            assert mine["time_source"] == "recording" and mine["time_uncertainty_s"] < 1e-3
    told = [frame["samples_lost_before"] for frame in frames(out)]
    assert (sum(told) == LOST) if is_loss else set(told) == {None}
    bursts = [record for record in json_lines(out) if record["record"] == "burst"]
    assert not [b for b in bursts if b["sample_start"] < cut - 200 and b["sample_end"] > cut + 200]


def test_uncertainty_covers_the_start_of_packets(records, truth):
    starts = {}
    for sent in truth:
        starts.setdefault(sent["mpdu"], []).append(sent["start"])
    checked = [frame for frame in records if frame["check_ok"]]
    assert len(checked) > 10
    for frame in checked:
        errors = [abs(frame["sample_start"] - start) for start in starts[frame["mpdu"]]]
        assert min(errors) / SAMPLE_RATE <= frame["time_uncertainty_s"] < 0.01
