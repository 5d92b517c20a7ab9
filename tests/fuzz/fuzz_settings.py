#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes what reads files of settings, with atheris; docs/fuzzing.md has the command."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gnuradio.kaifa", "tomllib"]):
    import settings_target


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzzed.toml"
        atheris.Setup(sys.argv, lambda octets: settings_target.judge(octets, path))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
