# SPDX-License-Identifier: GPL-3.0-or-later
"""Records at a real MQTT broker, which comes, goes and refuses."""

import json
import os
import signal
import socket
import subprocess
import threading
import time

import numpy as np
import pytest
from broker import Broker, Subscriber, free_port, wait_until
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, frames, receive


@pytest.fixture
def broker(tmp_path):
    broker = Broker(tmp_path, "allow_anonymous true")
    yield broker
    broker.stop()


@pytest.fixture
def subscriber(broker):
    subscriber = Subscriber(broker)
    yield subscriber
    subscriber.close()


@pytest.fixture(scope="module")
def radio(bare, tmp_path_factory):
    """Arguments for a radio that never ends."""
    path = tmp_path_factory.mktemp("radio") / "radio.iq"
    (np.fromfile(bare, np.int8).astype("<f4") / 128).tofile(path)
    source = f"file={path},rate={SAMPLE_RATE},freq={FREQUENCY},repeat=true,throttle=true"
    return [source, "--rate", str(SAMPLE_RATE), "--frequency", str(FREQUENCY)]


def start(*arguments):
    return subprocess.Popen(
        [*KAIFA_RX, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(program, number=signal.SIGINT):
    program.send_signal(number)
    _, errors = program.communicate(timeout=40)
    return errors


def told(errors):
    return [line for line in errors.splitlines() if line.startswith("kaifa_rx: ")]


def test_availability_is_kept_by_the_broker(broker, subscriber, radio):
    program = start(*radio, "--mqtt", f"{broker.url}/roof")
    wait_until(lambda: subscriber.lines("roof"))
    late = Subscriber(broker, "roof/availability")
    wait_until(lambda: late.messages)
    assert late.messages == [("roof/availability", "online", True)]
    assert end(program) and program.returncode == 0
    wait_until(lambda: len(late.messages) > 1)
    assert late.texts("roof/availability")[-1] == "offline"
    late.close()


def test_the_broker_says_it_of_a_program_that_was_killed(broker, subscriber, radio):
    program = start(*radio, "--mqtt", broker.url)
    wait_until(lambda: subscriber.lines())
    program.kill()
    program.communicate()
    wait_until(lambda: subscriber.texts("kaifa/availability")[-1:] == ["offline"])


def test_a_live_reception_tells_its_counts_each_second(broker, subscriber, radio):
    program = start(*radio, "--mqtt", broker.url)
    wait_until(lambda: len(subscriber.texts("kaifa/status")) >= 3)
    end(program)
    wait_until(lambda: json.loads(subscriber.texts("kaifa/status")[-1])["final"])
    counts = [json.loads(text) for text in subscriber.texts("kaifa/status")]
    assert all(one["time"] < next["time"] for one, next in zip(counts, counts[1:], strict=False))
    assert [status["final"] for status in counts] == [False] * (len(counts) - 1) + [True]
    gaps = np.diff([status["time_s"] for status in counts[:-1]])
    assert np.all((gaps > 0.5) & (gaps < 1.5))


def test_a_broker_that_goes_and_comes_back_gets_everything(radio, tmp_path):
    kept = ("persistence true", f"persistence_location {tmp_path}/")
    broker = Broker(tmp_path, "allow_anonymous true", *kept)
    subscriber = Subscriber(broker, "kaifa/#", "listener")
    program = start(*radio, "--mqtt", broker.url, "--json", tmp_path / "out")
    wait_until(lambda: len(subscriber.lines()) > 5)
    broker.stop()
    time.sleep(2.5)
    broker.start()
    before = len(subscriber.lines())
    wait_until(lambda: len(subscriber.lines()) > before + 50, 30)
    errors = end(program)
    assert program.returncode == 0, errors
    assert [line.split("/kaifa: ")[1] for line in told(errors)] == [
        "connection lost, records wait for the next",
        "connected",
    ]
    wait_until(lambda: '"final":true' in subscriber.lines()[-1])
    written = [json.loads(line)["record_number"] for line in (tmp_path / "out").open()]
    # What was under way when the broker went can come twice.
    assert sorted({record["record_number"] for record in subscriber.records()}) == written
    assert subscriber.records()[-1]["records_lost"] == 0
    subscriber.close()
    broker.stop()


def test_a_broker_that_is_not_there_is_told_and_counted(recording, records, tmp_path):
    port = free_port()
    result = receive(recording, "--mqtt", f"mqtt://127.0.0.1:{port}", "--json", tmp_path / "out")
    assert result.returncode == 1
    first, last = told(result.stderr)
    assert "no connection, Connection refused" in first
    assert last.endswith(f"{len(records) + 1} records lost")
    assert frames(tmp_path / "out") == records


def test_a_broker_that_comes_late_gets_everything(recording, records, tmp_path):
    broker = Broker(tmp_path, "allow_anonymous true", "persistence false")
    broker.stop()
    reading, writing = os.pipe()
    program = subprocess.Popen(
        [*KAIFA_RX, "-", "--format", "cs8", "--rate", str(SAMPLE_RATE), "--mqtt", broker.url],
        stdin=reading, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(reading)
    os.write(writing, bytes(1000))
    time.sleep(5)
    broker.start()
    subscriber = Subscriber(broker)
    with open(writing, "wb") as samples:
        samples.write(recording.with_suffix(".sigmf-data").read_bytes())
    _, errors = program.communicate(timeout=40)
    assert program.returncode == 0, errors
    wait_until(lambda: len(subscriber.lines()) == len(records) + 1)
    assert [r["mpdu"] for r in subscriber.records()[:-1]] == [r["mpdu"] for r in records]
    subscriber.close()
    broker.stop()


def test_a_password_is_asked_for_and_never_told(recording, tmp_path):
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "me", "s:cret"], check=True)
    broker = Broker(tmp_path, "allow_anonymous false", f"password_file {passwords}")
    place = broker.url.removeprefix("mqtt://")
    good = receive(recording, "--mqtt", f"mqtt://me:s%3Acret@{place}")
    assert good.returncode == 0, good.stderr
    bad = receive(recording, "--mqtt", f"mqtt://me:wrong@{place}")
    assert bad.returncode == 1
    first, last = told(bad.stderr)
    assert "connection refused" in first and "not authori" in first.lower()
    assert "records lost" in last
    assert "wrong" not in bad.stderr and "s:cret" not in good.stderr
    broker.stop()


ACCEPTED = bytes.fromhex("20020000")


@pytest.mark.parametrize(
    "lie",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        bytes(range(256)) * 100,
        ACCEPTED + bytes.fromhex("ffffffffffffffff"),
        ACCEPTED + b"".join(b"\x40\x02" + n.to_bytes(2, "big") for n in range(40_000, 65_536)),
        ACCEPTED + bytes.fromhex("3003ffff61"),
        ACCEPTED + bytes.fromhex("40020000") * 10,
        bytes.fromhex("200200ff"),
        bytes.fromhex("2000"),
    ],
    ids=["silent", "http", "noise", "bad packet", "wrong receipts", "bad message", "receipt 0",
         "unknown refusal", "short answer"],
)  # fmt: skip
def test_a_broker_that_lies_costs_the_others_nothing(lie, recording, records, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _address = server.accept()
                    connection.recv(1000)
                    connection.sendall(lie)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        url = f"mqtt://127.0.0.1:{server.getsockname()[1]}"
        result = receive(recording, "--mqtt", url, "--json", tmp_path / "out")
    assert frames(tmp_path / "out") == records
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert f"{len(records) + 1} records lost" in result.stderr.splitlines()[-1]


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def test_tls_with_a_certificate_that_is_trusted_or_not(recording, records, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key),
        *("-out", certificate, "-subj", "/CN=localhost"),
        *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
    )
    broker = Broker(tmp_path, "allow_anonymous true", f"keyfile {key}", f"certfile {certificate}")
    url = broker.url.replace("mqtt://", "mqtts://")
    trusted = receive(recording, "--mqtt", url, "--mqtt-ca", certificate)
    assert (trusted.returncode, told(trusted.stderr)) == (0, [])
    refused = receive(recording, "--mqtt", url)
    assert refused.returncode == 1
    assert "certificate verify failed" in told(refused.stderr)[0]
    broker.stop()


def test_home_assistant_is_told_of_each_meter_once(broker, subscriber, recording, records):
    result = receive(recording, "--mqtt", broker.url, "--home-assistant")
    assert result.returncode == 0, result.stderr
    wait_until(lambda: len(subscriber.lines()) == len(records) + 1)
    configs = {
        name: json.loads(text)
        for name, text, _retained in subscriber.messages
        if name.startswith("homeassistant/")
    }
    meters = {r["source"] for r in records if r["source"] and not r["source_inferred"]}
    assert len(configs) == 3 * len(meters) + 2
    assert len([m for m in subscriber.messages if m[0].startswith("homeassistant/")]) == len(
        configs
    )
    assert len({config["unique_id"] for config in configs.values()}) == len(configs)
    meter = sorted(meters)[0]
    config = configs[f"homeassistant/sensor/kaifa_kaifa_{meter}/snr/config"]
    assert config["state_topic"] == f"kaifa/frame/{meter}/+"
    assert config["value_template"] == "{{ value_json.snr_db }}"
    assert config["availability_topic"] == "kaifa/availability"
    late = Subscriber(broker, "homeassistant/#")
    wait_until(lambda: len(late.messages) == len(configs))
    assert all(retained for _name, _text, retained in late.messages)
    late.close()


@pytest.mark.parametrize(
    "url, said",
    [
        ("broker", "no address of a broker"),
        ("http://broker", "no address of a broker"),
        ("mqtt://", "no address of a broker"),
        ("mqtt://broker:port", "expected mqtt"),
        ("mqtt://broker:99999", "expected mqtt"),
        ("mqtt://me:secret@broker:0", "no address of a broker"),
        ("mqtt://broker/a/+/b", "prefix 'a/+/b'"),
        ("mqtt://" + 300 * "a", "expected mqtt"),
        ("", "--mqtt: is empty"),
    ],
)
def test_an_address_that_cannot_be_used(url, said, recording):
    result = receive(recording, "--mqtt", url)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert said in line.replace("argument --mqtt", "--mqtt") and "secret" not in line


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--home-assistant",), "--home-assistant has no use alone"),
        (("--mqtt-ca", "x"), "--mqtt-ca has no use alone"),
        (("--mqtt", "mqtts://127.0.0.1:1", "--mqtt-ca", "/no/such"), "--mqtt-ca /no/such"),
    ],
)
def test_options_that_cannot_be_used(arguments, said, recording):
    result = receive(recording, *arguments)
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert said in line


def test_no_paho_is_told(recording, tmp_path):
    (tmp_path / "paho").mkdir()
    (tmp_path / "paho" / "__init__.py").write_text("raise ImportError\n")
    path = f"{tmp_path}:{os.environ['PYTHONPATH']}"
    environment = os.environ | {"PYTHONPATH": path}
    result = receive(recording, "--mqtt", "mqtt://127.0.0.1:1", env=environment)
    assert result.returncode == 2
    assert "apt install python3-paho-mqtt" in result.stderr
    assert receive(recording, env=environment).returncode == 0
