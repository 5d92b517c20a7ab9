# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of kaifa_collect."""

import argparse
import os
import sys

from ..arguments_kinds import Parser, filled, number
from ..recording import InputError
from ..topics import STATION
from ..version import VERSION
from .schema import collect_schema_text

DESCRIPTION = "Merges what several kaifa_rx hear and publish at one MQTT broker."
EPILOG = """\
BROKER is mqtt[s]://[user:password@]host[:port][/prefix]; every receiver runs with
  kaifa_rx SOURCE --mqtt BROKER --station NAME     a NAME for each

The broker keeps what comes while this program is away, under the name of its session; see
docs/collect.md for the settings that a broker takes for that. Without --db and --json there are
lines for people on standard output. Ctrl-C ends the collection.

exit status: 0 ended by Ctrl-C or SIGTERM; 1 an output failed, and what it did not get stays with
the broker, or the reader of standard output has gone; 2 an output or the command line cannot be
used.
"""
MOST_WAIT_SECONDS = 300.0


class _PrintSchema(argparse.Action):
    def __call__(self, parser, *_rest):
        print(collect_schema_text(), end="")
        parser.exit()


def _session(text):
    if not STATION.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"'{text:.80}' cannot be used, expected 1 to 64 letters, digits, '.', '_' or '-'"
        )
    return text


def _wait(text):
    seconds = number(text)
    if not 0 < seconds <= MOST_WAIT_SECONDS:
        raise argparse.ArgumentTypeError(
            f"{text:.20} is out of range, expected more than 0 and at most {MOST_WAIT_SECONDS:g} s"
        )
    return seconds


def parse_arguments(argv):
    """Reads the command line; InputError if it is wrong."""
    parser = Parser(
        prog="kaifa_collect",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def add(name, unit, text, kind=filled, **more):
        parser.add_argument(name, metavar=unit, type=kind, help=text, **more)

    add("broker", "BROKER", "where the receivers publish; see below")
    parser.add_argument("--version", action="version", version=f"kaifa_collect {VERSION}")
    add("--db", "FILE", "append records to an SQLite database; what was written is never repeated")
    add("--json", "FILE", "append one JSON object a line; - is standard output")
    add("--mqtt-ca", "FILE", "certificates by which to trust the broker; default: the system's")
    add(
        "--session",
        "NAME",
        "the broker keeps messages under it; one for each kaifa_collect (default kaifa_collect)",
        _session,
        default="kaifa_collect",
    )
    add(
        "--wait",
        "SECONDS",
        "longest time that a copy waits for others, and a silent receiver is waited for "
        "(default 10)",
        _wait,
        default=10.0,
    )
    parser.add_argument(
        "--schema",
        nargs=0,
        action=_PrintSchema,
        help="print the JSON Schema of the records, and end",
    )
    args = parser.parse_args(argv)
    if args.db and args.json and os.path.realpath(args.db) == os.path.realpath(args.json):
        raise InputError(f"{args.json}: is the file of --db already, expected another")
    return args


def tell(message):
    """Says on one line of standard error what a person should know."""
    print(f"kaifa_collect: {' '.join(str(message).split())}", file=sys.stderr, flush=True)
