# SPDX-License-Identifier: GPL-3.0-or-later
"""A stretch of time, as a person names it: --since and --until."""

import re

import numpy as np

from ..recording import InputError

UNITS = {"ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9}
EXPECTED = (
    "expected UTC like 2026-01-31, 2026-01-31T12:30 or 2026-01-31T12:30:15.5Z, or a time from the "
    "first or to the last frame like start+10m or end-1h (ms, s, m, h, d)"
)
_RELATIVE = re.compile(r"(start|end)(?:([+-])(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d))?")
_UTC = re.compile(
    r"(?:19[7-9]\d|2[01]\d\d)-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?Z?", re.ASCII
)


def chosen(frames, since=None, until=None):
    """The frames from `since` on and before `until`, which are texts or None.

    InputError if one of them is no time, or a date where frames have none.
    """
    if not len(frames):
        return frames
    begin = 0 if since is None else _first_at(frames, since, "--since")
    end = len(frames) if until is None else _first_at(frames, until, "--until")
    return frames if (begin, end) == (0, len(frames)) else frames.select(slice(begin, end))


def _first_at(frames, text, option):
    """Number of the first frame at or after a time."""
    return int(np.searchsorted(frames.time_ns, _time_ns(frames, text, option)))


def _time_ns(frames, text, option):
    if match := _RELATIVE.fullmatch(text):
        edge, sign, amount, unit = match.groups()
        base = int(frames.time_ns[0 if edge == "start" else -1])
        offset = round(float(amount) * UNITS[unit]) if amount else 0
        return base - offset if sign == "-" else base + offset
    if not _UTC.fullmatch(text):
        raise InputError(f"{option}: '{text:.40}' is no time, {EXPECTED}")
    if not frames.dated[0]:
        raise InputError(
            f"{option}: '{text:.40}' is a date and nobody knows that of the frames, expected a "
            "time from the first or to the last frame like start+10m or end-1h"
        )
    try:
        return int(np.datetime64(text.rstrip("Z").replace(" ", "T"), "ns").astype(np.int64))
    except ValueError:
        raise InputError(f"{option}: '{text:.40}' is no time, {EXPECTED}") from None
