# SPDX-License-Identifier: GPL-3.0-or-later
"""Where kaifa_rx writes what it receives."""

import os

from .recording import InputError
from .records import human_line, json_line, record


class Outputs:
    """Lines for people on standard output, JSON lines in a file or on standard output.

    args:        of parse_arguments().
    records_out: file descriptor of standard output.
    source:      the Input, for the time of a sample.
    InputError if the file cannot be written; OSError later if it can no more.
    """

    def __init__(self, args, records_out, source):
        self._checked_only = args.checked_only
        self._rate = source.sample_rate
        self._dated_from = _dated_from(source)
        self._formats = []
        if args.json != "-":
            self._formats.append((open(records_out, "w", encoding="utf-8"), human_line))
        if args.json:
            _refuse_own_input(args.json, source.recording)
            self._formats.append((_open_json(args.json, records_out), json_line))

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for stream, _ in self._formats:
            stream.close()

    def write(self, messages):
        """Writes messages of kaifa_frame_parser, and sees to it that they are out."""
        for message in messages:
            fields = record(message, self._rate, self._dated_from)
            if fields["check_ok"] or not self._checked_only:
                for stream, line in self._formats:
                    stream.write(line(fields) + "\n")
        for stream, _ in self._formats:
            stream.flush()


def _dated_from(source):
    """First sample whose date is known; None if there is none."""
    if source.live:
        return 0
    anchors = source.recording.anchors
    return anchors[0].sample if anchors else None


def _refuse_own_input(name, recording):
    """Opening the output empties it: by then it is too late to find out that it was the input."""
    if recording is None or not os.path.isfile(name):
        return
    output, standard_input = os.stat(name), 0
    for file in (recording.path or standard_input, recording.meta_path):
        if file is not None and os.path.samestat(output, os.stat(file)):
            raise InputError(f"{name}: is the recording itself, expected another file for --json")


def _open_json(name, records_out):
    if name == "-":
        return open(records_out, "w", encoding="utf-8")
    try:
        return open(name, "w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{name}: cannot be written, {error.strerror}") from None
