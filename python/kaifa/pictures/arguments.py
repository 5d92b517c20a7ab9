# SPDX-License-Identifier: GPL-3.0-or-later
"""What the programs that make pictures have in common on their command lines."""

import argparse
import sys

from ..arguments_kinds import Parser, filled
from ..recording import InputError
from ..version import VERSION
from .paint import Paint, chosen_senders
from .palette import MOST_COLOURED, theme
from .pseudonyms import anonymized, read_key
from .read import read_frames

INPUTS = """\
INPUT is what kaifa_rx wrote: JSON lines (--json), a database (--db) or a capture for Wireshark
(--pcapng); - is standard input, not a database. Of captures by others the
packets of link type 283 (IEEE 802.15.4 TAP) are read. Several inputs are put together.

WHEN is UTC, like 2026-01-31 or 2026-01-31T12:30:15.5Z, or a time from the first or to the last
frame, like start+10m or end-1h (ms, s, m, h, d).

exit status: 0 done, 2 an input cannot be used or an output cannot be written
"""


def parser(program, description):
    """An ArgumentParser with inputs, stretch of time and pseudonyms; errors are InputError."""
    made = Parser(
        prog=program,
        description=description,
        epilog=INPUTS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("inputs", metavar="INPUT", nargs="+", type=filled, help="frames; see below")
    made.add_argument("--version", action="version", version=f"{program} {VERSION}")
    made.add_argument("--since", metavar="WHEN", help="leave out frames before")
    made.add_argument("--until", metavar="WHEN", help="leave out frames from then on")
    made.add_argument(
        "--anonymize", action="store_true", help="pseudonyms in place of addresses, everywhere"
    )
    made.add_argument(
        "--anonymize-key",
        metavar="FILE",
        type=filled,
        help="key of the pseudonyms; default: one of this user, made when first needed",
    )
    return made


def add_colours(made):
    """Adds to a parser() what concerns colours."""
    made.add_argument(
        "--sender",
        metavar="DIGITS",
        action="append",
        default=[],
        help="give colours to the senders whose addresses end so, and grey to all others; may be "
        f"repeated; default: the {MOST_COLOURED} that sent most",
    )
    made.add_argument("--dark", action="store_true", help="light on dark")


def paint_of(args, frames):
    """The Paint that a parsed command line with add_colours() asks for."""
    return Paint(frames, theme(args.dark), chosen_senders(frames, args.sender))


def frames_of(args, extra=()):
    """The frames that a parsed command line asks for, with pseudonyms if it does.

    InputError if there is none.
    """
    if args.anonymize_key and not args.anonymize:
        raise InputError("--anonymize-key has no use alone, expected --anonymize with it")
    frames = read_frames(args.inputs, args.since, args.until, extra)
    if not len(frames):
        notes = "".join(f"; {note}" for note in frames.notes)
        raise InputError(f"there are no frames in the inputs in the time asked for{notes}")
    return anonymized(frames, read_key(args.anonymize_key)) if args.anonymize else frames


def tell(program, message):
    """Says on one line of standard error what a person should know."""
    print(f"{program}: {' '.join(str(message).split())}", file=sys.stderr)
