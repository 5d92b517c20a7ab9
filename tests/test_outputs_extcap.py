# SPDX-License-Identifier: GPL-3.0-or-later
"""Wireshark lists the receiver as a capture interface and captures from it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, receive


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The environment of a user whose Wireshark has the interface."""
    environment = os.environ | {"HOME": str(tmp_path_factory.mktemp("home"))}
    environment.pop("XDG_CONFIG_HOME", None)
    result = receive("--install-extcap", env=environment)
    assert result.returncode == 0, result.stderr
    wrapper = Path(result.stdout.strip())
    assert os.access(wrapper, os.X_OK) and wrapper.is_relative_to(environment["HOME"])
    return environment | {"WRAPPER": str(wrapper)}


def asked(home, *arguments):
    command = [home["WRAPPER"], *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def tshark(home, *arguments):
    command = ["tshark", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=home, timeout=60)


def test_wireshark_lists_the_interface(home):
    assert "kaifa_rx (KAIFA smart meters (gr-kaifa))" in tshark(home, "-D").stdout
    listed = tshark(home, "-i", "kaifa_rx", "-L")
    assert "IEEE802_15_4_TAP" in listed.stdout + listed.stderr


def test_every_setting_is_an_option_of_the_program(home):
    config = asked(home, "--extcap-config", "--extcap-interface", "kaifa_rx")
    calls = [
        line.split("{call=--")[1].split("}")[0] for line in config.splitlines() if "call" in line
    ]
    assert {"source", "frequency", "rate", "gain", "symbol-rate", "deviation", "framing"} <= set(
        calls
    )
    options = receive("--help").stdout
    assert all(f"--{call} " in options for call in calls if call != "source")
    assert asked(home, "--extcap-dlts", "--extcap-interface", "kaifa_rx").startswith(
        "dlt {number=283}"
    )


def test_a_capture_has_the_frames_of_the_recording(home, recording, records):
    result = tshark(
        *(home, "-i", "kaifa_rx", "-o", f"extcap.kaifa_rx.source:{recording}"),
        *("-T", "fields", "-e", "wpan.seq_no", "-e", "wpan-tap.sof_ts"),
    )
    captured = [line.split("\t") for line in result.stdout.splitlines()]
    expected = [[str(r["sequence"]), str(round(r["time_s"] * 1e9))] for r in records]
    assert captured == expected, result.stderr


def test_settings_reach_the_program(home, recording):
    result = tshark(
        *(home, "-i", "kaifa_rx", "-o", f"extcap.kaifa_rx.source:{recording}"),
        *("-o", "extcap.kaifa_rx.framing:d", "-T", "fields", "-e", "frame.interface_name"),
    )
    assert set(result.stdout.splitlines()) == {"mesh rejected"}, result.stderr


@pytest.mark.parametrize("how", ["reader goes", "signal"])
def test_a_capture_that_is_stopped_ends_the_program(how, home, bare, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    command = [home["WRAPPER"], "--capture", "--fifo", str(fifo), *endless(bare, tmp_path)]
    program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with open(fifo, "rb") as pipe:
        assert len(pipe.read(1000)) == 1000
        if how == "signal":
            program.send_signal(signal.SIGTERM)
            _, errors = program.communicate(timeout=20)
    if how == "reader goes":
        _, errors = program.communicate(timeout=20)
    assert (program.returncode, errors) == (0, "")


def endless(bare, tmp_path):
    """Settings for the recording as a radio that never ends."""
    import numpy as np

    path = tmp_path / "radio.iq"
    (np.fromfile(bare, np.int8).astype("<f4") / 128).tofile(path)
    source = f"file={path},rate={SAMPLE_RATE},freq={FREQUENCY},repeat=true,throttle=true"
    return ["--source", source, "--rate", str(SAMPLE_RATE), "--frequency", str(FREQUENCY)]


def test_a_source_that_cannot_be_used_is_told(home, tmp_path):
    fifo = tmp_path / "fifo"
    fifo.touch()
    command = [
        home["WRAPPER"],
        "--capture",
        "--fifo",
        str(fifo),
        "--source",
        str(tmp_path / "no.cs8"),
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert result.returncode == 2
    assert result.stderr.startswith("kaifa_rx: ") and "no such file" in result.stderr


def test_the_wrapper_says_what_it_is_for(home):
    result = subprocess.run([home["WRAPPER"]], capture_output=True, text=True, timeout=20)
    assert result.returncode == 2
    assert "for Wireshark" in result.stderr


def test_no_tshark_is_told(tmp_path):
    result = subprocess.run(
        [*KAIFA_RX, "--install-extcap"],
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "PATH"} | {"PATH": str(tmp_path)},
        timeout=20,
    )
    assert result.returncode == 2
    assert "apt install tshark" in result.stderr
