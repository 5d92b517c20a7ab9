# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraphs for GNU Radio Companion and the examples: they are generated and run."""

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, json_lines, simulate


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of apps/ and examples/ with every flowgraph generated."""
    top = tmp_path_factory.mktemp("tree")
    for folder in ("apps", "examples"):
        shutil.copytree(ROOT / folder, top / folder)
    for path in [*top.glob("apps/*.grc"), *top.glob("examples/*.grc")]:
        subprocess.run(["grcc", "-o", path.parent, path], check=True, timeout=120)
    return top


def run(path, timeout=60):
    """Runs a generated flowgraph where GNU Radio Companion would, beside itself."""
    return subprocess.run(
        [sys.executable, "-u", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def test_the_blocks_one_by_one_print_every_frame(tree):
    result = run(tree / "examples" / "kaifa_blocks.py")
    assert result.returncode == 0, result.stderr
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    lengths = [f"pdu length = {len(line['mpdu']) // 2:10d} bytes" for line in sent]
    printed = [line for line in result.stdout.splitlines() if line.startswith("pdu length")]
    assert sorted(printed) == sorted(lengths)


def test_the_python_example_prints_every_frame(tree):
    result = run(tree / "examples" / "receive.py")
    assert result.returncode == 0, result.stderr
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    assert len(result.stdout.splitlines()) == len(sent)
    for line in sent:
        assert f"{line['kind']:9}  seq {line['seq']:>3}" in result.stdout


def test_the_recording_of_the_examples_is_the_one_its_script_makes(tmp_path):
    script = ROOT / "script" / "example-recording"
    subprocess.run([script, tmp_path / "mesh"], check=True, capture_output=True)
    made = np.fromfile(tmp_path / "mesh.sigmf-data", "<f4")
    assert np.array_equal(made, np.fromfile(ROOT / "examples" / "mesh.sigmf-data", "<f4"))


def test_tagging_only_prints_a_tag_for_every_burst(tree):
    result = run(tree / "examples" / "tagging.py")
    assert result.returncode == 0, result.stderr
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    assert result.stdout.count("Key: new_burst") == len(sent)


def test_frames_reach_the_lines_of_python_in_a_flowgraph(tree):
    result = run(tree / "examples" / "frames_to_python.py")
    assert result.returncode == 0, result.stderr
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    lines = result.stdout.splitlines()
    octets = [f"{len(line['mpdu']) // 2} octets" for line in sent]
    assert sorted(line.split(", ")[1] for line in lines) == sorted(octets)
    # Who sent an acknowledgement is no fact.
    assert all(("? ack" in line) == (" ack " in line) for line in lines)


WINDOW = """
import json, sys
import {module}
from PyQt5 import QtCore, QtWidgets
import drawn

application = QtWidgets.QApplication([])
window = {module}.{module}({parameters})
window.resize(1100, 680)
window.start()
window.show()

def move(name, place):
    '''Moves a slider of the window, as a hand would: place from 0 to its last.'''
    getattr(window, name).findChild(QtWidgets.QSlider).setValue(place)
    return True

def look(left=[100]):
    found = {question}
    left[0] -= 1
    if found or left[0] == 0:
        print(json.dumps(found))
        window.close()
    else:
        QtCore.QTimer.singleShot(200, look)

look()
application.exec_()
"""


def seen_in_window(path, question, parameters="", **environment):
    """Opens the window of a generated flowgraph and asks it, an expression, up to 20 s long until
    the answer is true; returns the answer.

    parameters: of the flowgraph, in Python.
    """
    if "DISPLAY" not in os.environ:
        pytest.fail("no display; script/test runs this under xvfb-run")
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            WINDOW.format(module=path.stem, question=question, parameters=parameters),
        ],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=90,
        env=os.environ
        | {
            "XDG_CONFIG_HOME": str(path.parent),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), os.environ["PYTHONPATH"]]),
        }
        | environment,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def rows_sent():
    """Type, sequence number and octets of what was sent."""
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    return {(line["kind"], str(line["seq"]), str(len(line["mpdu"]) // 2)) for line in sent}


def columns(rows):
    """The same of the rows of a frame table."""
    return {(row[3], row[4], row[7]) for row in rows}


def test_the_window_shows_the_band_a_packet_and_the_frames_of_a_recording(tree):
    question = (
        "len(window.frames.rows()) > 40 and window.packet.shown() and "
        "dict(rows=window.frames.rows(), funnel=window.funnel.counts(), marks=window.band.marks(),"
        " octets=[text for _, text in window.packet.shown().octets()],"
        " title=window.packet.shown().title(), beyond=window.frames.widget"
        ".findChild(QtWidgets.QTableView).horizontalScrollBar().maximum())"
    )
    seen = seen_in_window(tree / "apps" / "kaifa_rx_gui.py", question)
    assert columns(seen["rows"]) == rows_sent()
    assert all(row[5].endswith("?") for row in seen["rows"] if row[3] == "ack")
    # All columns are in view.
    assert seen["beyond"] == 0
    funnel = list(seen["funnel"].values())
    assert funnel == sorted(funnel, reverse=True) and funnel[-1] >= len(seen["rows"])
    assert seen["marks"]["checked"] > 0 and seen["marks"]["rejected"] == 0
    # What is drawn of the packet are the octets of a frame that was sent, behind its length.
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    assert "".join(seen["octets"][1:]).startswith(tuple(line["mpdu"] for line in sent))
    assert re.match(r"87[01]\.\d{4} MHz, .* with 0 wrong", seen["title"])


def test_frames_cross_from_one_host_to_the_other(tree):
    antenna = subprocess.Popen(
        [sys.executable, "zmq_antenna.py"], cwd=tree / "examples", stdin=subprocess.DEVNULL
    )
    try:
        question = "len(window.frames.rows()) > 40 and window.frames.rows()"
        rows = seen_in_window(tree / "examples" / "zmq_desk.py", question)
    finally:
        antenna.kill()
        antenna.wait()
    assert columns(rows) == rows_sent()


def test_a_users_own_blocks_show_two_tones_and_a_burst_from_its_begin(tree):
    # A histogram is of 20 ms, which not always have a burst in them.
    question = (
        "(lambda found, swing: found and abs(found[0] + 25) < 3 and abs(found[1]) < 2"
        " and abs(found[2] - 25) < 3 and swing[0] < swing[1] / 2 and swing[1] > 0.3"
        " and [found, swing, window.to_stream.bursts()])"
        "(drawn.tones(window._frequencies_win, 60), drawn.swing(window._shape_win))"
    )
    found = seen_in_window(tree / "examples" / "own_dsp.py", question)
    assert found and found[2] > 0, found


def test_the_time_sink_draws_the_sync_word_with_its_strobes(tree):
    """The last two symbols of the preamble and the first of a sync word, each with a mark."""
    found = "drawn.symbols(window._discriminator_win)"
    question = f"(lambda found: found and found[1] == 9 and found)({found})"
    bits, marks = seen_in_window(tree / "examples" / "strobes.py", question)
    assert bits == "10" + f"{0x904E:016b}"[:7]


def test_the_threshold_slider_acts_at_once(tree, tmp_path):
    """At its end, 20 dB, no burst of a mesh of 9 to 13 dB is found any more."""
    options = "--sample-rate 800e3 --frequency 871.1e6 --unicast-rate 14 --seconds 1 --format cf32"
    name = simulate(tmp_path / "weak", *options.split(), "--snr-min", 9, "--snr-max", 13)
    bursts = "window.funnel.counts()['bursts']"
    question = (
        f"(window.get_threshold() == 4 and {bursts} > 20 and move('_threshold_win', 1000) and 0)"
        f" or (window.get_threshold() == 20 and (lambda before: before[-1] == before[-6] and"
        f" before[-1])((window.__dict__.setdefault('seen', [-1] * 6).append({bursts}), window.seen)"
        "[1]))"
    )
    parameters = f"recording={str(name.with_suffix('.sigmf-data'))!r}"
    assert seen_in_window(tree / "apps" / "kaifa_rx_gui.py", question, parameters) > 20


def test_gain_sliders_reach_the_radio_and_what_it_loses_is_shown(tree, tmp_path):
    # At a rate that a busy computer keeps up with, too; later, samples are late for good.
    rate, lost = 1e6, 131072
    program = (tree / "apps" / "kaifa_rx_gui.py").read_text()
    assert program.count("8e6 if live") == 1
    path = tmp_path / "slow_gui.py"
    path.write_text(
        re.sub(r"\bkaifa_rx_gui\b", "slow_gui", program.replace("8e6 if live", "1e6 if live"))
    )
    noise = np.random.default_rng(1).normal(0, 0.01, (1 << 20, 2)).astype("f4")
    noise.tofile(tmp_path / "one")
    (tmp_path / "noise").write_bytes((tmp_path / "one").read_bytes() * 12)
    calls = tmp_path / "calls"
    question = (
        "(window.get_if_gain() == 32 and window.funnel.samples_lost() == 0 and"
        " move('_if_gain_win', 2) and move('_bb_gain_win', 5) and move('_rf_gain_win', 1) and 0)"
        " or window.funnel.samples_lost()"
    )
    folders = os.pathsep.join([str(ROOT / p) for p in ("tests", "tests/fake_osmosdr")])
    seen = seen_in_window(
        path,
        question,
        "live=1",
        PYTHONPATH=os.pathsep.join([folders, os.environ["PYTHONPATH"]]),
        FAKE_OSMOSDR=str(calls),
        FAKE_SAMPLES=str(tmp_path / "noise"),
        FAKE_RATE=str(rate),
        FAKE_LOSSES=f"{lost * 24}:{lost}",
    )
    assert seen > 0.95 * lost
    said = json_lines(calls)
    assert said[0] == ["open", "numchan=1 hackrf=0"]
    assert ["if_gain", 32, 0] in said and ["bb_gain", 24, 0] in said and ["gain", 0, 0] in said
    assert said[-3:] == [["if_gain", 16, 0], ["bb_gain", 10, 0], ["gain", 14, 0]]


def test_a_recording_has_no_clock_that_could_lose_samples(tree):
    question = "len(window.frames.rows()) > 40 and [window.funnel.samples_lost()]"
    assert seen_in_window(tree / "apps" / "kaifa_rx_gui.py", question) == [None]


def test_no_radio_is_said_in_the_window_program_too(tree):
    result = subprocess.run(
        [sys.executable, "kaifa_rx_gui.py", "--live", "1"],
        cwd=tree / "apps",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode != 0
    assert "HackRF" in result.stderr
