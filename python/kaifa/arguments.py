# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of kaifa_rx."""

import argparse
import re
import sys

from .arguments_kinds import Parser, count, filled, number
from .arguments_output import add_output, check_output
from .arguments_radio import add_radio
from .arguments_settings import layered
from .settings import ready_settings
from .version import VERSION

DESCRIPTION = "Receives KAIFA smart meters (870-875 MHz) and writes the frames they send."
EPILOG = """\
SOURCE is one of
  NAME.sigmf-meta, NAME.sigmf-data or NAME   a SigMF recording; --format, --rate, --frequency go
                                             before its metadata, and if these differ that is told
  FILE.cs8 .cu8 .cs16 .cf32                  bare samples; needs --rate
  -                                          bare samples on standard input; needs --format, --rate
  hackrf=0, rtl=0, ...                       a radio, in the words of gr-osmosdr
and is named by --config where it is missing: kaifa_rx --config hackrf

Numbers may end in k, M or G: --frequency 872.5M --rate 8M

An output that fails on the way is told of and left out, the others go on; without any the
reception ends.

exit status: 0 the input ended, or a live reception was stopped; 1 the receiver or an output
failed on the way or lost records, or who read standard output closed it (of that nothing is said
if there is no other output); 2 the input or an output cannot be used, or the input was damaged
(what was received is written all the same); 3 with --fail-on-loss, samples or records were lost;
130 a recording was interrupted.
"""
# What a person can change, by the name that the receiver has for it.
OPTIONS = {
    "sample_rate": "sample rate (--rate)",
    "center_frequency": "centre frequency (--frequency)",
    "symbol_rate": "--symbol-rate",
    "deviation": "--deviation",
    "sync_word": "--sync-word",
    "sync_max_errors": "--sync-max-errors",
    "preamble_min_symbols": "--preamble-min",
    "framing": "--framing",
    "demodulator": "--demodulator",
    "threshold_db": "--threshold",
    "dc_mask": "--dc-mask",
    "max_burst_time": "--max-burst",
}


def in_options(message):
    """What the receiver says of its parameters, in the words of the command line."""
    return re.sub(r'(?<!")\b[a-z_]+\b', lambda word: OPTIONS.get(word[0], word[0]), str(message))


def parse_arguments(argv):
    """Reads the command line; InputError if it is wrong."""
    parser = Parser(
        prog="kaifa_rx",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "source", metavar="SOURCE", type=filled, nargs="?", help="recording, - or radio; see below"
    )
    parser.add_argument("--version", action="version", version=f"kaifa_rx {VERSION}")
    _add_input(parser.add_argument_group("input"))
    add_radio(parser.add_argument_group("radio"))
    _add_signal(parser.add_argument_group("signal"))
    add_output(parser.add_argument_group("output"))
    args = layered(parser, argv)
    check_output(args)
    return args


def _add_input(group):
    def add(name, unit, text, kind=number, **more):
        group.add_argument(name, metavar=unit, type=kind, help=text, **more)

    add("--format", "NAME", "format of bare samples: cs8, cu8, cs16, cf32", str)
    add("--rate", "HZ", "sample rate; a radio's default is 8M")
    add("--frequency", "HZ", "middle of the band; a radio's default is 872.5M")
    add(
        "--config",
        "NAME|FILE",
        f"settings that come with the program ({', '.join(ready_settings())}) or a TOML file; may "
        "be repeated, what comes later counts",
        filled,
        action="append",
    )


def _add_signal(group):
    def add(name, unit, text, kind=number, **more):
        group.add_argument(name, metavar=unit, type=kind, help=text, **more)

    add("--symbol-rate", "HZ", "symbols a second (default 50k)", default=50e3)
    add("--deviation", "HZ", "from the centre to one tone (default 25k)", default=25e3)
    add(
        "--sync-word",
        "HEX",
        "first bit sent first; one, or several of one length with commas between "
        "(default: the four of SUN FSK, 904e,6f4e,7a0e,632d)",
        str,
        default="904e,6f4e,7a0e,632d",
    )
    add("--sync-max-errors", "BITS", "wrong bits allowed in it", count)
    add("--preamble-min", "SYMBOLS", "alternating symbols asked for before it", count)
    add("--framing", "NAME", "a to e, or auto: find it out (default auto)", str, default="auto")
    add(
        "--demodulator",
        "NAME",
        "sequence, discriminator or auto: the better of those that can read it (default auto)",
        str,
        default="auto",
    )
    add("--threshold", "DB", "burst over noise from which on it is looked at")
    add("--dc-mask", "HZ", "leave out this much on either side of the middle of the band")
    add("--max-burst", "SECONDS", "cut bursts longer than this")


def tell(message):
    """Says on one line of standard error what a person should know."""
    print(f"kaifa_rx: {' '.join(str(message).split())}", file=sys.stderr)
