# SPDX-License-Identifier: GPL-3.0-or-later
"""Stable pseudonyms in place of addresses.

An address has 64 bits, but the first 24 to 40 of a maker's are known: a plain hash of it is undone
by trying. So the hash is keyed (HMAC-SHA256, RFC 2104), and only who has the key can try.
docs/pictures.md says what that protects from and what not.
"""

import base64
import hmac
import os
import secrets
from dataclasses import replace
from pathlib import Path

from ..recording import InputError
from .frames import BROADCAST_ADDRESS

KEY_OCTETS = 32
LEAST_KEY_OCTETS = 16
PREFIX = "n-"
NAME_BITS = 40  # as 8 letters and digits
# Fields of a record that say nothing of who sent it or who is meant.
HARMLESS = {
    "record", "record_number", "schema_version", "time", "time_s", "sample_start", "frequency_hz",
    "snr_db", "magnitude_db", "framing", "check", "whitening", "fec", "check_ok", "reason", "type",
    "sequence", "source_inferred", "destination_inferred", "encrypted", "security_level",
    "key_id_mode", "preamble_symbols", "preamble_phase", "inverted", "sync_errors", "packet_end",
    "burst", "burst_truncated",
}  # fmt: skip


def pseudonym(key, address):
    """The name of an address, which is text of hexadecimal digits, under a key (bytes).

    The same for the same address and key, whatever else there is. The broadcast address is nobody's
    and stays as it is.
    """
    if address == BROADCAST_ADDRESS:
        return address
    digest = hmac.digest(key, address.encode(), "sha256")
    return PREFIX + base64.b32encode(digest[: NAME_BITS // 8]).decode().lower()


def anonymized(frames, key):
    """Frames with pseudonyms as addresses, and inputs without their names.

    Of `extra` only what says nothing of a party stays, all else becomes None: addresses also stand
    in the octets of a frame. InputError if two addresses have the same pseudonym.
    """
    names = [pseudonym(key, address) for address in frames.addresses]
    if len(set(names)) < len(names):
        raise InputError("two addresses have the same pseudonym, expected another key")
    extra = {
        field: values if field in HARMLESS else [None] * len(values)
        for field, values in frames.extra.items()
    }
    inputs, notes = [f"input {i + 1}" for i in range(len(frames.inputs))], frames.notes
    for name, instead in zip(frames.inputs, inputs, strict=True):
        notes = [note.replace(name, instead) for note in notes]
    return replace(frames, addresses=names, inputs=inputs, notes=notes, extra=extra)


def default_key_file():
    """Where the key of this user is kept."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "kaifa" / "anonymize.key"


def read_key(name=None):
    """The key in a file, or of this user, which is made if there is none yet (bytes).

    InputError if it cannot be read or is too short.
    """
    path = default_key_file() if name is None else Path(name)
    try:
        if name is None and not path.exists():
            _make_key(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}, expected a file with a key "
            f"(head -c {KEY_OCTETS} /dev/urandom | base64 makes one)"
        ) from None
    if len(key) < LEAST_KEY_OCTETS:
        raise InputError(
            f"{path}: has {len(key)} octets, expected a key of at least {LEAST_KEY_OCTETS}"
        )
    return key


def _make_key(path):
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_OCTETS)) + b"\n")
