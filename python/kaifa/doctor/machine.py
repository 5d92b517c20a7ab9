# SPDX-License-Identifier: GPL-3.0-or-later
"""The computer that is looked at, and what a look gives."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

SECONDS = 60


class Result(NamedTuple):
    """What a check found.

    status: ok; note, which keeps nothing from working; or problem.
    name:   of the check.  text: what was found.  fix: command or deed that mends it; empty if none.
    """

    status: str
    name: str
    text: str
    fix: str = ""


class Ran(NamedTuple):
    """How a command ended, and what it said. 127: it is not there; 124: it took too long."""

    status: int
    output: str
    errors: str

    @property
    def reason(self):
        """The last line of what it said."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        return lines[-1] if lines else f"exit status {self.status}"


class Machine:
    """Files below `root`, an environment, and the Python that was taken."""

    def __init__(self, root="/", environ=None, python=None):
        self.root = Path(root)
        self.environ = dict(os.environ if environ is None else environ)
        self.python = python or sys.executable

    def path(self, name):
        """The file that is called `name` there."""
        return self.root / name.lstrip("/")

    def read(self, name):
        """The text of a file without space around it; None if it cannot be read."""
        try:
            return self.path(name).read_text(errors="replace").strip()
        except OSError:
            return None

    def may_use(self, name):
        """Whether a device can be read and written."""
        return os.access(self.path(name), os.R_OK | os.W_OK)

    def which(self, program):
        """Where `program` is, by PATH; None if it is nowhere."""
        return shutil.which(program, path=self.environ.get("PATH", ""))

    def run(self, *command, seconds=SECONDS):
        """Runs a command in this environment; gives a Ran."""
        try:
            ran = subprocess.run(
                command,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
            )
        except OSError as error:
            return Ran(127, "", f"{command[0]}: {error.strerror}")
        except subprocess.TimeoutExpired:
            return Ran(124, "", f"took longer than {seconds} s")
        said = (text.decode(errors="replace") for text in (ran.stdout, ran.stderr))
        return Ran(ran.returncode, *said)
