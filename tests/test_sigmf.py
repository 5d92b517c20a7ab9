# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read out of SigMF metadata."""

import json

import pytest
from gnuradio.kaifa.recording import InputError
from gnuradio.kaifa.sigmf import meta_path_of, sigmf_recording, utc_time


def test_time_keeps_all_digits():
    assert utc_time("2026-03-01T12:00:00Z") == (1772366400, 0.0)
    assert utc_time("2026-03-01T12:00:00.123456789Z") == (1772366400, 0.123456789)
    assert utc_time("1970-01-01T00:00:01.5+00:00") == (1, 0.5)


@pytest.mark.parametrize("text", ["", "now", "2026-03-01", "2026-13-01T00:00:00Z", "1.5", 5, None])
def test_refuses_what_is_no_time(text):
    with pytest.raises(InputError, match="core:datetime"):
        utc_time(text)


def test_a_fraction_never_becomes_a_whole_second():
    seconds, fraction = utc_time("1970-01-01T00:00:01." + 30 * "9" + "Z")
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


def test_the_caller_goes_before_the_file(tmp_path):
    meta = write(tmp_path / "a", [{"core:frequency": 1e9}, {"core:frequency": 2e9}])
    got = sigmf_recording(meta, "ci8", 1e6, 3e9)
    assert (got.format.name, got.sample_rate, got.center_frequency) == ("ci8", 1e6, 3e9)


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
