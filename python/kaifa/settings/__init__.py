# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings in TOML files, those that come with the package and a user's own.

A file holds options of kaifa_rx by their names without the dashes before them:

    source = "hackrf=0"      # where the command line names none
    checked-only = true

    [radio]                  # options that count only if SOURCE is a radio, of the driver of the
                             # file's source if there is one
    rate = 8e6
    gain = {lna = 32, vga = 24}

What a file says is put before what the command line says, as if it stood there.
"""

from dataclasses import dataclass
from pathlib import Path

import tomllib

from ..radio.device import driver_of, is_radio
from ..recording import InputError

FOLDER = Path(__file__).parent
SUFFIX = ".toml"


@dataclass(frozen=True)
class Settings:
    """What a file says.

    name:    of the file, for messages.
    source:  SOURCE; None if it names none.
    always:  {key: value} that always count.
    radio:   {key: value} that count for radios, of the driver of `source` if there is one.
    limits:  {key: ranges} of what such a radio can be set to; of those that come with the package.
    """

    name: str
    source: str | None
    always: dict
    radio: dict
    limits: dict

    def options(self, source):
        """(key, words of a command line) of what counts for a SOURCE."""
        own = self.source is None or driver_of(self.source) == driver_of(source)
        counting = self.always | (self.radio if own and is_radio(source) else {})
        return [(key, _words(self.name, key, value)) for key, value in counting.items()]


def ready_settings():
    """{name: path} of the files that come with the package."""
    return {path.stem: path for path in sorted(FOLDER.glob(f"*{SUFFIX}"))}


def settings_by_name(name):
    """The Settings that --config names: a file, or one of ready_settings(). InputError if none."""
    ready = ready_settings()
    if name in ready:
        return _read(ready[name], f"settings {name}")
    if "/" in name or name.endswith(SUFFIX):
        return _read(Path(name), name)
    raise InputError(
        f"--config: no settings called '{name:.40}', expected {', '.join(ready)}, or a file "
        f"({SUFFIX})"
    )


def settings_of_radio(source):
    """The ready Settings for the radio that a device string names; None if there are none."""
    for name in ready_settings():
        settings = settings_by_name(name)
        if driver_of(settings.source) == driver_of(source):
            return settings
    return None


def _read(path, name):
    try:
        with open(path, "rb") as file:
            read = tomllib.load(file)
    except OSError as error:
        raise InputError(f"{name}: {error.strerror}, expected a file of settings") from None
    except (ValueError, RecursionError) as error:  # not all that is wrong is a TOMLDecodeError
        raise InputError(f"{name}: {error}, expected TOML") from None
    source, radio = read.pop("source", None), read.pop("radio", {})
    if not (source is None or isinstance(source, str) and source):
        raise InputError(f"{name}: source is {source!r:.40}, expected text, as SOURCE")
    if not isinstance(radio, dict):
        raise InputError(f"{name}: radio is {radio!r:.40}, expected a table [radio]")
    limits = read.pop("limits", {}) if path.parent == FOLDER else {}
    return Settings(name, source, read, radio, limits)


def _words(name, key, value):
    """An option and its value as words of a command line."""
    if value is True:
        return [f"--{key}"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [f"--{key}={value!r}"]
    if isinstance(value, str):
        return [f"--{key}={value}"]
    if isinstance(value, dict) and key == "gain" and _is_gains(value):
        return [f"--{key}=" + ",".join(f"{stage}={gain!r}" for stage, gain in value.items())]
    if value is False:
        raise InputError(f"{name}: {key} is false, expected true, or the key left out")
    expected = "dB or a table of them by stage" if key == "gain" else "a number, text or true"
    raise InputError(f"{name}: {key} is {value!r:.40}, expected {expected}")


def _is_gains(table):
    return table and all(
        isinstance(gain, int | float) and not isinstance(gain, bool) for gain in table.values()
    )
