# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_collect at a real broker: receivers differ, brokers come and go, messages lie."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest
from broker import Broker, free_port, wait_until
from conftest import KAIFA_RX, receive
from stations import KAIFA_COLLECT, Collect, Station, counts, moved, stored

END = "2026-01-01T00:00:10.000000000Z"


@pytest.fixture
def broker(tmp_path):
    kept = ("persistence true", f"persistence_location {tmp_path}/")
    broker = Broker(tmp_path, "allow_anonymous true", *kept)
    yield broker
    broker.stop()


@pytest.fixture
def collect(broker, tmp_path, request):
    collect = Collect(broker, tmp_path, *getattr(request, "param", ()))
    yield collect
    if collect.process.poll() is None:
        collect.kill()


@pytest.fixture(scope="module")
def checked(records):
    return [record for record in records if record["check_ok"]]


def known_time(record):
    """Where the time came from, and how well it is known."""
    return record["time_source"], record["time_uncertainty_s"]


def test_three_receivers_of_one_street(broker, collect, checked):
    chance = random.Random(1)
    roof = Station(broker, "roof", clock=0.031, snr_db=-3)
    cellar = Station(broker, "cellar", clock=-0.12, snr_db=-9)
    tower = Station(broker, "tower")
    for position, record in enumerate(checked):
        tower.hear(record)
        if position % 2:
            roof.hear(record, frequency_hz=record["frequency_hz"] + 7000)
        if position % 3 == 0:
            cellar.hear(record, time_s=chance.uniform(0, 9))
        for station in (roof, cellar, tower):
            if chance.random() < 0.2:
                station.send()
    for station in (roof, cellar, tower):
        station.end(END)
    wait_until(lambda: len(collect.frames()) == len(checked), 20)
    records = collect.end()
    frames = [record for record in records if record["record"] == "frame"]
    assert len(frames) == len(checked)
    frames.sort(key=lambda frame: frame["time"])
    for position, (frame, sent) in enumerate(zip(frames, checked, strict=True)):
        heard = [copy["station"] for copy in frame["heard_by"]]
        expected = ["tower", *(["roof"] if position % 2 else [])]
        assert heard == expected + (["cellar"] if position % 3 == 0 else [])
        own = {"record_number": frame["record_number"]}
        assert {name: frame[name] for name in sent} == sent | own, "as the best one heard it"
        assert frame["station"] == "tower"
        levels = [copy["snr_db"] for copy in frame["heard_by"]]
        assert levels == sorted(levels, reverse=True) and levels[0] == sent["snr_db"]
        known = {copy["station"]: known_time(copy) for copy in frame["heard_by"]}
        assert known.pop("tower") == known_time(sent) != ("host", None)
        assert set(known.values()) <= {("host", None)}, "they have clocks that are wrong"
    last = records[-1]
    assert last["final"] and last["frames"] == len(checked)
    assert last["frames_heard_by_several"] == sum(len(f["heard_by"]) > 1 for f in frames)
    assert (last["records_lost"], last["late_copies"], last["records_unreadable"]) == (0, 0, 0)


def test_records_follow_the_schema_and_are_in_the_database(broker, collect, checked):
    schema = json.loads(subprocess.run([*KAIFA_COLLECT, "--schema"], capture_output=True).stdout)
    one, other = Station(broker, "one"), Station(broker, "other")
    one.hear(*checked)
    one.end(END)
    other.hear(*checked[:5])
    other.end(END)
    wait_until(lambda: len(collect.frames()) == len(checked), 20)
    third = Station(broker, "third")
    third.hear(checked[0])
    third.end(END)
    wait_until(lambda: any(r["record"] == "late_copy" for r in collect.records()), 20)
    records = collect.end()
    assert {r["record"] for r in records} == {"frame", "late_copy", "station_status", "collect"}
    assert [record["record_number"] for record in records] == list(range(len(records)))
    for record in records:
        jsonschema.validate(record, schema)
        assert list(record) == list(schema["$defs"][record["record"]]["properties"])
    assert collect.stored() == records
    (late,) = [record for record in records if record["record"] == "late_copy"]
    (first,) = [r for r in records if r["record_number"] == late["copy_of"]]
    assert (first["record"], first["mpdu"]) == ("frame", late["mpdu"])
    assert (late["station"], counts(records, "third")["late_copies"]) == ("third", 1)


def ended(collect):
    """The receivers whose last record has come."""
    return {record["station"] for record in collect.records() if record.get("final")}


@pytest.mark.parametrize("collect", [("--wait", "60")], indirect=True)
def test_real_receivers_one_of_which_hears_badly(broker, collect, recording, records, tmp_path):
    """The second recording is the first with noise that breaks the weaker packets."""
    import numpy as np

    samples = np.fromfile(recording.with_suffix(".sigmf-data"), np.int8)
    noise = np.random.default_rng(3).normal(0, 7, len(samples))
    noisy = np.clip(samples + noise, -128, 127).astype(np.int8)
    noisy.tofile(tmp_path / "noisy.sigmf-data")
    meta = json.loads(recording.with_suffix(".sigmf-meta").read_text())
    meta["global"].pop("core:sha512", None)
    (tmp_path / "noisy.sigmf-meta").write_text(json.dumps(meta))
    options = ("--mqtt", broker.url, "--station")
    # Nothing is written before it ends, whichever of the programs comes late.
    patient = Station(broker, "patient")
    patient.status("2026-01-01T00:00:00.000000000Z")
    patient.send()
    patient.arrived()
    quiet = ["stdout", "stderr"]
    programs = [
        subprocess.Popen(
            [*map(str, (*KAIFA_RX, source, *options, name))],
            **dict.fromkeys(quiet, subprocess.DEVNULL),
        )
        for source, name in ((recording, "near"), (tmp_path / "noisy", "far"))
    ]
    assert [program.wait(60) for program in programs] == [0, 0]
    wait_until(lambda: ended(collect) >= {"near", "far"}, 30)
    patient.end(END)
    frames = [record for record in collect.end() if record["record"] == "frame"]
    good = [frame for frame in frames if frame["check_ok"]]
    assert [frame["mpdu"] for frame in good] == [r["mpdu"] for r in records if r["check_ok"]]
    heard = [tuple((copy["station"], copy["check_ok"]) for copy in f["heard_by"]) for f in good]
    assert heard.count((("near", True), ("far", True))) > 0
    assert all(copies[0] == ("near", True) for copies in heard)
    alone = json.loads(receive(tmp_path / "noisy", "--json", "-").stdout.splitlines()[-1])
    far_ok = sum(("far", True) in copies for copies in heard)
    assert far_ok == alone["frames_checked"] < len(good)
    assert all(f["station"] == "far" for f in frames if not f["check_ok"])


def test_a_clock_that_is_wrong_is_found_out(broker, collect, checked):
    """By frames that are sent once; after a while copies are merged all the same."""
    unicast = next(record for record in checked if record["type"] == "unicast")
    right, wrong = Station(broker, "right"), Station(broker, "wrong", clock=7.25)
    end = "2026-01-01T00:02:00.000000000Z"
    for number in range(60):
        moment = moved("2026-01-01T00:00:00.000000000Z", number)
        mpdu = f"{unicast['mpdu'][:-8]}{number:08x}"
        for station in (right, wrong):
            station.hear(unicast | {"time": moment, "mpdu": mpdu})
            station.send()
        time.sleep(0.02)
    for station in (right, wrong):
        station.end(end)
    wait_until(lambda: len(collect.frames()) >= 60, 20)
    time.sleep(2)
    records = collect.end()
    merged = [r for r in records if r["record"] == "frame" and len(r["heard_by"]) == 2]
    assert len(merged) > 20
    offsets = {s["station"]: s["clock_offset_s"] for s in records[-1]["stations"]}
    assert abs(offsets["wrong"] - offsets["right"] - 7.25) < 0.01
    assert "s beside the others'" in collect.errors()


@pytest.mark.parametrize("option", ["--json", "--db"])
def test_an_output_that_fails_leaves_the_rest_with_the_broker(broker, checked, tmp_path, option):
    """A file may grow to 200 kB only: as a disk that is full."""
    target = tmp_path / "target"
    command = [*KAIFA_COLLECT, broker.url, option, target, "--wait", "1"]
    limited = ["bash", "-c", 'ulimit -f 200; exec "$@"', "-", *map(str, command)]
    program = subprocess.Popen(limited, stderr=subprocess.PIPE, text=True)
    station, sent = Station(broker, "roof"), 0
    while not (target.exists() and stored(target)):
        assert program.poll() is None
        station.status(END)
        station.send()
        time.sleep(0.2)
    while program.poll() is None:
        assert sent < 2000
        station.hear(*checked)
        station.status(END)
        station.send()
        sent += len(checked)
        time.sleep(0.1)
    _, errors = program.communicate()
    assert program.returncode == 1
    assert "Traceback" not in errors and "output: " in errors.splitlines()[-1]
    station.end(END)
    program = subprocess.Popen(list(map(str, command)))
    numbers = set()

    def everything_is_there():
        numbers.update(
            copy["record_number"] for r in stored(target) for copy in r.get("heard_by", ())
        )
        return len(numbers) == sent

    try:
        wait_until(everything_is_there, 30)
    finally:
        program.terminate()
        assert program.wait(20) == 0


def test_repetitions_and_equal_acknowledgements_stay_apart(broker, collect, checked):
    ack = next(record for record in checked if record["type"] == "ack")
    ack = ack | dict.fromkeys(("source", "destination"))
    stations = [Station(broker, name) for name in ("a", "b")]
    for station in stations:
        for seconds in (0.0, 0.3, 0.34, 2.0):
            moment = f"2026-01-01T00:00:0{seconds:.9f}Z"
            station.hear(ack | {"time": moment})
        station.hear(ack | {"time": moment, "frequency_hz": ack["frequency_hz"] + 100e3})
    for station in stations:
        station.end(END)
    wait_until(lambda: len(collect.frames()) == 5, 20)
    frames = [record for record in collect.end() if record["record"] == "frame"]
    assert [len(frame["heard_by"]) for frame in frames] == [2] * 5
    assert all(copy["time"] == f["time"] for f in frames for copy in f["heard_by"])


def test_a_broker_that_goes_and_comes_back(broker, collect, checked):
    stations = [Station(broker, name) for name in ("a", "b")]
    half = len(checked) // 2
    for station in stations:
        station.hear(*checked[:half])
        station.send()
        station.arrived()
    broker.stop()
    for station in stations:
        station.hear(*checked[half:])
        station.send()
    time.sleep(2)
    broker.start()
    for station in stations:
        station.end(END)
    wait_until(lambda: len(collect.frames()) == len(checked), 30)
    records = collect.end()
    assert [r["mpdu"] for r in records if r["record"] == "frame"] == [r["mpdu"] for r in checked]
    assert all(len(r["heard_by"]) == 2 for r in records if r["record"] == "frame")
    assert (records[-1]["records_lost"], records[-1]["late_copies"]) == (0, 0)
    told = [line for line in collect.errors().splitlines() if "kaifa_collect: " in line]
    assert [line.split("/kaifa: ")[1] for line in told] == [
        "connection lost, the broker keeps what comes meanwhile",
        "connected",
    ]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_collector_that_goes_and_comes_back(broker, collect, checked, tmp_path, number):
    stations = [Station(broker, name) for name in ("a", "b")]
    thirds = [checked[part::3] for part in range(3)]
    for part, third in enumerate(thirds):
        for station in stations:
            station.hear(*third, time=f"2026-01-01T00:00:{10 * part:02}.000000000Z")
            station.send()
            station.arrived()
        if part == 0:
            time.sleep(0.5)
            collect.process.send_signal(number)
            collect.process.wait(10)
        if part == 1:
            collect = Collect(broker, tmp_path, ready=False)
    for station in stations:
        station.end("2026-01-01T00:00:30.000000000Z")
    wait_until(lambda: len({f["mpdu"] + f["time"] for f in collect.frames()}) == len(checked), 30)
    collect.end()
    frames = [record for record in collect.stored() if record["record"] == "frame"]
    assert sorted(f["mpdu"] for f in frames) == sorted(r["mpdu"] for r in checked)
    assert all(len(frame["heard_by"]) == 2 for frame in frames)
    last = collect.stored()[-1]
    assert (last["records_lost"], last["late_copies"]) == (0, 0)
    # What stood in the window when it was killed came again and was not taken twice.
    assert counts([last], "a")["records_received"] == len(checked) + 1


def listener_of(collect):
    """The process that listens for a kaifa_collect."""
    process = collect.process.pid
    return Path(f"/proc/{process}/task/{process}/children").read_text().strip()


def test_a_collector_whose_listener_is_killed_ends_and_loses_nothing(
    broker, collect, checked, tmp_path
):
    station = Station(broker, "roof")
    station.hear(*checked[::2])
    station.send()
    station.arrived()
    os.kill(int(listener_of(collect)), signal.SIGKILL)
    assert collect.process.wait(10) == 1
    assert collect.errors().splitlines()[-1].endswith("the process that listens was ended")
    collect = Collect(broker, tmp_path, ready=False)
    station.hear(*checked[1::2])
    station.end(END)
    wait_until(lambda: len(collect.frames()) == len(checked), 30)
    assert counts(collect.end(), "roof")["records_lost"] == 0


def test_the_listener_ends_with_a_collector_that_is_killed(collect):
    listener = Path("/proc", listener_of(collect))
    assert listener.exists()
    collect.kill()
    wait_until(lambda: not listener.exists(), 10)


def test_what_the_broker_dropped_while_nobody_listened_is_counted(tmp_path, checked):
    broker = Broker(tmp_path, "allow_anonymous true", "max_queued_messages 5")
    collect = Collect(broker, tmp_path)
    station = Station(broker, "roof")
    station.hear(checked[0])
    station.send()
    wait_until(lambda: collect.frames(), 20)
    time.sleep(1)  # until it is acknowledged, too
    collect.kill()
    for record in checked[1:13]:
        station.hear(record)
        station.send()
    station.arrived()
    collect = Collect(broker, tmp_path, ready=False)
    wait_until(lambda: len(collect.frames()) >= 6, 20)
    for record in checked[13:15]:
        station.hear(record)
    station.end(END)
    wait_until(lambda: len(collect.frames()) >= 8, 20)
    records = collect.end()
    came = counts(records, "roof")
    assert came["records_lost"] > 0
    assert came["records_received"] + came["records_lost"] == 16
    assert f"roof: received {came['records_received']}  lost {came['records_lost']}" in (
        collect.errors()
    )
    broker.stop()


def test_what_comes_twice_is_taken_once(broker, collect, checked):
    station = Station(broker, "roof")
    station.hear(*checked)
    text = station.send()
    station.publish("records", text)
    station.hear(checked[0])
    station.publish("records", text)
    station.end(END)
    wait_until(lambda: len(collect.frames()) == len(checked) + 1, 20)
    records = collect.end()
    assert counts(records, "roof")["records_repeated"] == 2 * len(checked)
    assert counts(records, "roof")["records_lost"] == 0


def test_a_new_run_of_a_receiver_counts_anew(broker, collect, checked):
    for first in (0, 3):
        station = Station(broker, "roof")
        station.number = first
        station.hear(*checked[:5])
        station.end(END)
    wait_until(lambda: collect.records()[-1:] and len(collect.frames()) >= 5, 20)
    time.sleep(2)
    records = collect.end()
    roof = counts(records, "roof")
    assert (roof["records_received"], roof["records_lost"]) == (12, 3)


def test_two_receivers_with_one_name_are_told(broker, collect, checked):
    two = [Station(broker, "roof") for _number in range(2)]
    for record in checked[:10]:
        for station in two:
            station.hear(record)
            station.send()
            station.arrived()
    wait_until(lambda: "roof: two receivers have this --station" in collect.errors(), 20)
    for station in two:
        station.end(END)
    wait_until(lambda: len(collect.frames()) == 20, 20)
    assert counts(collect.end(), "roof")["records_lost"] == 0


def test_messages_that_lie_cost_nothing_but_themselves(broker, collect, checked):
    liar, honest = Station(broker, "liar"), Station(broker, "honest")
    good = json.dumps(checked[0] | {"record_number": 0})
    head = '{"schema_version":1,"run":"0123456789abcdef","records":['
    lies = [
        *("", "nonsense", "[]", "{}", "null", "[" * 100_000, "9" * 100_000, "\ud7ff", '"x"'),
        f'{{"schema_version":99,"run":"0123456789abcdef","records":[{good}]}}',
        f"{head}{good.replace(str(checked[0]['snr_db']), '1e999')}]}}",
        *(f"{head}{lie}]}}" for lie in ("1", "null", "{}", '{"record_number":3}', "[[[[]]]]")),
        f"{head}{json.dumps(checked[0] | {'record_number': 2**60})}]}}",
        f"{head}{json.dumps(checked[0] | {'record_number': 7, 'type': None})}]}}",
    ]
    for lie in lies:
        liar.publish("records", lie)
    liar.publish("availability", "perhaps")
    liar.publish("availability", "")
    liar.publish_at("kaifa/a b/records", "x")
    liar.publish_at("kaifa/é/availability", "online")
    liar.publish_at("kaifa//records", good)
    liar.publish_at("kaifa/x/y/records", good)
    liar.publish("records", bytes(200_000))
    liar.publish("records", bytes(5_000_000))
    liar.arrived()
    honest.hear(*checked)
    honest.end(END)
    wait_until(lambda: len(collect.frames()) >= len(checked), 30)
    records = collect.end()
    frames = [record for record in records if record["record"] == "frame"]
    assert [f["mpdu"] for f in frames if f["station"] == "honest"] == [r["mpdu"] for r in checked]
    assert counts(records, "liar")["records_unreadable"] >= len(lies)
    assert counts(records, "honest")["records_unreadable"] == 0
    told = [line for line in collect.errors().splitlines() if "further ones" in line]
    assert len(told) == 2, told


def test_hostile_names_are_bounded(broker, collect, checked):
    client = Station(broker, "honest")
    for number in range(500):
        client.publish_at(f"kaifa/s{number}/availability", "online")
    client.end(END)
    time.sleep(3)
    records = collect.end()
    assert len(records[-1]["stations"]) == 200
    assert records[-1]["records_unreadable"] >= 300


def test_a_broker_that_is_not_there_and_comes(tmp_path, checked):
    broker = Broker(tmp_path, "allow_anonymous true")
    broker.stop()
    collect = Collect(broker, tmp_path, ready=False)
    wait_until(lambda: "no connection, Connection refused" in collect.errors(), 20)
    broker.start()
    wait_until(lambda: "connected" in collect.errors(), 20)
    station = Station(broker, "late")
    station.hear(*checked)
    station.end(END)
    wait_until(lambda: len(collect.frames()) == len(checked), 20)
    collect.end()
    broker.stop()


def test_a_closed_reader_ends_it(broker, checked):
    program = subprocess.Popen(
        [*KAIFA_COLLECT, broker.url, "--json", "-", "--wait", "0.5"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    program.stdout.close()
    end = time.monotonic() + 20
    while program.poll() is None and time.monotonic() < end:
        station = Station(broker, "roof")
        station.hear(*checked)
        station.end(END)
        time.sleep(0.5)
    assert program.wait(1) == 1
    assert "Traceback" not in program.stderr.read()


def test_two_with_one_session_are_told(broker, collect):
    other = subprocess.Popen(
        [*KAIFA_COLLECT, broker.url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(
            lambda: "is there another program with --session kaifa_collect" in collect.errors(), 20
        )
    finally:
        other.kill()
        other.wait(10)


@pytest.mark.parametrize(
    "arguments, said",
    [
        ((), "required: BROKER"),
        (("broker",), "BROKER: this is no address of a broker"),
        (("mqtt://me:secret@b:x",), "BROKER: "),
        (("mqtt://b", "--wait", "0"), "0 is out of range"),
        (("mqtt://b", "--wait", "nan"), "--wait"),
        (("mqtt://b", "--session", "a/b"), "'a/b' cannot be used"),
        (("mqtt://b", "--db", "x", "--json", "x"), "x: is the file of --db already"),
        (("mqtt://b", "--db", "/no/such/db"), "/no/such/db"),
        (("mqtt://b", "--json", "/no/such/file"), "/no/such/file"),
        (("mqtts://127.0.0.1:1", "--mqtt-ca", "/no/such"), "--mqtt-ca /no/such"),
    ],
)
def test_what_cannot_be_used_is_told(arguments, said):
    result = subprocess.run([*KAIFA_COLLECT, *arguments], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert said in line and "secret" not in line


def test_a_station_needs_a_name_and_a_broker(recording):
    for arguments, said in (
        (("--station", "roof"), "--station has no use alone"),
        (("--mqtt", f"mqtt://127.0.0.1:{free_port()}", "--station", "a/b"), "'a/b' cannot be used"),
        (("--mqtt", "mqtt://127.0.0.1:1", "--station", ""), "'' cannot be used"),
    ):
        result = receive(recording, *arguments)
        assert result.returncode == 2
        assert said in result.stderr
