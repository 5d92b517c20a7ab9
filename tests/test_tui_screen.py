# SPDX-License-Identifier: GPL-3.0-or-later
"""What the terminal shows of what was seen."""

import io
import json
import subprocess

import numpy as np
import pytest
from conftest import ROOT
from contrast import contrast
from gnuradio.kaifa.tui.screen import screen
from gnuradio.kaifa.tui.seen import MOST_FRAMES, MOST_SENDERS, Seen
from gnuradio.kaifa.tui.spectrum_text import axis, bars, columns, levels, shades, waterfall
from rich.color import ColorSystem
from rich.console import Console

FACTS = {"source": "mesh", "band": "871.1 MHz", "low_hz": 870.7e6, "high_hz": 871.5e6}


@pytest.fixture(scope="module")
def records():
    """Records of frames of the recording of the examples."""
    command = ["kaifa_rx", ROOT / "examples" / "mesh.sigmf-meta", "--json", "-"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [json.loads(line) for line in lines.splitlines()]
    return [record for record in found if record["record"] == "frame"]


STATUS = (
    "bursts 283 > sync 283 > length 283 > checked 283  rejected 0  clipped 0 %  noise -97 dBFS/Hz"
    "  DC +23 dB  lost 0\nhint: nothing"
)


def plain(seen, width, height):
    console = Console(width=width, height=height, file=io.StringIO(), record=True)
    console.print(screen(seen, FACTS, STATUS, width, height))
    return console.export_text().splitlines()


SIZES = [(80, 24), (80, 60), (131, 40), (134, 40), (139, 40), (140, 40), (250, 24)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_size_is_filled_and_nothing_is_cut_off(records, width, height):
    seen = Seen()
    for record in records:
        seen.add_frame(record)
    lines = plain(seen, width, height)
    assert len(lines) == height
    assert all(len(line) <= width for line in lines)
    assert "…" not in "".join(lines)
    newest = [line for line in lines if records[-1]["source"] in line]
    assert newest, lines
    assert any("senders (7)" in line for line in lines)
    # However long the counts are, they and what stands under them are there.
    assert any("lost 0" in line for line in lines)
    assert any(line.startswith("hint: nothing") for line in lines)


def test_a_small_terminal_has_room_for_some_of_each(records):
    seen = Seen()
    for record in records:
        seen.add_frame(record)
    lines = plain(seen, 80, 24)
    rows = [line for line in lines if " > " in line and "from > to" not in line]
    frames = [line for line in rows if line.split()[0].startswith("00:00:00")]
    senders = [line for line in lines if line.split() and line.split()[0] in seen.senders]
    assert len(frames) >= 5 and len(senders) >= 3


def test_all_frames_and_senders_stand_in_a_large_terminal(records):
    seen = Seen()
    for record in records:
        seen.add_frame(record)
    text = "\n".join(plain(seen, 160, 60))
    for record in records:
        assert f"{record['frequency_hz'] / 1e6:.4f}" in text
        # Inferred from the exchange, and marked so
        assert not record["source_inferred"] or f"{record['source']}?" in text
    named = {r["source"] for r in records if r["source"] and not r["source_inferred"]}
    assert set(seen.senders) == named
    frames = sum(sum(sender.frames.values()) for sender in seen.senders.values())
    assert frames == sum(not r["source_inferred"] for r in records)


def test_memory_is_bounded(records):
    seen = Seen()
    beacon = next(record for record in records if record["type"] == "beacon")
    for number in range(MOST_SENDERS + 10):
        seen.add_frame(beacon | {"source": f"{number:016x}"})
    assert (len(seen.frames), len(seen.senders)) == (MOST_FRAMES, MOST_SENDERS)
    assert "10 left out" in "\n".join(plain(seen, 80, 24))


def test_a_reject_says_why(records):
    seen = Seen()
    reject = dict.fromkeys(records[0]) | {
        "time_s": 1.5,
        "frequency_hz": 871e6,
        "snr_db": 12.0,
        "check_ok": False,
        "reason_text": "length is 300 octets, [bold]more than there are",
    }
    seen.add_frame(reject)
    text = "\n".join(plain(seen, 140, 30))
    # Words in brackets are text, not the library's markup.
    assert "rejected" in text and "length is 300 octets, [bold]more" in text
    assert not seen.senders


def test_a_tone_stands_where_its_frequency_is_written():
    rows = np.full((4, 1000), -100.0)
    rows[:, 500] = -60.0
    level = levels(columns(rows, 79))
    assert level.shape == (4, 79)
    assert np.flatnonzero(level[0] == 1.0).tolist() == [39]
    assert [str(line)[39] for line in bars(level[0], 3)] == ["█"] * 3
    assert str(axis(870.7e6, 871.5e6, 79)).index("871.10") + 3 in (39, 40)
    assert [len(line) for line in waterfall(level)] == [79, 79]
    expected = " " * 39 + "█" + " " * 39
    assert [str(line) for line in shades(level)] == [expected, expected]


# Of terminals as they come, and of well-known themes.
GROUNDS = {
    "black": "#000000", "grey": "#1e1e1e", "aubergine": "#300a24", "solarized dark": "#002b36",
    "white": "#ffffff", "paper": "#fafafa", "solarized light": "#fdf6e3",
}  # fmt: skip


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(("width", "height"), [(80, 30), (140, 40)])
def test_every_colour_is_legible_on_dark_and_on_light(records, ground, width, height):
    """Contrast as in WCAG 2.2: at least 4 on black and white, 3 on grounds between."""
    seen = Seen()
    for record in records:
        seen.add_frame(record)
    seen.add_frame(records[0] | {"check_ok": False, "reason_text": "no length"})
    for _ in range(8):
        seen.add_row(np.random.default_rng(1).normal(-90, 6, 512))
    console = Console(width=width, height=height, file=io.StringIO(), color_system="truecolor")
    shown = screen(seen, FACTS, STATUS, width, height)
    segments = [each for line in console.render_lines(shown) for each in line if each.text.strip()]
    styles = {segment.style for segment in segments if segment.style}
    assert not any(style.dim for style in styles)
    # The waterfall brings its own ground.
    alone = {style.color for style in styles if style.color and not style.bgcolor}
    colours = {color for color in alone if not color.is_default}
    assert len(colours) == 6
    least = 4 if ground in ("black", "white") else 3
    for color in colours:
        assert contrast(color.get_truecolor().hex, GROUNDS[ground]) >= least, color
        # The same where there are 256 colours.
        few = color.downgrade(ColorSystem.EIGHT_BIT)
        assert few.get_truecolor() == color.get_truecolor()


def test_few_bins_fill_a_wide_terminal():
    assert columns(np.arange(8.0)[None, :], 16).tolist() == [[k // 2 for k in range(16)]]
