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
from conftest import ROOT, json_lines


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

application = QtWidgets.QApplication([])
window = {module}.{module}()
window.start()
window.show()

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


def seen_in_window(path, question):
    """Opens the window of a generated flowgraph and asks it, an expression, up to 20 s long until
    the answer is true; returns the answer."""
    if "DISPLAY" not in os.environ:
        pytest.fail("no display; script/test runs this under xvfb-run")
    result = subprocess.run(
        [sys.executable, "-c", WINDOW.format(module=path.stem, question=question)],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=90,
        env=os.environ | {"XDG_CONFIG_HOME": str(path.parent)},
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def rows_sent():
    """Type, sequence number and octets of what was sent."""
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    return {(line["kind"], str(line["seq"]), str(len(line["mpdu"]) // 2)) for line in sent}


def columns(rows):
    """The same of the rows of a frame table."""
    return {(row[4], row[5], row[9]) for row in rows}


def test_the_window_shows_the_band_a_packet_and_the_frames_of_a_recording(tree):
    question = (
        "len(window.frames.rows()) > 40 and window.packet.shown() and "
        "dict(rows=window.frames.rows(), funnel=window.funnel.counts(), marks=window.band.marks(),"
        " octets=[text for _, text in window.packet.shown().octets()],"
        " title=window.packet.shown().title())"
    )
    seen = seen_in_window(tree / "apps" / "kaifa_rx_gui.py", question)
    assert columns(seen["rows"]) == rows_sent()
    assert all(row[6].endswith("?") for row in seen["rows"] if row[4] == "ack")
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


def test_a_users_own_blocks_get_every_burst(tree):
    count = "window.to_stream.bursts()"
    assert seen_in_window(tree / "examples" / "own_dsp.py", f"{count} > 40 and {count}") > 40


def test_the_time_sink_gets_strobes(tree):
    count = "window.receiver.counts()['checked']"
    assert seen_in_window(tree / "examples" / "strobes.py", f"{count} > 40 and {count}") > 40


def test_the_threshold_in_the_window_acts_at_once(tree):
    question = (
        "(window.get_threshold() == 4 and window.funnel.counts()['bursts'] > 20"
        " and window.set_threshold(60)) or (window.get_threshold() == 60 and"
        " (lambda seen, before: seen == before and seen)(window.funnel.counts()['bursts'],"
        " window.__dict__.setdefault('counts', []).append(window.funnel.counts()['bursts'])"
        " or (window.counts[-6] if len(window.counts) > 5 else -1)))"
    )
    assert seen_in_window(tree / "apps" / "kaifa_rx_gui.py", question) > 20


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
