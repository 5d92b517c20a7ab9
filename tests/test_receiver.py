# SPDX-License-Identifier: GPL-3.0-or-later
"""The hierarchical receiver in a flowgraph of one's own: what its ports hand out."""

import json

import pmt
from conftest import ROOT, json_lines
from gnuradio import blocks, gr, kaifa
from gnuradio.kaifa.frame_sink import frame_sink

MESH = ROOT / "examples" / "mesh"


def received(port):
    """Messages that the receiver publishes on `port` for the recording of the examples."""
    meta = json.loads(MESH.with_suffix(".sigmf-meta").read_text())
    rate = meta["global"]["core:sample_rate"]
    top, sink = gr.top_block(), frame_sink()
    receiver = kaifa.receiver(rate, meta["captures"][0]["core:frequency"])
    source = blocks.file_source(gr.sizeof_gr_complex, str(MESH.with_suffix(".sigmf-data")))
    top.connect(source, receiver)
    top.msg_connect(receiver, port, sink, frame_sink.PORT)
    top.run()
    return list(sink.take_last())


def test_a_burst_comes_out_for_every_frame_sent():
    sent = json_lines(MESH.with_suffix(".truth.jsonl"))
    bursts = received("bursts")
    assert len(bursts) == len(sent)
    assert all(pmt.is_c32vector(pmt.cdr(burst)) for burst in bursts)
    ids = [pmt.to_python(pmt.car(burst))["id"] for burst in bursts]
    frames = [pmt.to_python(pmt.car(frame))["id"] for frame in received("frames")]
    assert sorted(frames) == sorted(ids)
