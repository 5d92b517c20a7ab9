# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to see, in lines of at most 80 columns."""

import numpy as np

from .beacon_period import beacon_period
from .frames import ACK, BEACON, BROADCAST, NOBODY, TYPES, UNICAST
from .palette import MARKERS
from .times import time_span
from .words import counted

MOST_ROWS = 20
SHOWN = (UNICAST, BROADCAST, BEACON, ACK)


def summary(frames):
    """Lines: counts by type, and a table of those who sent most."""
    count = np.bincount(frames.source[frames.source != NOBODY], minlength=len(frames.addresses))
    order = [i for i in np.argsort(-count, kind="stable") if count[i]]
    packets, senders = counted(len(frames), "packet"), counted(len(order), "sender")
    lines = [f"{packets} of {senders}, {time_span(frames)}"]
    if frames.source_inferred.any():
        lines.append("An acknowledgement names nobody: its sender is inferred, and counted here.")
    types = np.bincount(frames.type, minlength=len(TYPES))
    lines.append(
        "  ".join(
            f"{MARKERS[kind].character} {name} {types[kind]:,}"
            for kind, name in enumerate(TYPES)
            if types[kind]
        )
    )
    lines.append(
        f"{'sender':16}  {'packets':>8} {'unicast':>8} {'broadc.':>8} {'beacon':>7} {'ack':>7} "
        f"{'SNR dB':>6} {'period':>8}"
    )
    lines += [_row(frames, sender) for sender in order[:MOST_ROWS]]
    if len(order) > MOST_ROWS:
        lines.append(f"and {counted(len(order) - MOST_ROWS, 'more sender')}")
    return lines


def _row(frames, sender):
    of_sender = frames.source == sender
    types = np.bincount(frames.type[of_sender], minlength=len(TYPES))
    snr = frames.snr_db[of_sender]
    median = f"{np.median(snr[np.isfinite(snr)]):6.1f}" if np.isfinite(snr).any() else f"{'-':>6}"
    period = beacon_period(frames.time_ns[of_sender & (frames.type == BEACON)])
    period = "-" if period is None else f"{period.seconds:.1f} s"
    counts = " ".join(
        f"{types[kind]:{width}d}" for kind, width in zip(SHOWN, (8, 8, 7, 7), strict=True)
    )
    return f"{frames.addresses[sender]:16}  {of_sender.sum():8d} {counts} {median} {period:>8}"
