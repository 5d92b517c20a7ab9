# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of bursts: what became of each, in an order that is the same in every run."""

import json
import random
import subprocess

import numpy as np
import pytest
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, json_lines, receive
from gnuradio.kaifa.bursts.burst_order import BurstOrder, Progress

NOBODY_AT, NOBODY_SAMPLES, NOBODY_HZ = 3_000_000, 40_000, 600e3


@pytest.fixture(scope="module")
def samples(bare, truth, tmp_path_factory):
    """The recording with damaged packets, and with 20 ms of random bits that are no packet."""
    iq = np.fromfile(bare, np.int8).astype(np.float32).view(np.complex64)
    for sent in truth[::4]:
        silent = round(sent["start"]) + 12_000
        iq[silent : silent + 400] = 0
    bits = np.random.default_rng(1).choice([-1, 1], NOBODY_SAMPLES // 40).repeat(40)
    phase = 2 * np.pi * np.cumsum(NOBODY_HZ + 25e3 * bits) / SAMPLE_RATE
    iq[NOBODY_AT : NOBODY_AT + NOBODY_SAMPLES] += 20 * np.exp(1j * phase)
    path = tmp_path_factory.mktemp("bursts") / "band.cs8"
    iq.view(np.float32).round().clip(-128, 127).astype(np.int8).tofile(path)
    return path


def run(path, *options):
    band = ("--rate", SAMPLE_RATE, "--frequency", FREQUENCY)
    result = receive(path, *band, "--json", path.with_suffix(".jsonl"), *options)
    assert result.returncode == 0, result.stderr
    return path.with_suffix(".jsonl").read_text(), result.stdout


@pytest.mark.parametrize("demodulator", ["sequence", "discriminator"])
def test_every_burst_says_what_became_of_it(demodulator, samples):
    text, _people = run(samples, "--bursts", "--demodulator", demodulator)
    *records, status = map(json.loads, text.splitlines())
    bursts = [record for record in records if record["record"] == "burst"]
    assert len(bursts) == status["bursts"]
    assert [burst["record_number"] for burst in bursts] == [
        number for number, record in enumerate(records) if record["record"] == "burst"
    ]
    for name in ("sync_words", "frames_checked", "packets_rejected"):
        assert sum(burst[name] for burst in bursts) == status[name]
    # Behind its packets, and nothing of another burst between.
    waiting = []
    for record in records:
        if record["record"] == "frame":
            waiting.append(record)
            continue
        assert {packet["burst"] for packet in waiting} <= {record["burst"]}
        assert sum(packet["check_ok"] for packet in waiting) == record["frames_checked"]
        assert len(waiting) == record["sync_words"]
        assert all(packet["sample_start"] < record["sample_end"] for packet in waiting)
        waiting = []
    assert not waiting


def test_what_is_no_packet_is_a_burst_without_a_sync_word(samples):
    text, people = run(samples, "--bursts")
    (burst,) = [
        record
        for record in map(json.loads, text.splitlines())
        if record["record"] == "burst" and record["sync_words"] == 0
    ]
    assert burst["frequency_hz"] == pytest.approx(FREQUENCY + NOBODY_HZ, abs=5e3)
    assert burst["sample_start"] == pytest.approx(NOBODY_AT, abs=500)
    assert burst["sample_end"] == pytest.approx(NOBODY_AT + NOBODY_SAMPLES, abs=3000)
    assert burst["time_s"] == pytest.approx(burst["sample_start"] / SAMPLE_RATE, abs=1e-8)
    assert burst["duration_s"] == pytest.approx(0.02, abs=2e-3)
    assert burst["magnitude_db"] == pytest.approx(20 * np.log10(20 / 128), abs=1)
    assert not burst["burst_truncated"] and burst["time"] is None
    assert people.count("no sync word") == 1


def test_a_dated_recording_dates_its_bursts(recording, tmp_path):
    assert receive(recording, "--bursts", "--json", tmp_path / "out").returncode == 0
    bursts = [record for record in json_lines(tmp_path / "out") if record["record"] == "burst"]
    assert bursts
    for burst in bursts:
        seconds = float(burst["time"].removeprefix("2026-01-01T00:00:").rstrip("Z"))
        assert seconds == pytest.approx(burst["time_s"], abs=1e-8)


def unnumbered(text, kinds):
    records = map(json.loads, text.splitlines())
    return [r | {"record_number": None} for r in records if r["record"] in kinds]


@pytest.mark.parametrize("demodulator", ["sequence", "discriminator"])
def test_the_same_octets_in_every_run_and_in_pieces(demodulator, samples):
    how = ("--demodulator", demodulator)
    whole, _people = run(samples, "--bursts", *how)
    for _again in range(2):
        assert run(samples, "--bursts", *how)[0] == whole
    command = [*KAIFA_RX, "-", "--format", "cs8", "--rate", str(SAMPLE_RATE), "--frequency",
               str(FREQUENCY), "--bursts", "--json", "-", *how]  # fmt: skip
    program = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    octets, chance = samples.read_bytes(), random.Random(1)
    while octets:
        piece = chance.randrange(1, 300_000)
        program.stdin.write(octets[:piece])
        octets = octets[piece:]
    assert program.communicate(timeout=60)[0].decode() == whole
    without, _people = run(samples, *how)
    assert unnumbered(without, "frame") == unnumbered(whole, "frame")


def test_the_order_does_not_depend_on_when_what_comes():
    """Bursts (numbers) and packets (burst, n) that arrive and are asked for at random times."""
    chance = random.Random(2)
    for _round in range(300):
        found = [chance.choice([0, 0, 1, 2]) for _burst in range(chance.randrange(12))]
        packets = [(burst, n) for burst, count in enumerate(found) for n in range(count)]
        expected = []
        for burst, count in enumerate(found):
            expected += [(burst, n) for n in range(count)] + [burst]
        order = BurstOrder(lambda burst: burst, lambda packet: packet[0], lambda *_: None)
        bursts, done, got = list(range(len(found))), 0, []
        while bursts or packets:
            done = max(done, chance.randint(0, len(found)))
            got += order.take(Progress(done, sum(found[:done])))
            for _few in range(chance.randrange(4)):
                if packets and packets[0][0] < done:
                    order.add_packet(packets.pop(0))
            for _few in range(chance.randrange(4)):
                if bursts:
                    order.add_burst(bursts.pop(0))
        got += order.take_last()
        assert got == expected
