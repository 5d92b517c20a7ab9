# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of kaifa_probe."""

import argparse
from pathlib import Path

from ..arguments import number
from ..arguments_kinds import Parser
from ..arguments_output import filled
from ..recording import InputError, bare_recording
from ..sigmf import meta_path_of, sigmf_recording
from ..version import VERSION

DESCRIPTION = """\
Finds out what unknown frequency-shift-keyed bursts in a recording are: symbol
rate, deviation, preamble, sync word, framing and check, centres and channels.
"""
EPILOG = """\
RECORDING is one of
  NAME.sigmf-meta, NAME.sigmf-data or NAME   a SigMF recording
  FILE.cs8 .cu8 .cs16 .cf32                  bare samples; needs --rate

Numbers may end in k, M or G: --frequency 872.5M --rate 8M

The last line is the command that receives what was found.

exit status: 0 something was found out; 1 there is nothing in it that keys its
frequency; 2 the recording or an output cannot be used, or it was damaged.
"""


def parse_arguments(argv):
    """Reads the command line; InputError if it is wrong."""
    parser = Parser(
        prog="kaifa_probe",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="RECORDING", type=filled, help="see below")
    parser.add_argument("--version", action="version", version=f"kaifa_probe {VERSION}")
    parser.add_argument("--format", metavar="NAME", help="of bare samples: cs8, cu8, cs16, cf32")
    parser.add_argument("--rate", metavar="HZ", type=number, help="sample rate")
    parser.add_argument("--frequency", metavar="HZ", type=number, help="middle of the band")
    parser.add_argument(
        "--bursts", action="store_true", help="list every burst, not only what they have in common"
    )
    parser.add_argument(
        "--json",
        metavar="FILE",
        type=filled,
        help="write everything as JSON lines; - writes them instead of the text",
    )
    return parser.parse_args(argv)


def open_recording(args):
    """The Recording that the command line names; InputError if it cannot be used."""
    wanted = (args.format, args.rate, args.frequency)
    path = Path(args.source)
    try:
        if meta := meta_path_of(path):
            recording = sigmf_recording(meta, *wanted)
        else:
            recording = bare_recording(path, *wanted)
    except OSError as error:
        raise InputError(f"{args.source}: {error.strerror}") from None
    if not recording.sample_rate > 0:
        raise InputError(f"sample rate is {recording.sample_rate} Hz, expected more than 0 Hz")
    return recording
