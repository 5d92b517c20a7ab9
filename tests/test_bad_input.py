# SPDX-License-Identifier: GPL-3.0-or-later
"""Input that cannot be used, or only in part: one clear line, exit status 2, nothing lost."""

import hashlib
import json
import os
import subprocess

import pytest
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, json_lines, receive

BARE = ("--rate", SAMPLE_RATE, "--frequency", FREQUENCY)


def refused(*arguments, **options):
    """The one line kaifa_rx says before it exits with 2."""
    result = receive(*arguments, **options)
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("kaifa_rx: ")
    return line


def meta_of(tmp_path, change, name="changed"):
    """A SigMF recording of 1000 samples whose metadata went through `change`."""
    meta = {
        "global": {"core:datatype": "ci8", "core:sample_rate": 2e6, "core:version": "1.0.0"},
        "captures": [{"core:sample_start": 0, "core:frequency": 871.7e6}],
        "annotations": [],
    }
    change(meta)
    (tmp_path / f"{name}.sigmf-data").write_bytes(bytes(2000))
    path = tmp_path / f"{name}.sigmf-meta"
    path.write_text(json.dumps(meta))
    return path


def test_no_such_file(tmp_path):
    assert "no such file" in refused(tmp_path / "nothing.cs8", *BARE)
    assert "No such file" in refused(tmp_path / "nothing.sigmf-meta")


def test_no_such_radio():
    assert "no such radio" in refused("hackrf=0")
    assert "no such recording and no such radio" in refused("stret")


def test_directory(tmp_path):
    assert "is a directory" in refused(tmp_path, *BARE)


def test_empty_file(tmp_path):
    path = tmp_path / "empty.cs8"
    path.touch()
    assert "holds no samples" in refused(path, *BARE)


def test_unknown_format(tmp_path):
    for name in ("sound.wav", "noname"):
        (tmp_path / name).write_bytes(bytes(100))
    assert "'wav' is not known, expected cs8" in refused(tmp_path / "sound.wav", *BARE)
    assert "--format" in refused(tmp_path / "noname", *BARE)
    assert "'cs9' is not known" in refused(tmp_path / "noname", *BARE, "--format", "cs9")
    assert "--format" in refused("-", *BARE)


def test_unknown_rate(bare):
    assert "--rate" in refused(bare)
    assert "--rate" in refused("-", "--format", "cs8")


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "1e30"])
def test_impossible_rate(rate, bare):
    assert "sample" in refused(bare, "--rate", rate, "--frequency", FREQUENCY)


@pytest.mark.parametrize(
    "option, value, named",
    [
        ("--rate", "fast", "--rate"),
        ("--symbol-rate", "0", "symbol_rate"),
        ("--deviation", "-3", "deviation"),
        ("--deviation", "0", "deviation"),
        ("--sync-word", "xyz", "sync_word"),
        ("--sync-max-errors", "99", "sync_max_errors"),
        ("--preamble-min", "-1", "preamble_min_symbols"),
        ("--framing", "q", "framing"),
        ("--threshold", "nan", "threshold_db"),
        ("--dc-mask", "-5", "dc_mask"),
        ("--max-burst", "0", "max_burst"),
        ("--gain", "loud", "--gain"),
        ("--nonsense", "1", "--nonsense"),
    ],
)
def test_option_out_of_range(option, value, named, recording):
    assert named in refused(recording, option, value)


def test_no_source():
    assert "SOURCE" in refused()


def test_json_file_that_cannot_be_written(recording, tmp_path):
    assert "cannot be written" in refused(recording, "--json", tmp_path / "no" / "out.jsonl")


def test_broken_metadata(tmp_path):
    path = meta_of(tmp_path, lambda meta: meta)
    for text in ("", "{", "[]", '{"global": 3}', '{"global": {}}', "\x00", '{"global": {"core'):
        path.write_text(text)
        assert str(path) in refused(path)


@pytest.mark.parametrize(
    "key, value, said",
    [
        ("core:datatype", "rf32_le", "core:datatype 'rf32_le' cannot be read"),
        ("core:datatype", 8, "not valid SigMF"),
        ("core:sample_rate", "fast", "core:sample_rate is 'fast'"),
        ("core:sample_rate", None, "sample rate unknown"),
        ("core:sample_rate", -1, "sample rate is -1"),
        ("core:num_channels", 2, "several channels"),
        ("core:dataset", "gone.bin", "gone.bin"),
    ],
)
def test_metadata_that_cannot_be_used(key, value, said, tmp_path):
    path = meta_of(tmp_path, lambda meta: meta["global"].update({key: value}))
    assert said in refused(path)


def test_captures_that_cannot_be_used(tmp_path):
    two = [{"core:frequency": 1e9}, {"core:frequency": 2e9, "core:sample_start": 5}]
    path = meta_of(tmp_path, lambda meta: meta.update(captures=two))
    assert "captures at 2 frequencies" in refused(path)
    late = [{"core:datetime": "yesterday"}]
    path = meta_of(tmp_path, lambda meta: meta.update(captures=late))
    assert "'yesterday'" in refused(path)


def damaged(*arguments, **options):
    """The fault that is told after the summary."""
    result = receive(*arguments, **options)
    assert result.returncode == 2, result.stderr
    _summary, line = result.stderr.splitlines()
    assert line.startswith("kaifa_rx: ")
    return line


def test_truncated_file_is_received_as_far_as_it_goes(bare, tmp_path):
    octets = bare.read_bytes()
    whole, cut = tmp_path / "whole.cs8", tmp_path / "cut.cs8"
    half = len(octets) // 2 & ~1
    whole.write_bytes(octets[:half])
    cut.write_bytes(octets[: half + 1])
    assert receive(whole, *BARE, "--json", tmp_path / "whole.jsonl").returncode == 0
    assert "truncated" in damaged(cut, *BARE, "--json", tmp_path / "cut.jsonl")
    assert json_lines(tmp_path / "whole.jsonl")
    assert (tmp_path / "whole.jsonl").read_bytes() == (tmp_path / "cut.jsonl").read_bytes()


def test_truncated_standard_input_is_received_as_far_as_it_goes(bare, records, tmp_path):
    with open(bare, "rb") as whole, open(tmp_path / "cut", "wb+") as cut:
        cut.write(whole.read() + b"\x01")
        cut.seek(0)
        options = ("-", "--format", "cs8", *BARE, "--json", tmp_path / "out")
        assert "truncated, 1 octets left" in damaged(*options, stdin=cut)
    assert len(json_lines(tmp_path / "out")) == len(records)


def test_empty_standard_input():
    options = ("-", "--format", "cs8", *BARE)
    assert "holds no samples" in damaged(*options, stdin=subprocess.DEVNULL)


def test_closed_standard_input(tmp_path):
    # Descriptor 0 is free then, and the next file the program opens gets it.
    options = ("-", "--format", "cs8", *BARE, "--json", tmp_path / "out")
    assert "is closed" in refused(*options, preexec_fn=lambda: os.close(0))


def test_standard_input_that_cannot_be_read(tmp_path):
    options = ("-", "--format", "cs8", *BARE)
    with open(tmp_path / "write-only", "wb") as unreadable:
        assert "standard input: Bad file descriptor" in damaged(*options, stdin=unreadable)


def test_checksum_in_the_metadata(recording, records, tmp_path):
    meta = json.loads(recording.with_suffix(".sigmf-meta").read_text())
    octets = recording.with_suffix(".sigmf-data").read_bytes()
    (tmp_path / "sum.sigmf-data").write_bytes(octets)
    for digest, status in ((hashlib.sha512(octets).hexdigest(), 0), ("0" * 128, 2)):
        meta["global"]["core:sha512"] = digest
        (tmp_path / "sum.sigmf-meta").write_text(json.dumps(meta))
        result = receive(tmp_path / "sum", "--json", tmp_path / "out")
        assert result.returncode == status
        assert ("damaged" in result.stderr) == (status == 2)
        assert json_lines(tmp_path / "out") == records


def test_samples_that_are_no_numbers_do_no_harm(tmp_path):
    path = tmp_path / "nan.cf32"
    path.write_bytes(bytes.fromhex("0000c07f0000807f") * 400_000)
    assert receive(path, *BARE).returncode == 0


def test_an_output_that_is_full_fails_with_one_line(recording):
    if not os.path.exists("/dev/full"):
        pytest.fail("/dev/full is part of Linux")
    result = receive(recording, "--json", "/dev/full")
    assert result.returncode == 1
    assert "output: " in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_kaifa_rx_is_the_program_under_test():
    assert os.access(KAIFA_RX[1], os.X_OK)
