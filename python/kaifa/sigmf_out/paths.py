# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the two files of a SigMF recording, neither of which is ever overwritten."""

import os
from pathlib import Path

from ..recording import InputError

META, DATA = ".sigmf-meta", ".sigmf-data"


def meta_path(name):
    """The metadata file of the recording `name`, which may have either suffix or none; InputError
    if that is no name."""
    path = Path(name)
    if not path.name:
        raise InputError(f"--record {name}: expected the name of a recording")
    if path.suffix in (META, DATA):
        return path.with_suffix(META)
    return path.with_name(path.name + META)


def create(path, option):
    """Makes an empty file and returns a descriptor to write it by.

    InputError if it is there already or cannot be made.
    """
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except FileExistsError:
        raise InputError(
            f"{path}: is there already, expected a new name for {option}; recordings and their "
            "metadata are not overwritten"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written, {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{str(path)!r}: cannot be written, {error}") from None
