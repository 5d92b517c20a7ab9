# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what is installed: Python, GNU Radio, the module, gr-osmosdr, the Companion."""

import configparser
import re
from pathlib import Path

from .machine import Result

# Where GNU Radio of Debian and its like works.
DISTRIBUTION_PYTHON = "/usr/bin/python3"
PACKAGE = Path(__file__).resolve().parent.parent
BLOCK = "kaifa_receiver.block.yml"
# Where a Companion looks whose settings say nothing.
COMPANION_DEFAULT = "/usr/share/gnuradio/grc/blocks:/usr/local/share/gnuradio/grc/blocks"


def check_python(machine):
    """The Python that runs this has GNU Radio. If not, the distribution's is taken from here on."""
    version = _gnuradio_version(machine, machine.python)
    if version:
        return [Result("ok", "python", f"{machine.python}, GNU Radio {version}"), *_other(machine)]
    reason = machine.run(machine.python, "-c", "from gnuradio import gr").reason
    there = _gnuradio_version(machine, DISTRIBUTION_PYTHON)
    if there:
        text = f"{machine.python} has no GNU Radio, {DISTRIBUTION_PYTHON} has ({there})"
        fix = f"run programs by their names, or by {DISTRIBUTION_PYTHON}; what follows is of that"
        machine.python = DISTRIBUTION_PYTHON
        return [Result("problem", "python", text, fix)]
    text = f"{machine.python} has no GNU Radio: {reason}"
    return [Result("problem", "python", text, "sudo apt install gnuradio")]


def _other(machine):
    """A note if python3, as one types it, is another one without GNU Radio."""
    python = machine.which("python3")
    if not python or python == machine.python or _gnuradio_version(machine, python):
        return []
    text = f"python3 on PATH is {python}, which has no GNU Radio: the programs do not mind"
    return [Result("note", "python", text, f"run scripts of your own by {machine.python}")]


def _gnuradio_version(machine, python):
    ran = machine.run(python, "-c", "from gnuradio import gr; print(gr.version())")
    return ran.output.strip() if ran.status == 0 else None


def check_module(machine):
    """The module can be imported with its library, and is the one that this program belongs to."""
    code = (
        "import gnuradio.kaifa as k; from gnuradio.kaifa.version import VERSION; "
        "k.kaifa_frame_parser(); print(VERSION); print(k.__path__[0])"
    )
    ran = machine.run(machine.python, "-c", code)
    if ran.status != 0:
        return [Result("problem", "module", *_import_failure(machine, ran))]
    version, folder = ran.output.split("\n")[-3:-1]
    ours = re.search(r'VERSION = "(.*)"', (PACKAGE / "version.py").read_text())
    if Path(folder).resolve() != PACKAGE and ours and version != ours[1]:
        text = f"gnuradio.kaifa {version} in {folder} is found before {ours[1]} in {PACKAGE}"
        return [Result("problem", "module", text, _path_command(machine))]
    return [Result("ok", "module", f"gnuradio.kaifa {version} in {folder}")]


def _import_failure(machine, ran):
    """Text and fix."""
    if "No module named 'gnuradio'" in ran.errors:
        return f"GNU Radio is missing: {ran.reason}", "see python above"
    if "No module named 'gnuradio.kaifa'" in ran.errors:
        return "gnuradio.kaifa is not where Python looks", _path_command(machine)
    if "cannot open shared object file" in ran.errors:
        return f"a library is not found: {ran.reason}", "sudo ldconfig"
    if "source directory" in ran.errors and not list(PACKAGE.glob("kaifa_python*.so")):
        return "PYTHONPATH leads to the source, which has no library", _path_command(machine)
    return ran.reason, "cmake --build build && sudo cmake --install build && sudo ldconfig"


def _path_command(machine):
    """What makes Python look where the module is."""
    if not list(PACKAGE.glob("kaifa_python*.so")):
        return "script/build && . build/kaifa_env.sh, in the source directory"
    search = PACKAGE.parent.parent
    build = search.parent / "kaifa_env.sh"
    return f". {build}" if build.exists() else f"export PYTHONPATH={search}:$PYTHONPATH"


def check_companion(machine):
    """GNU Radio Companion looks where the blocks are."""
    folders = [Path(folder) for folder in _block_folders(machine)]
    for folder in folders:
        if (machine.root / str(folder).lstrip("/") / BLOCK).exists():
            return [Result("ok", "companion", f"blocks in {folder}")]
    looked = ", ".join(map(str, folders)) or "nowhere"
    text = f"{BLOCK} is in none of the folders where GNU Radio Companion looks ({looked})"
    return [Result("problem", "companion", text, _blocks_command())]


def _block_folders(machine):
    yield from filter(None, machine.environ.get("GRC_BLOCKS_PATH", "").split(":"))
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    home = machine.environ.get("HOME", "")
    for name in ("/etc/gnuradio/conf.d/grc.conf", f"{home}/.gnuradio/config.conf"):
        try:
            settings.read_string(machine.read(name) or "")
        except configparser.Error:
            continue
    for key, default in (("local_blocks_path", ""), ("global_blocks_path", COMPANION_DEFAULT)):
        value = settings.get("grc", key, fallback=default)
        yield from (folder.strip() for folder in value.split(":") if folder.strip())


def _blocks_command():
    for above in PACKAGE.parents:
        for folder in (above / "share/gnuradio/grc/blocks", above / "grc"):
            if (folder / BLOCK).exists():
                return f"export GRC_BLOCKS_PATH={folder}:$GRC_BLOCKS_PATH"
    return "sudo cmake --install build, in the source directory"


def check_osmosdr(machine):
    """gr-osmosdr, by which radios are received."""
    ran = machine.run(machine.python, "-c", "import osmosdr")
    if ran.status == 0:
        return [Result("ok", "osmosdr", "gr-osmosdr is there")]
    text = f"gr-osmosdr is missing: {ran.reason}"
    return [Result("problem", "osmosdr", text, "sudo apt install gr-osmosdr")]
