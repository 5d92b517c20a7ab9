# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes kaifa_rx a capture interface of Wireshark."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from .recording import InputError

NAME = "kaifa_rx"
# Wireshark 4.2 and newer name the folder; before, it was below that of the configuration.
FOLDERS = (("Personal Extcap path:", ""), ("Personal configuration:", "extcap"))


def install_extcap():
    """Writes a wrapper of extcap.py, as this very program is set up, to Wireshark's folder for it.

    Returns a line that says where. InputError if there is no Wireshark or it cannot be written.
    """
    folder = _folder()
    wrapper = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        wrapper.write_text(_script())
        wrapper.chmod(0o755)
    except OSError as error:
        raise InputError(f"{wrapper}: cannot be written, {error.strerror}") from None
    return f"{wrapper}\n"


def _folder():
    try:
        told = subprocess.run(["tshark", "-G", "folders"], capture_output=True, text=True)
    except FileNotFoundError:
        raise InputError(
            "--install-extcap takes tshark, expected it installed (apt install tshark)"
        ) from None
    lines = told.stdout.splitlines()
    for label, below in FOLDERS:
        for line in lines:
            if line.startswith(label):
                return Path(line.removeprefix(label).strip()) / below
    raise InputError("tshark -G folders names no personal folder, expected one for extcap")


def _script():
    program = Path(sys.argv[0]).resolve()
    extcap = Path(__file__).resolve().with_name("extcap.py")
    settings = [f"KAIFA_RX={shlex.quote(str(program))}"]
    if path := os.environ.get("PYTHONPATH"):
        settings.append(f"PYTHONPATH={shlex.quote(path)}")
    exports = "".join(f"export {setting}\n" for setting in settings)
    command = f'exec {shlex.quote(sys.executable)} {shlex.quote(str(extcap))} "$@"\n'
    return f"#!/bin/sh\n# Written by kaifa_rx --install-extcap\n{exports}{command}"
