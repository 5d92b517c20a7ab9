# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_rx --web: the page of a running receiver, and who gets it."""

import http.client
import json
import signal
import socket
import subprocess
import threading
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from browser import (
    PATIENCE_SECONDS,
    browser,
    choose_first,
    console,
    eventually,
    octets_shown,
    shown,
)
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, frames, receive
from gnuradio.kaifa.output_web import WebOutput
from gnuradio.kaifa.pictures.palette import LIGHT
from gnuradio.kaifa.recording import InputError
from gnuradio.kaifa.web.address import web_address
from gnuradio.kaifa.web.feed import MOST_HISTORY, MOST_WAITING
from many_frames import many_frames
from paced import PAGE, receivers
from selenium.webdriver.common.by import By


@pytest.fixture
def started(bare):
    """A function that starts a Receiver, which is ended with the test."""
    with receivers(bare.read_bytes()) as start:
        yield start


def frames_shown(driver):
    return int((shown(driver) or "0").split()[0])


def ask(url, path="/", method="GET", **headers):
    """(status, headers, body) of a request."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE_SECONDS)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read() if path != "/events" else b""


def events(stream):
    """Yields (event, data) of a stream of server-sent events."""
    name = None
    for line in stream:
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            name = text[7:]
        elif text.startswith("data: "):
            yield name, text[6:]


def subscribed(url, **headers):
    """Connection and stream of the events."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=10)
    connection.request("GET", f"/events?{urlsplit(url).query}", headers=headers)
    response = connection.getresponse()
    assert response.status == 200
    return connection, response


def test_a_browser_sees_frames_as_they_come(started, tmp_path):
    receiver = started("127.0.0.1:0", "--json", tmp_path / "frames.jsonl")
    with browser() as driver:
        driver.get(receiver.url)
        before = eventually(lambda: frames_shown(driver))
        receiver.go_on.set()
        status, said = receiver.end()
        assert status == 0, said
        records = frames(tmp_path / "frames.jsonl")
        assert 0 < before < len(records)
        eventually(lambda: frames_shown(driver) == len(records))
        eventually(lambda: driver.find_element(By.ID, "connection").text == "reception ended")
        checked = driver.find_element(By.ID, "count-frames_checked").text
        assert int(checked) == sum(record["check_ok"] for record in records)
        assert len(driver.find_elements(By.CSS_SELECTOR, ".edges path")) > 0
        choose_first(driver)
        last = max(records, key=lambda record: record["time_s"])
        eventually(lambda: octets_shown(driver) == last["mpdu"])
        assert console(driver) == []


def test_a_radio_shows_its_counts_every_second(bare, tmp_path):
    samples = np.fromfile(bare, np.int8).astype("<f4") / 128
    samples.tofile(tmp_path / "radio.iq")
    radio = (
        f"file={tmp_path}/radio.iq,rate={SAMPLE_RATE},freq={FREQUENCY},repeat=true,throttle=true"
    )
    command = [*KAIFA_RX, radio, "--rate", SAMPLE_RATE, "--frequency", FREQUENCY, "--web"]
    with subprocess.Popen(
        [*map(str, command), "127.0.0.1:0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            said = iter(process.stderr.readline, b"")
            url = next(match[1] for line in said if (match := PAGE.search(line.decode())))
            with browser() as driver:
                driver.get(url)
                bursts = [eventually(lambda: counted(driver, "bursts"))]
                for _ in range(2):
                    eventually(lambda: counted(driver, "bursts") > bursts[-1])
                    bursts.append(counted(driver, "bursts"))
                assert counted(driver, "samples_lost") is not None
                follows = driver.find_element(By.ID, "from").get_attribute("value")
                assert follows[:10] == time.strftime("%Y-%m-%d", time.gmtime())
                assert console(driver) == []
        finally:
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=PATIENCE_SECONDS)[1].decode()
        assert process.returncode == 0, said


def counted(driver, name):
    """A count that the page shows; None while there is none."""
    text = driver.execute_script(f"return document.getElementById('count-{name}')?.textContent")
    return text and int(text.replace("\u202f", ""))


def test_a_page_that_comes_late_gets_what_was_before(started, tmp_path):
    receiver = started("127.0.0.1:0", "--json", tmp_path / "frames.jsonl")
    _, first = subscribed(receiver.url)
    got = []
    for name, data in events(first):
        got += json.loads(data)["records"] if name == "records" else []
        if len(got) >= 3:
            break
    _, late = subscribed(receiver.url)
    receiver.go_on.set()
    late_records = [
        record
        for name, data in events(late)
        if name == "records"
        for record in json.loads(data)["records"]
    ]
    assert receiver.end()[0] == 0
    written = [json.loads(line) for line in open(tmp_path / "frames.jsonl")]
    assert late_records == written
    assert got == written[: len(got)]


def test_a_page_that_lost_the_connection_gets_the_rest(output):
    web, url = output
    fill(web, 10)
    _, stream = subscribed(url)
    run = json.loads(next(events(stream))[1])["run"]
    _, again = subscribed(url, **{"Last-Event-ID": f"{run}-6"})
    _, other_run = subscribed(url, **{"Last-Event-ID": "other-6"})
    for response, expected in ((again, [7, 8, 9]), (other_run, list(range(10)))):
        following = events(response)
        assert next(following)[0] == "begin"
        records = json.loads(next(following)[1])["records"]
        assert [record["record_number"] for record in records] == expected


def test_counts_from_before_come_in_their_place(output):
    web, url = output
    kinds = ["frame", "status", "frame", "status", "frame"]
    for n, kind in enumerate(kinds):
        web.write({"record": kind, "record_number": n}, json.dumps({"n": n}))
    following = events(subscribed(url)[1])
    assert next(following)[0] == "begin"
    assert json.loads(next(following)[1])["records"] == [{"n": 0}, {"n": 2}, {"n": 3}, {"n": 4}]


@pytest.fixture
def output():
    """A WebOutput on the loopback interface and its URL."""
    web = WebOutput("127.0.0.1:0", "test", print)
    yield web, web.note.removeprefix("page: ")
    web.close()


def fill(web, number, first=0):
    """Writes so many records, and returns the seconds that this took."""
    line = json.dumps({"record": "frame", "padding": "x" * 1200})
    begun = time.monotonic()
    for n in range(first, first + number):
        record = {"record": "frame", "record_number": n, "source": None, "destination": None}
        web.write(record, line.replace('"frame"', f'"frame","record_number":{n}'))
    return time.monotonic() - begun


def stalling(url):
    """A connection that asks for the events and takes nothing."""
    connection = socket.socket()
    # Else the system takes many megabytes for it.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
    connection.connect(("127.0.0.1", urlsplit(url).port))
    connection.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection


def test_a_browser_that_stalls_costs_nobody_anything(output):
    web, url = output
    stalled = stalling(url)
    _, healthy = subscribed(url)
    numbers = []

    def follow():
        for name, data in events(healthy):
            if name == "records":
                numbers.extend(record["record_number"] for record in json.loads(data)["records"])

    threading.Thread(target=follow, daemon=True).start()
    pieces, piece = 20, 1000
    assert pieces * piece > 2 * MOST_WAITING
    seconds = 0.0
    for n in range(pieces):
        seconds += fill(web, piece, n * piece)
        eventually(lambda n=n: len(numbers) == (n + 1) * piece)
    assert web.kept == pieces * piece
    assert numbers == list(range(pieces * piece))
    assert web.missed() > 1000
    print(f"{1e6 * seconds / (pieces * piece):.1f} us a record with one browser stalled")
    # Ten thousand a second would leave each record 100 us.
    assert seconds / (pieces * piece) < 100e-6
    stalled.close()


def test_a_stalled_browser_takes_nothing_from_the_other_outputs(started, tmp_path, records):
    receiver = started("127.0.0.1:0", "--json", tmp_path / "frames.jsonl")
    address = ("127.0.0.1", urlsplit(receiver.url).port)
    kept = []
    for _ in range(4):  # one that takes nothing, one that is silent, one that goes again
        kept += [stalling(receiver.url), socket.create_connection(address)]
        leaving, _ = subscribed(receiver.url)
        leaving.close()
    status, said = receiver.end()
    assert status == 0, said
    # Of what comes on standard input nobody knows the date.
    undated = dict.fromkeys(("time", "time_source", "time_uncertainty_s"))
    assert frames(tmp_path / "frames.jsonl") == [
        record | undated | {"record_number": n} for n, record in enumerate(records)
    ]
    for connection in kept:
        connection.close()


def test_history_is_bounded(output):
    web, url = output
    fill(web, MOST_HISTORY + 500)
    _, stream = subscribed(url)
    following = events(stream)
    next(following)
    assert json.loads(next(following)[1])["records"][0]["record_number"] == 500


def test_a_page_with_many_frames_keeps_up(output, records):
    web, url = output
    dated = [dict(record, time="2026-01-01T00:00:00.000000000Z") for record in records]
    with browser() as driver:
        driver.get(url)
        for record in many_frames(dated, 3000):
            web.write(record, json.dumps(record))
        eventually(lambda: frames_shown(driver) > 0)
        driver.find_element(By.CSS_SELECTOR, "#follow option[value='']").click()
        eventually(lambda: frames_shown(driver) == 3000)
        assert console(driver) == []


def test_a_page_keeps_the_newest_frames(output):
    web, url = output
    kept_by_page, piece, pieces = 50_000, 4000, 15
    with browser() as driver:
        driver.get(url)
        driver.find_element(By.CSS_SELECTOR, "#follow option[value='']").click()
        for n in range(pieces):
            for number in range(n * piece, (n + 1) * piece):
                web.write(*beacon(number))
            expected = (n + 1) * piece
            eventually(lambda expected=expected: last_shown(driver) == f"{expected - 1}.000000 s")
        # A fifth was dropped when it was full.
        assert frames_shown(driver) == pieces * piece - kept_by_page // 5
        assert web.missed() == 0
        # Of twenty senders that send as much as each other the first twelve keep their colours.
        fills = driver.execute_script(FILLS)
        greys = [name for name, fill in fills.items() if fill == LIGHT.others]
        assert sorted(greys) == [f"{n:04x}" for n in range(12, 20)]
        assert len(set(fills.values())) == 13
        choose_first(driver)
        eventually(lambda: octets_shown(driver) == f"{pieces * piece - 1:08x}")
        assert console(driver) == []


def test_colours_go_to_who_sends_most_but_not_to_and_fro(output):
    web, url = output
    sent = 0

    def hear(sender, times):
        nonlocal sent
        for _ in range(times):
            web.write(*beacon(sent, sender))
            sent += 1
        eventually(lambda: last_shown(driver) == f"{sent - 1}.000000 s")
        return driver.execute_script(FILLS)

    with browser() as driver:
        driver.get(url)
        driver.find_element(By.CSS_SELECTOR, "#follow option[value='']").click()
        for sender in range(12):
            fills = hear(sender, 20 + sender)
        assert len(set(fills.values())) == 12 and LIGHT.others not in fills.values()
        # Another one overtakes the quietest, of 20, but not clearly.
        fills_before, fills = fills, hear(12, 24)
        assert fills == fills_before | {"000c": LIGHT.others}
        fills = hear(12, 1)
        assert fills == fills_before | {"000c": fills_before["0000"], "0000": LIGHT.others}
        # The one that lost it does not get it back at once.
        assert hear(0, 5) == fills
        fills = hear(0, 2)
        assert fills["0000"] == fills_before["0001"] and fills["0001"] == LIGHT.others
        assert console(driver) == []


FILLS = """return Object.fromEntries([...document.querySelectorAll('g.node')].map((node) =>
    [node.querySelector('text').textContent,
     node.querySelector('.dot').style.getPropertyValue('--color').toLowerCase()]))"""


def beacon(number, sender=None):
    """A record of a beacon, one a second, and its line; without a `sender` of twenty in turn."""
    sender = number % 20 if sender is None else sender
    record = {
        "record": "frame", "record_number": number, "time": None, "time_s": number,
        "frequency_hz": 871.3e6 + number % 100, "snr_db": 10.0, "check_ok": True, "type": "beacon",
        "source": f"{sender:016x}", "destination": None, "sequence": number % 256,
        "mpdu": f"{number:08x}", "mac_error": "of a test",
    }  # fmt: skip
    return record, json.dumps(record)


def last_shown(driver):
    """Time of the newest frame in the table."""
    script = "return document.querySelector('#table-frames .grid-row')?.children[1].textContent"
    return driver.execute_script(script)


def test_other_computers_need_the_token(started):
    receiver = started("0.0.0.0:0")
    token = urlsplit(receiver.url).query.removeprefix("token=")
    assert len(token) >= 22  # 128 bits
    for path in ("/", "/?token=", f"/?token={token[:-1]}", "/events", "/?token=%ff", "/nothing"):
        status, _, body = ask(receiver.url, path)
        assert status == 403
        assert token.encode() not in body
    status, _, body = ask(receiver.url, f"/?token={token}")
    assert status == 200 and token.encode() not in body
    assert subscribed(receiver.url)
    with browser() as driver:
        driver.get(f"http://127.0.0.1:{urlsplit(receiver.url).port}/?token={token}")
        eventually(lambda: frames_shown(driver))
    receiver.process.terminate()


def test_only_the_page_is_served_and_only_under_our_name(output):
    _, url = output
    status, headers, body = ask(url)
    assert status == 200 and b"Kaifa" in body
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy.split("style-src")[0]
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Access-Control-Allow-Origin"] is None
    for path in ("/../../etc/passwd", "/%2e%2e/server.py", "//etc/passwd", "/page.html", "/?/x"):
        status, _, body = ask(url, path)
        assert status == (200 if path == "/?/x" else 404)
        assert b"root:" not in body
    for name in ("evil.example", f"evil.example:{urlsplit(url).port}", "10.0.0.1", "[", ""):
        assert ask(url, Host=name)[0] == 421
        assert ask(url, "/events", Host=name)[0] == 421
    for name in ("localhost:1", "127.0.0.1", "[::1]:80", "LOCALHOST"):
        assert ask(url, Host=name)[0] == 200
    for method in ("POST", "PUT", "DELETE"):
        assert ask(url, method=method)[0] == 501


def test_names_of_this_computer():
    with_token = web_address("0.0.0.0:8871")
    assert with_token.knows_host("192.168.1.5:8871") and with_token.knows_host("[fe80::1]:8871")
    assert with_token.knows_host(socket.gethostname())
    assert not with_token.knows_host("evil.example:8871")
    assert web_address("[::1]:8871").token is None and web_address("localhost:1").token is None
    assert web_address("meter.lan:1").token != web_address("meter.lan:1").token


@pytest.mark.parametrize(
    "text",
    ["8871", "127.0.0.1", ":8871", "127.0.0.1:x", "127.0.0.1:70000", "a@b:1", "[::1", "a/b:1"],
)
def test_addresses_that_are_none(text):
    with pytest.raises(InputError, match="is no address, expected one like"):
        web_address(text)


def test_an_address_that_cannot_be_used_is_told(recording):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = receive(recording, "--web", f"127.0.0.1:{port}")
    assert result.returncode == 2
    assert "Address already in use, expected" in result.stderr
    assert result.stderr.count("\n") == 1
    result = receive(recording, "--web", "no.such.host.invalid:8871")
    assert result.returncode == 2 and result.stderr.count("\n") == 1


def test_too_many_pages_are_refused(output):
    _, url = output
    kept = [subscribed(url) for _ in range(16)]
    status, _, body = ask(url, "/events?x")
    assert status == 503 and b"open already" in body
    for connection, response in kept:
        response.close()
        connection.close()
