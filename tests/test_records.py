# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the receiver's outputs that need no recording."""

import json

import jsonschema
import pmt
from gnuradio.kaifa import home_assistant
from gnuradio.kaifa.dates import date_of, dated_from
from gnuradio.kaifa.hints import Hint
from gnuradio.kaifa.host_clock import HostClock
from gnuradio.kaifa.inputs import Input
from gnuradio.kaifa.output_pcapng import time_ns
from gnuradio.kaifa.recording import Anchor, Recording
from gnuradio.kaifa.records import record, utc_text
from gnuradio.kaifa.schema import fields, schema_text
from gnuradio.kaifa.status_record import status_record
from gnuradio.kaifa.topics import topic

RATE = 8e6


def test_time_with_nanoseconds():
    assert utc_text(1767225600, 0.0) == "2026-01-01T00:00:00.000000000Z"
    assert utc_text(1767225600, 0.000000001) == "2026-01-01T00:00:00.000000001Z"


def test_a_fraction_that_rounds_up_carries():
    assert utc_text(1767225599, 0.9999999999) == "2026-01-01T00:00:00.000000000Z"


def follow(clock, seconds, start, delay=0.0, missing=0.0):
    """Feeds ten pairs a second; samples come with up to 5 ms of jitter."""
    anchors = []
    for step in range(int(10 * seconds)):
        now = start + step / 10
        jitter = 0.005 * (step % 4 != 0)
        samples = round((now - 1000.0 - delay - missing - jitter) * RATE)
        anchors.append(clock.update(now, max(samples, 0)))
    return [anchor for anchor in anchors if anchor]


def test_anchors_tell_the_time_of_a_sample():
    clock = HostClock(RATE)
    for sample, moment in follow(clock, 5, 1000.1):
        assert abs(moment - (1000.0 + sample / RATE)) < 1e-3
    assert clock.lost_samples == 0


def test_samples_lost_are_counted_and_the_time_goes_on():
    clock = HostClock(RATE)
    follow(clock, 5, 1000.1)
    anchors = follow(clock, 5, 1005.1, missing=0.0164)
    assert abs(clock.lost_samples - 0.0164 * RATE) < 100
    sample, moment = anchors[-1]
    assert abs(moment - (1000.0 + sample / RATE + 0.0164)) < 1e-3


def test_samples_that_were_only_late_are_not_lost():
    clock = HostClock(RATE)
    follow(clock, 5, 1000.1)
    follow(clock, 3, 1005.1, delay=0.5)
    assert clock.lost_samples > 0
    follow(clock, 3, 1008.1)
    assert clock.lost_samples == 0


def test_a_clock_that_drifts_loses_nothing():
    clock = HostClock(RATE)
    for second in range(600):
        now = 1000.0 + second
        clock.update(now, round((now - 1000.0 + 1) * RATE * (1 - 50e-6)))
    assert clock.lost_samples == 0


COUNTS = {
    "samples": 8_000_000,
    "bursts": 9,
    "truncated": 1,
    "sync": 8,
    "length": 7,
    "checked": 6,
    "rejected": 2,
    "rejects": {"check_failed": 1, "too_short": 1},
    "examined": 500_000,
    "at_full_scale": 50,
    "noise_dbfs_hz": -118.123,
    "noise_steps": 1.5,
    "dc_spike_db": 20.0,
    "hint": None,
}
UNKNOWN = dict.fromkeys(("at_full_scale", "noise_dbfs_hz", "noise_steps", "dc_spike_db"))


def test_a_status_record_has_every_field_of_the_schema_in_order():
    for lost in ({}, {"lost": 131_072}):
        status = status_record(COUNTS | lost, RATE, None, 3, False)
        assert list(status) == fields("status")
        jsonschema.validate(status, json.loads(schema_text()))
        assert status["samples_lost"] == lost.get("lost")
    assert (status["time_s"], status["records_lost"], status["sync_words"]) == (1.0, 3, 8)
    assert (status["clipped_percent"], status["noise_dbfs_hz"]) == (0.01, -118.12)


def test_a_status_record_of_what_nobody_knows():
    status = status_record(COUNTS | UNKNOWN, RATE, None, 0, False)
    jsonschema.validate(status, json.loads(schema_text()))
    assert [status[name] for name in ("clipped_percent", "noise_dbfs_hz", "hint")] == [None] * 3


def test_the_hint_of_a_status_record_is_the_recent_one_and_at_the_end_that_of_all():
    counts = COUNTS | {"hint": Hint("nothing", "no burst"), "at_full_scale": 5000}
    assert status_record(counts, RATE, None, 0, False)["hint"] == "no burst"
    assert "full scale" in status_record(counts, RATE, None, 0, True)["hint"]


def source(*anchors, rate=RATE):
    """An Input of a recording, as far as its dates go."""
    recording = Recording(None, None, rate, None, anchors=anchors)
    return Input(None, rate, 0.0, recording)


def test_the_date_of_a_sample_is_counted_from_the_anchor_before_it():
    dated = source(Anchor(100, 1767225600, 0.75), Anchor(8_000_000, 1767225700, 0.0))
    assert dated_from(dated) == 100
    assert date_of(dated, 99) is None
    assert date_of(dated, 100) == "2026-01-01T00:00:00.750000000Z"
    assert date_of(dated, 100 + 4_000_000) == "2026-01-01T00:00:01.250000000Z"
    assert date_of(dated, 16_000_000) == "2026-01-01T00:01:41.000000000Z"
    assert (dated_from(source()), date_of(source(), 5)) == (None, None)


def test_a_topic_names_who_the_frame_names():
    frame = {
        "record": "frame",
        "check_ok": True,
        "type": "ack",
        "source": "000b120000123456",
        "source_inferred": False,
    }
    assert topic(frame) == "frame/000b120000123456/ack"
    assert topic(frame | {"source_inferred": True}) == "frame/unknown/ack"
    assert topic(frame | {"source": None}) == "frame/unknown/ack"
    assert topic(frame | {"check_ok": False}) == "reject"
    assert topic({"record": "status"}) == "status"


def test_home_assistant_is_told_of_a_bounded_number_of_meters(monkeypatch):
    monkeypatch.setattr(home_assistant, "MOST_METERS", 2)
    show = home_assistant.HomeAssistant()
    for number in range(5):
        meter = f"{number:016x}"
        frame = {"record": "frame", "check_ok": True, "source": meter, "source_inferred": False}
        assert bool(show.news(frame, "kaifa")) == (number < 2)
        assert show.news(frame, "kaifa") == []
    assert show.news({"record": "status"}, "kaifa"), "the receiver is shown however many there are"


def test_a_time_is_told_to_wireshark_to_the_nanosecond():
    dated = {"time": "2026-01-01T00:00:00.123456789Z", "time_s": 1.5}
    assert time_ns(dated) == 1767225600_123456789
    assert time_ns(dated | {"time": None}) == 1_500_000_000


def test_a_reject_for_a_mode_switch_has_its_fields():
    numbers = {"parameter_entry": 1, "page": 0, "modulation": 2, "mode": 5, "phy_mode_id": 69}
    switch = pmt.dict_add(pmt.make_dict(), pmt.intern("fec"), pmt.PMT_T)
    for name, value in numbers.items():
        switch = pmt.dict_add(switch, pmt.intern(name), pmt.from_long(value))
    reals = ("sample_start", "center_frequency", "snr_db", "magnitude_db", "deviation")
    packet = {name: pmt.from_double(1.0) for name in (*reals, "clock_error_ppm")}
    packet |= {name: pmt.from_long(0) for name in ("preamble_symbols", "sync_errors", "id")}
    packet |= dict.fromkeys(("inverted", "truncated", "check_ok"), pmt.PMT_F)
    packet |= {"preamble_phase": pmt.intern("ends_in_zero"), "packet_end": pmt.intern("length")}
    packet |= {"sync_word": pmt.intern("904e")}
    packet |= {"reason": pmt.intern("mode_switch"), "octets": pmt.init_u8vector(2, [0x80, 0xAD])}
    packet |= {"mode_switch": switch}
    message = pmt.make_dict()
    for name, value in packet.items():
        message = pmt.dict_add(message, pmt.intern(name), value)
    fields = record(pmt.cons(message, pmt.init_u8vector(0, [])), RATE, None)
    jsonschema.validate(fields, json.loads(schema_text()))
    assert fields["mode_switch"] == numbers | {"fec": True}
    assert (fields["reason"], fields["octets"], fields["time"]) == ("mode_switch", "80ad", None)
