# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings in SigMF (https://sigmf.org, version 1): what the metadata says of the samples."""

import itertools
import json
import re
import reprlib
from datetime import datetime
from pathlib import Path

from .recording import InputError, Recording, measured, sample_format
from .timeline import Anchor, Loss

MOST_HZ = 1e12
MOST_SAMPLES = 1 << 62
# Of metadata, which take twenty times as much memory when they are read.
MOST_OCTETS = 1 << 25
CHECKSUM = re.compile(r"[0-9a-fA-F]{128}")
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)?")


def meta_path_of(path):
    """The .sigmf-meta file that belongs to `path` (metadata, samples or the name without suffix),
    or None if `path` is not SigMF."""
    if path.suffix in (".sigmf-meta", ".sigmf-data", ".sigmf"):
        return path.with_suffix(".sigmf-meta")
    if not path.name:
        return None
    meta = path.with_name(path.name + ".sigmf-meta")
    return meta if not path.is_file() and meta.is_file() else None


def sigmf_recording(meta_path, format_name=None, sample_rate=None, center_frequency=None):
    """The Recording described by `meta_path`; InputError if it cannot be read.

    What the caller says of format, rate (Hz) and frequency (Hz) goes before the metadata.
    """
    meta = read_meta(meta_path)
    try:
        facts = meta["global"]
        first_sample = _count(facts, "core:offset")
        captures = _captures(meta, first_sample)
        rate = _rate(facts) if sample_rate is None else sample_rate
        recording = Recording(
            path=_data_path(meta_path, facts),
            format=_format(facts if format_name is None else {"core:datatype": format_name}),
            sample_rate=rate,
            center_frequency=_frequency(captures) if center_frequency is None else center_frequency,
            header_bytes=_header_bytes(captures),
            first_sample=first_sample,
            anchors=tuple(_anchors(captures, rate)),
            losses=tuple(_losses(captures)),
            meta_path=meta_path,
            overruled=tuple(_overruled(meta, format_name, sample_rate, center_frequency)),
            sha512=_checksum(facts),
        )
    except KeyError as error:
        raise InputError(f"{meta_path}: not valid SigMF, {error} is missing") from None
    except InputError as error:
        raise InputError(f"{meta_path}: {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{meta_path}: not valid SigMF, {error}") from None
    return measured(recording)


def utc_time(text):
    """(seconds since 1970, fraction, what the last digit stands for in seconds) of an ISO 8601 time
    in UTC; InputError if it is none.

    Python's datetime keeps six digits of the fraction; this keeps what a double can hold.
    """
    try:
        whole, digits = TIME.fullmatch(text).groups()
        seconds = int(datetime.fromisoformat(whole + "+00:00").timestamp())
    except (AttributeError, TypeError, ValueError):
        raise _unexpected("core:datetime", text, "UTC like 2026-03-01T12:00:00.5Z") from None
    # The year 9999, the last there is, must not end before the recording does.
    if not "1970" <= whole[:4] <= "9998":
        raise _unexpected("core:datetime", text, "a year from 1970 to 9998")
    # More digits could round up to a whole second.
    digits = (digits or "")[:15]
    return seconds, float(f"0.{digits or 0}"), 10.0 ** -len(digits)


def read_meta(meta_path):
    """The metadata as it stands in the file: an object; InputError if it cannot be read."""
    try:
        with open(meta_path, "rb") as file:
            octets = file.read(MOST_OCTETS + 1)
        if len(octets) > MOST_OCTETS:
            raise InputError(
                f"{meta_path}: is too long, expected at most {MOST_OCTETS >> 20} MiB of metadata"
            )
        meta = json.loads(octets.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{meta_path}: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{meta_path}: not valid JSON, {error}") from None
    except RecursionError:
        raise InputError(f"{meta_path}: not valid SigMF, too many lists in lists") from None
    if not isinstance(meta, dict):
        raise InputError(f"{meta_path}: not valid SigMF, expected an object")
    return meta


def _data_path(meta_path, facts):
    if facts.get("core:num_channels", 1) != 1:
        raise InputError("several channels, expected one")
    if name := facts.get("core:dataset"):
        if not isinstance(name, str) or "\0" in name or not Path(name).name:
            raise _unexpected("core:dataset", name, "the name of a file")
        return meta_path.with_name(Path(name).name)
    return meta_path.with_suffix(".sigmf-data")


def _format(facts):
    try:
        return sample_format(facts["core:datatype"])
    except (InputError, AttributeError):
        shown = reprlib.repr(facts["core:datatype"])
        raise InputError(
            f"core:datatype {shown} cannot be read, expected ci8, cu8, ci16_le or cf32_le"
        ) from None


def _frequency(captures):
    frequencies = {
        _hz("core:frequency", c["core:frequency"]) for c in captures if "core:frequency" in c
    }
    if len(frequencies) > 1:
        raise InputError(
            f"captures at {len(frequencies)} frequencies, expected one "
            "(--frequency takes them all as that one)"
        )
    return frequencies.pop() if frequencies else None


def _rate(facts):
    if facts.get("core:sample_rate") is None:
        raise InputError("sample rate unknown, expected core:sample_rate or --rate in Hz")
    return _hz("core:sample_rate", facts["core:sample_rate"])


def _overruled(meta, format_name, sample_rate, center_frequency):
    """What the metadata say of the same otherwise; what is no value is nobody's word."""
    facts, captures = meta["global"], meta.get("captures", [])
    told = [("core:datatype", facts, format_name), ("core:sample_rate", facts, sample_rate)]
    told += [("core:frequency", capture, center_frequency) for capture in captures]
    said = set()
    for key, there, wanted in told:
        value = there.get(key)
        if None not in (wanted, value) and _differ(value, wanted):
            text = f"{key} {reprlib.repr(value)}" + ("" if wanted is format_name else " Hz")
            if text not in said:
                said.add(text)
                yield text


def _differ(value, wanted):
    try:
        return sample_format(value) != sample_format(wanted)
    except (InputError, AttributeError):
        return value != wanted


def _captures(meta, first_sample):
    """The captures, in which core:sample_start counts from the first sample in the file: in
    metadata all such numbers count from where core:offset does."""
    captures = meta.get("captures", [])
    if not (isinstance(captures, list) and all(isinstance(c, dict) for c in captures)):
        raise _unexpected("captures", captures, "a list of objects")
    starts = [_count(capture, "core:sample_start", first_sample) for capture in captures]
    for before, start in itertools.pairwise(starts):
        if start < before:
            raise InputError(
                f"core:sample_start is {start} in a capture behind that at {before}, "
                "expected captures in order"
            )
    if starts and starts[0] < first_sample:
        raise InputError(
            f"core:sample_start is {starts[0]} in a capture, expected core:offset, "
            f"{first_sample}, or more"
        )
    return [
        capture | {"core:sample_start": start - first_sample}
        for capture, start in zip(captures, starts, strict=True)
    ]


def _header_bytes(captures):
    octets = [_count(capture, "core:header_bytes") for capture in captures]
    if any(octets[1:]):
        raise InputError("core:header_bytes in a later capture, expected it in the first only")
    return octets[0] if octets else 0


def _anchors(captures, sample_rate):
    """The time of every capture, where it says more than counting from the anchor before does.

    It is that of the capture's date, or that which its place in the original stream gives; that one
    if both agree, for places are exact.
    """
    last, last_place = None, None
    for capture in captures:
        sample, place = _count(capture, "core:sample_start"), _place(capture)
        dated, counted = _dated(capture, sample), None
        if last and None not in (place, last_place):
            missing_s = (place - last_place - (sample - last.sample)) / sample_rate
            counted = _later(last, sample, sample_rate, missing_s)
        if dated and last and not _contradicts(dated, counted or _later(last, sample, sample_rate)):
            dated = None
        if dated or (counted and missing_s > 0):
            last, last_place = dated or counted, place
            yield last
        elif last and last_place is None and place is not None:
            last_place = place - (sample - last.sample)


def _place(capture):
    return _count(capture, "core:global_index") if "core:global_index" in capture else None


def _dated(capture, sample):
    if "core:datetime" not in capture:
        return None
    seconds, fraction, uncertainty_s = utc_time(capture["core:datetime"])
    return Anchor(sample, seconds, fraction, uncertainty_s=uncertainty_s)


def _later(last, sample, sample_rate, missing_s=0.0):
    more, fraction = divmod((sample - last.sample) / sample_rate + missing_s + last.fraction, 1)
    return Anchor(sample, last.seconds + int(more), fraction, uncertainty_s=last.uncertainty_s)


def _contradicts(dated, counted):
    """A date says something else than counting gives, or says it better."""
    step_s = dated.seconds - counted.seconds + dated.fraction - counted.fraction
    return dated.uncertainty_s < counted.uncertainty_s or abs(step_s) > dated.uncertainty_s


def _losses(captures):
    """Samples that are missing between captures, by their places in the original stream."""
    placed = [capture for capture in captures if "core:global_index" in capture]
    for before, capture in itertools.pairwise(placed):
        came = _count(capture, "core:sample_start") - _count(before, "core:sample_start")
        place = _place(capture)
        lost = place - _place(before) - came
        if lost < 0:
            raise InputError(
                f"core:global_index is {place} in a capture, expected {place - lost} or more, for "
                f"{came} samples lie between it and the one before"
            )
        if lost > 0:
            yield Loss(_count(capture, "core:sample_start"), lost)


def _checksum(facts):
    checksum = facts.get("core:sha512")
    if checksum is None or (isinstance(checksum, str) and CHECKSUM.fullmatch(checksum)):
        return checksum
    raise _unexpected("core:sha512", checksum, "128 hexadecimal digits")


def _hz(key, value):
    if not _is_number(value) or not abs(value) <= MOST_HZ:
        raise _unexpected(key, value, "a number in Hz")
    return float(value)


def _count(capture, key, default=0):
    value = capture.get(key, default)
    if not _is_number(value) or not 0 <= value <= MOST_SAMPLES or value != int(value):
        raise _unexpected(key, value, "a whole number from 0 on")
    return int(value)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unexpected(key, value, expected):
    return InputError(f"{key} is {reprlib.repr(value)}, expected {expected}")
