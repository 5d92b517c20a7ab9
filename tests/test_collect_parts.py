# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of kaifa_collect that need no broker: the same answer in whatever order copies come."""

import json
import random

import jsonschema
import pytest
from conftest import receive
from gnuradio.kaifa.batch import Batch
from gnuradio.kaifa.collect.bodies import line
from gnuradio.kaifa.collect.checks import Bad, make_checks
from gnuradio.kaifa.collect.clocks import Clocks
from gnuradio.kaifa.collect.copies import FIELDS, read_copy, stands_to_reason, time_ns
from gnuradio.kaifa.collect.envelope import Envelopes
from gnuradio.kaifa.collect.frame_text import frame_pattern
from gnuradio.kaifa.collect.matching import alike, groups
from gnuradio.kaifa.collect.numbers import MOST_GAPS, Numbers
from gnuradio.kaifa.collect.recent import Recent
from gnuradio.kaifa.collect.schema import collect_schema_text
from gnuradio.kaifa.collect.window import MOST_IN_BUCKET, Window
from gnuradio.kaifa.records import json_line, utc_text
from gnuradio.kaifa.schema import schema_text

BEGIN = 1_767_225_600


def copy(station, seconds, mpdu="0200aa", number=0, **fields):
    """A Copy of a checked frame, `seconds` after BEGIN."""
    record = {
        "record_number": number,
        "time": utc_text(BEGIN + int(seconds // 1), seconds % 1.0),
        "frequency_hz": 871.3e6,
        "source": None,
        "destination": None,
        "check_ok": True,
        "mpdu": mpdu,
        "octets": 12 * "5a",
        "time_uncertainty_s": None,
        "time_source": "host",
        "snr_db": 20.0,
        "magnitude_db": -30.0,
        "deviation_hz": 25e3,
    }
    record |= fields
    one = read_copy(tuple(json.dumps(record.get(name)) for name in FIELDS), json_line(record))
    one.came_from(station, None)
    return one


def names(packets):
    return [[(c.station, c.number) for c in packet] for packet in packets]


def test_copies_of_several_stations_are_one_packet():
    assert names(groups([copy("b", 0.02), copy("a", 0.0), copy("c", 0.2)])) == [
        [("a", 0), ("b", 0), ("c", 0)]
    ]


def test_a_station_hears_a_packet_once():
    repeated = [copy("a", 0.0, number=0), copy("a", 0.1, number=1)]
    assert names(groups(repeated)) == [[("a", 0)], [("a", 1)]]
    second_only = groups([*repeated, copy("b", 0.12)])
    assert names(second_only) == [[("a", 0)], [("a", 1), ("b", 0)]]
    both = groups([*repeated, copy("b", 0.03, number=0), copy("b", 0.13, number=1)])
    assert names(both) == [[("a", 0), ("b", 0)], [("a", 1), ("b", 1)]]


@pytest.mark.parametrize(
    "other",
    [
        {"frequency_hz": 871.4e6},
        {"source": "000b120000000002"},
        {"destination": "000b120000000002"},
    ],
)
def test_equal_octets_of_others_are_another_packet(other):
    mine = copy("a", 0.0, source="000b120000000001", destination="000b120000000009")
    assert len(groups([mine, copy("b", 0.0)])) == 1
    assert len(groups([mine, copy("b", 0.0, **other)])) == 2


def test_what_a_record_says_of_its_time_is_the_tolerance():
    exact = {"time_uncertainty_s": 0.0}
    assert len(groups([copy("a", 0.0, **exact), copy("b", 0.009, **exact)])) == 1
    assert len(groups([copy("a", 0.0, **exact), copy("b", 0.011, **exact)])) == 2
    assert len(groups([copy("a", 0.0), copy("b", 0.4)])) == 1
    assert len(groups([copy("a", 0.0), copy("b", 0.6)])) == 2
    rough = {"time_uncertainty_s": 1e9}
    assert len(groups([copy("a", 0.0, **rough), copy("b", 0.9, **rough)])) == 1
    assert len(groups([copy("a", 0.0, **rough), copy("b", 1.1, **rough)])) == 2


def through_window(copies, chunk, horizon_lag=3.0):
    """The packets of copies that come in this order, so many at a time, while all stations tell
    the time of the newest of them."""
    window, packets = Window(wait_seconds=1e9), []
    newest = 0
    for number, one in enumerate(copies):
        packets += window.add(one, 0.0)
        newest = max(newest, one.time_ns)
        if number % chunk == chunk - 1:
            packets += window.release(newest - round(horizon_lag * 1e9), 0.0)
    packets += window.release_all()
    assert window.held == 0
    return packets


def test_the_result_does_not_depend_on_the_order_in_which_copies_come():
    chance = random.Random(4)
    copies = []
    for number in range(400):
        sent, mpdu = number * 0.05 + chance.uniform(0, 0.04), f"02{chance.randrange(40):04x}"
        for station in "abc":
            if chance.random() < 0.7:
                seconds = sent + chance.gauss(0, 0.02)
                ok = chance.random() < 0.8
                octets = f"{number:024x}"
                copies.append(
                    copy(station, seconds, mpdu, number, check_ok=ok, octets=octets, snr_db=1.0)
                )
    first = None
    for seed in range(5):
        order = random.Random(seed)
        delays = {id(one): order.uniform(0, 1.5e9) for one in copies}
        shuffled = sorted(copies, key=lambda c: c.time_ns + delays[id(c)])
        packets = names(through_window(shuffled, chunk=1 + 7 * seed))
        first = first or packets
        assert packets == first
    heard = [one for packet in first for one in packet]
    assert sorted(heard) == sorted((c.station, c.number) for c in copies), "each exactly once"
    assert any(len(packet) == 3 for packet in first)
    assert all(len({station for station, _n in packet}) == len(packet) for packet in first)


def test_a_rejected_copy_goes_with_the_checked_one():
    good, other = (
        copy("a", 0.0, octets="69dc" + 20 * "5a"),
        copy("a", 0.1, "0299", octets=24 * "c3"),
    )
    bad = copy("b", 0.03, check_ok=False, octets="69dd" + 18 * "5a" + "ffff")
    assert names(through_window([bad, good, other], 1)) == [[("a", 0), ("b", 0)], [("a", 0)]]
    alone = names(through_window([copy("b", 0.03, check_ok=False, octets=22 * "33"), good], 1))
    assert alone == [[("a", 0)], [("b", 0)]]
    both = through_window([good, copy("a", 0.01, check_ok=False, octets="69dc" + 20 * "5a")], 1)
    assert len(both) == 2, "who has a good copy has no bad one"


def test_octets_are_alike_up_to_a_fifth_of_their_bits():
    assert alike(12 * "00", 12 * "01") and not alike(12 * "00", 12 * "0f")
    assert not alike(7 * "00", 7 * "00"), "so few are alike by chance"


def test_copies_that_wait_for_too_long_or_are_too_many_leave(monkeypatch):
    window = Window(wait_seconds=10.0)
    assert window.add(copy("a", 0.0), now=5.0) == []
    assert window.release(None, now=14.9) == []
    assert names(window.release(None, now=15.0)) == [[("a", 0)]]
    monkeypatch.setattr("gnuradio.kaifa.collect.window.MOST_HELD", 10)
    window = Window(wait_seconds=10.0)
    forced = []
    for number in range(1000):
        forced += window.add(copy("a", -0.01 * number, f"{number:04x}", number), now=0.0)
        assert window.held <= 10
    assert len(forced) == 990
    assert len(window._heap) <= 1010 and len(window._arrivals) <= 1000


def test_one_octet_string_over_and_over_fills_no_bucket():
    copies = [copy("a", 0.001 * number, number=number) for number in range(5 * MOST_IN_BUCKET)]
    assert len(through_window(copies, 1000)) == len(copies)


def heard_by_all(clocks, ahead, frames, chance):
    """Frames, some of them sent twice, some heard by a part of the stations."""
    for number in frames:
        for station, seconds in ahead.items():
            if chance.random() < 0.7:
                again = 0.15 * (chance.random() < 0.2)
                moment = number + again + seconds + chance.gauss(0, 0.01)
                clocks.heard(station, f"{number:08x}", round(moment * 1e9))


def test_clocks_are_compared_by_common_frames():
    clocks, chance = Clocks(), random.Random(3)
    ahead = {"a": 0.0, "b": 0.05, "c": -3.0, "d": 4000.0, "e": 0.0}
    heard_by_all(clocks, ahead, range(200), chance)
    news = clocks.news()
    assert news.keys() == {"c", "d"}
    assert all(abs(news[name] / 1e9 - ahead[name]) < 0.1 for name in news)
    assert clocks.news() == {}
    right = ahead | {"c": 0.0}
    heard_by_all(clocks, right, range(200, 400), chance)
    assert clocks.news() == {"c": 0}, "it was set right"


def test_clocks_that_do_not_agree_or_lie_take_no_memory():
    clocks, chance = Clocks(), random.Random(3)
    for number in range(30_000):
        clocks.heard("ab"[number % 2], f"{number // 2:08x}", chance.randrange(10**15))
    for number in range(3000):
        clocks.heard(f"s{number}", "00", number)
    assert clocks.news() == {}
    assert len(clocks._pairs) <= 1000


def test_what_came_last_is_known_and_at_most_twice_as_much():
    recent = Recent(least=10, alike=2)
    for number in range(100):
        recent.add(number, number)
        known = [value for key in range(100) for value in recent.get(key)]
        assert known == list(range(number + 1))[-len(known) :]
        assert min(10, number + 1) <= len(known) <= 20
    for number in range(100):
        recent.add("same", number)
        same = list(recent.get("same"))
        assert same[-2:] == list(range(number + 1))[-2:] and len(same) <= 4


def test_numbers_tell_what_is_lost_and_what_came_twice():
    numbers = Numbers(known=True)
    assert [numbers.take(n) for n in (0, 1, 4, 4, 2, 2, 1)] == [
        True, True, True, False, True, False, False,
    ]  # fmt: skip
    assert (numbers.lost, numbers.received, numbers.repeated) == (1, 4, 3)
    late = Numbers(known=False)
    assert late.take(70) and late.lost == 0, "what was before us is not lost"
    assert late.take(5) and late.take(80) and late.lost == 9
    assert not late.take(5)
    missed = Numbers(known=True)
    assert missed.take(70) and missed.lost == 70


@pytest.mark.parametrize("seed", range(5))
def test_numbers_in_any_order_and_across_restarts(seed):
    chance = random.Random(seed)
    sent = list(range(2000))
    came = [n for n in sent if chance.random() < 0.9]
    stream = sorted(came + chance.sample(came, 300), key=lambda n: n + chance.uniform(0, 30))
    numbers, seen, held = Numbers(known=True), set(), []
    for n in stream:
        assert numbers.take(n) == (n not in seen)
        if n not in seen:
            held.append(n)
        seen.add(n)
        if chance.random() < 0.3 and held:
            numbers.done(held.pop(chance.randrange(len(held))))
        if chance.random() < 0.01:
            # Killed: what was held comes once more.
            numbers = Numbers.from_state(json.loads(json.dumps(numbers.state())))
            seen -= set(held)
            for again in held:
                assert numbers.take(again)
                seen.add(again)
    assert numbers.lost == max(stream) + 1 - len(seen)
    assert numbers.received == len(seen)


def test_numbers_that_lie_take_no_memory():
    numbers = Numbers(known=True)
    for n in range(0, 6 * MOST_GAPS, 2):
        numbers.take(n)
        numbers.done(n)
    assert numbers.lost == 3 * MOST_GAPS - 1
    assert len(numbers.state()["gaps"]) <= MOST_GAPS
    assert numbers.take(2**53) and numbers.lost > 2**52


@pytest.fixture(scope="module")
def good(records):
    return next(record for record in records if record["type"] == "unicast")


def message(*records, separators=(",", ":"), **changes):
    envelope = {"schema_version": 1, "run": 16 * "0", "records": records}
    return json.dumps(envelope | changes, separators=separators).encode()


def read_back(told):
    """The record that was made of what Envelopes gave."""
    number, record = told
    kind = getattr(record, "kind", "frame")
    return json.loads(line(kind, number, record.body, '"x":0')[:-7] + "}")


def test_a_batch_is_read_as_it_was_written(records):
    batch = Batch()
    for record in records:
        batch.add(json_line(record))
    text, count = batch.take()
    assert (count, len(batch), len(text) > 1000) == (len(records), 0, True)
    _run, read = Envelopes().read(text.encode())
    assert [read_back(told) for told in read] == records
    assert [list(read_back(told)) for told in read] == [list(record) for record in records]


def test_what_is_told_at_a_glance_is_told_by_a_closer_look(records):
    """All in one message as kaifa_rx writes it, and with spaces, which no glance takes."""
    envelopes, looked = Envelopes(), []
    envelopes._record = lambda record: looked.append(record) or Envelopes._record(envelopes, record)
    frames = [record for record in records if record["record"] == "frame"]
    quick = envelopes.read(message(*records))
    assert len(frames) > 20
    assert looked == [record for record in records if record["record"] != "frame"]
    slow = envelopes.read(message(*records, separators=(", ", ": ")))
    for (number, one), (other_number, other) in zip(quick[1], slow[1], strict=True):
        assert number == other_number and type(one) is type(other)
        names = [name for name in one.__slots__ if name not in ("station", "origin")]
        assert all(getattr(one, name) == getattr(other, name) for name in names)


@pytest.mark.parametrize(
    "change",
    [
        ('"burst":', '"burst" :'), ('"burst":', '"snr_db":1,"burst":'), ("[]", "[ ]"),
        ('"burst":', '"burs\\u0074":'), ('"burst":', '\n"burst":'),
        ('"type":"u', '"type":"\\u0075'),
    ],
)  # fmt: skip
def test_what_is_json_and_not_ours_is_written_anew(good, change):
    text = message(good).decode()
    changed = text.replace(*change, 1)
    assert changed != text
    ((number, record),) = Envelopes().read(changed.encode())[1]
    assert json_line(read_back((number, record))) == json_line(json.loads(changed)["records"][0])


def test_a_record_of_an_older_or_newer_program_is_taken(good):
    older = {name: value for name, value in good.items() if name != "mic"}
    (told,) = Envelopes().read(message(older))[1]
    record = read_back(told)
    assert record == good | {"mic": None} and list(record) == list(good)
    (told,) = Envelopes().read(message(good | {"news": [1]}))[1]
    assert read_back(told) == good


@pytest.mark.parametrize(
    "text",
    [
        b"", b"\xff", b"[]", b"nonsense", b"[" * 100_000, b'{"records":' * 30_000, b"9" * 10_000,
        message(schema_version=2), message(schema_version="1"), message(run="x"), message(run=7),
        message(records={}), message(records=None), b'{"schema_version":1}',
        message() + bytes(300_000),
    ],
)  # fmt: skip
def test_a_message_that_cannot_be_read(text):
    with pytest.raises(Bad):
        Envelopes().read(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"record": "frames"}, {"record": []}, {"record_number": -1}, {"record_number": True},
        {"record_number": 1e300}, {"record_number": None}, {"time": "yesterday"}, {"time": 5},
        {"time": "2026-13-01T00:00:00.000000000Z"}, {"time": "2026-01-01T00:00:00.00000000٣Z"},
        {"time": "2026-01-01T00:00:00.000000000Z\n"}, {"frequency_hz": "871"},
        {"frequency_hz": None}, {"snr_db": 1e300}, {"check_ok": 1}, {"mpdu": "0"}, {"mpdu": "AA"},
        {"mpdu": "a a "}, {"mpdu": ["00"]}, {"type": "x"}, {"type": None}, {"payload": None},
        {"sequence": 256}, {"sequence": 1.0}, {"header_ies": [{"id": 1}]}, {"header_ies": "x"},
        {"header_ies": [{"id": 1, "content": "00", "more": 1}]}, {"mode_switch": {"x": 1}},
        {"burst": -1}, {"framing": "Z"}, {"framing": []}, {"sequence": 300},
        {"frame_counter": 2**32}, {"payload": "0"}, {"octets": "000"}, {"burst": 10**40},
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_relied_on(good, changes):
    ((_number, record),) = Envelopes().read(message(good | changes))[1]
    assert isinstance(record, Bad)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number(good, number):
    text = message(good | {"snr_db": 12345.5}).replace(b"12345.5", number.encode())
    try:
        ((_number, record),) = Envelopes().read(text)[1]
    except Bad:
        return
    assert isinstance(record, Bad)


def test_the_checks_agree_with_the_schema(recording, records):
    """Records with random changes: ours takes what a general validator takes, and nothing else; and
    what is told at a glance is right."""
    lines = receive(recording, "--bursts", "--json", "-").stdout.splitlines()
    samples = {}
    for record in [*map(json.loads, lines), *records]:
        samples.setdefault(record["record"], []).append(record)
    checks, chance = make_checks(), random.Random(7)
    assert samples.keys() == checks.keys()
    values = [None, True, 0, -1, 3, 256, 1.5, "", "00", "x", "A", [], {}, {"x": 1}, [None], 2**40]
    glance = frame_pattern(json.loads(schema_text())["$defs"]["frame"]["properties"], FIELDS)
    for kind, of_kind in samples.items():
        general = jsonschema.Draft202012Validator(json.loads(schema_text())["$defs"][kind])
        outcomes = set()
        for _round in range(1500):
            record = dict(chance.choice(of_kind))
            for name in chance.sample(list(record), chance.randrange(1, 3)):
                record[name] = chance.choice(values)
            try:
                ours = checks[kind](record) == record
            except Bad:
                ours = False
            assert ours == general.is_valid(record), record
            if match := kind == "frame" and glance.fullmatch(json_line(record)):
                assert ours or not stands_to_reason(match.group(*FIELDS)), record
            outcomes.add(ours)
        assert outcomes == {True, False}


def test_the_schema_is_one():
    schema = json.loads(collect_schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    of_receivers = json.loads(schema_text())["$defs"]["frame"]["properties"]
    frame = schema["$defs"]["frame"]["properties"]
    assert list(frame) == [*of_receivers, "station", "heard_by"]


def test_times_to_the_nanosecond():
    assert time_ns("1970-01-01T00:00:01.000000001Z") == 1_000_000_001
    assert time_ns("2026-01-01T00:00:00.123456789Z") == BEGIN * 10**9 + 123456789
    assert time_ns(None) is None
