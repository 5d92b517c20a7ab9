# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_doctor: each check on a made-up computer, and the program with what goes wrong for real."""

import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from gnuradio.kaifa.doctor import devices, program, software
from gnuradio.kaifa.doctor.machine import Machine, Ran, Result
from gnuradio.kaifa.doctor.speed import _judged, check_speed

DOCTOR = shutil.which("kaifa_doctor")
GONE = Ran(1, "", "Traceback\nModuleNotFoundError: No module named 'gnuradio'\n")


class MadeUp(Machine):
    """Commands answer by the first of `answers` whose words are all in them."""

    def __init__(self, root, answers=(), environ=None, usable=True):
        super().__init__(root, environ or {}, "/opt/python3")
        self._answers, self._usable = answers, usable

    def run(self, *command, seconds=60):
        text = " ".join(command)
        for words, ran in self._answers:
            if all(word in text for word in words):
                return ran
        raise AssertionError(f"no answer for {text}")

    def may_use(self, name):
        return self._usable

    def which(self, name):
        return self.environ.get(name)


def only(results):
    (result,) = results
    return result


def test_another_python_is_told_and_the_right_one_taken(tmp_path):
    machine = MadeUp(
        tmp_path, [(("/opt/python3",), GONE), (("/usr/bin/python3",), Ran(0, "3.10.5.1\n", ""))]
    )
    result = only(software.check_python(machine))
    assert result.status == "problem" and "/opt/python3 has no GNU Radio" in result.text
    assert "/usr/bin/python3" in result.fix
    assert machine.python == "/usr/bin/python3"


def test_no_gnu_radio_anywhere(tmp_path):
    result = only(software.check_python(MadeUp(tmp_path, [((), GONE)])))
    assert (result.status, result.fix) == ("problem", "sudo apt install gnuradio")


def test_a_python_of_ones_own_is_a_note(tmp_path):
    answers = [(("/opt",), Ran(0, "3.10.9\n", "")), (("/home",), GONE)]
    machine = MadeUp(tmp_path, answers, {"python3": "/home/me/bin/python3"})
    results = software.check_python(machine)
    assert [result.status for result in results] == ["ok", "note"]
    assert "/home/me/bin/python3" in results[1].text and "/opt/python3" in results[1].fix


@pytest.mark.parametrize(
    ("errors", "text", "fix"),
    [
        ("ModuleNotFoundError: No module named 'gnuradio.kaifa'", "not where Python looks", ""),
        (
            "ImportError: libgnuradio-kaifa.so.0.1: cannot open shared object file: No such file",
            "libgnuradio-kaifa.so.0.1",
            "sudo ldconfig",
        ),
        ("ImportError: undefined symbol: _ZN2gr5block", "undefined symbol", "cmake --build build"),
        ("Segmentation fault", "Segmentation fault", "cmake --build build"),
    ],
)
def test_a_module_that_cannot_be_imported(errors, text, fix, tmp_path):
    machine = MadeUp(tmp_path, [((), Ran(1, "", f"Traceback\n  File x\n{errors}\n"))])
    result = only(software.check_module(machine))
    assert result.status == "problem" and text in result.text and fix in result.fix
    if not fix:
        assert "kaifa_env.sh" in result.fix or "export PYTHONPATH=" in result.fix


def test_an_older_module_that_is_found_first(tmp_path):
    machine = MadeUp(tmp_path, [((), Ran(0, "0.0.1\n/usr/local/lib/gnuradio/kaifa\n", ""))])
    result = only(software.check_module(machine))
    assert result.status == "problem" and "gnuradio.kaifa 0.0.1" in result.text


def test_the_companion_finds_the_blocks_by_any_of_its_ways(tmp_path):
    def status(environ):
        return only(software.check_companion(MadeUp(tmp_path, (), environ))).status

    mine = {"HOME": "/home/me"}
    assert status(mine) == "problem"
    (tmp_path / "opt/blocks").mkdir(parents=True)
    (tmp_path / "opt/blocks/kaifa_receiver.block.yml").touch()
    assert status(mine) == "problem"
    assert status(mine | {"GRC_BLOCKS_PATH": "/nowhere:/opt/blocks"}) == "ok"
    config = tmp_path / "home/me/.gnuradio/config.conf"
    config.parent.mkdir(parents=True)
    config.write_text("[grc]\nlocal_blocks_path = /opt/blocks\n")
    assert status(mine) == "ok"
    config.write_text("no settings at all")
    assert status(mine) == "problem"
    default = tmp_path / "usr/local/share/gnuradio/grc/blocks"
    default.mkdir(parents=True)
    (default / "kaifa_receiver.block.yml").touch()
    assert status(mine) == "ok"


def test_the_companion_that_looks_elsewhere_is_told_where_they_are(tmp_path):
    result = only(software.check_companion(MadeUp(tmp_path)))
    assert "export GRC_BLOCKS_PATH=" in result.fix


def plug_in(root, product="6089", speed="480", name="1-2"):
    folder = root / "sys/bus/usb/devices" / name
    folder.mkdir(parents=True)
    vendor = "0bda" if product == "2838" else "1d50"
    for key, value in (
        *(("idVendor", vendor), ("idProduct", product), ("speed", speed)),
        *(("busnum", "1"), ("devnum", "12"), ("serial", "000000000000000014d463dc2f1d3f5b")),
    ):
        (folder / key).write_text(f"{value}\n")


SEEN = [((), Ran(0, "hackrf=1d3f5b,label='HackRF'\nfile=/x\n", ""))]


def test_no_radio(tmp_path):
    nothing = only(devices.check_devices(MadeUp(tmp_path)))
    assert nothing.status == "problem" and "--no-radio" in nothing.fix
    plug_in(tmp_path, product="0001")
    assert only(devices.check_devices(MadeUp(tmp_path))) == nothing


def test_a_radio_that_can_be_used(tmp_path):
    plug_in(tmp_path)
    results = devices.check_devices(MadeUp(tmp_path, SEEN))
    assert [result.status for result in results] == ["ok", "ok"]
    assert "/dev/bus/usb/001/012" in results[0].text and "2f1d3f5b" in results[0].text


def test_a_radio_that_may_not_be_used(tmp_path):
    plug_in(tmp_path)
    machine = MadeUp(tmp_path, usable=False)
    result = only(devices.check_devices(machine))
    assert result.name == "rights" and "sudo apt install libhackrf0" in result.fix
    rules = tmp_path / "lib/udev/rules.d/60-libhackrf0.rules"
    rules.parent.mkdir(parents=True)
    rules.touch()
    assert "plugdev" in only(devices.check_devices(machine)).fix


def test_a_radio_at_a_slow_port(tmp_path):
    plug_in(tmp_path, speed="12")
    result = only(devices.check_devices(MadeUp(tmp_path)))
    assert result.name == "usb speed" and "at 12 Mb/s, expected 480" in result.text


def test_a_radio_that_the_kernel_took(tmp_path):
    plug_in(tmp_path, "2838")
    (tmp_path / "sys/module/dvb_usb_rtl28xxu").mkdir(parents=True)
    result = only(devices.check_devices(MadeUp(tmp_path)))
    assert result.name == "driver" and "modprobe -r dvb_usb_rtl28xxu" in result.fix


def test_a_radio_that_another_program_has(tmp_path):
    plug_in(tmp_path)
    machine = MadeUp(tmp_path, [((), Ran(0, "file=/x,label='hackrf'\n", ""))])
    results = devices.check_devices(machine)
    assert [result.status for result in results] == ["ok", "problem"]
    assert "another program" in results[1].text


@pytest.mark.parametrize(
    ("times", "received", "status", "words"),
    [
        (6.0, 40, "ok", "8 Msps 6.0 times"),
        (1.2, 40, "problem", "expected 1.5 times"),
        (6.0, 3, "problem", "3 of 40 frames"),
    ],
)
def test_speed_is_judged(times, received, status, words):
    result = _judged(8e6, times, received, 40)
    assert result.status == status and words in result.text


def test_speed_without_a_simulator_or_a_receiver(tmp_path):
    assert "kaifa_sim" in only(check_speed(MadeUp(tmp_path), 8e6)).text
    answers = [(("/bin/false",), Ran(1, "", "no room\n"))]
    machine = MadeUp(tmp_path, answers, {"kaifa_sim": "/bin/false"})
    assert "no room" in only(check_speed(machine, 8e6)).text


def doctor(*arguments, python=sys.executable, **changes):
    environ = {key: value for key, value in os.environ.items() if key not in changes}
    environ |= {key: value for key, value in changes.items() if value is not None}
    command = [str(python), str(DOCTOR), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)


def test_all_is_well_here_but_for_the_radio():
    result = doctor("--rate", "1e6")
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.count("PROBLEM") == 1 and "PROBLEM  device: no radio" in result.stdout
    assert " frames\n" in result.stdout and "1 problem found" in result.stdout
    well = doctor("--no-radio", "--rate", "0")
    assert well.returncode == 0, well.stdout
    assert "no problems found" in well.stdout


def test_the_wrong_python_is_told_and_the_rest_looked_at_by_the_right_one(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    result = doctor("--no-radio", "--rate", "0", python=tmp_path / "venv/bin/python3")
    assert result.returncode == 1
    assert result.stdout.count("PROBLEM") == 1, result.stdout
    assert "python3 has no GNU Radio, /usr/bin/python3 has" in result.stdout
    assert "ok       module: gnuradio.kaifa" in result.stdout


def test_a_missing_path_is_told_with_the_command_that_sets_it():
    result = doctor("--no-radio", "--rate", "0", PYTHONPATH=None)
    assert result.returncode == 1
    problem, fix = result.stdout.split("PROBLEM  ")[1].splitlines()[:2]
    assert problem == "module: gnuradio.kaifa is not where Python looks"
    assert fix.strip() == f"do: . {ROOT}/build/kaifa_env.sh"
    result = doctor("--no-radio", "--rate", "0", GRC_BLOCKS_PATH=None, HOME="/nonexistent")
    assert result.returncode == 1
    problem, fix = result.stdout.split("PROBLEM  ")[1].splitlines()[:2]
    assert problem.startswith("companion: ")
    assert f"do: export GRC_BLOCKS_PATH={ROOT}/grc" in fix


def test_bad_options():
    for options in (("--rate", "7"), ("--rate", "fast"), ("--nonsense",)):
        result = doctor(*options)
        assert result.returncode == 2 and "kaifa_doctor" in result.stderr


def test_a_problem_says_what_to_do():
    said = list(program.lines(Result("problem", "name", "text", "fix")))
    assert said == ["PROBLEM  name: text", "         do: fix"]
