#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory of the receiver over time, with twenty channels busy, as a Markdown table.

    cargo build --release --package kaifa-bench
    . build/kaifa_env.sh
    "$KAIFA_PYTHON" bench/memory.py --minutes 60

A recording of 10 Msps is repeated until the receiver has seen as many minutes of input. What is
shown is the resident memory of the whole process, Python and GNU Radio included.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from gnuradio import blocks, gr, kaifa, pdu

SAMPLE_RATE = 10e6
ROOT = Path(__file__).resolve().parent.parent
PAGE = resource.getpagesize()


def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def wired(recording, samples):
    """The receiver on `samples` samples of a recording that is repeated."""
    top = gr.top_block()
    source = blocks.file_source(gr.sizeof_gr_complex, str(recording), True)
    head = blocks.head(gr.sizeof_gr_complex, samples)
    # Of GNU Radio's own blocks the one that drops a PDU at the least cost.
    swallower = pdu.pdu_split()
    receiver = kaifa.receiver(SAMPLE_RATE)
    top.connect(source, head, receiver)
    top.msg_connect(receiver, "frames", swallower, "pdu")
    return top, receiver


def watch(top, receiver, samples, rows):
    """Runs the flowgraph; prints a line whenever a part of the input is done."""
    print("| minutes of input | checked frames | resident MB |")
    print("|---|---|---|")
    over = threading.Event()

    def run():
        top.run()
        over.set()

    threading.Thread(target=run, daemon=True).start()
    done = 0
    while done < rows:
        ended = over.wait(0.05)
        seen = receiver.counts()
        while done < rows and (ended or seen["samples"] >= samples * (done + 1) / rows):
            done += 1
            minutes = samples * done / rows / SAMPLE_RATE / 60
            print(f"| {minutes:.1f} | {seen['checked']} | {resident_mb():.0f} |", flush=True)
    over.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", default=ROOT / "target/release/kaifa_bench", type=Path)
    parser.add_argument("--bursts", default=20, type=int, help="channels that are busy")
    parser.add_argument("--minutes", default=3.0, type=float, help="of input at 10 Msps")
    parser.add_argument("--rows", default=12, type=int)
    parser.add_argument("--folder", default=Path("/dev/shm"), type=Path)
    given = parser.parse_args()
    samples = int(given.minutes * 60 * SAMPLE_RATE)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        recording = Path(folder) / "crowd.cf32"
        options = ["--bursts", str(given.bursts), "--seconds", "2", "--out", str(recording)]
        subprocess.run([given.bench, "crowd", *options], check=True)
        top, receiver = wired(recording, samples)
        watch(top, receiver, samples, given.rows)
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\npeak: {peak_kib * 1024 / 1e6:.0f} MB")
    for fault in receiver.errors():
        sys.exit(fault)


if __name__ == "__main__":
    main()
