# SPDX-License-Identifier: GPL-3.0-or-later
"""Why no frames come, and the next thing to try: one sentence, by the counts of a receiver."""

from collections import deque
from typing import NamedTuple

# Share of samples at full scale from which on strong signals make others in the whole band.
CLIPPED_PERCENT = 0.1
# Noise, in steps of the converter, below which its rounding costs more than a decibel: the noise
# that comes in is then weaker than half a step, and rounding adds 0.29 of its own.
LEAST_NOISE_STEPS = 0.58
# What is less was never in a converter: a recording that was made, or filtered by a program.
LEAST_CONVERTED_STEPS = 0.01
# Recordings that are shorter may hold nothing but a burst.
SHORT_SECONDS = 0.05
# A spike this high has taken much of the converter's range, and skirts that a detector sees.
DC_SPIKE_DB = 40.0
# Bursts without a sync word that are no accident.
BURSTS = 20
# Of so many bursts one at least has a sync word where meters are heard.
BURSTS_PER_SYNC = 50
SYNC_WORDS = 5
# Every meter sends a beacon about every two minutes.
BEACON_SECONDS = 150.0


class Hint(NamedTuple):
    """name: of the cause, the same while the cause is.  text: a sentence."""

    name: str
    text: str


def clipped_percent(counts):
    """Share of the samples that are at full scale; None if nobody knows it."""
    at_full_scale = counts["at_full_scale"]
    if at_full_scale is None or not counts["examined"]:
        return None
    return 100.0 * at_full_scale / counts["examined"]


def hint(counts, seconds, final=False):
    """What to try, or None if there is nothing to be said.

    counts:  of a receiver (receiver.counts()).
    seconds: of samples in which they were counted.
    final:   no more samples come: what more of them could tell is said.
    """
    if not counts["samples"]:
        return None
    return _of_levels(counts) or (None if counts["checked"] else _of_funnel(counts, seconds, final))


def _of_levels(counts):
    clipped, steps = clipped_percent(counts), counts["noise_steps"]
    if counts["noise_dbfs_hz"] is None:
        if counts["examined"]:
            return Hint("silence", "the samples are nothing but zeros: is the radio running?")
    elif clipped is not None and clipped > CLIPPED_PERCENT:
        return Hint(
            "clipping", f"{clipped:.2g} % of the samples are at full scale: lower the gain (--gain)"
        )
    elif steps is not None and LEAST_CONVERTED_STEPS <= steps < LEAST_NOISE_STEPS:
        return Hint(
            "low_gain",
            f"the noise is {steps:.2g} steps of the converter, too little to hear weak signals: "
            "raise the gain (--gain)",
        )
    return None


def _of_funnel(counts, seconds, final):
    bursts, sync, spike = counts["bursts"], counts["sync"], counts["dc_spike_db"]
    if final and not bursts and seconds < SHORT_SECONDS:
        return Hint(
            "no_noise",
            f"no burst in {seconds:.3g} s: bursts are told by the noise around them, and a "
            "recording that was cut to a burst and filtered has none: kaifa_probe reads it, and "
            "kaifa_rx once 10 ms of noise are put before and after",
        )
    if spike is not None and spike > DC_SPIKE_DB:
        return Hint(
            "dc_spike",
            f"a spike of {spike:.0f} dB stands in the middle of the band: tune to where no meter "
            "sends, between two channels (--frequency), and mask the middle (--dc-mask 10k)",
        )
    # At the end few have to do: no more will come.
    if sync >= (1 if final else SYNC_WORDS) and sync * BURSTS_PER_SYNC >= bursts:
        return _of_rejects(counts)
    if bursts >= (1 if final else BURSTS):
        return Hint(
            "no_sync",
            f"{bursts} burst{'s' * (bursts > 1)} but {sync or 'no'} sync words: others may send "
            "here, or --symbol-rate and --deviation are others (try 100k and 25k, 150k and 37.5k, "
            "50k and 12.5k); kaifa_probe finds out what a recording holds",
        )
    if bursts or sync:
        return None
    if seconds >= BEACON_SECONDS:
        return Hint(
            "nothing",
            f"no burst in {seconds:.0f} s, though each meter sends a beacon about every two "
            "minutes: check antenna, gain (--gain) and --frequency",
        )
    if final:
        return Hint(
            "too_short",
            f"no burst in {seconds:.3g} s: a meter is silent for up to two minutes, receive longer",
        )
    return None


def _of_rejects(counts):
    rejects = counts["rejects"]
    if not rejects:
        return None
    reason = max(rejects, key=rejects.get)
    sync = counts["sync"]
    what = f"{sync} sync word{'s' * (sync > 1)} but no frame passes its check"
    if reason == "mode_switch":
        return Hint("mode_switch", f"{what}: frames are announced in another mode (reason_text)")
    if counts["length"] * 2 < counts["sync"]:
        return Hint(
            "no_length",
            f"{what}, and most have no length that fits (mostly {reason}): --symbol-rate may be "
            "wrong, or --framing, or the framing is a new one; see the rejected records (--json) "
            "and report them",
        )
    return Hint(
        "no_check",
        f"{what} (mostly {reason}): signals may be too weak, or the framing is not that of "
        "--framing, or a new one; see the rejected records (--json) and report them",
    )


class RecentHints:
    """Hints by what came in the last minutes, so that a long good reception hides no trouble.

    sample_rate: Hz. Time is that of the samples.
    """

    def __init__(self, sample_rate):
        self._rate = sample_rate
        self._kept = deque()

    def hint(self, counts):
        """The Hint for the counts so far; None if there is nothing to be said."""
        kept, second = self._kept, self._rate
        if not kept or counts["samples"] - kept[-1]["samples"] >= second:
            kept.append(counts)
        while counts["samples"] - kept[0]["samples"] > BEACON_SECONDS * second and len(kept) > 1:
            if counts["samples"] - kept[1]["samples"] < BEACON_SECONDS * second:
                break
            kept.popleft()
        recent = _since(kept[0], counts)
        return hint(recent, recent["samples"] / second)


def _since(before, now):
    """The counts since `before`; what is no count is as it is now."""
    recent = dict(now)
    for name in ("samples", "bursts", "sync", "length", "checked", "examined", "at_full_scale"):
        if now[name] is not None and before[name] is not None:
            recent[name] = now[name] - before[name]
    was = before["rejects"]
    recent["rejects"] = {r: n - was.get(r, 0) for r, n in now["rejects"].items()}
    return recent
