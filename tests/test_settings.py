# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings in TOML files: what they mean, how they are layered, and what is wrong with them."""

import random
import sys

import pytest
import tomllib
from conftest import ROOT
from gnuradio.kaifa.arguments import parse_arguments
from gnuradio.kaifa.arguments_radio import wishes
from gnuradio.kaifa.radio.limits import refuse_out_of_reach
from gnuradio.kaifa.recording import InputError
from gnuradio.kaifa.settings import ready_settings

sys.path.insert(0, str(ROOT / "tests" / "fuzz"))
from settings_target import judge  # noqa: E402

CORPUS = ROOT / "tests" / "fuzz" / "corpus" / "settings"


@pytest.fixture
def parsed(tmp_path):
    """Parses a command line with --config for each text of a file."""

    def parse(*texts, argv=()):
        words = []
        for number, text in enumerate(texts):
            path = tmp_path / f"{number}.toml"
            path.write_text(text)
            words += ["--config", str(path)]
        return parse_arguments([*words, *argv])

    return parse


def test_a_file_is_the_command_line_by_another_name(parsed):
    args = parsed(
        'source = "rtl=0"\nchecked-only = true\ndc-mask = "5k"\nframing = "d"\n'
        "[radio]\nrate = 1_200_000\nfrequency = 870.5e6\ngain = {lna = 10.5}\nppm = -3\n"
    )
    assert (args.source, args.checked_only, args.dc_mask) == ("rtl=0", True, 5000)
    assert (args.framing, args.rate, args.frequency) == ("d", 1.2e6, 870.5e6)
    assert (args.gain[-1], args.ppm) == ({"lna": 10.5}, -3)


def test_what_comes_later_counts(parsed):
    first, second = 'source = "hackrf=0"\nframing = "a"\n', 'framing = "b"\n[radio]\nrate = 4e6\n'
    args = parsed(first, second, argv=["--threshold", "5"])
    assert (args.source, args.framing, args.rate, args.threshold) == ("hackrf=0", "b", 4e6, 5)
    args = parsed(first, second, argv=["rtl=1", "--framing", "c", "--rate", "2M"])
    assert (args.source, args.framing, args.rate) == ("rtl=1", "c", 2e6)
    assert parsed('framing = "a"\n', "[radio]\nrate = 4e6\n", argv=["rtl=1"]).rate == 4e6


def test_a_recording_takes_what_is_not_for_radios(parsed, recording):
    args = parsed('framing = "b"\n[radio]\nrate = 4e6\n', argv=[str(recording)])
    assert (args.source, args.framing, args.rate, args.gain) == (str(recording), "b", None, None)


def test_a_radio_takes_nothing_from_the_settings_of_another(parsed):
    hackrf, any_radio = 'source = "hackrf=0"\n[radio]\nppm = 2\n', "[radio]\nppm = 3\n"
    assert parsed(hackrf, argv=["rtl=1"]).ppm is None
    assert parsed(hackrf, argv=["hackrf=7"]).ppm == 2
    assert parsed(any_radio, argv=["rtl=1"]).ppm == 3


@pytest.mark.parametrize("name", list(ready_settings()))
def test_ready_settings_name_a_radio_and_set_it(name):
    args = parse_arguments(["--config", name])
    assert "=0" in args.source
    assert args.rate >= 2e6 and args.gain
    refuse_out_of_reach(args.source, wishes(args))
    # The band of the beacons is in it.
    assert abs(args.frequency - 871.3e6) + 100e3 < args.rate / 2


def test_the_settings_of_a_radio_are_its_defaults():
    assert parse_arguments(["rtl=3"]).rate == parse_arguments(["--config", "rtlsdr"]).rate
    assert parse_arguments(["uhd=0"]).rate is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("frequenzy = 1", "frequenzy is no setting"),
        ("[radio]\nvolume = 11", "volume is no setting"),
        ('config = "other"', "config is no setting"),
        ("schema = true", "schema is no setting"),
        ("[radio]\nrate = true", "rate: argument --rate: expected one argument"),
        ('[radio]\nrate = "fast"', "rate: argument --rate: invalid"),
        ("checked-only = 1", "checked-only: argument --checked-only"),
        ("checked-only = false", "checked-only is false, expected true"),
        ("threshold = [3, 4]", "threshold is [3, 4], expected a number, text or true"),
        ('[radio]\ngain = "loud"', "gain: argument --gain: 'loud' cannot be used"),
        ("[radio]\ngain = {lna = true}", "gain is {'lna': True}, expected dB or a table"),
        ("[radio]\ngain = {}", "gain is {}, expected dB or a table"),
        ("radio = 3", "radio is 3, expected a table"),
        ("[gain]\nlna = 1\n[filter]\nx = 2", "filter is {'x': 2}, expected"),
        ("source = 3", "source is 3, expected text"),
        ('source = ""', "source is '', expected text"),
        ("threshold = 2026-01-01", "threshold is"),
        ("threshold = nan", "threshold: argument --threshold"),
        ("threshold", "expected TOML"),
        ("threshold = 1\nthreshold = 2", "expected TOML"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_key(text, words, parsed):
    with pytest.raises(InputError) as error:
        parsed(text, argv=["hackrf=0"])
    message = str(error.value)
    assert "0.toml: " in message and words in message, message


def test_garbage_is_told_or_understood(tmp_path):
    """Pieces of settings at random, and octets: an InputError of one line, or settings."""
    chance = random.Random(1)
    pieces = (
        *("rate", "gain", "source", "[radio]", "[", "]", "{", "}", "=", '"', "'", ",", ".", "\n"),
        *("8e6", "lna", "true", "-1", "0x", "1979-05-27", "\\u0000", "#", "inf", "--help", " "),
    )
    told = 0
    for _ in range(3000):
        text = "".join(chance.choices(pieces, k=chance.randrange(1, 12))).encode()
        if chance.random() < 0.2:
            text = chance.randbytes(chance.randrange(1, 60))
        told += isinstance(judge(text, tmp_path / "garbage.toml"), str)
    assert 1000 < told < 3000


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.stem)
def test_settings_cut_off_are_told_or_understood(path, tmp_path):
    octets = path.read_bytes()
    assert not isinstance(judge(octets, tmp_path / "whole.toml"), str)
    for end in range(0, len(octets), 3):
        judge(octets[:end], tmp_path / "cut.toml")


@pytest.mark.parametrize("text", ["x = " + 9999 * "[", "threshold = " + 9999 * "1"])
def test_what_breaks_a_parser_is_told(text, parsed):
    with pytest.raises(InputError, match="0.toml"):
        parsed(text, argv=["hackrf=0"])


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "bad.toml").write_bytes(b"a = '\xff'")
    for name, words in (("no.toml", "No such file"), ("bad.toml", "expected TOML"), (".", "Is a")):
        with pytest.raises(InputError, match=words):
            parse_arguments(["--config", str(tmp_path / name), "hackrf=0"])


def test_every_ready_setting_is_toml_with_a_source():
    for path in ready_settings().values():
        assert tomllib.loads(path.read_text())["source"]
