# SPDX-License-Identifier: GPL-3.0-or-later
"""Input that cannot be used, or only in part: one clear line, exit status 2, nothing lost."""

import hashlib
import json
import os
import subprocess

import pytest
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, frames, receive
from gnuradio.kaifa.arguments import parse_arguments
from gnuradio.kaifa.inputs import open_input
from gnuradio.kaifa.receiver import receiver
from gnuradio.kaifa.reception import Reception

DATED = {"core:datetime": "2026-03-01T12:00:00Z"}
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
    assert "rate" in refused(bare, "--rate", rate, "--frequency", FREQUENCY)


@pytest.mark.parametrize(
    "option, value, named",
    [
        ("--rate", "fast", "--rate"),
        ("--symbol-rate", "0", "--symbol-rate"),
        ("--deviation", "-3", "--deviation"),
        ("--deviation", "0", "--deviation"),
        ("--sync-word", "xyz", "--sync-word"),
        ("--sync-word", "framing", '--sync-word is "framing"'),
        ("--sync-max-errors", "99", "--sync-max-errors"),
        ("--preamble-min", "-1", "--preamble-min"),
        ("--framing", "q", "--framing"),
        ("--threshold", "nan", "--threshold"),
        ("--dc-mask", "-5", "--dc-mask"),
        ("--max-burst", "0", "--max-burst"),
        ("--sync-max-errors", "99999999999", "--sync-max-errors"),
        ("--sync-max-errors", "\u0665", "--sync-max-errors"),
        ("--preamble-min", "1" + 5000 * "0", "--preamble-min"),
        ("--preamble-min", "2000000000", "--preamble-min"),
        ("--symbol-rate", "1M", "--symbol-rate"),
        ("--symbol-rate", "10", "--symbol-rate"),
        ("--deviation", "200k", "--deviation"),
        ("--deviation", "1e300", "--deviation"),
        ("--frequency", "1e300", "--frequency"),
        ("--gain", "loud", "--gain"),
        ("--gain", "rf=14", "--gain"),
        ("--bandwidth", "0", "--bandwidth"),
        ("--ppm", "1", "--ppm"),
        ("--json", "", "--json"),
        ("--nonsense", "1", "--nonsense"),
    ],
)
def test_option_out_of_range(option, value, named, recording):
    line = refused(recording, option, value)
    assert named in line
    assert len(line) < 200


@pytest.mark.parametrize("rate, limits", [("100k", "200000 to"), ("1e9", "to 400000000")])
def test_a_rate_the_symbols_do_not_fit_is_told_by_the_names_of_options(rate, limits, bare):
    line = refused(bare, "--rate", rate, "--frequency", FREQUENCY)
    assert "--rate" in line and "--symbol-rate" in line and limits in line


def test_a_parameter_out_of_range_is_all_that_is_told_of_a_bare_file(bare):
    assert "--framing" in refused(bare, "--rate", SAMPLE_RATE, "--framing", "q")
    result = receive(bare, "--rate", SAMPLE_RATE)
    assert result.returncode == 0
    assert "frequency of the recording unknown" in result.stderr.splitlines()[0]


def test_no_source():
    assert "SOURCE" in refused()
    assert "SOURCE" in refused("")


def test_a_source_whose_name_cannot_be_one():
    assert "directory" in refused(".", *BARE)
    assert "File name too long" in refused(300 * "x")


def test_a_sample_format_for_a_radio():
    assert "--format" in refused("rtl=0", "--format", "cs8")


def test_output_onto_the_recording_itself(recording, tmp_path):
    kept = {}
    for suffix in (".sigmf-meta", ".sigmf-data"):
        file = (tmp_path / "mesh").with_suffix(suffix)
        kept[file] = recording.with_suffix(suffix).read_bytes()
        file.write_bytes(kept[file])
    for file in kept:
        assert "is the recording itself" in refused(tmp_path / "mesh", "--json", file)
    data = tmp_path / "mesh.sigmf-data"
    (tmp_path / "link").symlink_to(data)
    options = ("--format", "cs8", *BARE, "--json", tmp_path / "link")
    assert "is the recording itself" in refused(data, "--json", tmp_path / "link")
    with open(data, "rb") as samples:
        assert "is the recording itself" in refused("-", *options, stdin=samples)
    for file, octets in kept.items():
        assert file.read_bytes() == octets


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
        ("core:datatype", 8, "core:datatype 8 cannot be read"),
        ("core:sample_rate", "fast", "core:sample_rate is 'fast'"),
        ("core:sample_rate", None, "sample rate unknown"),
        ("core:sample_rate", -1, "sample rate is -1"),
        ("core:sample_rate", 10**400, "core:sample_rate is 1000"),
        ("core:sha512", 5, "core:sha512 is 5, expected 128 hex"),
        ("core:sha512", "beef", "core:sha512 is 'beef', expected 128 hex"),
        ("core:dataset", 5, "core:dataset is 5, expected the name of a file"),
        ("core:dataset", "a\0b", "expected the name of a file"),
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


@pytest.mark.parametrize(
    "captures, said",
    [
        (5, "captures is 5, expected a list"),
        ([5], "captures is [5], expected a list"),
        ([DATED | {"core:sample_start": -1}], "core:sample_start is -1, expected a whole number"),
        ([{"core:sample_start": "0"}], "core:sample_start is '0', expected a whole number"),
        (
            [DATED | {"core:sample_start": 9}, DATED | {"core:sample_start": 3}],
            "core:sample_start is 3 in",
        ),
        ([{"core:header_bytes": -2}], "core:header_bytes is -2, expected a whole number"),
        ([{"core:header_bytes": float("nan")}], "core:header_bytes is nan, expected a whole"),
        ([{"core:frequency": []}], "core:frequency is [], expected a number in Hz"),
        ([{"core:datetime": 5}], "core:datetime is 5, expected UTC"),
        ([{"core:datetime": "1969-12-31T23:59:59Z"}], "expected a year from 1970"),
        ([{"core:datetime": "2026-02-30T00:00:00Z"}], "expected UTC like"),
    ],
)
def test_a_field_of_a_capture_that_cannot_be_used(captures, said, tmp_path):
    line = refused(meta_of(tmp_path, lambda meta: meta.update(captures=captures)))
    assert said in line and "changed.sigmf-meta" in line


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
    assert frames(tmp_path / "whole.jsonl")
    assert (tmp_path / "whole.jsonl").read_bytes() == (tmp_path / "cut.jsonl").read_bytes()


def test_a_file_that_shrinks_while_it_is_read(bare, tmp_path):
    path = tmp_path / "shrinking.cs8"
    path.write_bytes(bare.read_bytes())
    source = open_input(parse_arguments([str(path), "--rate", str(SAMPLE_RATE)]))
    os.truncate(path, 200_000)
    reception = Reception(source, receiver(SAMPLE_RATE, FREQUENCY), lambda messages: None)
    reception.run()
    (fault,) = reception.faults()
    assert "ended after 100000 samples, expected 4000000" in fault


def test_truncated_standard_input_is_received_as_far_as_it_goes(bare, records, tmp_path):
    with open(bare, "rb") as whole, open(tmp_path / "cut", "wb+") as cut:
        cut.write(whole.read() + b"\x01")
        cut.seek(0)
        options = ("-", "--format", "cs8", *BARE, "--json", tmp_path / "out")
        assert "truncated, 1 octets left" in damaged(*options, stdin=cut)
    assert len(frames(tmp_path / "out")) == len(records)


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
        assert frames(tmp_path / "out") == records


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
