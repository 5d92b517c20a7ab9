#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes what reads SigMF metadata, with atheris; docs/fuzzing.md has the command.

Octets that begin with a bracket are metadata as they are. Of others Hypothesis makes metadata: few
changes to the text of JSON leave it JSON.
"""

import json
import sys
import tempfile

import atheris
from hypothesis import given

with atheris.instrument_imports(include=["gnuradio.kaifa"]):
    import sigmf_target
from sigmf_strategies import META


def main():
    with tempfile.TemporaryDirectory() as folder:
        sigmf_target.prepare(folder)

        @given(META)
        def made(meta):
            sigmf_target.judge(json.dumps(meta).encode(), folder)

        def one(octets):
            if octets[:1] in (b"{", b"["):
                sigmf_target.judge(octets, folder)
            else:
                made.hypothesis.fuzz_one_input(octets)

        atheris.Setup(sys.argv, one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
