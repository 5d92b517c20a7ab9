# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as they stand in the records' JSON, to columns."""

import numpy as np

from ..schema import VERSION
from .frames import REJECTED, TYPES, UNKNOWN

_NUMBER = rb"-?\d{1,18}(?:\.\d+)?(?:[eE][-+]?\d{1,2})?"
_MAYBE_NUMBER = rb"(?:null|(" + _NUMBER + rb"))"
_MAYBE_TRUE = rb"(?:null|false|(true))"
_TIME = rb"(?:19[7-9]\d|2[01]\d\d)-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z"
_ADDRESS = rb'(?:null|"([0-9a-f]{4}|[0-9a-f]{16})")'
_OCTETS = rb'(?:null|"([^"]*)")'
# The fields that columns are made of and what their JSON looks like, with a group for the value.
FIELDS = {
    "schema_version": b"(%d)" % VERSION,
    "record": rb'"(frame)"',
    "time": rb'(?:null|"(' + _TIME + rb')")',
    "time_s": rb"(" + _NUMBER + rb")",
    "frequency_hz": _MAYBE_NUMBER,
    "snr_db": _MAYBE_NUMBER,
    "magnitude_db": _MAYBE_NUMBER,
    "check_ok": _MAYBE_TRUE,
    "type": rb'(?:null|"([a-z_]+)")',
    "sequence": rb"(?:null|(\d{1,3}))",
    "source": _ADDRESS,
    "source_inferred": _MAYBE_TRUE,
    "destination": _ADDRESS,
    "destination_inferred": _MAYBE_TRUE,
    "mpdu": _OCTETS,
    "octets": _OCTETS,
    "preamble_symbols": rb"(?:null|(\d{1,6}))",
    "sync_word": rb'(?:null|"([0-9a-f]{2,16})")',
}
# Of "904e", where a record does not tell its sync word.
SYNC_SYMBOLS = 16


def columns_of(tokens, addresses, number, times=None):
    """Columns of Frames.

    tokens:    {name in FIELDS: what its group found, as bytes, for each packet}.
    addresses: Addresses, which learns new ones.
    number:    of the input.
    times:     (time_ns, dated) where they are known without the tokens.
    ValueError if a date is none.
    """
    time_ns, dated = times or _times(tokens["time"], tokens["time_s"])
    checked = _flags(tokens["check_ok"])
    hex_octets = np.fromiter(map(len, tokens["octets"]), np.int32)
    sync = 4 * np.fromiter(map(len, tokens["sync_word"]), np.int32)
    before = _whole(tokens["preamble_symbols"], 0) + np.where(sync > 0, sync, SYNC_SYMBOLS)
    return {
        "time_ns": time_ns,
        "dated": dated,
        "frequency_hz": _reals(tokens["frequency_hz"]),
        "snr_db": _reals(tokens["snr_db"]),
        "magnitude_db": _reals(tokens["magnitude_db"]),
        "length": np.fromiter(map(len, tokens["mpdu"]), np.int32) // 2,
        "symbols": np.where(hex_octets > 0, before + 4 * hex_octets, 0),
        "type": np.where(checked, _types(tokens["type"]), REJECTED),
        "check_ok": checked,
        "source": _numbers(tokens["source"], addresses),
        "source_inferred": _flags(tokens["source_inferred"]),
        "destination": _numbers(tokens["destination"], addresses),
        "destination_inferred": _flags(tokens["destination_inferred"]),
        "sequence": _whole(tokens["sequence"], -1),
        "input": np.full(len(checked), number),
    }


def _numbers(texts, addresses):
    number = {text: addresses.number(text.decode()) for text in dict.fromkeys(texts)}
    return np.fromiter((number[text] for text in texts), np.int32, len(texts))


def _times(times, seconds):
    text = np.array(times, "S29")  # without the Z
    dated = text != b""
    text[~dated] = b"1970-01-01"
    utc = text.astype("U29").astype("datetime64[ns]").astype(np.int64)
    return np.where(dated, utc, np.rint(_reals(seconds) * 1e9).astype(np.int64)), dated


def _reals(texts):
    return np.array([text or b"nan" for text in texts], "S").astype(np.float64)


def _whole(texts, none):
    array = np.array(texts, "S6")
    array[array == b""] = str(none).encode()
    return array.astype(np.int32)


def _flags(texts):
    return np.array(texts, "S4") == b"true"


def _types(texts):
    known = {name.encode(): number for number, name in enumerate(TYPES)}
    return np.fromiter((known.get(text, UNKNOWN) for text in texts), np.int8, len(texts))
