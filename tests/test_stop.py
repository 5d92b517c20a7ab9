# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C: the reception ends after the samples that have come, and every frame of them is out."""

import json
import os
import signal
import subprocess
import time

import pytest
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, frames

BARE = ("--rate", str(SAMPLE_RATE), "--frequency", str(FREQUENCY))


def start(*arguments, **options):
    command = [*KAIFA_RX, *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=False, **options)


def wait_for_line(path):
    """Until the program has written its first record to `path`."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if path.exists() and b"\n" in path.read_bytes():
            return
        time.sleep(0.05)
    pytest.fail("no record in 30 s")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_silent_standard_input_can_be_stopped(number, bare, records, tmp_path):
    out = tmp_path / "out.jsonl"
    program = start("-", "--format", "cs8", *BARE, "--json", out, stdin=subprocess.PIPE)
    program.stdin.write(bare.read_bytes())
    program.stdin.flush()
    wait_for_line(out)
    time.sleep(1.0)  # all samples are in, the sender says no more and does not hang up
    program.send_signal(number)
    _, errors = program.communicate(timeout=20)
    assert program.returncode == 130
    assert b"real time" in errors.splitlines()[-1]
    got = [record["mpdu"] for record in frames(out)]
    assert got == [record["mpdu"] for record in records]


def test_a_long_recording_can_be_stopped(bare, tmp_path):
    long, out = tmp_path / "long.cs8", tmp_path / "out.jsonl"
    piece = bare.read_bytes()
    with open(long, "wb") as samples:
        for _ in range(60):
            samples.write(piece)
    program = start(long, *BARE, "--json", out, stdout=subprocess.DEVNULL)
    wait_for_line(out)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=20)
    assert program.returncode == 130
    summary = errors.decode().splitlines()[-1]
    assert float(summary.split()[0]) < 120, "it was over before it was stopped"
    checked = int(summary.split("checked ")[1].split()[0])
    assert checked == sum(record["check_ok"] for record in frames(out))


def test_a_radio_that_is_stopped_ended_well(bare, tmp_path):
    path, out = tmp_path / "radio.iq", tmp_path / "out.jsonl"
    import numpy as np

    (np.fromfile(bare, np.int8).astype("<f4") / 128).tofile(path)
    radio = f"file={path},rate={SAMPLE_RATE},freq={FREQUENCY},repeat=true,throttle=true"
    program = start(radio, *BARE, "--json", out, stdout=subprocess.DEVNULL)
    wait_for_line(out)
    time.sleep(2.5)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=20)
    lines = errors.decode().splitlines()
    assert program.returncode == 0, lines
    status = [line for line in lines if line.startswith("bursts")]
    assert len(status) >= 2, "a status line a second"
    for word in ("bursts", "sync", "checked", "rejected", "lost"):
        assert word in status[-1]


def test_a_hint_is_given_once_while_a_radio_runs(bare, tmp_path):
    import numpy as np

    path, out = tmp_path / "radio.iq", tmp_path / "out.jsonl"
    loud = np.clip(np.fromfile(bare, np.int8).astype("<f4") / 4, -1, 127 / 128)
    loud.astype("<f4").tofile(path)
    radio = f"file={path},rate={SAMPLE_RATE},freq={FREQUENCY},repeat=true,throttle=true"
    program = start(radio, *BARE, "--json", out, stdout=subprocess.DEVNULL)
    wait_for_line(out)
    time.sleep(9)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=20)
    *running, hint, _summary = errors.decode().splitlines()
    assert len([line for line in running if line.startswith("hint: ")]) == 1
    assert "full scale" in hint
    statuses = [json.loads(line) for line in out.read_text().splitlines()]
    hints = {s["hint"] is not None for s in statuses if s["record"] == "status"}
    assert True in hints


def test_progress_is_shown_on_a_terminal_only(recording):
    master, slave = os.openpty()
    program = subprocess.Popen([*KAIFA_RX, str(recording)], stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # how Linux says that the other side has gone
            break
        shown += piece
    assert program.wait(timeout=20) == 0
    assert b"sample/s" in shown and b"%" in shown
    quiet = subprocess.run([*KAIFA_RX, str(recording)], capture_output=True, timeout=20)
    assert b"sample/s" not in quiet.stderr
