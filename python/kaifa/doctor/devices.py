# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of radios at the USB: whether one is there, may be used, is fast enough and is free.

Identifiers are those of the rules for udev that the drivers' packages bring.
"""

import re
from typing import NamedTuple

from .machine import Result

DEVICES = "/sys/bus/usb/devices"
HIGH_SPEED_MBPS = 480.0


class Kind(NamedTuple):
    """A kind of radio: name for people, gr-osmosdr's driver, Debian package with the rules for
    udev, and a module of the kernel that takes the device for itself, if there is one."""

    name: str
    driver: str
    package: str
    module: str = ""


HACKRF = Kind("HackRF", "hackrf", "libhackrf0", "hackrf")
RTL = Kind("RTL-SDR", "rtl", "librtlsdr0", "dvb_usb_rtl28xxu")
AIRSPY = Kind("Airspy", "airspy", "libairspy0", "airspy")
KINDS = {
    ("1d50", "6089"): HACKRF,
    ("1d50", "604b"): HACKRF,
    ("1d50", "cc15"): HACKRF,
    ("0bda", "2832"): RTL,
    ("0bda", "2838"): RTL,
    ("1d50", "60a1"): AIRSPY,
    ("03eb", "800c"): Kind("Airspy HF+", "airspyhf", "libairspyhf1"),
    ("2cf0", "5246"): Kind("bladeRF", "bladerf", "libbladerf2"),
    ("2cf0", "5250"): Kind("bladeRF 2.0", "bladerf", "libbladerf2"),
    ("2500", "0020"): Kind("USRP B200", "uhd", "uhd-host"),
}


class Device(NamedTuple):
    """A radio at the USB: its Kind, folder in /sys, node in /dev, serial number."""

    kind: Kind
    folder: str
    node: str
    serial: str

    @property
    def text(self):
        return f"{self.kind.name}{f' {self.serial}' if self.serial else ''}"


def check_devices(machine):
    """There is a radio, and each one can be used."""
    devices = list(found(machine))
    if not devices:
        text = "no radio that is known stands at the USB"
        fix = "plug it in and look for it with lsusb; without a radio: kaifa_doctor --no-radio"
        return [Result("problem", "device", text, fix)]
    results = []
    for device in devices:
        problems = [
            problem
            for check in (_rights, _speed, _kernel_module)
            for problem in check(machine, device)
        ]
        results += problems or [Result("ok", "device", f"{device.text}, {device.node}")]
    if not any(result.status == "problem" for result in results):
        results += _free(machine, devices)
    return results


def found(machine):
    """Each Device, in the order of their folders."""
    try:
        folders = sorted(path.name for path in machine.path(DEVICES).iterdir())
    except OSError:
        return
    for name in folders:
        folder = f"{DEVICES}/{name}"
        kind = KINDS.get((machine.read(f"{folder}/idVendor"), machine.read(f"{folder}/idProduct")))
        bus, number = machine.read(f"{folder}/busnum"), machine.read(f"{folder}/devnum")
        if kind and bus and number and bus.isdecimal() and number.isdecimal():
            node = f"/dev/bus/usb/{int(bus):03}/{int(number):03}"
            yield Device(kind, folder, node, machine.read(f"{folder}/serial") or "")


def _rights(machine, device):
    if machine.may_use(device.node):
        return
    rules = f"60-{device.kind.package}.rules"
    text = f"{device.text}: {device.node} may not be used by you"
    if machine.path(f"/lib/udev/rules.d/{rules}").exists():
        fix = "sudo usermod -aG plugdev $USER, log in anew, unplug the radio and plug it in again"
    else:
        fix = f"sudo apt install {device.kind.package}, unplug the radio and plug it in again"
    yield Result("problem", "rights", text, fix)


def _speed(machine, device):
    speed = machine.read(f"{device.folder}/speed") or ""
    if re.fullmatch(r"\d+(\.\d+)?", speed) and float(speed) < HIGH_SPEED_MBPS:
        text = f"{device.text}: at {speed} Mb/s, expected {HIGH_SPEED_MBPS:g}"
        yield Result("problem", "usb speed", text, "another port, another cable, no old hub")


def _kernel_module(machine, device):
    module = device.kind.module
    if module and machine.path(f"/sys/module/{module}").exists():
        text = f"{device.text}: the kernel's driver {module} may have taken it"
        fix = (
            f"sudo modprobe -r {module}; "
            f"echo blacklist {module} | sudo tee /etc/modprobe.d/no-{module}.conf"
        )
        yield Result("problem", "driver", text, fix)


def _free(machine, devices):
    """What gr-osmosdr sees of them: it does not see one that another program uses."""
    code = "import osmosdr\nfor device in osmosdr.device.find(): print(device.to_string())"
    ran = machine.run(machine.python, "-c", code)
    if ran.status != 0:
        return  # of gr-osmosdr another check tells
    seen = {part.partition("=")[0] for line in ran.output.split("\n") for part in line.split(",")}
    for kind in dict.fromkeys(device.kind for device in devices):
        if kind.driver in seen:
            yield Result("ok", "osmosdr", f"gr-osmosdr finds a radio as {kind.driver}=0")
        else:
            text = f"gr-osmosdr finds no {kind.name}: another program may use it"
            yield Result("problem", "osmosdr", text, "end other radio programs, plug it in anew")
