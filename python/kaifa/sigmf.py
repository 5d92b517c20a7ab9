# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings in SigMF (https://sigmf.org, version 1): what the metadata says of the samples."""

import json
import re
from datetime import datetime
from pathlib import Path

from .recording import Anchor, InputError, Recording, measured, sample_format

TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)?")


def meta_path_of(path):
    """The .sigmf-meta file that belongs to `path` (metadata, samples or the name without suffix),
    or None if `path` is not SigMF."""
    if path.suffix in (".sigmf-meta", ".sigmf-data", ".sigmf"):
        return path.with_suffix(".sigmf-meta")
    meta = path.with_name(path.name + ".sigmf-meta")
    return meta if not path.is_file() and meta.is_file() else None


def sigmf_recording(meta_path, format_name=None, sample_rate=None, center_frequency=None):
    """The Recording described by `meta_path`; InputError if it cannot be read.

    What the caller says of format, rate (Hz) and frequency (Hz) goes before the metadata.
    """
    meta = _read_meta(meta_path)
    try:
        facts, captures = meta["global"], meta.get("captures", [])
        recording = Recording(
            path=_data_path(meta_path, facts),
            format=_format(facts if format_name is None else {"core:datatype": format_name}),
            sample_rate=facts.get("core:sample_rate") if sample_rate is None else sample_rate,
            center_frequency=_frequency(captures) if center_frequency is None else center_frequency,
            header_bytes=_header_bytes(captures),
            anchors=tuple(_anchors(captures)),
            sha512=facts.get("core:sha512"),
        )
        _number("core:sample_rate", recording.sample_rate)
        if recording.center_frequency is not None:
            _number("core:frequency", recording.center_frequency)
    except KeyError as error:
        raise InputError(f"{meta_path}: not valid SigMF, {error} is missing") from None
    except InputError as error:
        raise InputError(f"{meta_path}: {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{meta_path}: not valid SigMF, {error}") from None
    return measured(recording)


def utc_time(text):
    """(seconds since 1970, fraction) of an ISO 8601 time in UTC; ValueError if it is none.

    Python's datetime keeps six digits of the fraction; this keeps what a double can hold.
    """
    if not (match := TIME.fullmatch(text)):
        raise ValueError(f"core:datetime is '{text}', expected UTC like 2026-03-01T12:00:00.5Z")
    whole, digits = match.groups()
    seconds = int(datetime.fromisoformat(whole + "+00:00").timestamp())
    return seconds, float(f"0.{digits or 0}")


def _read_meta(meta_path):
    try:
        meta = json.loads(meta_path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{meta_path}: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{meta_path}: not valid JSON, {error}") from None
    if not isinstance(meta, dict):
        raise InputError(f"{meta_path}: not valid SigMF, expected an object")
    return meta


def _data_path(meta_path, facts):
    if facts.get("core:num_channels", 1) != 1:
        raise InputError("several channels, expected one")
    if name := facts.get("core:dataset"):
        return meta_path.with_name(Path(name).name)
    return meta_path.with_suffix(".sigmf-data")


def _format(facts):
    try:
        return sample_format(facts["core:datatype"])
    except InputError:
        raise InputError(
            f"core:datatype '{facts['core:datatype']}' cannot be read, "
            "expected ci8, cu8, ci16_le or cf32_le"
        ) from None


def _frequency(captures):
    frequencies = {c["core:frequency"] for c in captures if "core:frequency" in c}
    if len(frequencies) > 1:
        raise InputError(
            f"captures at {len(frequencies)} frequencies, expected one "
            "(--frequency takes them all as that one)"
        )
    return frequencies.pop() if frequencies else None


def _header_bytes(captures):
    if any(c.get("core:header_bytes") for c in captures[1:]):
        raise InputError("core:header_bytes in a later capture, expected it in the first only")
    return int(captures[0].get("core:header_bytes", 0)) if captures else 0


def _anchors(captures):
    for capture in captures:
        if "core:datetime" in capture:
            sample = int(capture.get("core:sample_start", 0))
            yield Anchor(sample, *utc_time(capture["core:datetime"]))


def _number(key, value):
    if value is None:
        raise InputError("sample rate unknown, expected core:sample_rate or --rate in Hz")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{key} is {value!r}, expected a number in Hz")
