# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings by kaifa_sim and the program under test, for all tests.

The programs and the Python module are those in build/: run by script/test, or after
`. build/kaifa_env.sh`.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KAIFA_RX = [sys.executable, shutil.which("kaifa_rx")]
SAMPLE_RATE = 2_000_000
FREQUENCY = 871_700_000


def json_lines(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def frames(path):
    """Records of packets in the JSON lines of kaifa_rx, which end with one of counts."""
    records = json_lines(path)
    assert records[-1]["record"] == "status" and records[-1]["final"]
    return [record for record in records if record["record"] == "frame"]


def simulate(name, *options):
    """Makes a recording called `name` and returns that name."""
    subprocess.run(["kaifa_sim", name, *map(str, options)], check=True, capture_output=True)
    return Path(name)


def receive(*arguments, **options):
    """Runs kaifa_rx to its end; standard output and standard error are text."""
    return subprocess.run(
        [*KAIFA_RX, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options
    )


@pytest.fixture(scope="session")
def recording(tmp_path_factory):
    """Name of a SigMF recording of a small mesh, 2 s long, framing A."""
    name = tmp_path_factory.mktemp("recording") / "mesh"
    traffic = ("--unicast-rate", 8, "--broadcast-rate", 4, "--beacon-period", 5)
    return simulate(name, "--seconds", 2, "--snr-min", 14, *traffic)


@pytest.fixture(scope="session")
def bare(recording):
    """The same samples as a bare .cs8 file."""
    path = recording.with_suffix(".cs8")
    path.write_bytes(recording.with_suffix(".sigmf-data").read_bytes())
    return path


@pytest.fixture(scope="session")
def truth(recording):
    """What was sent in it."""
    return json_lines(recording.with_suffix(".truth.jsonl"))


@pytest.fixture(scope="session")
def records(recording, tmp_path_factory):
    """What kaifa_rx made of it: its records of packets."""
    path = tmp_path_factory.mktemp("records") / "frames.jsonl"
    result = receive(recording, "--json", path)
    assert result.returncode == 0, result.stderr
    return frames(path)
