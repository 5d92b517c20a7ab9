# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs that fail, stall or cannot be used: told in one line, counted, and no other's affair."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import zmq
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, frames, receive
from gnuradio.kaifa import lane as lanes
from gnuradio.kaifa.lane import Lane
from gnuradio.kaifa.output_database import DatabaseOutput
from gnuradio.kaifa.recording import InputError


class Slow:
    """An output that takes records when it is let."""

    name = "slow"

    def __init__(self, fails_at=None):
        self.kept, self.got, self.closed = 0, [], False
        self.gate = threading.Event()
        self._fails_at = fails_at

    def write(self, record, _line):
        self.gate.wait()
        if len(self.got) == self._fails_at:
            raise OSError(28, "No space left on device")
        self.got.append(record)
        self.kept += 1

    def flush(self):
        pass

    def close(self):
        self.closed = True


def test_a_patient_lane_waits_and_keeps_the_order(monkeypatch):
    monkeypatch.setattr(lanes, "MOST_WAITING", 4)
    output = Slow()
    lane = Lane(output, True, print)
    threading.Timer(0.5, output.gate.set).start()
    for number in range(100):
        lane.put(number, "")
    lane.close()
    assert (output.got, output.closed, lane.lost()) == (list(range(100)), True, 0)


def test_an_impatient_lane_drops_and_counts(monkeypatch):
    monkeypatch.setattr(lanes, "MOST_WAITING", 4)
    output = Slow()
    lane = Lane(output, False, print)
    for number in range(100):
        lane.put(number, "")
    dropped = lane.lost()
    assert dropped >= 90
    output.gate.set()
    lane.close()
    assert (len(output.got), lane.lost()) == (100 - dropped, dropped)


def test_a_lane_whose_output_fails_counts_the_rest():
    output = Slow(fails_at=3)
    output.gate.set()
    faults = []
    lane = Lane(output, True, faults.append)
    for number in range(10):
        lane.put(number, "")
    lane.close()
    assert (output.got, lane.lost(), faults) == ([0, 1, 2], 7, [lane])
    assert not output.closed


def test_a_lane_that_hurries_leaves_a_stalled_output(monkeypatch):
    monkeypatch.setattr(lanes, "MOST_WAITING", 4)
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 0.3)
    output = Slow()
    lane = Lane(output, True, print)
    lane.hurry()
    begun = time.monotonic()
    for number in range(7):
        lane.put(number, "")
    lane.close()
    assert time.monotonic() - begun < 5
    assert lane.lost() == 7


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@pytest.mark.parametrize("option", ["--json", "--csv", "--pcapng"])
def test_a_full_file_ends_with_a_whole_record_and_the_others_go_on(
    option, recording, records, tmp_path
):
    whole = tmp_path / "whole"
    assert receive(recording, option, whole).returncode == 0
    result = receive(recording, option, tmp_path / "out", preexec_fn=small_files)
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) == len(records), "the lines for people"
    told = [line for line in result.stderr.splitlines() if line.startswith("kaifa_rx: output")]
    assert told[0].endswith("out: File too large; the other outputs go on")
    assert told[1].startswith(f"kaifa_rx: output: {tmp_path}/out: File too large, ")
    written = (tmp_path / "out").read_bytes()
    assert 4000 < len(written) <= 8192
    assert whole.read_bytes().startswith(written)
    lost = int(told[1].split(", ")[1].split()[0])
    if option == "--json":
        assert written.endswith(b"\n")
        assert lost == len(records) + 1 - written.count(b"\n")


def records_of_runs(path):
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [n for (n,) in database.execute("SELECT count(*) FROM record GROUP BY run")]


def fill(database, recording, largest):
    """Runs until one fails because no file may grow beyond `largest`; how many did not."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    whole = 0
    while not (result := receive(recording, "--db", database, preexec_fn=limit)).returncode:
        whole += 1
        assert whole < 8, "it never became full"
    return result, whole


def test_a_full_disk_in_a_database_keeps_what_was_committed(recording, bare, tmp_path):
    assert receive(recording, "--db", tmp_path / "whole").returncode == 0
    (each,) = records_of_runs(tmp_path / "whole")
    for largest in (200_000, 220_000, 240_000):
        database = tmp_path / f"db{largest}"
        result, whole = fill(database, recording, largest)
        if result.returncode != 2:
            break
        # Now and then the last whole run leaves so little room that it cannot be opened again.
        assert f"{database}: cannot be used as a database, disk I/O error" in result.stderr
        assert records_of_runs(database) == [each] * whole
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    told = [line for line in result.stderr.splitlines() if line.startswith("kaifa_rx: output")]
    assert len(told) == 2 and "records lost" in told[1]
    lost = int(told[1].split(", ")[-1].split()[0])
    assert records_of_runs(database) == [each] * whole + [each - lost] * (lost < each)


def mounted(tmp_path):
    """A file system of 64 kB; None where mounting is not allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    return folder if subprocess.run(command, capture_output=True).returncode == 0 else None


def test_a_full_file_system(recording, records, tmp_path):
    folder = mounted(tmp_path)
    if folder is None:
        pytest.skip("mounting is not allowed here; the limits of file size are tested anyway")
    try:
        (folder / "ballast").write_bytes(bytes(48 * 1024))
        result = receive(recording, "--json", folder / "out")
        assert result.returncode == 1
        assert "No space left on device" in result.stderr.splitlines()[-1]
        lines = (folder / "out").read_text().splitlines()
        assert lines and [json.loads(line) for line in lines] == records[: len(lines)]
        assert len(result.stdout.splitlines()) == len(records)
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def radio(bare, tmp_path_factory):
    """Arguments for a radio that never ends."""
    path = tmp_path_factory.mktemp("radio") / "radio.iq"
    (np.fromfile(bare, np.int8).astype("<f4") / 128).tofile(path)
    source = f"file={path},rate={SAMPLE_RATE},freq={FREQUENCY},repeat=true,throttle=true"
    return [source, "--rate", str(SAMPLE_RATE), "--frequency", str(FREQUENCY)]


def test_a_database_outlives_a_program_that_is_killed(radio, tmp_path):
    path = tmp_path / "db"
    for run in (1, 2):
        program = subprocess.Popen(
            [*KAIFA_RX, *radio, "--db", str(path), "--json", str(tmp_path / "out")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(4)
        program.kill()
        program.wait()
        written = (tmp_path / "out").read_text().splitlines()
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            query = "SELECT json FROM record WHERE run = ? ORDER BY id"
            stored = [line for (line,) in database.execute(query, (run,))]
        assert len(stored) > 10
        # The two outputs are written one beside the other.
        shorter = min(len(stored), len(written))
        assert stored[:shorter] == written[:shorter]
        assert abs(len(stored) - len(written)) < 10


def test_a_pipe_that_is_not_read_costs_the_others_nothing(radio, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # Opened for both, it has a reader who never reads.
    stalled = os.open(fifo, os.O_RDWR)
    os.write(stalled, bytes(os.fpathconf(stalled, "PC_PIPE_BUF") * 16))
    program = subprocess.Popen(
        [*KAIFA_RX, *radio, "--pcapng", str(fifo), "--json", str(tmp_path / "out")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(5)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=40)
    assert program.returncode == 1
    records = frames(tmp_path / "out")
    assert len(records) > 20
    last = errors.splitlines()[-1]
    assert f"{fifo}: slower than what came" in last and "records lost" in last
    os.close(stalled)


def test_standard_output_alone_that_is_full_ends_the_program(recording):
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [*KAIFA_RX, str(recording), "--json", "-"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("kaifa_rx: output: standard output: No space left on device, ")


def test_a_reader_that_has_gone_leaves_the_file_whole(recording, records, tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:
        result = subprocess.run(
            [*KAIFA_RX, str(recording), "--json", str(tmp_path / "out")],
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    assert frames(tmp_path / "out") == records
    told = [line for line in result.stderr.splitlines() if line.startswith("kaifa_rx: ")]
    gone = "kaifa_rx: output: standard output: its reader has gone; the other outputs go on"
    assert told == [gone]


def refused(*arguments, **options):
    """The one line of a program that cannot begin."""
    result = receive(*arguments, **options)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    return line


def test_databases_that_cannot_be_used(recording, tmp_path):
    assert "cannot be used as a database" in refused(recording, "--db", tmp_path / "no" / "db")
    (tmp_path / "text").write_text("This is no database, and long enough to tell.\n" * 100)
    assert "unable to open" in refused(recording, "--db", tmp_path)
    assert "not a database" in refused(recording, "--db", tmp_path / "text")
    with sqlite3.connect(tmp_path / "other") as database:
        database.execute("CREATE TABLE somebody (else_ INTEGER)")
    assert "another program's database" in refused(recording, "--db", tmp_path / "other")
    assert (tmp_path / "text").read_text().startswith("This is no database")
    meta = recording.with_suffix(".sigmf-meta")
    assert "is the recording itself" in refused(recording, "--db", meta)


def test_a_database_that_is_read_only(recording):
    # Root may write what is read-only, so root becomes somebody else for a moment.
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db"
        assert receive(recording, "--db", path).returncode == 0
        path.chmod(0o444)
        os.chmod(folder, 0o555)
        if root:
            os.seteuid(65534)
        try:
            with pytest.raises(InputError, match="readonly"):
                DatabaseOutput(str(path), {"program": "test", "input": "none"})
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o755)
        with sqlite3.connect(path) as database:
            assert database.execute("SELECT count(*) FROM run").fetchone() == (1,)


def test_the_same_file_twice(recording, tmp_path):
    path = tmp_path / "out"
    assert "is the file of --json already" in refused(recording, "--json", path, "--csv", path)
    line = refused(recording, "--json", "-", "--pcapng", "-")
    assert "--json - and --pcapng -: standard output can take only one" in line


def test_addresses_of_zeromq_that_cannot_be_used(recording):
    taken = zmq.Context.instance().socket(zmq.PUB)
    port = taken.bind_to_random_port("tcp://127.0.0.1")
    assert "Address already in use" in refused(recording, "--zmq", f"tcp://127.0.0.1:{port}")
    taken.close(0)
    for address in ("nonsense", "tcp://127.0.0.1", "tcp://nohost.invalid:1", "ftp://x:1"):
        assert "expected a free address like tcp://" in refused(recording, "--zmq", address)


def test_no_zmq_is_told(recording, tmp_path):
    (tmp_path / "zmq.py").write_text("raise ImportError\n")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{os.environ['PYTHONPATH']}"}
    line = refused(recording, "--zmq", "tcp://127.0.0.1:5555", env=environment)
    assert "apt install python3-zmq" in line
    assert receive(recording, env=environment).returncode == 0
