# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of any octets as a file of settings; for the fuzzer and for the tests."""

from gnuradio.kaifa.arguments import parse_arguments
from gnuradio.kaifa.recording import InputError

MOST_CHARACTERS = 1000


def judge(octets, path):
    """`octets`, written to `path`, are settings or refused in one line that names the file. Returns
    the arguments, or the line."""
    path.write_bytes(octets)
    try:
        return parse_arguments(["--config", str(path), "hackrf=0"])
    except InputError as error:
        line = str(error)
        assert str(path) in line, line
        assert len(line) <= MOST_CHARACTERS + len(str(path)), line
        return line
