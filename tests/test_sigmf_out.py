# SPDX-License-Identifier: GPL-3.0-or-later
"""SigMF that kaifa_rx writes: recordings, annotations, bursts that were rejected."""

import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from broker import wait_until
from conftest import FREQUENCY, KAIFA_RX, ROOT, SAMPLE_RATE, frames, json_lines, receive
from gnuradio.kaifa.recording import InputError
from gnuradio.kaifa.sigmf_out.paths import create
from gnuradio.kaifa.sigmf_out.rejects import RejectsOutput

BAND = ("--rate", SAMPLE_RATE, "--frequency", FREQUENCY)
STDIN = ("-", "--format", "cs8", *BAND)
VALIDATE = """
import sys, warnings
import sigmf
warnings.simplefilter("error")
for name in sys.argv[1:]:
    sigmf.sigmffile.fromfile(name).validate()
"""


def validate(*paths):
    """By the reference implementation, which script/setup installs."""
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip("sigmf is not installed, script/setup does it")
    result = subprocess.run([python, "-c", VALIDATE, *paths], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def metadata(path):
    return json.loads(path.with_suffix(".sigmf-meta").read_text())


def refused(*arguments):
    result = receive(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    return line


def test_a_recording_of_a_recording_is_the_same(recording, tmp_path):
    copy = tmp_path / "copy"
    result = receive(recording, "--record", copy, "--json", tmp_path / "first")
    assert result.returncode == 0, result.stderr
    data = copy.with_suffix(".sigmf-data")
    assert data.read_bytes() == recording.with_suffix(".sigmf-data").read_bytes()
    validate(copy.with_suffix(".sigmf-meta"))
    facts = metadata(copy)["global"]
    assert (facts["core:datatype"], facts["core:sample_rate"]) == ("ci8", SAMPLE_RATE)
    assert metadata(copy)["captures"] == [
        {
            "core:sample_start": 0,
            "core:frequency": FREQUENCY,
            "core:datetime": "2026-01-01T00:00:00.000000Z",
        }
    ]
    assert receive(copy, "--json", tmp_path / "second").returncode == 0
    assert (tmp_path / "second").read_bytes() == (tmp_path / "first").read_bytes()


@pytest.mark.parametrize(
    "name, stored", [("cs8", "i1"), ("cu8", "u1"), ("cs16", "<i2"), ("cf32", "<f4")]
)
def test_standard_input_is_recorded_as_it_comes(name, stored, tmp_path):
    octets = np.random.default_rng(3).integers(0, 100, 400_000).astype(stored).tobytes()
    # An octet too many: a sample that is not whole is not recorded.
    odd = b"x"
    result = subprocess.run(
        [*KAIFA_RX, "-", "--format", name, "--rate", "800k", "--record", tmp_path / "in"],
        input=octets + odd,
        capture_output=True,
        timeout=60,
    )
    assert result.returncode == 2 and b"truncated" in result.stderr
    whole = len(octets + odd) // (2 * np.dtype(stored).itemsize) * 2 * np.dtype(stored).itemsize
    assert (tmp_path / "in.sigmf-data").read_bytes() == (octets + odd)[:whole]
    facts = metadata(tmp_path / "in")["global"]
    assert facts["core:datatype"] == {"cs8": "ci8", "cs16": "ci16_le", "cf32": "cf32_le"}.get(
        name, name
    )
    # Nobody said when and at what frequency.
    assert metadata(tmp_path / "in")["captures"] == [{"core:sample_start": 0}]
    validate(tmp_path / "in.sigmf-meta")


@pytest.fixture(scope="module")
def radio(bare, tmp_path_factory):
    """A radio that never ends, and its samples."""
    path = tmp_path_factory.mktemp("radio") / "radio.iq"
    (np.fromfile(bare, np.int8).astype("<f4") / 128).tofile(path)
    source = f"file={path},rate={SAMPLE_RATE},freq={FREQUENCY},repeat=true,throttle=true"
    return [source, *map(str, BAND)], path.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_radio_is_recorded_until_the_end_however_it_comes(number, radio, tmp_path):
    arguments, samples = radio
    begun = time.time()
    program = subprocess.Popen(
        [*KAIFA_RX, *arguments, "--record", tmp_path / "live", "--json", tmp_path / "out"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    data = tmp_path / "live.sigmf-data"
    wait_until(lambda: data.exists() and data.stat().st_size > 2 * 8 * SAMPLE_RATE, 40)
    stopped = time.time()
    program.send_signal(number)
    _, errors = program.communicate(timeout=30)
    assert program.returncode == (0 if number == signal.SIGINT else -signal.SIGKILL), errors
    recorded = data.read_bytes()
    assert recorded == (samples * 4)[: len(recorded)]
    meta = metadata(tmp_path / "live")
    assert meta["global"]["core:datatype"] == "cf32_le"
    assert meta["global"]["core:hw"].startswith("file=")
    assert meta["captures"][0]["core:frequency"] == FREQUENCY
    validate(tmp_path / "live.sigmf-meta")
    when = meta["captures"][0]["core:datetime"]
    moment = np.datetime64(when.rstrip("Z"), "ns").astype(int) / 1e9
    assert begun < moment < stopped
    if number == signal.SIGINT:
        counted = json_lines(tmp_path / "out")[-1]["samples"]
        assert len(recorded) == 8 * counted


def test_annotations_are_where_the_records_say(recording, records, truth, tmp_path):
    folder = tmp_path / "there"
    folder.mkdir()
    for suffix in (".sigmf-meta", ".sigmf-data"):
        shutil.copy(recording.with_suffix(suffix), folder)
    before = metadata(folder / "mesh")
    out = folder / "annotated.sigmf-meta"
    plain = receive(recording, "--json", tmp_path / "plain")
    result = receive(folder / "mesh", "--annotate", out, "--json", tmp_path / "with")
    assert result.returncode == 0, result.stderr
    # Bursts are in the annotations; the other outputs were not asked to tell of them.
    assert (tmp_path / "with").read_bytes() == (tmp_path / "plain").read_bytes()
    assert result.stdout == plain.stdout
    assert metadata(folder / "mesh") == before
    validate(out)
    meta = json.loads(out.read_text())
    assert meta["captures"] == before["captures"]
    assert meta["global"] == before["global"] | {"core:dataset": "mesh.sigmf-data"}
    ours = [a for a in meta["annotations"] if "core:generator" in a]
    others = [a for a in meta["annotations"] if "core:generator" not in a]
    assert others == before["annotations"]
    frame_marks = [a for a in ours if not a["core:label"].startswith("burst")]
    assert len(frame_marks) == len(records)
    assert len(ours) - len(frame_marks) == json_lines(tmp_path / "with")[-1]["bursts"]
    # What was sent, as the simulator marked it.
    for sent in others:
        begin, end = (
            sent["core:sample_start"],
            sent["core:sample_start"] + sent["core:sample_count"],
        )
        (found,) = [
            mark
            for mark in frame_marks
            if abs(mark["core:sample_start"] - begin) < 200
            and abs(mark["core:freq_lower_edge"] - sent["core:freq_lower_edge"]) < 3e3
        ]
        assert found["core:label"] == sent["core:label"]
        assert abs(found["core:freq_upper_edge"] - sent["core:freq_upper_edge"]) < 3e3
        stop = found["core:sample_start"] + found["core:sample_count"]
        assert begin < stop and abs(stop - end) < 2000
    # It can be received, and annotated, again.
    assert receive(out, "--json", tmp_path / "again").returncode == 0
    assert (tmp_path / "again").read_bytes() == (tmp_path / "plain").read_bytes()


def test_a_part_of_a_longer_recording_keeps_its_numbers(recording, tmp_path):
    """core:offset: where the first sample stands in the whole. Records and annotations follow."""
    first, part = 10**12, tmp_path / "part"
    meta = metadata(recording)
    for place in (*meta["captures"], *meta["annotations"]):
        place["core:sample_start"] += first
    meta["global"]["core:offset"] = first
    part.with_suffix(".sigmf-meta").write_text(json.dumps(meta))
    shutil.copy(recording.with_suffix(".sigmf-data"), tmp_path / "part.sigmf-data")
    for name, source in (("whole", recording), ("moved", part)):
        options = ("--bursts", "--json", tmp_path / name, "--record", tmp_path / f"{name}_again")
        again = tmp_path / f"{name}_again.sigmf-meta"
        assert receive(source, *options, "--annotate", again).returncode == 0
    whole, moved = json_lines(tmp_path / "whole"), json_lines(tmp_path / "moved")
    assert len(whole) > 50
    for record in whole:
        for key in {"sample_start", "sample_end"} & record.keys():
            record[key] += first
    for one, other in zip(whole, moved, strict=True):
        assert one.pop("sample_start", 0) == pytest.approx(other.pop("sample_start", 0), abs=1e-3)
        assert one == other
    # What is recorded anew begins anew.
    marks = metadata(tmp_path / "whole_again")["annotations"]
    assert len(marks) == len(whole) - 1
    assert metadata(tmp_path / "moved_again")["annotations"] == marks
    out = tmp_path / "annotated.sigmf-meta"
    # The sigmf package counts the samples of a file from 0 and would warn of all annotations.
    assert receive(part, "--annotate", out).returncode == 0
    ours = [a for a in metadata(tmp_path / "annotated")["annotations"] if "core:generator" in a]
    assert len(ours) == len(marks)
    for mark, plain in zip(ours, sorted(marks, key=lambda m: m["core:sample_start"]), strict=True):
        assert mark == plain | {"core:sample_start": plain["core:sample_start"] + first}


def test_a_recording_is_annotated_while_it_is_made(bare, tmp_path):
    meta = tmp_path / "in.sigmf-meta"
    result = subprocess.run(
        [*KAIFA_RX, *map(str, STDIN), "--record", tmp_path / "in", "--annotate", meta,
         "--bursts", "--json", tmp_path / "out"],
        stdin=open(bare, "rb"), capture_output=True, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    validate(meta)
    told = [r for r in json_lines(tmp_path / "out") if r["record"] != "status"]
    marks = metadata(tmp_path / "in")["annotations"]
    assert len(marks) == len(told)
    starts = [mark["core:sample_start"] for mark in marks]
    assert starts == sorted(int(record["sample_start"]) for record in told)


@pytest.fixture(scope="module")
def damaged(bare, truth, tmp_path_factory):
    """The recording with silence in the middle of every fourth packet, and how many those are."""
    octets = bytearray(bare.read_bytes())
    for sent in truth[::4]:
        silent = 2 * (round(sent["start"]) + 12_000)
        octets[silent : silent + 2 * 400] = bytes(2 * 400)
    path = tmp_path_factory.mktemp("damaged") / "band.cs8"
    path.write_bytes(octets)
    return path


def rejected_bursts(path):
    """Numbers of bursts with packets but none whose check passed."""
    all_, good = set(), set()
    for record in frames(path):
        all_.add(record["burst"])
        if record["check_ok"]:
            good.add(record["burst"])
    return all_ - good


def wrong_bits(one, other):
    """Of the octets that both have, but for what is received while the signal ends."""
    pairs = zip(bytes.fromhex(one)[:-2], bytes.fromhex(other)[:-2], strict=False)
    return sum((a ^ b).bit_count() for a, b in pairs)


def test_rejected_bursts_are_kept_and_can_be_received_again(damaged, tmp_path):
    folder = tmp_path / "rejects"
    first = receive(damaged, *BAND, "--save-rejects", folder, "--json", tmp_path / "first")
    assert first.returncode == 0, first.stderr
    bursts = rejected_bursts(tmp_path / "first")
    metas = sorted(folder.glob("*.sigmf-meta"))
    assert len(bursts) >= 4
    assert {int(meta.stem.rsplit("burst")[1]) for meta in metas} == bursts
    assert len(list(folder.iterdir())) == 2 * len(bursts)
    validate(*metas)
    was = {record["burst"]: record for record in frames(tmp_path / "first")}
    for meta in metas:
        record = was[int(meta.stem.rsplit("burst")[1])]
        (capture,) = metadata(meta)["captures"]
        (mark, *_more) = metadata(meta)["annotations"]
        assert capture["core:frequency"] == pytest.approx(record["frequency_hz"], abs=5e3)
        assert record["reason_text"] in mark["core:comment"]
        assert mark["core:label"] == "rejected"
        assert receive(meta, "--json", tmp_path / "second").returncode == 0
        (again,) = frames(tmp_path / "second")
        # But for the ten symbols that were silenced: they are anybody's guess.
        assert wrong_bits(again["octets"], record["octets"]) <= 12
        same = ("check_ok", "sync_word", "preamble_phase", "preamble_symbols", "packet_end")
        assert {name: again[name] for name in same} == {name: record[name] for name in same}
        assert again["frequency_hz"] == pytest.approx(record["frequency_hz"], abs=50)
        assert again["magnitude_db"] == pytest.approx(record["magnitude_db"], abs=0.5)
        assert again["deviation_hz"] == pytest.approx(record["deviation_hz"], rel=0.01)
        # Nothing beside the burst is left to measure the noise by: what it was is written down.
        noise = record["magnitude_db"] - record["snr_db"] - 10 * np.log10(101_562.5)
        told = metadata(meta)["global"]["core:description"].split("Measured: ")[1].split()
        assert told[:5] == [str(record["snr_db"]), "dB", "over", "noise", "of"]
        assert float(told[5]) == pytest.approx(noise, abs=0.02)
    # The same samples again: the same bursts, which are there.
    again = receive(damaged, *BAND, "--save-rejects", folder)
    assert again.returncode == 0 and "not kept" not in again.stderr
    assert sorted(folder.glob("*.sigmf-meta")) == metas


def test_rejected_bursts_take_no_more_than_their_limit(damaged, tmp_path):
    for _again in range(2):
        result = receive(
            damaged, *BAND, "--save-rejects", tmp_path / "few", "--rejects-limit", "60k"
        )
        assert result.returncode == 0
        told = [line for line in result.stderr.splitlines() if "not kept" in line]
        assert len(told) == 1 and "room for 60000 octets (--rejects-limit)" in told[0]
    sizes = [file.stat().st_size for file in (tmp_path / "few").glob("*.sigmf-data")]
    assert sizes and sum(sizes) <= 60_000


def test_a_recording_of_bursts_is_dated(recording, damaged, tmp_path):
    for suffix in (".sigmf-meta", ".sigmf-data"):
        shutil.copy(recording.with_suffix(suffix), tmp_path)
    shutil.copy(damaged, tmp_path / "mesh.sigmf-data")
    meta = json.loads((tmp_path / "mesh.sigmf-meta").read_text())
    meta["global"].pop("core:sha512", None)
    (tmp_path / "mesh.sigmf-meta").write_text(json.dumps(meta))
    result = receive(tmp_path / "mesh", "--save-rejects", tmp_path / "rejects")
    assert result.returncode == 0, result.stderr
    for path in (tmp_path / "rejects").glob("*.sigmf-meta"):
        (capture,) = metadata(path)["captures"]
        seconds = float(capture["core:datetime"].removeprefix("2026-01-01T00:00:")[:-1])
        start = float(metadata(path)["global"]["core:description"].split("sample ")[1].split()[0])
        assert seconds == pytest.approx(start / SAMPLE_RATE, abs=1e-6)
        assert path.name.startswith("20260101T0000")


def test_nothing_is_overwritten(recording, tmp_path):
    (tmp_path / "out.jsonl").write_text("of an earlier run")
    for suffix, option in ((".sigmf-data", "--record"), (".sigmf-meta", "--record")):
        taken = tmp_path / f"taken{suffix}"
        taken.write_text("mine")
        line = refused(recording, option, tmp_path / "taken", "--json", tmp_path / "out.jsonl")
        assert "is there already, expected a new name for --record" in line
        assert taken.read_text() == "mine"
        taken.unlink()
        assert sorted(file.name for file in tmp_path.iterdir()) == ["out.jsonl"]
    meta = recording.with_suffix(".sigmf-meta")
    before = meta.read_bytes()
    assert "is there already" in refused(recording, "--annotate", meta)
    assert "is there already" in refused(recording, "--record", recording)
    assert meta.read_bytes() == before
    # What is refused later takes back what was made before.
    line = refused(recording, "--record", tmp_path / "new", "--json", tmp_path / "no" / "out")
    assert "cannot be written" in line
    line = refused(
        recording, "--annotate", tmp_path / "new.sigmf-meta", "--json", tmp_path / "no" / "out"
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.jsonl"]
    assert (tmp_path / "out.jsonl").read_text() == "of an earlier run"


def test_what_cannot_be_written_or_annotated(recording, tmp_path):
    assert "No such file" in refused(recording, "--record", tmp_path / "no" / "folder")
    assert "expected the name of a recording" in refused(recording, "--record", "/")
    assert "--save-rejects with it" in refused(recording, "--rejects-limit", "1M")
    line = refused(recording, "--save-rejects", tmp_path / "r", "--rejects-limit", "-1")
    assert "expected 0 octets or more" in line
    assert "ends in .sigmf-meta" in refused(recording, "--annotate", tmp_path / "out.json")
    meta = tmp_path / "a.sigmf-meta"
    assert "or --record of the same name" in refused(*STDIN, "--annotate", meta)
    line = refused(recording, "--record", tmp_path / "b", "--annotate", meta)
    assert f"expected {tmp_path / 'b.sigmf-meta'}" in line
    (tmp_path / "file").write_text("")
    assert "cannot be used" in refused(recording, "--save-rejects", tmp_path / "file")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_folder_that_is_read_only():
    # Root may write what is read-only, so root becomes somebody else for a moment.
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        if root:
            os.seteuid(65534)
        try:
            with pytest.raises(InputError, match="a.sigmf-data: cannot be written, Permission"):
                create(Path(folder) / "a.sigmf-data", "--record")
            with pytest.raises(InputError, match="cannot be used, Permission denied"):
                RejectsOutput(folder, 1e6, "test", 50e3, print)
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o755)


@pytest.mark.parametrize("annotations", [5, [5], [{}], [{"core:sample_start": -1}],
                                         [{"core:sample_start": 1e300}]])  # fmt: skip
def test_annotations_that_cannot_be_read(annotations, recording, tmp_path):
    meta = metadata(recording) | {"annotations": annotations}
    (tmp_path / "mesh.sigmf-meta").write_text(json.dumps(meta))
    shutil.copy(recording.with_suffix(".sigmf-data"), tmp_path)
    out = tmp_path / "out.sigmf-meta"
    assert "cannot be read, expected" in refused(tmp_path / "mesh", "--annotate", out)
    assert not out.exists()


def test_a_full_disk_ends_the_recording_and_nothing_else(recording, records, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_001, 5_000_001))

    meta = tmp_path / "part.sigmf-meta"
    result = receive(recording, "--record", tmp_path / "part", "--annotate", meta, "--json",
                     tmp_path / "out", preexec_fn=limit)  # fmt: skip
    assert result.returncode == 1
    assert frames(tmp_path / "out") == records
    whole = recording.with_suffix(".sigmf-data").read_bytes()
    assert (tmp_path / "part.sigmf-data").read_bytes() == whole[:5_000_000]
    first, last = [line for line in result.stderr.splitlines() if "output: " in line]
    assert first.endswith("part.sigmf-data: File too large; the other outputs go on")
    lost = (len(whole) - 5_000_000) // 2
    assert last.endswith(f"part.sigmf-data: File too large, {lost} samples lost")
    validate(meta)
    marks = metadata(tmp_path / "part")["annotations"]
    assert marks
    for mark in marks:
        assert mark["core:sample_start"] + mark["core:sample_count"] <= 2_500_000


def test_a_disk_too_full_to_begin(recording, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    folder = tmp_path / "folder"
    folder.mkdir()
    for suffix in (".sigmf-meta", ".sigmf-data"):
        shutil.copy(recording.with_suffix(suffix), folder / f"mesh{suffix}")
    before = sorted(folder.iterdir())
    for name in ("--record", "--annotate"):
        result = receive(folder / "mesh", name, folder / "new.sigmf-meta", preexec_fn=limit)
        assert result.returncode == 2
        (line,) = result.stderr.splitlines()
        assert line.endswith("new.sigmf-meta: cannot be written, File too large")
        assert sorted(folder.iterdir()) == before


def test_annotations_that_would_not_find_their_samples_are_refused(recording, tmp_path):
    result = receive(recording, "--annotate", tmp_path / "new.sigmf-meta")
    assert result.returncode == 2
    assert f"expected a name in {recording.parent}" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_disk_too_full_for_metadata_keeps_the_old(recording, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    shutil.copy(recording.with_suffix(".sigmf-data"), tmp_path / "mesh.sigmf-data")
    bare_meta = metadata(recording) | {"annotations": []}
    (tmp_path / "mesh.sigmf-meta").write_text(json.dumps(bare_meta))
    out = tmp_path / "out.sigmf-meta"
    result = receive(tmp_path / "mesh", "--annotate", out, preexec_fn=limit)
    assert result.returncode == 1
    assert "out.sigmf-meta: File too large" in result.stderr.splitlines()[-1]
    assert "records lost" in result.stderr.splitlines()[-1]
    assert json.loads(out.read_text())["annotations"] == []
    assert not list(tmp_path.glob("*.part"))
    validate(out)


def test_a_full_disk_leaves_no_half_reject(damaged, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    result = receive(damaged, *BAND, "--save-rejects", tmp_path / "r", preexec_fn=limit)
    assert result.returncode == 1
    assert "r: File too large, " in result.stderr.splitlines()[-1]
    for meta in (tmp_path / "r").iterdir():
        assert meta.with_suffix(".sigmf-data").exists() and meta.with_suffix(".sigmf-meta").exists()


def test_a_recording_goes_on_when_who_reads_the_lines_has_gone(recording, tmp_path):
    program = subprocess.Popen(
        [*KAIFA_RX, recording, "--record", tmp_path / "all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    program.stdout.close()
    errors = program.stderr.read()
    assert program.wait(timeout=30) == 1
    assert "its reader has gone; the other outputs go on" in errors
    whole = recording.with_suffix(".sigmf-data").read_bytes()
    assert (tmp_path / "all.sigmf-data").read_bytes() == whole
