# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the receiver's outputs that need no recording."""

import json

import jsonschema
import pmt
import pytest
from gnuradio.kaifa import home_assistant
from gnuradio.kaifa.hints import Hint
from gnuradio.kaifa.inputs import Input
from gnuradio.kaifa.output_pcapng import time_ns
from gnuradio.kaifa.recording import Recording
from gnuradio.kaifa.records import record, utc_text
from gnuradio.kaifa.schema import fields, schema_text
from gnuradio.kaifa.status_record import status_record
from gnuradio.kaifa.timeline import Anchor, Loss, Timeline
from gnuradio.kaifa.topics import topic

RATE = 8e6


def test_time_with_nanoseconds():
    assert utc_text(1767225600, 0.0) == "2026-01-01T00:00:00.000000000Z"
    assert utc_text(1767225600, 0.000000001) == "2026-01-01T00:00:00.000000001Z"


def test_a_fraction_that_rounds_up_carries():
    assert utc_text(1767225599, 0.9999999999) == "2026-01-01T00:00:00.000000000Z"


def test_losses_are_told_once_with_the_first_record_behind_them():
    line = Timeline(RATE, tells_losses=True)
    line.lose(Loss(1000, 100))
    line.lose(Loss(5000, 30))
    assert [line.take_lost(sample) for sample in (999, 4000, 4500, 6000, 7000)] == [
        0,
        100,
        0,
        30,
        0,
    ]
    assert [line.lost(sample) for sample in (999, 1000, 7000)] == [0, 100, 130]


def test_samples_that_were_only_late_are_taken_off_again():
    line = Timeline(RATE, tells_losses=True)
    line.lose(Loss(1000, 100))
    assert (line.take_lost(2000), line.lost(2000)) == (100, 100)
    line.find(60)
    assert line.lost(3000) == 40
    line.lose(Loss(4000, 80))
    assert (line.take_lost(5000), line.lost(5000)) == (20, 120)


def test_who_cannot_tell_of_losses_tells_of_none():
    assert (Timeline(RATE).lost(5), Timeline(RATE).take_lost(5)) == (None, None)


def test_uncertainty_grows_from_an_anchor_on_and_may_be_unknown():
    line = Timeline(
        RATE, [Anchor(0, 1, 0.0, "host", 0.01), Anchor(8_000_000, 2, 0.0, "host", None)]
    )
    assert line.uncertainty_s(0) == 0.01
    assert 0.01 < line.uncertainty_s(7_999_999) < 0.0101
    assert line.uncertainty_s(8_000_000) is None
    assert line.anchor_of(-1) is None


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


def test_a_status_record_says_who_knows_its_time():
    timeline = Timeline(RATE, [Anchor(0, 1_767_225_600, 0.25, "host", 0.001)])
    status = status_record(COUNTS, RATE, timeline, 0, False)
    jsonschema.validate(status, json.loads(schema_text()))
    assert (status["time"], status["time_source"]) == ("2026-01-01T00:00:01.250000000Z", "host")
    assert status["time_uncertainty_s"] == pytest.approx(0.001 + 50e-6)
    unknown = status_record(COUNTS, RATE, Timeline(RATE), 0, False)
    assert [unknown[name] for name in ("time", "time_source", "time_uncertainty_s")] == [None] * 3


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
    line = source(Anchor(100, 1767225600, 0.75), Anchor(8_000_000, 1767225700, 0.0)).timeline
    assert line.time_of(99) is None
    assert utc_text(*line.time_of(100)) == "2026-01-01T00:00:00.750000000Z"
    assert utc_text(*line.time_of(100 + 4_000_000)) == "2026-01-01T00:00:01.250000000Z"
    assert utc_text(*line.time_of(16_000_000)) == "2026-01-01T00:01:41.000000000Z"
    assert source().timeline.time_of(5) is None


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
