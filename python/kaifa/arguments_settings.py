# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of settings: the program's, those of files, the command line."""

from .radio.device import is_radio
from .recording import InputError
from .settings import settings_by_name, settings_of_radio

# What stands in the way of a reception is no setting.
NO_SETTINGS = ("config", "source", "schema", "install_extcap", "list")


def layered(parser, argv):
    """Reads `argv` by `parser` after the settings that it asks for, and those that come with the
    package for the radio it names. InputError names the file and the key that cannot be used."""
    told = parser.parse_args(argv)
    files = [settings_by_name(name) for name in told.config or ()]
    named = [told.source, *(settings.source for settings in reversed(files))]
    source = next((name for name in named if name is not None), None)
    if source is None:
        parser.error("SOURCE is missing, expected it or --config that names one")
    ready = settings_of_radio(source) if is_radio(source) else None
    if ready and ready not in files:
        files.insert(0, ready)
    known = {name.replace("_", "-") for name in vars(told) if name not in NO_SETTINGS}
    words = [word for settings in files for word in _words(parser, settings, source, known)]
    args = parser.parse_args([*words, *argv])
    args.source = source
    return args


def _words(parser, settings, source, known):
    for key, words in settings.options(source):
        if key not in known:
            raise InputError(
                f"{settings.name}: {key:.40} is no setting, expected the name of an option of "
                "kaifa_rx (--help)"
            )
        try:
            parser.parse_args(words)
        except InputError as error:
            raise InputError(f"{settings.name}: {key}: {error}") from None
        yield from words
