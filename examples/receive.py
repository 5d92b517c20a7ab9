#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver in a Python flowgraph: prints the frames in a recording.

Needs the recording beside it, which is made up: 0.4 s of a simulated mesh.
"""

from pathlib import Path

from gnuradio import blocks, gr, kaifa
from gnuradio.kaifa.frame_sink import frame_sink
from gnuradio.kaifa.records import human_line, record

SAMPLE_RATE = 800e3
FREQUENCY = 871.1e6
RECORDING = Path(__file__).with_name("mesh.sigmf-data")

top = gr.top_block()
source = blocks.file_source(gr.sizeof_gr_complex, str(RECORDING), False)
receiver = kaifa.receiver(SAMPLE_RATE, FREQUENCY)
sink = frame_sink()
top.connect(source, receiver)
top.msg_connect(receiver, "frames", sink, "frames")
top.run()
for message in sink.take_last():
    print(human_line(record(message, SAMPLE_RATE)))
