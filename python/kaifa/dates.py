# SPDX-License-Identifier: GPL-3.0-or-later
"""What date a sample of an Input has."""

import time

from .records import utc_text


def dated_from(source):
    """First sample whose date is known; None if there is none."""
    if source.live:
        return 0
    anchors = source.recording.anchors
    return anchors[0].sample if anchors else None


def date_of(source, sample):
    """UTC text of a sample, the newest one if the source is live; None if nobody knows it."""
    if source.live:
        now = time.time_ns()
        return utc_text(now // 10**9, now % 10**9 / 1e9)
    before = [anchor for anchor in source.recording.anchors if anchor.sample <= sample]
    if not before:
        return None
    anchor = before[-1]
    seconds, fraction = divmod((sample - anchor.sample) / source.sample_rate + anchor.fraction, 1)
    return utc_text(anchor.seconds + int(seconds), fraction)
