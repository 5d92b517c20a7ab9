# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorder on a disk that is too slow, and where its samples and annotations then stand."""

import json
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from gnuradio import blocks, gr
from gnuradio.kaifa.recording import FORMATS
from gnuradio.kaifa.sigmf_out import recorder as recorders
from gnuradio.kaifa.sigmf_out.recorder import Recorder
from gnuradio.kaifa.sigmf_out.stretches import Stretches
from gnuradio.kaifa.sources import decoder, encoder

RATE = 1e6


@pytest.mark.parametrize("live", [True, False])
def test_a_slow_disk(live, monkeypatch, tmp_path):
    """Live what does not fit is left out and counted; else the flowgraph waits."""
    monkeypatch.setattr(recorders, "MOST_WAITING_OCTETS", 300_000)
    monkeypatch.setattr(recorders, "PIPE_OCTETS", 1 << 16)
    numbers = np.arange(1_000_000, dtype="<u4").view(np.int8)
    top = gr.top_block()
    numbers_out = blocks.vector_source_b(numbers.view(np.uint8).tolist(), False, 4)
    items = blocks.throttle(4, RATE)
    top.connect(numbers_out, items)
    gate = threading.Event()
    monkeypatch.setattr(Recorder, "_append", slow(Recorder._append, gate))
    source = SimpleNamespace(
        live=live,
        sample_rate=RATE,
        first_sample=0,
        center_frequency=871e6,
        recording=SimpleNamespace(anchors=()),
        source=SimpleNamespace(stored=FORMATS["ci16"], tap=lambda sink: top.connect(items, sink)),
    )
    recorder = Recorder(source, tmp_path / "slow.sigmf-meta", {})
    recorder.add_time_anchor(0, 1_000_000_000, 0.25)
    recorder.add_time_anchor(100, 1_000_000_000, 0.5001)
    for start in range(0, 1_000_000, 50_000):
        recorder.metadata.annotate({"core:sample_start": start, "core:sample_count": 10})
    threading.Timer(0.4, gate.set).start()
    top.run()
    recorder.finish()
    got = np.fromfile(tmp_path / "slow.sigmf-data", "<u4")
    meta = json.loads((tmp_path / "slow.sigmf-meta").read_text())
    assert recorder.lost() == 1_000_000 - len(got)
    if not live:
        assert np.array_equal(got, np.arange(1_000_000))
        assert len(meta["annotations"]) == 20
        return
    assert 0 < len(got) < 1_000_000 and recorder.lost() > 100_000
    assert np.array_equal(got[:10_000], np.arange(10_000))
    assert (np.diff(got.astype(np.int64)) > 0).all(), "nothing twice, nothing out of order"
    # Where a number is not the one before and one, a capture begins, with its own time.
    starts = [0, *(1 + np.flatnonzero(np.diff(got) != 1))]
    assert len(starts) > 1
    assert [capture["core:sample_start"] for capture in meta["captures"]] == starts
    for capture in meta["captures"]:
        number = got[capture["core:sample_start"]]
        assert capture["core:global_index"] == number
        date = capture["core:datetime"]
        assert date.startswith("2001-09-09T01:46:4")
        seconds = float(date.removeprefix("2001-09-09T01:46:4")[:-1])
        assert seconds == pytest.approx(0.5 + number / RATE, abs=1e-6)
    marked = {int(got[mark["core:sample_start"]]) for mark in meta["annotations"]}
    assert marked == {n for n in range(0, 1_000_000, 50_000) if n in got}
    assert marked


def test_a_disk_that_does_not_answer_is_not_waited_for_for_ever(monkeypatch, tmp_path):
    monkeypatch.setattr(recorders, "PATIENCE_SECONDS", 0.3)
    gate = threading.Event()
    monkeypatch.setattr(Recorder, "_append", slow(Recorder._append, gate))
    top = gr.top_block()
    items = blocks.vector_source_b([1] * 20_000, False, 2)
    source = SimpleNamespace(
        live=False,
        sample_rate=RATE,
        first_sample=0,
        center_frequency=0.0,
        recording=SimpleNamespace(anchors=()),
        source=SimpleNamespace(stored=FORMATS["ci8"], tap=lambda sink: top.connect(items, sink)),
    )
    recorder = Recorder(source, tmp_path / "stuck.sigmf-meta", {})
    top.run()
    recorder.hurry()
    begun = time.monotonic()
    recorder.finish()
    assert time.monotonic() - begun < 5
    assert recorder.lost() == 10_000
    gate.set()


def slow(append, gate):
    def appended(self, data, piece):
        gate.wait()
        append(self, data, piece)

    return appended


def test_what_a_radio_loses_begins_a_capture():
    stretches = Stretches(RATE, live=True)
    stretches.add_time(0, 100, 0.0)  # a guess, from before the radio began
    stretches.add_time(1_000_000, 101, 0.25)
    stretches.add_time(2_000_000, 102, 0.2501)  # the clock wanders
    stretches.add_time(3_000_000, 103, 0.2664)  # 16 ms are missing
    captures = stretches.captures(4_000_000, {})
    assert captures == [
        {"core:sample_start": 0, "core:datetime": "1970-01-01T00:01:40.250000000Z"},
        {"core:sample_start": 3_000_000, "core:datetime": "1970-01-01T00:01:43.266400000Z"},
    ]


def test_every_time_that_a_recording_tells_is_kept():
    stretches = Stretches(RATE, live=False)
    stretches.add_time(500, 100, 0.0)
    stretches.add_time(1000, 100, 0.0005)
    captures = stretches.captures(2000, {"core:frequency": 1.0})
    assert [capture["core:sample_start"] for capture in captures] == [0, 500, 1000]
    assert "core:datetime" not in captures[0]


def test_octets_of_a_hackrf_are_octets_again():
    octets = np.arange(256, dtype=np.uint8).repeat(2).view(np.int8)
    top, sink = gr.top_block(), blocks.vector_sink_b(2)
    source = blocks.vector_source_b(octets.view(np.uint8).tolist(), False, 2)
    top.connect(source, *decoder(FORMATS["ci8"]), *encoder(FORMATS["ci8"]), sink)
    top.run()
    assert bytes(sink.data()) == octets.tobytes()
