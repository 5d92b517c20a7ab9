# SPDX-License-Identifier: GPL-3.0-or-later
"""Radios: gains, device strings, the order in which one is set, and the program with a made-up
HackRF in the place of gr-osmosdr."""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import pytest
from conftest import SAMPLE_RATE, frames, json_lines, receive
from gnuradio.kaifa.arguments import parse_arguments
from gnuradio.kaifa.arguments_radio import wishes
from gnuradio.kaifa.radio.device import device_string, driver_of, hardware_of, is_radio
from gnuradio.kaifa.radio.gains import Stage, gain_text, merged, spread, wanted_gains
from gnuradio.kaifa.radio.tuning import hackrf_filter
from gnuradio.kaifa.recording import InputError

HACKRF = [Stage("RF", 0, 14, 14), Stage("IF", 0, 40, 8), Stage("BB", 0, 62, 2)]
RTL = [Stage("LNA", 0, 49.6, 0.1)]
AIRSPY = [Stage(name, 0, 15, 1) for name in ("LNA", "MIX", "IF")]


@pytest.mark.parametrize(
    ("total", "amp", "lna", "vga"),
    [
        (0, 0, 0, 0),
        (20, 0, 8, 12),
        (40, 0, 16, 24),
        (56, 0, 24, 32),
        (102, 0, 40, 62),
        (110, 0, 40, 62),
        (116, 14, 40, 62),
        (500, 14, 40, 62),
        (-10, 0, 0, 0),
    ],
)
def test_one_gain_is_spread_over_the_stages(total, amp, lna, vga):
    assert spread(total, HACKRF) == {"RF": amp, "IF": lna, "BB": vga}


def test_one_gain_comes_out_right_where_the_stages_allow_it():
    for total in range(0, 103, 2):
        assert sum(spread(total, HACKRF).values()) == total
    assert spread(33, RTL) == {"LNA": pytest.approx(33)}
    assert sorted(spread(31, AIRSPY).values()) == [10, 10, 11]
    assert spread(40, []) == {}


def test_stages_go_by_their_makers_names_and_by_gr_osmosdrs():
    for text in ("lna=32,vga=24,amp=0", "IF=32,BB=24,RF=0", "Lna=32, vga=24,rf=0"):
        gains = wanted_gains(gain_text(text), HACKRF, "hackrf")
        assert gains == {"IF": 32, "BB": 24, "RF": 0}, text
    assert wanted_gains({"lna": 9}, RTL, "rtl") == {"LNA": 9}


def test_a_stage_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(InputError, match="'vga'.*expected one of lna$"):
        wanted_gains({"vga": 9}, RTL, "rtl")
    with pytest.raises(InputError, match="no stages"):
        wanted_gains({"vga": 9}, [], "file")


def test_later_gains_count():
    assert merged([]) == {}
    assert merged([{"lna": 8, "vga": 2}, {"lna": 16}]) == {"lna": 16, "vga": 2}
    assert merged([{"lna": 8}, {None: 40.0}]) == {None: 40}
    both = merged([{None: 40.0}, {"amp": 14.0}])
    assert wanted_gains(both, HACKRF, "hackrf") == {"RF": 14, "IF": 16, "BB": 24}


@pytest.mark.parametrize("text", ["", "loud", "lna=", "=3", "lna=1,", "nan", "lna=1e9", "lna=x"])
def test_gains_that_are_none(text):
    with pytest.raises(argparse.ArgumentTypeError, match="expected dB, or STAGE=DB"):
        gain_text(text)


@pytest.mark.parametrize(
    ("rate", "width"),
    [(2e6, 1.75e6), (8e6, 6e6), (10e6, 7e6), (12e6, 9e6), (20e6, 15e6), (1e6, 1.75e6)],
)
def test_a_hackrfs_filter_fits_the_rate(rate, width):
    assert hackrf_filter(rate) == width


def test_device_strings():
    assert device_string("hackrf=0") == "hackrf=0"
    assert device_string("hackrf=0", "b1c2d3", True) == "hackrf=b1c2d3,bias=1"
    assert device_string("rtl=0,buffers=8", "00000002") == "rtl=00000002,buffers=8"
    assert device_string("hackrf", "77") == "hackrf=77"
    assert device_string("soapy=0,driver=lime", "9") == "soapy=0,driver=lime,serial=9"
    with pytest.raises(InputError, match="bias-tee.*hackrf, rtl, airspy"):
        device_string("soapy=0,driver=lime", None, True)
    assert [driver_of(text) for text in ("hackrf", "RTL=0,x=1")] == ["hackrf", "rtl"]
    assert hardware_of("soapy=0,driver=hackrf") == "hackrf"
    assert [hardware_of(text) for text in ("soapy=0", "airspy=0")] == ["soapy", "airspy"]


def test_what_is_a_radio(recording, bare):
    assert is_radio("hackrf=0") and is_radio("soapy=0,driver=lime")
    for source in ("-", "missing.cs8", str(recording), str(bare), "."):
        assert not is_radio(source), source


@pytest.fixture
def fake(bare, tmp_path):
    """Runs kaifa_rx with a made-up HackRF; gives the result and the calls to it."""
    samples = tmp_path / "samples"
    (np.fromfile(bare, np.int8).astype("<f4") / 128).tofile(samples)
    calls = tmp_path / "calls"
    module = Path(__file__).with_name("fake_osmosdr")
    env = os.environ | {
        "PYTHONPATH": f"{module}:{os.environ['PYTHONPATH']}",
        "FAKE_OSMOSDR": str(calls),
        "FAKE_SAMPLES": str(samples),
    }

    def run(*arguments):
        calls.write_text("")
        result = receive(*arguments, env=env)
        return result, [tuple(call) for call in json_lines(calls)]

    return run


def test_config_hackrf_is_all_that_it_takes(fake, tmp_path):
    result, calls = fake("--config", "hackrf", "--json", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert calls == [
        ("open", "numchan=1 hackrf=0"),
        ("rate", 8e6),
        ("ppm", 0.0),
        ("frequency", 872.5e6),
        ("bandwidth", 6e6),
        ("gain_mode", False),
        ("gain", 0, "RF"),
        ("gain", 32, "IF"),
        ("gain", 24, "BB"),
        ("bandwidth", 6e6),
    ]
    said = result.stderr.splitlines()[0]
    assert said == (
        "hackrf=0: 8 Msps around 872.5 MHz, bandwidth 6 MHz, gain amp 0, lna 32, vga 24 dB"
    )


def test_a_hackrf_by_itself_is_set_the_same(fake):
    assert fake("hackrf=0")[1] == fake("--config", "hackrf")[1]


def test_the_command_line_goes_before_the_settings(fake, truth, tmp_path):
    result, calls = fake(
        *("--config", "hackrf", "--rate", SAMPLE_RATE, "--frequency", "871.7M", "--ppm", "-1.5"),
        *("--gain", "vga=31", "--serial", "b1c2d3", "--bias-tee", "--bandwidth", "2.5M"),
        *("--json", tmp_path / "out"),
    )
    assert calls[0] == ("open", "numchan=1 hackrf=b1c2d3,bias=1")
    assert [call for call in calls if call[0] in ("rate", "ppm", "frequency")] == [
        ("rate", SAMPLE_RATE),
        ("ppm", -1.5),
        ("frequency", 871.7e6),
    ]
    assert calls[-1] == ("bandwidth", 2.5e6)
    assert ("gain", 32, "IF") in calls and ("gain", 0, "RF") in calls
    assert ("gain", 32, "BB") in calls
    got = [record["mpdu"] for record in frames(tmp_path / "out") if record["check_ok"]]
    assert sorted(got) == sorted(sent["mpdu"] for sent in truth)


def test_gains_are_rounded_to_what_the_radio_has_and_that_is_told(fake):
    result, calls = fake("hackrf=0", "--gain", "lna=30", "--gain", "vga=99")
    assert ("gain", 32, "IF") in calls and ("gain", 62, "BB") in calls
    assert "lna 32 (30 asked), vga 62 (99 asked) dB" in result.stderr.splitlines()[0]
    result, calls = fake("hackrf=0", "--gain", "40")
    assert "gain amp 0, lna 16, vga 24 dB" in result.stderr.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hackrf=0", "--gain", "mix=3"), "gain stage 'mix' is not known, expected one of lna"),
        (
            ("hackrf=0", "--rate", "30M"),
            "--rate is 30 MHz, expected 2 to 20 MHz with a radio of settings hackrf",
        ),
        (("hackrf=0", "--rate", "1.9M"), "--rate is 1.9 MHz"),
        (("hackrf=0", "--frequency", "6.1G"), "--frequency is 6100 MHz, expected 1 to 6000 MHz"),
        (
            ("rtl=0", "--rate", "600k"),
            "--rate is 0.6 MHz, expected 0.225001 to 0.3 or 0.900001 to 3.2 MHz",
        ),
        (("airspy=0", "--rate", "8M"), "--rate is 8 MHz, expected 2.5 or 3 or 6 or 10 MHz"),
        # What nobody knows the limits of, its driver judges.
        (
            ("soapy=0,driver=hackrf", "--rate", "40M"),
            "the radio refuses a setting: hackrf_set_sample_rate",
        ),
        (("bladerf=0",), "no such recording and no such radio"),
        (("bladerf=0", "--bias-tee"), "--bias-tee"),
        ((), "SOURCE is missing"),
        (("--config", "nonesuch"), "airspy, hackrf, rtlsdr, soapy"),
    ],
)
def test_what_cannot_be_set_is_told(arguments, words, fake):
    result, _ = fake(*arguments)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1 and words in result.stderr, result.stderr


def test_list_names_the_radios_that_are_there(fake):
    result, _ = fake("--list")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "hackrf=1d3f5b  (HackRF HackRF One 1d3f5b)",
        "soapy=0,driver=rtlsdr,serial=00000001  (Generic RTL2832U)",
    ]


def test_no_radio_there_is_told():
    result = receive("--list")
    assert (result.returncode, result.stdout) == (0, "no radio found\n")


def test_a_recording_takes_nothing_from_a_radios_settings(fake, recording, tmp_path):
    result, calls = fake("--config", "hackrf", recording, "--json", tmp_path / "out")
    assert (result.returncode, calls) == (0, []), result.stderr
    assert json.loads((tmp_path / "out").read_text().splitlines()[-1])["frames_checked"] > 20


def test_a_bandwidth_below_zero_is_refused():
    with pytest.raises(InputError, match="--bandwidth is -4 Hz, expected more than 0 Hz"):
        wishes(parse_arguments(["hackrf=0", "--bandwidth", "-4"]))
