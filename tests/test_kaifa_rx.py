# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_rx as a program: a recording in, frames out."""

import json
import os
import subprocess
import time
from collections import Counter

import jsonschema
import numpy as np
import pytest
from conftest import (
    FREQUENCY,
    KAIFA_RX,
    ROOT,
    SAMPLE_RATE,
    frames,
    json_lines,
    receive,
    simulate,
)

SAMPLES_PER_SYMBOL = SAMPLE_RATE / 50e3
BARE = ("--rate", SAMPLE_RATE, "--frequency", FREQUENCY)


def checked(records):
    return [record for record in records if record["check_ok"]]


def mpdus(lines):
    return Counter(line["mpdu"] for line in lines)


def paired(truth, records):
    """Pairs of what was sent and what was received; acknowledgements repeat, so by time too."""
    for sent in truth:
        same = [r for r in checked(records) if r["mpdu"] == sent["mpdu"]]
        yield sent, min(same, key=lambda r: abs(r["sample_start"] - sent["start"]))


def test_receives_what_was_sent_and_nothing_else(truth, records):
    assert len(truth) > 20
    assert mpdus(checked(records)) == mpdus(truth)


def test_tells_when_and_where_each_packet_was_sent(truth, records):
    pairs = list(paired(truth, records))
    late = [abs(got["sample_start"] - sent["start"]) for sent, got in pairs]
    off = [abs(got["frequency_hz"] - sent["frequency"]) for sent, got in pairs]
    assert np.median(late) <= 2 * SAMPLES_PER_SYMBOL
    assert np.median(off) <= 1000


def test_time_is_that_of_the_first_sample_of_the_preamble(records):
    for record in records:
        day, clock = record["time"].split("T")
        hours, minutes, seconds = clock.rstrip("Z").split(":")
        assert (day, hours, minutes, record["time"][-1]) == ("2026-01-01", "00", "00", "Z")
        assert float(seconds) == pytest.approx(record["time_s"], abs=1e-6)
        assert record["time_s"] == pytest.approx(record["sample_start"] / SAMPLE_RATE, abs=1e-8)


def test_names_sender_and_recipient(truth, records):
    for sent, got in paired(truth, records):
        assert got["type"] == sent["kind"]
        assert got["sequence"] == sent["seq"]
        if sent["kind"] == "ack":
            assert got["source"] is None or got["source_inferred"]
            assert got["destination"] is None or got["destination_inferred"]
        else:
            assert (got["source"], got["destination"]) == (sent["source"], sent["destination"])
            assert not got["source_inferred"]


def test_infers_the_parties_of_an_acknowledgement(truth, records):
    unicasts = {s["seq"]: s for s in truth if s["kind"] == "unicast"}
    acks = [(s, g) for s, g in paired(truth, records) if s["kind"] == "ack"]
    assert acks
    for sent, got in acks:
        unicast = unicasts[sent["seq"]]
        assert (got["source"], got["destination"]) == (unicast["destination"], unicast["source"])


def test_every_record_follows_the_schema(records):
    schema = json.loads(receive("--schema").stdout)
    keys = list(schema["$defs"]["frame"]["properties"])
    assert records
    for record in records:
        jsonschema.validate(record, schema)
        assert list(record) == keys


def test_the_counts_are_a_funnel_and_tell_how_the_radio_is_set(recording, truth, tmp_path):
    result = receive(recording, "--json", tmp_path / "out")
    status = json_lines(tmp_path / "out")[-1]
    jsonschema.validate(status, json.loads(receive("--schema").stdout))
    sent = len(truth)
    funnel = ("bursts", "sync_words", "packets_with_length", "frames_checked")
    assert [status[name] for name in funnel] == [sent] * 4
    assert (status["rejects_by_reason"], status["hint"]) == ({}, None)
    assert status["clipped_percent"] == 0
    # The simulator's noise has a standard deviation of 1.8 steps of 8 bits in I and in Q.
    assert status["noise_steps"] == pytest.approx(1.83, abs=0.05)
    density = 10 * np.log10(2 * (status["noise_steps"] / 128) ** 2 / SAMPLE_RATE)
    assert status["noise_dbfs_hz"] == pytest.approx(density, abs=0.05)
    assert f"bursts {sent} > sync {sent} > length {sent} > checked {sent}" in result.stderr
    assert "hint" not in result.stderr


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda x: np.clip(x * 30, -128, 127), (), "full scale: lower the gain"),
        (lambda x: np.rint(x * 0.2), (), "too little to hear weak signals: raise the gain"),
        (lambda x: x * 0, (), "nothing but zeros"),
        (lambda x: x, ("--sync-word", "b1ff7e34"), "no sync words"),
        (lambda x: x, ("--framing", "e"), "no frame passes its check"),
    ],
)
def test_no_frames_are_explained(change, options, words, bare, tmp_path):
    path = tmp_path / "changed.cs8"
    change(np.fromfile(bare, np.int8).astype(np.float32)).astype(np.int8).tofile(path)
    result = receive(path, *BARE, *options, "--json", tmp_path / "out")
    hints = [line for line in result.stderr.splitlines() if line.startswith("hint: ")]
    assert len(hints) == 1 and words in hints[0], result.stderr
    assert hints[0] == "hint: " + json_lines(tmp_path / "out")[-1]["hint"]


def test_json_on_standard_output_is_the_same_and_alone_there(recording, records):
    result = receive(recording, "--json", "-")
    *packets, status = [json.loads(line) for line in result.stdout.splitlines()]
    assert packets == records
    assert status["record"] == "status"


def test_a_line_for_people_for_each_frame(recording, records):
    lines = receive(recording).stdout.splitlines()
    assert len(lines) == len(records)
    for line, record in zip(lines, records, strict=True):
        assert record["time"][11:23] in line
        assert not record["check_ok"] or record["type"] in line


def test_the_same_input_gives_the_same_octets(recording, tmp_path):
    outputs = []
    for name in ("first", "second"):
        receive(recording, "--json", tmp_path / name)
        outputs.append((tmp_path / name).read_bytes())
    assert outputs[0] and outputs[0] == outputs[1]


def test_standard_input_in_pieces_gives_the_same_as_the_file(bare, tmp_path):
    whole, pieces = tmp_path / "whole.jsonl", tmp_path / "pieces.jsonl"
    assert receive(bare, *BARE, "--json", whole).returncode == 0
    command = [*KAIFA_RX, "-", "--format", "cs8", *BARE, "--json", pieces]
    octets = bare.read_bytes()
    sizes = np.random.default_rng(1).integers(1, 60_000, 10_000)
    with subprocess.Popen(
        list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as program:
        start = 0
        for size in map(int, sizes):
            program.stdin.write(octets[start : start + size])
            program.stdin.flush()
            start += size
            if start >= len(octets):
                break
        assert start >= len(octets)
    assert program.returncode == 0
    assert whole.read_bytes() == pieces.read_bytes()


@pytest.mark.parametrize("framing", ["a", "b", "c", "d"])
def test_finds_out_the_framing(framing, tmp_path):
    name = simulate(tmp_path / "mesh", "--seconds", 1, "--snr-min", 16, "--framing", framing)
    receive(name, "--json", tmp_path / "out")
    got = checked(frames(tmp_path / "out"))
    assert mpdus(got) == mpdus(json_lines(tmp_path / "mesh.truth.jsonl"))
    assert {record["framing"] for record in got} == {framing.upper()}


@pytest.mark.parametrize("demodulator", ["sequence", "discriminator"])
@pytest.mark.parametrize("fec", ["nrnsc", "rsc_interleaved", "rsc"])
def test_receives_error_correction_without_being_told(fec, demodulator, tmp_path):
    radio = ("--framing", "e", "--fec", fec, "--whitening", "pn9")
    name = simulate(tmp_path / "mesh", "--seconds", 1, "--snr-min", 16, *radio)
    receive(name, "--json", tmp_path / "out", "--demodulator", demodulator)
    got = checked(frames(tmp_path / "out"))
    assert mpdus(got) == mpdus(json_lines(tmp_path / "mesh.truth.jsonl"))
    seen = {(record["framing"], record["fec"], record["sync_word"]) for record in got}
    assert seen == {("E", fec, "6f4e")}
    assert {record["packet_end"] for record in got} == {"length"}


@pytest.mark.parametrize("demodulator", ["sequence", "discriminator"])
def test_one_recording_with_every_sync_word_of_the_standard(demodulator, tmp_path):
    """Immediate acknowledgements, octet for octet as they are sent behind the sync word."""
    sent = {
        "904e": "1005 400056 279e",
        "7a0e": "1805 4f70e5 48dd",
        "6f4e": "c0e8680ca5dab06f909c1fe6aa4ca0e9999f129b",
        "632d": "bf7f3ffffcfdfcf237aabcb75e13a45db2f0b43c",
    }
    packets = [bytes.fromhex("55" * 16 + word + octets) for word, octets in sent.items()]
    fsk_recording(tmp_path / "acks.cf32", packets)
    receive(tmp_path / "acks.cf32", *BARE, "--demodulator", demodulator, "--json", tmp_path / "out")
    got = checked(frames(tmp_path / "out"))
    assert [record["sync_word"] for record in got] == list(sent)
    assert {record["mpdu"] for record in got} == {"02006a"}
    assert [record["framing"] for record in got] == ["D", "D", "E", "E"]
    assert [record["fec"] for record in got] == [None, None, "rsc_interleaved", "nrnsc"]


def fsk_recording(path, packets):
    """Plain FSK in a little noise, 5 ms between the packets."""
    rng = np.random.default_rng(1)
    samples = int(SAMPLES_PER_SYMBOL)
    silence = np.zeros(int(SAMPLE_RATE) // 200)
    pieces = [np.zeros(int(SAMPLE_RATE) // 20)]
    for packet in packets:
        ones = np.unpackbits(np.frombuffer(packet, np.uint8)) * 2.0 - 1
        phase = np.cumsum(np.repeat(ones, samples)) * 2 * np.pi * 25e3 / SAMPLE_RATE
        pieces += [0.3 * np.exp(1j * phase), silence]
    signal = np.concatenate(pieces)
    noise = rng.normal(0, 0.01, (2, len(signal)))
    (signal + noise[0] + 1j * noise[1]).astype("<c8").tofile(path)


def test_receives_other_rates_and_deviations(tmp_path):
    radio = ("--symbol-rate", 38400, "--deviation", 20000)
    name = simulate(tmp_path / "mesh", "--seconds", 1, "--snr-min", 18, *radio)
    receive(name, "--json", tmp_path / "out", *radio)
    got = checked(frames(tmp_path / "out"))
    assert mpdus(got) == mpdus(json_lines(tmp_path / "mesh.truth.jsonl"))


@pytest.mark.parametrize("suffix", ["cu8", "cs16", "cf32"])
def test_reads_every_format(suffix, bare, truth, tmp_path):
    numbers = np.fromfile(bare, np.int8)
    stored = {
        "cu8": lambda: (numbers.astype(np.int16) + 128).astype(np.uint8),
        "cs16": lambda: numbers.astype("<i2") * 256,
        "cf32": lambda: numbers.astype("<f4") / 128,
    }[suffix]()
    path = tmp_path / f"mesh.{suffix}"
    stored.tofile(path)
    result = receive(path, *BARE, "--json", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert mpdus(checked(frames(tmp_path / "out"))) == mpdus(truth)


def test_sigmf_by_each_of_its_names(recording, records):
    for suffix in (".sigmf-meta", ".sigmf-data"):
        result = receive(recording.with_suffix(suffix), "--json", "-")
        assert len(result.stdout.splitlines()) == len(records) + 1, "and one of counts"


def test_a_radio_by_gr_osmosdr_with_the_host_clock(bare, truth, tmp_path):
    samples = np.fromfile(bare, np.int8).astype("<f4") / 128
    samples.tofile(tmp_path / "radio.iq")
    radio = (
        f"file={tmp_path}/radio.iq,rate={SAMPLE_RATE},freq={FREQUENCY},repeat=false,throttle=true"
    )
    before = time.time()
    result = receive(radio, *BARE, "--json", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    got = frames(tmp_path / "out")
    assert mpdus(checked(got)) == mpdus(truth)
    assert "lost 0" in result.stderr
    today = time.strftime("%Y-%m-%dT", time.gmtime(before))
    assert all(record["time"].startswith(today) for record in got)


def test_a_recording_cut_to_one_burst_is_received(bare, truth, tmp_path):
    """From its first sample to its last: the noise beside it in the band is enough."""
    samples, before = np.fromfile(bare, np.int8).reshape(-1, 2), 0
    for sent in truth[:12]:
        start, end = round(sent["start"]), round(sent["start"] + sent["length"])
        if start < before:
            continue
        before = end
        samples[start:end].tofile(tmp_path / "burst.cs8")
        result = receive(tmp_path / "burst.cs8", *BARE, "--json", tmp_path / "out")
        (record,) = checked(frames(tmp_path / "out"))
        assert record["mpdu"] == sent["mpdu"]
        assert "hint" not in result.stderr


def test_a_burst_without_any_noise_is_told(tmp_path):
    """Cut and filtered, as some programs do."""
    symbols = np.repeat(np.tile([1, -1], 50), SAMPLES_PER_SYMBOL // 2)
    burst = np.exp(2j * np.pi * np.cumsum(symbols) * 25e3 / SAMPLE_RATE) * np.hanning(len(symbols))
    burst.astype("<c8").tofile(tmp_path / "burst.cf32")
    result = receive(tmp_path / "burst.cf32", *BARE)
    assert result.returncode == 0
    assert "hint: no burst in 0.001 s: bursts are told by the noise around" in result.stderr


def test_a_reader_that_goes_away_ends_the_program(recording):
    command = " ".join(KAIFA_RX)
    result = subprocess.run(
        f"{command} {recording} | head -n 1", shell=True, capture_output=True, text=True, timeout=60
    )
    assert len(result.stdout.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_a_reader_that_has_gone_is_told_nothing(recording):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:
        result = subprocess.run(
            [*KAIFA_RX, str(recording)], stdout=pipe, stderr=subprocess.PIPE, timeout=60
        )
    assert (result.returncode, result.stderr) == (1, b"")


def test_help_names_every_exit_status():
    result = receive("--help")
    assert result.returncode == 0
    assert "exit status" in result.stdout


def test_version_is_that_of_the_build():
    version = receive("--version").stdout.split()[-1]
    assert f"VERSION {version}" in (ROOT / "CMakeLists.txt").read_text()
    assert f'version = "{version}"' in (ROOT / "Cargo.toml").read_text()
