# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in words."""

import numpy as np

SHORT_NS = 10 * 10**9


def utc(time_ns, unit="s"):
    """ISO text of a time."""
    return str(np.datetime64(int(time_ns), "ns").astype(f"datetime64[{unit}]")).replace("T", " ")


def time_span(frames):
    """From when to when, in words."""
    first, last = frames.time_ns[0], frames.time_ns[-1]
    if not frames.dated.all():
        return f"{first / 1e9:.3f} s to {last / 1e9:.3f} s from the first sample"
    unit = "ms" if last - first < SHORT_NS else "s"
    begin, end = utc(first, unit), utc(last, unit)
    return f"{begin} to {end[11:] if begin[:10] == end[:10] else end} UTC"
