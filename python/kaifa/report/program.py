# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_report: frames as a page that one can look into without anything else."""

import json
import os
import sys
from pathlib import Path

from ..arguments_kinds import filled
from ..pictures.arguments import frames_of, parser, tell
from ..recording import InputError
from ..schema import schema_text
from .pack import extra_fields, packed
from .page import page

PROGRAM = "kaifa_report"
DONE, BAD_INPUT, INTERRUPTED = 0, 2, 130
DESCRIPTION = (
    "Writes one HTML file in which the frames can be looked at in any newer browser, without a "
    "network: time against frequency, the mesh, tables, and every frame's header and octets."
)


def main(argv):
    """Runs the program and returns its exit status."""
    try:
        _report(_arguments(argv))
        return DONE
    except InputError as error:
        tell(PROGRAM, error)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def _arguments(argv):
    made = parser(PROGRAM, DESCRIPTION)
    made.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=filled,
        default="report.html",
        help="file to write (default report.html); - is standard output",
    )
    return made.parse_args(argv)


def _report(args):
    if args.output != "-":
        _refuse_input(args)
    frames = frames_of(args, extra_fields(json.loads(schema_text())))
    for note in frames.notes:
        tell(PROGRAM, note)
    _write(args.output, page(packed(frames, _title(frames))).encode())


def _title(frames):
    first, more = Path(frames.inputs[0]).name, len(frames.inputs) - 1
    return f"{first} and {more} more" if more else first


def _refuse_input(args):
    """InputError if what is to be written is also to be read."""
    for name in args.inputs:
        if os.path.exists(args.output) and name != "-" and os.path.exists(name):
            if os.path.samefile(args.output, name):
                raise InputError(f"{args.output}: is an input as well, expected another file")


def _write(name, content):
    try:
        if name == "-":
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            _replace(Path(os.path.realpath(name)), content)
    except OSError as error:
        shown = "standard output" if name == "-" else name
        raise InputError(f"{shown}: {error.strerror}, expected room for a report") from None


def _replace(path, content):
    """Writes a file as a whole or not at all."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
