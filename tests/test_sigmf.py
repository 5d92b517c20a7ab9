# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read out of SigMF metadata."""

import json

import pytest
from gnuradio.kaifa.recording import InputError
from gnuradio.kaifa.sigmf import meta_path_of, sigmf_recording, utc_time


def test_time_keeps_all_digits():
    assert utc_time("2026-03-01T12:00:00Z") == (1772366400, 0.0, 1.0)
    assert utc_time("2026-03-01T12:00:00.123456789Z") == (1772366400, 0.123456789, 1e-9)
    assert utc_time("1970-01-01T00:00:01.5+00:00") == (1, 0.5, 0.1)


@pytest.mark.parametrize("text", ["", "now", "2026-03-01", "2026-13-01T00:00:00Z", "1.5", 5, None])
def test_refuses_what_is_no_time(text):
    with pytest.raises(InputError, match="core:datetime"):
        utc_time(text)


def test_a_fraction_never_becomes_a_whole_second():
    seconds, fraction, _ = utc_time("1970-01-01T00:00:01." + 30 * "9" + "Z")
    assert seconds == 1 and 0.999999 < fraction < 1.0


def write(path, captures, octets=1000, **facts):
    meta = {
        "global": {"core:datatype": "ci16_le", "core:sample_rate": 2.5e6} | facts,
        "captures": captures,
    }
    path.with_suffix(".sigmf-meta").write_text(json.dumps(meta))
    path.with_suffix(".sigmf-data").write_bytes(bytes(octets))
    return path.with_suffix(".sigmf-meta")


def test_reads_rate_frequency_header_and_every_time(tmp_path):
    captures = [
        {
            "core:sample_start": 0,
            "core:frequency": 871e6,
            "core:header_bytes": 40,
            "core:datetime": "2026-03-01T12:00:00Z",
        },
        {"core:sample_start": 100, "core:datetime": "2026-03-01T12:00:09.25Z"},
    ]
    got = sigmf_recording(write(tmp_path / "a", captures))
    assert (got.sample_rate, got.center_frequency) == (2.5e6, 871e6)
    assert (got.header_bytes, got.samples, got.fault) == (40, 240, None)
    anchors = [(anchor.sample, anchor.seconds, anchor.fraction) for anchor in got.anchors]
    assert anchors == [(0, 1772366400, 0.0), (100, 1772366409, 0.25)]


SECOND = 2_500_000  # samples


def anchors(path, *captures):
    """(sample, UTC in seconds, uncertainty) of what is read out of captures."""
    got = sigmf_recording(write(path / "a", list(captures)))
    return [(a.sample, a.seconds - 1772366400 + a.fraction, a.uncertainty_s) for a in got.anchors]


def capture(sample, time=None, place=None):
    made = {"core:sample_start": sample}
    if time is not None:
        made["core:datetime"] = f"2026-03-01T12:00:{time}Z"
    if place is not None:
        made["core:global_index"] = place
    return made


def test_a_time_that_counting_gives_is_no_news(tmp_path):
    whole = [capture(0, "00"), capture(SECOND // 2, "00"), capture(SECOND, "01")]
    assert anchors(tmp_path, *whole) == [(0, 0.0, 1.0)]
    better = [capture(0, "00"), capture(SECOND, "01.250"), capture(2 * SECOND, "02.250")]
    assert anchors(tmp_path, *better) == [(0, 0.0, 1.0), (SECOND, 1.25, 0.001)]
    pause = [capture(0, "00"), capture(SECOND, "31")]
    assert anchors(tmp_path, *pause) == [(0, 0.0, 1.0), (SECOND, 31.0, 1.0)]


def test_the_place_in_the_original_stream_tells_time_and_loss(tmp_path):
    first = capture(0, "00", 5000)
    gap = capture(1000, None, 5000 + 1000 + SECOND)
    sure = [(0, 0.0, 1.0), (1000, 1 + 1000 / SECOND, 1.0)]
    for captures in (
        [first, gap],
        [first, gap | capture(1000, "01")],  # its time is no better
        [first, capture(500, None, 5500), gap],
        [capture(0, "00"), capture(500, "00", 5500), gap],
    ):
        assert anchors(tmp_path, *captures) == sure
        got = sigmf_recording(tmp_path / "a.sigmf-meta")
        assert [(loss.sample, loss.samples) for loss in got.losses] == [(1000, SECOND)]
    # Without a date the loss is known nevertheless.
    got = sigmf_recording(write(tmp_path / "b", [capture(0, None, 7), capture(1000, None, 1010)]))
    assert got.anchors == () and got.losses[0].samples == 3


def test_captures_that_overlap_are_refused(tmp_path):
    meta = write(tmp_path / "a", [capture(0, None, 0), capture(1000, None, 999)])
    with pytest.raises(InputError, match="core:global_index is 999 in a capture, expected 1000 or"):
        sigmf_recording(meta)


def test_the_caller_goes_before_the_file(tmp_path):
    meta = write(tmp_path / "a", [{"core:frequency": 1e9}, {"core:frequency": 2e9}])
    got = sigmf_recording(meta, "ci8", 1e6, 3e9)
    assert (got.format.name, got.sample_rate, got.center_frequency) == ("ci8", 1e6, 3e9)


def test_what_the_caller_overrules_is_told(tmp_path):
    meta = write(tmp_path / "a", [{"core:frequency": 1e9}, {"core:frequency": 2e9}])
    note = sigmf_recording(meta, "ci8", 1e6, 3e9).note
    assert note == (
        f"{meta}: the command line goes before core:datatype 'ci16_le', core:sample_rate 2500000.0 "
        "Hz, core:frequency 1000000000.0 Hz, core:frequency 2000000000.0 Hz"
    )
    meta = write(tmp_path / "a", [{"core:frequency": 1e9}])
    assert sigmf_recording(meta, "cs16", 2.5e6, 1e9).note is None, "the same in other words"
    assert sigmf_recording(meta).note is None


def test_numbers_of_samples_count_from_the_offset(tmp_path):
    there = [capture(0, "00"), capture(SECOND, "31")]
    moved = [c | {"core:sample_start": c["core:sample_start"] + 10**12} for c in there]
    got = sigmf_recording(write(tmp_path / "a", moved, **{"core:offset": 10**12}))
    plain = sigmf_recording(write(tmp_path / "b", there))
    assert (got.first_sample, plain.first_sample) == (10**12, 0)
    assert got.anchors == plain.anchors and len(got.anchors) == 2


@pytest.mark.parametrize("offset, said", [
    (5, "core:sample_start is 0 in a capture, expected core:offset, 5, or more"),
    (-1, "core:offset is -1"), ("5", "core:offset is '5'"), (0.5, "core:offset is 0.5"),
])  # fmt: skip
def test_an_offset_that_cannot_be(offset, said, tmp_path):
    meta = write(tmp_path / "a", [capture(0, "00")], **{"core:offset": offset})
    with pytest.raises(InputError, match=said):
        sigmf_recording(meta)


def test_samples_in_a_file_of_another_name(tmp_path):
    meta = write(tmp_path / "a", [], **{"core:dataset": "b.bin"})
    (tmp_path / "b.bin").write_bytes(bytes(8))
    assert sigmf_recording(meta).samples == 2


def test_a_name_without_suffix_may_have_dots(tmp_path):
    path = tmp_path / "at.871.3"
    meta = path.with_name("at.871.3.sigmf-meta")
    meta.write_text("{}")
    assert meta_path_of(path) == meta
    assert meta_path_of(tmp_path / "other") is None
