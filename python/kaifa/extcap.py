#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wireshark's capture interface: answers what it asks, and runs kaifa_rx to capture.

Wireshark runs this file by itself and often, so it imports nothing of GNU Radio. Source: Wireshark
Developer's Guide, "Extcap: developer guide". KAIFA_RX is set to the program.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

INTERFACE = "kaifa_rx"
LINK_TYPE, LINK_TYPE_NAME = 283, "IEEE802_15_4_TAP"
# kaifa_rx ended as it was told to.
WELL = (0, 130)
READER_GONE = 1
# Option of kaifa_rx, what Wireshark calls it, its type, default and explanation.
SETTINGS = (
    ("config", "Settings", "selector", "hackrf", "Of the radio; what is given below goes before"),
    ("source", "Source", "string", "", "Empty: the radio of the settings; or a recording"),
    ("frequency", "Centre frequency in Hz", "string", "", "Empty: the settings' or recording's"),
    ("rate", "Sample rate in Hz", "string", "", "Empty: the settings' or recording's"),
    ("format", "Sample format", "string", "", "Of a recording of bare samples: cs8, cs16, cf32"),
    ("gain", "Gain in dB", "string", "", "Of a radio: one number, or stages: lna=32,vga=24,amp=0"),
    ("bandwidth", "Analog bandwidth in Hz", "string", "", "Empty: what fits the rate"),
    ("ppm", "Clock correction in ppm", "string", "", "Of a radio"),
    ("serial", "Serial number", "string", "", "Of the radio to take; empty: the first"),
    ("bias-tee", "Bias tee", "boolflag", "false", "Feed an antenna amplifier"),
    ("symbol-rate", "Symbols a second", "string", "50k", "Of the meters"),
    ("deviation", "Deviation in Hz", "string", "25k", "From the centre to one tone"),
    ("framing", "Framing", "selector", "auto", "Auto finds it out"),
    ("threshold", "Threshold in dB", "string", "", "Burst over noise; empty: the default"),
    ("checked-only", "Leave out rejected packets", "boolflag", "false", "Else their own interface"),
)
CHOICES = {
    "config": sorted(path.stem for path in Path(__file__).parent.glob("settings/*.toml")),
    "framing": ("auto", "a", "b", "c", "d", "e"),
}


def main(argv):
    """Does the one thing that was asked for; returns the exit status."""
    args, _unknown = _parser().parse_known_args(argv)
    if args.extcap_interfaces:
        print("extcap {version=1.0}{display=KAIFA smart meters}")
        print(f"interface {{value={INTERFACE}}}{{display=KAIFA smart meters (gr-kaifa)}}")
    elif args.extcap_dlts:
        print(f"dlt {{number={LINK_TYPE}}}{{name={LINK_TYPE_NAME}}}{{display=802.15.4 TAP}}")
    elif args.extcap_config:
        print("\n".join(_config()))
    elif args.capture:
        return _capture(args)
    else:
        print("This is for Wireshark; kaifa_rx --help tells more.", file=sys.stderr)
        return 2
    return 0


def _parser():
    parser = argparse.ArgumentParser()
    for name in ("extcap-interfaces", "extcap-dlts", "extcap-config", "capture"):
        parser.add_argument(f"--{name}", action="store_true")
    for name in ("extcap-interface", "extcap-version", "extcap-capture-filter", "fifo"):
        parser.add_argument(f"--{name}")
    for name, _display, kind, default, _tooltip in SETTINGS:
        if kind == "boolflag":
            # Wireshark gives it a value, tshark none.
            parser.add_argument(f"--{name}", nargs="?", const="true", default=default)
        else:
            parser.add_argument(f"--{name}", default=default)
    return parser


def _config():
    for number, (name, display, kind, default, tooltip) in enumerate(SETTINGS):
        yield (
            f"arg {{number={number}}}{{call=--{name}}}{{display={display}}}{{type={kind}}}"
            f"{{default={default}}}{{tooltip={tooltip}}}"
        )
        if kind == "selector":
            for value in CHOICES[name]:
                chosen = "{default=true}" if value == default else ""
                yield f"value {{arg={number}}}{{value={value}}}{{display={value}}}{chosen}"


def _command(args):
    command = [sys.executable, os.environ.get("KAIFA_RX", "kaifa_rx"), "--pcapng", "-"]
    for name, _display, kind, _default, _tooltip in SETTINGS:
        value = getattr(args, name.replace("-", "_"))
        if kind == "boolflag":
            command += [f"--{name}"] if value == "true" else []
        elif value and name != "source":
            command += [f"--{name}={value}"]
    return command + ["--", args.source] * bool(args.source)


def _capture(args):
    """Runs kaifa_rx into Wireshark's pipe until either ends."""
    if not args.fifo:
        print("--capture takes --fifo", file=sys.stderr)
        return 2
    with open(args.fifo, "wb", buffering=0) as fifo:
        receiver = subprocess.Popen(
            _command(args), stdin=subprocess.DEVNULL, stdout=fifo, stderr=subprocess.PIPE, text=True
        )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: receiver.terminate())
    # Wireshark shows what is said here as an error: the counts of each second are none.
    for line in receiver.stderr:
        if line.startswith("kaifa_rx: "):
            print(line, end="", file=sys.stderr, flush=True)
    status = receiver.wait()
    return 0 if status in (*WELL, READER_GONE) else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
