#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of running flowgraphs: samples for each second of processor time, as a Markdown table.

    cargo build --release --package kaifa-bench
    . build/kaifa_env.sh
    "$KAIFA_PYTHON" bench/flowgraph.py

The recordings are made first: 10 Msps, in memory. Every measurement has a process of its own, and
the flowgraphs take turns, so that a disturbance of the machine meets all of them; the median of the
rounds counts. Processor time is that of all threads, user and system, while the flowgraph runs.
A ratio is that to GNU Radio's file source and null sink in the same rounds.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from gnuradio import blocks, gr, kaifa, pdu

SAMPLE_RATE = 10e6
FFT_SIZE = 1024
ENLARGED = 1 << 16
ROOT = Path(__file__).resolve().parent.parent


def source_of(recording):
    return blocks.file_source(gr.sizeof_gr_complex, recording, False)


def swallower():
    """Of GNU Radio's own blocks the one that drops a PDU at the least cost."""
    return pdu.pdu_split()


def to_null_sink(top, chain, buffer_items=0):
    for block in chain if buffer_items else ():
        block.set_min_output_buffer(buffer_items)
    top.connect(*chain, blocks.null_sink(gr.sizeof_gr_complex))
    return dict


def bare(top, recording, buffer_items=0):
    return to_null_sink(top, [source_of(recording)], buffer_items)


def tagger(top, recording, buffer_items=0):
    block = kaifa.burst_tagger(SAMPLE_RATE, fft_size=FFT_SIZE)
    return to_null_sink(top, [source_of(recording), block], buffer_items)


def to_pdus(top, recording, output_rate):
    extraction = kaifa.tagged_burst_to_pdu(SAMPLE_RATE, output_rate)
    tagging = kaifa.burst_tagger(SAMPLE_RATE, fft_size=FFT_SIZE)
    top.connect(source_of(recording), tagging, extraction)
    top.msg_connect(extraction, "cpdus", swallower(), "pdu")
    return lambda: {"bursts": extraction.bursts()}


def to_frames(top, recording, demodulator):
    receiver = kaifa.receiver(SAMPLE_RATE, demodulator=demodulator)
    top.connect(source_of(recording), receiver)
    top.msg_connect(receiver, "frames", swallower(), "pdu")
    return lambda: {"frames": receiver.counts()["checked"]}


def cases():
    """Name in the table: bursts at once in the recording, and what wires the flowgraph."""
    chosen = {
        BASE: (2, bare),
        "the same, buffers enlarged": (2, partial(bare, buffer_items=ENLARGED)),
        "tagger": (2, tagger),
        "tagger, buffers enlarged": (2, partial(tagger, buffer_items=ENLARGED)),
    }
    for bursts in (2, 20):
        for rate in (200e3, 400e3):
            name = f"tagger and extraction to {rate / 1e3:.0f} kHz, {bursts} at once"
            chosen[name] = (bursts, partial(to_pdus, output_rate=rate))
        for kind in ("sequence", "discriminator"):
            name = f"samples to checked frames by {kind}, {bursts} at once"
            chosen[name] = (bursts, partial(to_frames, demodulator=kind))
    return chosen


BASE = "file source, null sink"
CASES = cases()


def measure(name, recording):
    """Runs one flowgraph in this process; prints what it took as JSON."""
    top = gr.top_block()
    report = CASES[name][1](top, recording)
    began = time.process_time()
    top.run()
    seconds = time.process_time() - began
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu_s": seconds, "peak_mb": peak_kib * 1024 / 1e6, **report()}))


def measured(name, recording):
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--case", name, "--recording", str(recording)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def make_recording(program, bursts, seconds, folder):
    path = folder / f"kaifa-crowd-{bursts}.cf32"
    options = ["--bursts", str(bursts), "--seconds", str(seconds), "--out", str(path)]
    subprocess.run([program, "crowd", *options], check=True)
    return path


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def row(name, runs, base_speed, samples, sent):
    cpu_s = statistics.median(run["cpu_s"] for run in runs)
    speed = samples / cpu_s / 1e6
    spread = [samples / run["cpu_s"] / 1e6 for run in runs]
    peak = max(run["peak_mb"] for run in runs)
    found = {run.get("frames") for run in runs} - {None}
    note = ", ".join(f"{count} of {sent} frames" for count in sorted(found))
    return (
        f"| {name} | {speed:.0f} | {min(spread):.0f} to {max(spread):.0f} "
        f"| {speed / base_speed:.2f} | {peak:.0f} | {note} |"
    )


def table(results, recordings, samples):
    def cpu_s(name):
        return statistics.median(run["cpu_s"] for run in results[name])

    def sent(name):
        return Path(f"{recordings[CASES[name][0]]}.frames").read_text().count("\n")

    print(f"{processor()}; GNU Radio {gr.version()}; {len(results[BASE])} rounds\n")
    print("| flowgraph | Msps per CPU-second | of all rounds | ratio | peak MB | |")
    print("|---|---|---|---|---|---|")
    for name, runs in results.items():
        print(row(name, runs, samples / cpu_s(BASE) / 1e6, samples, sent(name)))
    for stage in [name.removesuffix(", 2 at once") for name in CASES]:
        two, twenty = f"{stage}, 2 at once", f"{stage}, 20 at once"
        if two in results and twenty in results:
            burst_us = (cpu_s(twenty) - cpu_s(two)) / (sent(twenty) - sent(two)) * 1e6
            print(
                f"\n{stage}: 20 at once cost {cpu_s(twenty) / cpu_s(two):.2f} times what 2 do, "
                f"each burst {burst_us:.0f} us"
            )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", default=ROOT / "target/release/kaifa_bench", type=Path)
    parser.add_argument("--seconds", default=5.0, type=float, help="length of the recordings")
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--folder", default=Path("/dev/shm"), type=Path)
    parser.add_argument("--only", default="", help="flowgraphs whose name contains this")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--recording", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    given = arguments()
    if given.case:
        measure(given.case, given.recording)
        return
    names = [name for name in CASES if given.only in name or name == BASE]
    recordings = {}
    try:
        for bursts in sorted({CASES[name][0] for name in names}):
            recordings[bursts] = make_recording(given.bench, bursts, given.seconds, given.folder)
        results = {name: [] for name in names}
        for _ in range(given.rounds):
            for name in names:
                results[name].append(measured(name, recordings[CASES[name][0]]))
        table(results, recordings, given.seconds * SAMPLE_RATE)
    finally:
        for path in recordings.values():
            path.unlink()
            Path(f"{path}.frames").unlink()


if __name__ == "__main__":
    main()
