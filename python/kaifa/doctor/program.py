# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of kaifa_doctor."""

import argparse
import sys

from .devices import check_devices
from .machine import Machine
from .software import check_companion, check_module, check_osmosdr, check_python
from .speed import check_speed

WELL, PROBLEM, USAGE = 0, 1, 2
MARKS = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}
RATES = (200e3, 100e6)


def results(machine, radio, rate):
    """Result of each check, one after the other; rate: Hz, 0 leaves the self-test out."""
    yield from check_python(machine)
    yield from check_module(machine)
    yield from check_companion(machine)
    if radio:
        yield from check_osmosdr(machine)
        yield from check_devices(machine)
    if rate:
        yield from check_speed(machine, rate)


def lines(result):
    """What is said of a Result."""
    yield f"{MARKS[result.status]}  {result.name}: {result.text}"
    if result.fix:
        yield f"         do: {result.fix}"


def main(argv, machine=None):
    """Checks, tells, and gives the exit status."""
    args = _parser().parse_args(argv)
    if not (args.rate == 0 or RATES[0] <= args.rate <= RATES[1]):
        expected = f"0 or {RATES[0]:g} to {RATES[1]:g} Hz"
        print(f"kaifa_doctor: --rate is {args.rate:g}, expected {expected}", file=sys.stderr)
        return USAGE
    problems = 0
    for result in results(machine or Machine(), not args.no_radio, args.rate):
        problems += result.status == "problem"
        print("\n".join(lines(result)), flush=True)
    print(f"{problems or 'no'} problem{'s' * (problems != 1)} found")
    return PROBLEM if problems else WELL


def _parser():
    parser = argparse.ArgumentParser(
        prog="kaifa_doctor",
        description="Looks for what keeps gr-kaifa from working here, and says what mends it.",
        epilog="exit status: 0 all is well, 1 something must be mended, 2 wrong options",
    )
    parser.add_argument("--no-radio", action="store_true", help="look for no radio: for recordings")
    parser.add_argument(
        "--rate",
        type=float,
        default=8e6,
        metavar="HZ",
        help="sample rate that has to be kept up with (default 8e6); 0 leaves that test out",
    )
    return parser
