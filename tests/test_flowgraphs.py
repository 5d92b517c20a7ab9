# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraphs for GNU Radio Companion and the examples: they are generated and run."""

import os
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
    for path in (top / "apps" / "kaifa_rx.grc", top / "examples" / "kaifa_blocks.grc"):
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


WINDOW = """
import kaifa_rx_gui
from PyQt5 import QtCore, QtWidgets

application = QtWidgets.QApplication([])
window = kaifa_rx_gui.kaifa_rx_gui(live=0)
window.start()
window.show()
QtCore.QTimer.singleShot(8000, window.close)
application.exec_()
print(window.frames.toPlainText())
"""


def test_the_window_lists_the_frames_of_a_recording(tree):
    if "DISPLAY" not in os.environ:
        pytest.fail("no display; script/test runs this under xvfb-run")
    result = subprocess.run(
        [sys.executable, "-c", WINDOW],
        cwd=tree / "apps",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    for line in json_lines(ROOT / "examples" / "mesh.truth.jsonl"):
        assert f"{line['kind']:9}  seq {line['seq']:>3}" in result.stdout


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
