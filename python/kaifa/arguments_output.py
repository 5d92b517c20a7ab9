# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the command line that says where records go."""

import argparse

from .arguments_kinds import Say, filled, number
from .extcap_install import install_extcap
from .recording import InputError
from .schema import schema_text
from .topics import STATION
from .web.address import DEFAULT as WEB_ADDRESS

# Options whose value is a file or -, in the order in which the outputs are opened.
FILES = ("json", "csv", "pcapng")


def _station(text):
    if not STATION.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"'{text:.80}' cannot be used, expected 1 to 64 letters, digits, '.', '_' or '-'"
        )
    return text


def add_output(group):
    """Adds the options to a group of an ArgumentParser."""

    def add(name, unit, text, kind=filled, **more):
        group.add_argument(name, metavar=unit, type=kind, help=text, **more)

    instead = "; - is standard output, in place of the lines for people"
    add("--json", "FILE", f"write one JSON object a line{instead}")
    add("--csv", "FILE", f"write one line of comma-separated values a frame{instead}")
    add("--pcapng", "FILE", f"write frames for Wireshark (802.15.4 TAP){instead}")
    add("--db", "FILE", "append records to an SQLite database")
    add("--mqtt", "URL", "publish at a broker, mqtt[s]://[user:password@]host[:port][/prefix]")
    add("--mqtt-ca", "FILE", "certificates by which to trust the broker; default: the system's")
    add(
        "--station",
        "NAME",
        "name among several receivers at one broker; with --mqtt, and then for kaifa_collect, too",
        _station,
    )
    add("--zmq", "ADDRESS", "publish by ZeroMQ at an address like tcp://127.0.0.1:5555")
    add("--record", "NAME", "write the samples as received to NAME.sigmf-data and .sigmf-meta")
    add(
        "--annotate",
        "NAME.sigmf-meta",
        "write the recording's metadata, or that of --record, with every burst and frame",
    )
    add("--save-rejects", "FOLDER", "keep the samples of bursts whose packets were rejected")
    add(
        "--rejects-limit",
        "OCTETS",
        "most octets of samples that may lie there (default 100M)",
        number,
    )
    add(
        "--web",
        "HOST:PORT",
        f"serve a page that shows frames as they come (default {WEB_ADDRESS}); one that other "
        "computers can reach asks for a token, printed with the address",
        nargs="?",
        const=WEB_ADDRESS,
    )
    for name, text in (
        ("--home-assistant", "tell Home Assistant of every meter, by --mqtt"),
        ("--tui", "show spectrum, frames, senders and counts on the whole terminal"),
        ("--fail-on-loss", "exit status 3 if samples or records were lost"),
        ("--checked-only", "leave out packets whose check failed"),
        ("--bursts", "write a record of every burst, too"),
    ):
        group.add_argument(name, action="store_true", help=text)
    for name, say, text in (
        ("--schema", schema_text, "print the JSON Schema of the records, and end"),
        ("--install-extcap", install_extcap, "make this a capture interface of Wireshark, and end"),
    ):
        group.add_argument(name, action=Say, say=say, help=text)


def check_output(args):
    """InputError if outputs do not go together."""
    to_stdout = [f"--{name} -" for name in FILES if getattr(args, name) == "-"]
    if len(to_stdout) > 1:
        raise InputError(f"{' and '.join(to_stdout)}: standard output can take only one of them")
    if args.rejects_limit is not None and not (args.save_rejects and args.rejects_limit >= 0):
        raise InputError("--rejects-limit: expected 0 octets or more, and --save-rejects with it")
    for name in ("mqtt_ca", "station", "home_assistant"):
        if getattr(args, name) and not args.mqtt:
            option = name.replace("_", "-")
            raise InputError(f"--{option} has no use alone, expected --mqtt with it")
