# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_probe on recordings of which it is told nothing that they do not say."""

import json
import random
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import SAMPLE_RATE, frames, json_lines, simulate
from gnuradio.kaifa.probe.channels import grid_of
from gnuradio.kaifa.probe.clusters import clusters
from gnuradio.kaifa.probe.nominal import in_units, nominal

KAIFA_PROBE = [sys.executable, shutil.which("kaifa_probe")]
# What is sent: symbol rate and deviation in Hz, framing, and options of kaifa_sim for the rest.
RADIOS = [
    (50e3, 25e3, "A", ()),
    (100e3, 25e3, "D", ("--whitening", "pn9")),
    (38.4e3, 20e3, "B", ("--whitening", "cc11xx")),
    (150e3, 37.5e3, "C", ("--check", "fcs32")),
    (50e3, 12.5e3, "E", ("--fec", "rsc_interleaved", "--whitening", "pn9")),
    (20e3, 40e3, "A", ("--check", "fcs32", "--preamble", "55")),
    (200e3, 50e3, "B", ("--bt", 0)),
]


def probe(*arguments, **options):
    """Runs kaifa_probe to its end; standard output and standard error are text."""
    return subprocess.run(
        [*KAIFA_PROBE, *map(str, arguments)],
        **{"capture_output": True, "text": True, "timeout": 120, **options},
    )


def records_of(*arguments):
    """(bursts, clusters, summary) that a run tells as JSON lines."""
    result = probe(*arguments, "--json", "-")
    assert result.returncode in (0, 1), result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    sorts = [[r for r in records if r["record"] == sort] for sort in ("burst", "cluster")]
    return *sorts, records[-1]


def one_line(result):
    """What a failed run says, on one line and without a traceback."""
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    return result.stderr


def mesh(folder, *options):
    """A recording of a second; what is on the air is up to `options`."""
    traffic = ("--unicast-rate", 12, "--broadcast-rate", 6, "--beacon-period", 0)
    wide = ("--channel-spacing", 400e3, "--snr-min", 20, "--snr-max", 30)
    return simulate(folder / "unknown", "--seconds", 1.5, *traffic, *wide, *options)


@pytest.mark.parametrize("radio", RADIOS, ids=lambda radio: f"{radio[2]}-{radio[0]:g}")
def test_what_is_sent_is_found_out_and_the_command_receives_it(radio, tmp_path):
    rate, deviation, framing, more = radio
    sent = ("--symbol-rate", rate, "--deviation", deviation, "--framing", framing.lower(), *more)
    recording = mesh(tmp_path, *sent)
    truth = json_lines(recording.with_suffix(".truth.jsonl"))
    bursts, clusters, summary = records_of(recording)
    found = clusters[0]
    assert found["symbol_rate_hz"] == pytest.approx(rate, rel=0.001)
    assert found["deviation_hz"] == pytest.approx(deviation, rel=0.1)
    assert (found["framing"], found["modulation"]) == (framing, "2-FSK")
    assert found["sync_word"] == ("6f4e" if framing == "E" else "904e")
    assert found["framing_bursts"] >= 0.7 * len(truth) and not found["framing_rival_bursts"]
    assert min(found["symbol_rate_confidence"], found["framing_confidence"]) > 0.8
    fives = framing in "DE" or "55" in more
    assert found["preamble_phase"] == ("ends_in_one" if fives else "ends_in_zero")
    assert found["preamble_phase_share"] > 0.9
    octets = {each["preamble_octets"] for each in truth}
    assert abs(found["preamble_symbols_max"] - 8 * max(octets)) <= 2
    assert summary["keyed_bursts"] <= len(bursts)
    _assert_received(found["command"], tmp_path, truth)


def _assert_received(command, folder, truth):
    program, *arguments = shlex.split(command)
    out = folder / "frames.jsonl"
    run = [sys.executable, shutil.which(program), *arguments, "--json", str(out)]
    result = subprocess.run(run, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    checked = [record for record in frames(out) if record["check_ok"]]
    assert len(checked) >= 0.8 * len(truth)


def test_people_are_told_all_of_it_on_80_columns(recording):
    result = probe(recording, "--bursts")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines[:-1])
    for answer in ("50,000 symbols/s", "+-25,000 Hz", "1010", "904e", "A: ", "FCS-16", "200 kHz"):
        assert answer in result.stdout
    assert lines[-1].startswith("kaifa_rx ") and lines[-1].endswith("--framing a")


@pytest.mark.parametrize("what", [(), ("--carrier", 871.5e6, 25)], ids=["noise", "carrier"])
def test_nothing_is_made_of_noise_and_of_a_carrier(what, tmp_path):
    silent = ("--unicast-rate", 0, "--broadcast-rate", 0, "--beacon-period", 0)
    recording = simulate(tmp_path / "silent", "--seconds", 0.5, *silent, *what)
    bursts, clusters, summary = records_of(recording)
    assert not clusters and summary["keyed_bursts"] == 0
    for burst in bursts:
        assert burst["symbol_rate_confidence"] < 0.3
        assert burst["deviation_confidence"] < 0.3
        assert burst["framing_confidence"] == 0
    assert probe(recording).returncode == 1


def test_a_burst_that_fills_its_file_needs_no_noise_around_it(recording, truth, tmp_path):
    loud = max(truth, key=lambda each: each["snr_db"])
    begin, count = 2 * loud["start"], 2 * loud["length"]
    samples = recording.with_suffix(".sigmf-data").read_bytes()[begin : begin + count]
    cut = tmp_path / "cut.cs8"
    cut.write_bytes(samples)
    _, [found, *_], _ = records_of(cut, "--rate", SAMPLE_RATE)
    assert found["symbol_rate_hz"] == pytest.approx(50e3, rel=0.001)
    assert found["deviation_hz"] == pytest.approx(25e3, rel=0.1)
    assert (found["framing"], found["sync_word"]) == ("A", "904e")


def test_swapped_sidebands_are_told(bare, tmp_path):
    samples = np.frombuffer(bare.read_bytes(), np.int8).copy()
    samples[1::2] = -np.maximum(samples[1::2], -127)
    path = tmp_path / "mirrored.cs8"
    path.write_bytes(samples.tobytes())
    _, [found, *_], _ = records_of(path, "--rate", SAMPLE_RATE)
    assert found["inverted_bursts"] == found["framing_bursts"] > 0
    assert (found["framing"], found["sync_word"]) == ("A", "904e")
    assert found["preamble_phase"] == "ends_in_zero"


def keyed_burst(seed, sync_word="904e", center=868e6):
    """A record of a burst in which no check passes: noise behind preamble and sync word."""
    bits = f"{'10' * 32}{int(sync_word, 16):0{4 * len(sync_word)}b}"
    bits += f"{random.Random(seed).getrandbits(200):0200b}"
    end = next(k for k in range(1, len(bits)) if bits[k] == bits[k - 1])
    known = {
        "modulation": "2-FSK",
        "symbol_rate_hz": 50e3,
        "symbol_rate_confidence": 0.95,
        "deviation_hz": 25e3,
        "deviation_confidence": 0.9,
        "duration_s": 0.006,
        "center_frequency_hz": center,
        "preamble_symbols": end,
        "preamble_phase": "ends_in_zero",
        "sync_break": end,
        "symbols": bits,
        "framing_confidence": 0.0,
    }
    unknown = ("framing", "check", "whitening", "fec", "sync_word", "inverted", "is_mac_frame")
    return {**dict.fromkeys(unknown), **known}


@pytest.mark.parametrize("word", ["904e", "2dd4", "d391"])
def test_without_a_check_the_sync_word_is_what_all_bursts_have(word):
    [found] = clusters([keyed_burst(seed, word) for seed in range(12)])
    assert found["sync_word"] == word and found["sync_word_confidence"] > 0.9
    assert found["framing"] is None and found["framing_confidence"] == 0


def test_without_a_check_few_or_unlike_bursts_tell_no_sync_word():
    [few] = clusters([keyed_burst(seed) for seed in range(2)])
    words = [f"{random.Random(seed).getrandbits(16):04x}" for seed in range(12)]
    [unlike] = clusters([keyed_burst(seed, word) for seed, word in enumerate(words)])
    for found in (few, unlike):
        assert found["sync_word"] is None and found["sync_word_confidence"] == 0


def test_channels_are_the_widest_grid_of_enough_centres():
    draw = random.Random(1)
    on_air = [870.1e6 + 200e3 * k + draw.uniform(-6e3, 6e3) for k in (0, 1, 4, 5, 9) for _ in "abc"]
    grid = grid_of(on_air)
    assert grid.spacing_hz == 200e3 and grid.channels == 5 and grid.confidence > 0.8
    assert abs(grid.first_hz - 870.1e6) < 6e3
    assert grid_of(on_air[:3]) is None and grid_of([]) is None
    anywhere = [grid_of([draw.uniform(870e6, 875e6) for _ in range(20)]) for _ in range(20)]
    assert not any(grid and grid.spacing_hz > 12.5e3 for grid in anywhere)


def test_rounding_keeps_to_what_was_measured():
    assert [nominal(value, 1e-3) for value in (38381.4, 9992.1, 99987.2)] == [38400, 10000, 100000]
    assert nominal(49321.7, 1e-3) == 49300
    assert [in_units(hz) for hz in (38.4e3, 871.3e6, 950.0)] == ["38.4k", "871.3M", "950"]


def test_stretches_do_not_change_what_is_found(recording):
    script = """
import sys
from gnuradio.kaifa.probe import scan
from gnuradio.kaifa.probe.program import probe
from gnuradio.kaifa.probe.arguments import open_recording, parse_arguments
scan.STRETCH, scan.OVERLAP = 1 << 20, 1 << 16
args = parse_arguments([sys.argv[1], "--json", "-"])
probe(args, open_recording(args))
"""
    run = [sys.executable, "-c", script, str(recording)]
    pieces = subprocess.run(run, capture_output=True, text=True, timeout=120, check=True)
    in_pieces = [json.loads(line) for line in pieces.stdout.splitlines()]
    bursts, _, summary = records_of(recording)
    assert in_pieces[-1]["keyed_bursts"] == summary["keyed_bursts"]
    packets = [(b["mpdu"], round(b["start_s"], 4)) for b in bursts if b["mpdu"]]
    again = [(b["mpdu"], round(b["start_s"], 4)) for b in in_pieces if b.get("mpdu")]
    assert [mpdu for mpdu, _ in again] == [mpdu for mpdu, _ in packets] and packets


def test_a_damaged_recording_is_probed_and_told_of(bare, tmp_path):
    cut = tmp_path / "odd.cs8"
    cut.write_bytes(bare.read_bytes()[:1_600_001])
    result = probe(cut, "--rate", SAMPLE_RATE)
    assert "truncated" in one_line(result) and "kaifa_rx " in result.stdout


def test_what_is_no_number_counts_as_zero(bare, tmp_path):
    samples = np.frombuffer(bare.read_bytes()[:1_600_000], np.int8).astype(np.float32) / 128
    samples[5000:5010] = np.nan
    samples[700_000] = np.inf
    path = tmp_path / "holes.cf32"
    path.write_bytes(samples.tobytes())
    result = probe(path, "--rate", SAMPLE_RATE)
    assert result.returncode == 0 and "6 samples are no finite numbers" in result.stderr


def test_bad_input_is_one_line(bare, tmp_path):
    empty = tmp_path / "empty.cs8"
    empty.touch()
    assert "no such file" in one_line(probe(tmp_path / "none.cs8", "--rate", "2M"))
    assert "--rate" in one_line(probe(bare))
    assert "no samples" in one_line(probe(empty, "--rate", "2M"))
    assert "sample_rate" in one_line(probe(bare, "--rate", 5))
    assert "more than 0 Hz" in one_line(probe(bare, "--rate", -1))
    assert "directory" in one_line(probe(tmp_path, "--rate", "2M"))
    assert "--help" in one_line(probe())
    no_folder = tmp_path / "none" / "out.jsonl"
    assert "No such file" in one_line(probe(bare, "--rate", "2M", "--json", no_folder))


def test_few_samples_are_no_signal(tmp_path):
    for octets in (2, 4, 126, 4000):
        path = tmp_path / f"{octets}.cs8"
        path.write_bytes(bytes(octets))
        assert probe(path, "--rate", SAMPLE_RATE).returncode == 1


def test_a_full_disk_is_one_line(bare):
    assert "No space left" in one_line(probe(bare, "--rate", SAMPLE_RATE, "--json", "/dev/full"))
