# SPDX-License-Identifier: GPL-3.0-or-later
"""What `cmake --install` puts on a machine works from there, without the build tree."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """A prefix with everything installed."""
    prefix = tmp_path_factory.mktemp("prefix")
    command = ["cmake", "--install", ROOT / "build", "--prefix", prefix]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return prefix


@pytest.fixture(scope="module")
def environment(prefix):
    """The environment of a user who installed to that prefix."""
    (module,) = prefix.rglob("gnuradio/kaifa/__init__.py")
    search = str(module.parent.parent.parent)
    return os.environ | {"PYTHONPATH": search, "PATH": f"{prefix / 'bin'}:{os.environ['PATH']}"}


def test_the_module_is_the_installed_one(prefix, environment):
    code = "from gnuradio import kaifa; print(kaifa.__file__); kaifa.receiver(2e6)"
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(prefix))


def test_the_program_runs_as_installed(prefix, environment, recording, records):
    command = [prefix / "bin" / "kaifa_rx", recording, "--json", "-"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == len(records) + 1, "and one of counts"


def test_the_doctor_finds_what_is_installed(prefix, environment):
    def told(environment):
        command = [prefix / "bin" / "kaifa_doctor", "--no-radio", "--rate", "0"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    well = told(environment)
    assert well.returncode == 0, well.stdout + well.stderr
    assert f" in {prefix}" in well.stdout
    nowhere = told({key: value for key, value in environment.items() if key != "PYTHONPATH"})
    assert nowhere.returncode == 1
    assert f"do: export PYTHONPATH={environment['PYTHONPATH']}:" in nowhere.stdout


def test_every_block_of_the_companion_is_installed(prefix):
    wanted = {path.name for path in (ROOT / "grc").glob("*.yml")}
    there = {path.name for path in (prefix / "share/gnuradio/grc/blocks").glob("*.yml")}
    assert wanted == there
