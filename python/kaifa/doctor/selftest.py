# SPDX-License-Identifier: GPL-3.0-or-later
"""Receives a SigMF recording as fast as it goes: selftest.py NAME

Prints the seconds that took and the frames checked. To be run by a Python that has gnuradio.kaifa.
"""

import sys
import time
from pathlib import Path


def main(name):
    from gnuradio import gr
    from gnuradio.kaifa import receiver
    from gnuradio.kaifa.sigmf import sigmf_recording
    from gnuradio.kaifa.sources import file_source

    recording = sigmf_recording(Path(f"{name}.sigmf-meta"))
    # Once over it, so that it is read from memory.
    recording.path.read_bytes()
    top, chain = gr.top_block(), receiver(recording.sample_rate, recording.center_frequency)
    top.connect(file_source(recording), chain)
    begun = time.monotonic()
    top.run()
    print(time.monotonic() - begun, chain.counts()["checked"])


if __name__ == "__main__":
    main(sys.argv[1])
