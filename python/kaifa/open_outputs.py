# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the command line says to outputs."""

import os
from pathlib import Path

from .dates import dated_from
from .home_assistant import HomeAssistant
from .mqtt_address import mqtt_address
from .output_database import DatabaseOutput
from .output_lines import CsvLines, HumanLines, JsonLines
from .output_mqtt import MqttOutput
from .output_pcapng import PcapngOutput
from .output_zmq import ZmqOutput
from .record_file import RecordFile, refuse_input
from .recording import InputError
from .version import VERSION

PROGRAM = f"kaifa_rx {VERSION}"
STANDARD_OUTPUT = "standard output"


def opened(args, records_out, source, tell):
    """Every output that parse_arguments() read, ready for records.

    records_out: file descriptor of standard output.  source: the Input.
    tell:        called with a line when an output has something to say.
    InputError if one cannot be used.
    """
    _refuse_doubles(args, source.recording)
    made = {
        "json": JsonLines,
        "csv": CsvLines,
        "pcapng": lambda file: _pcapng(file, args, source),
    }
    outputs = []
    if "-" not in [getattr(args, name) for name in made]:
        outputs.append(HumanLines(RecordFile(STANDARD_OUTPUT, records_out)))
    for name, make in made.items():
        if target := getattr(args, name):
            ours = target != "-"
            file = RecordFile(target) if ours else RecordFile(STANDARD_OUTPUT, records_out)
            outputs.append(make(file))
    if args.db:
        outputs.append(DatabaseOutput(args.db, _run(args, source)))
    if args.zmq:
        outputs.append(ZmqOutput(args.zmq))
    if args.mqtt:
        show = HomeAssistant(args.home_assistant) if args.home_assistant else None
        outputs.append(MqttOutput(mqtt_address(args.mqtt), args.mqtt_ca, tell, show))
    return outputs


def _refuse_doubles(args, recording):
    """InputError if a file is an output twice, or the recording itself."""
    taken = {}
    for name in ("json", "csv", "pcapng", "db"):
        target = getattr(args, name)
        if not target or target == "-":
            continue
        refuse_input(target, f"--{name}", recording)
        other = taken.setdefault(os.path.realpath(target), name)
        device = os.path.exists(target) and not os.path.isfile(target)
        if other != name and not device:
            raise InputError(f"{target}: is the file of --{other} already, expected another")


def _pcapng(file, args, source):
    name = _word(args.source)
    description = (
        f"{name}: {source.sample_rate / 1e6:.10g} Msps around "
        f"{source.center_frequency / 1e6:.10g} MHz"
    )
    dated = dated_from(source) is not None
    return PcapngOutput(file, name, description, args.symbol_rate, dated, PROGRAM)


def _run(args, source):
    return {
        "program": PROGRAM,
        "input": _word(args.source),
        "sample_rate_hz": source.sample_rate,
        "center_frequency_hz": source.center_frequency,
        "symbol_rate_hz": args.symbol_rate,
        "deviation_hz": args.deviation,
    }


def _word(source):
    """A source without the folders of whoever receives it."""
    return "standard input" if source == "-" else Path(source).name or source
