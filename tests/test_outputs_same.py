# SPDX-License-Identifier: GPL-3.0-or-later
"""One recording through every output at once: the same records come out of each."""

import csv
import io
import json
import sqlite3
import subprocess
import time

import jsonschema
import pytest
import zmq
from broker import Broker, Subscriber, free_port, wait_until
from conftest import KAIFA_RX, json_lines, receive


class ZmqSubscriber:
    """Everything that is published at an address."""

    def __init__(self, address, topic=b""):
        self._socket = zmq.Context.instance().socket(zmq.SUB)
        self._socket.setsockopt(zmq.SUBSCRIBE, topic)
        self._socket.connect(address)

    def until_final(self):
        """Pairs of topic and line up to the last record of a run."""
        got = []
        while self._socket.poll(20_000):
            topic, line = self._socket.recv_multipart()
            got.append((topic.decode(), line.decode()))
            if json.loads(line).get("final"):
                return got
        raise AssertionError(f"the last record did not come, got {len(got)}")

    def close(self):
        self._socket.close(0)


@pytest.fixture(scope="module")
def received(recording, truth, tmp_path_factory):
    """What each output got of the recording, some of whose packets were damaged."""
    folder = tmp_path_factory.mktemp("all")
    broker = Broker(folder, "allow_anonymous true")
    subscriber = Subscriber(broker)
    address = f"tcp://127.0.0.1:{free_port()}"
    listener = ZmqSubscriber(address)
    outputs = (
        *("--json", folder / "json", "--csv", folder / "csv", "--db", folder / "db"),
        *("--pcapng", folder / "pcapng", "--mqtt", broker.url, "--zmq", address, "--bursts"),
    )
    bare = bytearray(recording.with_suffix(".sigmf-data").read_bytes())
    for sent in truth[::4]:
        # Ten symbols of silence, 6 ms after the preamble's first.
        silent = 2 * (round(sent["start"]) + 12_000)
        bare[silent : silent + 2 * 400] = bytes(2 * 400)
    program = subprocess.Popen(
        [*KAIFA_RX, "-", "--format", "cs8", "--rate", "2M", "--frequency", "871.7M",
         *map(str, outputs)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    # Subscribers of ZeroMQ get what is sent after they have been found.
    time.sleep(3)
    stdout, errors = program.communicate(bare, timeout=60)
    assert program.returncode == 0, errors.decode()
    messages = listener.until_final()
    listener.close()
    lines = (folder / "json").read_text().splitlines()
    wait_until(lambda: len(subscriber.lines()) >= len(lines))
    subscriber.close()
    broker.stop()
    return {
        "people": stdout.decode().splitlines(),
        "json": lines,
        "csv": (folder / "csv").read_bytes().decode(),
        "db": folder / "db",
        "mqtt": subscriber.messages,
        "mqtt lines": subscriber.lines(),
        "zmq": messages,
    }


def packets(lines):
    return [record for record in map(json.loads, lines) if record["record"] == "frame"]


def test_each_has_the_same_octets(received):
    lines = received["json"]
    assert len(lines) > 20
    assert received["mqtt lines"] == lines
    assert [line for _topic, line in received["zmq"]] == lines
    with sqlite3.connect(received["db"]) as database:
        stored = database.execute("SELECT json FROM record ORDER BY id").fetchall()
    assert [line for (line,) in stored] == lines
    status = json.loads(lines[-1])
    assert len(received["people"]) == len(packets(lines)) + status["bursts"]


def test_records_are_numbered_and_follow_the_schema(received):
    schema = json.loads(receive("--schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    records = [json.loads(line) for line in received["json"]]
    assert [record["record_number"] for record in records] == list(range(len(records)))
    assert {record["record"] for record in records} == {"frame", "burst", "status"}
    assert {record.get("check_ok") for record in records} == {True, False, None}
    for record in records:
        jsonschema.validate(record, schema)
        assert list(record) == list(schema["$defs"][record["record"]]["properties"])
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(record | {"surprise": 1}, schema)


def test_csv_has_every_field_of_every_packet(received):
    rows = list(csv.DictReader(io.StringIO(received["csv"], newline="")))
    records = packets(received["json"])
    assert received["csv"].count("\r\n") == len(records) + 1
    for row, record in zip(rows, records, strict=True):
        assert list(row) == list(record)
        for name, value in record.items():
            assert row[name] == (value if isinstance(value, str) else plain(value)), name


def plain(value):
    return "" if value is None else json.dumps(value, separators=(",", ":"))


def test_csv_quotes_text_and_nothing_else(received):
    header, *lines = received["csv"].split("\r\n")
    for record, line in zip(packets(received["json"]), lines, strict=False):
        cells = dict(zip(header.split(","), line.split(","), strict=False))
        assert cells["framing"] == f'"{record["framing"]}"'
        assert (cells["reason"] == "") == (record["reason"] is None)


def test_a_database_is_searched_by_what_the_records_say(received):
    records = packets(received["json"])
    with sqlite3.connect(received["db"]) as database:
        rows = database.execute(
            "SELECT time_s, source, destination, type, sequence, frequency_hz, snr_db, check_ok, "
            "pan_id, frame_counter, time FROM record WHERE record = 'frame' ORDER BY id"
        ).fetchall()
        for value in ("time = '2026'", "source = 'x'", "type = 'beacon'"):
            query = f"EXPLAIN QUERY PLAN SELECT * FROM record WHERE {value}"
            assert "USING INDEX" in str(database.execute(query).fetchall())
    names = ("time_s", "source", "destination", "type", "sequence", "frequency_hz", "snr_db",
             "check_ok", "pan_id", "frame_counter", "time")  # fmt: skip
    assert rows == [tuple(record[name] for name in names) for record in records]


def test_topics_name_sender_and_type(received):
    for topics in (
        [(name, line) for name, line, _retained in received["mqtt"] if "/availability" not in name],
        received["zmq"],
    ):
        for name, line in topics:
            record = json.loads(line)
            if record["record"] != "frame":
                assert name == f"kaifa/{record['record']}"
            elif not record["check_ok"]:
                assert name == "kaifa/reject"
            else:
                named = not record["source_inferred"] and record["source"] or "unknown"
                assert name == f"kaifa/frame/{named}/{record['type']}"


def test_the_last_record_counts_what_came(received):
    status = json.loads(received["json"][-1])
    records = packets(received["json"])
    assert status["final"] and status["record"] == "status"
    assert status["frames_checked"] == sum(record["check_ok"] for record in records)
    assert status["packets_rejected"] == sum(not record["check_ok"] for record in records)
    assert status["sync_words"] == len(records)
    assert (status["samples"], status["time_s"]) == (4_000_000, 2.0)
    assert status["samples_lost"] is None and status["records_lost"] == 0


def test_a_dated_recording_dates_its_counts(recording, tmp_path):
    assert receive(recording, "--json", tmp_path / "out").returncode == 0
    assert json_lines(tmp_path / "out")[-1]["time"] == "2026-01-01T00:00:02.000000000Z"


def test_two_runs_go_to_one_database(recording, tmp_path):
    for _run in range(2):
        assert receive(recording, "--db", tmp_path / "db").returncode == 0
    counts = subprocess.run(
        ["sqlite3", tmp_path / "db", "SELECT run, count(*) FROM record GROUP BY run; "
         "SELECT count(*) FROM run WHERE ended > started; PRAGMA integrity_check"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    first, second, ended, integrity = counts
    assert first.split("|")[1] == second.split("|")[1]
    assert (ended, integrity) == ("2", "ok")
