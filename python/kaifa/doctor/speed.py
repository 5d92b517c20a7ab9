# SPDX-License-Identifier: GPL-3.0-or-later
"""Check of what this computer keeps up with: it receives a simulation as fast as it can."""

import tempfile
from pathlib import Path

from .machine import Result

RECORDED_SECONDS = 2.0
# Below that a browser in front, or a cold start, loses samples.
ENOUGH = 1.5
# Of the frames sent, what the self-test has to receive: signals that collide are lost.
LEAST_RECEIVED = 0.9
SELFTEST = Path(__file__).with_name("selftest.py")


def check_speed(machine, rate):
    """Receives two made-up seconds at `rate` samples a second, as a radio would give them."""
    simulator = machine.which("kaifa_sim")
    if simulator is None:
        text = "kaifa_sim is not on PATH, so that nothing can be received to measure"
        return [Result("problem", "speed", text, "see module above, then run this again")]
    with tempfile.TemporaryDirectory(prefix="kaifa_doctor") as folder:
        name = f"{folder}/made_up"
        options = ("--sample-rate", f"{rate:.0f}", "--frequency", "872500000", "--snr-min", "16")
        made = machine.run(simulator, name, "--seconds", f"{RECORDED_SECONDS}", *options)
        if made.status != 0:
            return [Result("problem", "speed", f"kaifa_sim: {made.reason}", "--rate 8e6")]
        ran = machine.run(machine.python, str(SELFTEST), name)
        sent = len(Path(f"{name}.truth.jsonl").read_text().splitlines())
    try:
        seconds, received = ran.output.split()[-2:]
        return [_judged(rate, RECORDED_SECONDS / float(seconds), int(received), sent)]
    except (ValueError, ZeroDivisionError):
        text = f"the receiver does not run: {ran.reason}"
        return [Result("problem", "speed", text, "see the problems above")]


def _judged(rate, times, received, sent):
    text = (
        f"{rate / 1e6:g} Msps {times:.1f} times as fast as they come, {received} of {sent} frames"
    )
    if received < LEAST_RECEIVED * sent:
        fix = "build anew and run script/test, in the source directory"
        return Result("problem", "speed", f"{text} of a simulation received", fix)
    if times < ENOUGH:
        fix = f"kaifa_rx --rate {rate / 2e6:g}M, or end other programs"
        return Result("problem", "speed", f"{text}, expected {ENOUGH:g} times", fix)
    return Result("ok", "speed", text)
