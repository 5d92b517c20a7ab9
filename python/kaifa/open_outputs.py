# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the command line says to outputs."""

import os
from dataclasses import replace
from pathlib import Path

from .batch import Batch
from .home_assistant import HomeAssistant
from .mqtt_address import mqtt_address
from .output_database import DatabaseOutput
from .output_lines import CsvLines, HumanLines, JsonLines
from .output_mqtt import MqttOutput
from .output_pcapng import PcapngOutput
from .output_web import WebOutput
from .output_zmq import ZmqOutput
from .record_file import RecordFile, refuse_input
from .recording import InputError
from .version import VERSION

PROGRAM = f"kaifa_rx {VERSION}"
STANDARD_OUTPUT = "standard output"
MOST_CHARACTERS = 200


def opened(args, records_out, source, tell, shown=None):
    """Every output that parse_arguments() read, ready for records.

    records_out: file descriptor of standard output.  source: the Input.
    tell:        called with a line when an output has something to say.
    shown:       an output for people, in place of lines on standard output; None if there is none.
    InputError if one cannot be used.
    """
    _refuse_doubles(args, source.recording)
    # Files come last: what is refused before them empties none.
    return [*_services(args, source, tell), *_files(args, records_out, source, shown)]


def _services(args, source, tell):
    if args.db:
        yield DatabaseOutput(args.db, _run(args, source))
    if args.zmq:
        yield ZmqOutput(args.zmq)
    if args.web:
        yield WebOutput(args.web, source_word(args, source), tell)
    if args.mqtt:
        yield _mqtt(args, tell)


def _mqtt(args, tell):
    address, batch = mqtt_address(args.mqtt), None
    if args.station:
        address = replace(address, prefix=f"{address.prefix}/{args.station}")
        batch = Batch()
    show = HomeAssistant() if args.home_assistant else None
    return MqttOutput(address, args.mqtt_ca, tell, show, batch)


def _files(args, records_out, source, shown):
    makers = {
        "json": JsonLines,
        "csv": CsvLines,
        "pcapng": lambda file: _pcapng(file, args, source),
    }
    targets = {name: getattr(args, name) for name in makers}
    to_stdout = "-" in targets.values()
    if shown and to_stdout and os.isatty(records_out):
        raise InputError("--tui: draws where standard output is, expected that in a file or a pipe")
    if shown:
        yield shown
    elif not to_stdout:
        yield HumanLines(RecordFile(STANDARD_OUTPUT, records_out))
    for name, target in targets.items():
        if target == "-":
            yield makers[name](RecordFile(STANDARD_OUTPUT, records_out))
        elif target:
            yield makers[name](RecordFile(target))


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
    name = source_word(args, source)
    description = (
        f"{name}: {source.sample_rate / 1e6:.10g} Msps around "
        f"{source.center_frequency / 1e6:.10g} MHz"
    )
    dated = source.live or bool(source.recording.anchors)
    return PcapngOutput(file, name, description, args.symbol_rate, dated, PROGRAM)


def _run(args, source):
    return {
        "program": PROGRAM,
        "input": source_word(args, source),
        "sample_rate_hz": source.sample_rate,
        "center_frequency_hz": source.center_frequency,
        "symbol_rate_hz": args.symbol_rate,
        "deviation_hz": args.deviation,
    }


def source_word(args, source):
    """What is received, without the folders of whoever receives it."""
    name = args.source if source.live else Path(args.source).name
    word = "standard input" if name == "-" else name[:MOST_CHARACTERS]
    return word.encode(errors="replace").decode()
