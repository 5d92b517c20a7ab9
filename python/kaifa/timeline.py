# SPDX-License-Identifier: GPL-3.0-or-later
"""When the samples of an input were taken, who says so and how well, and which are missing."""

from collections import deque
from dataclasses import dataclass

# By how much the clock of a radio may be off; of the one that made a recording nobody says more.
MOST_CLOCK_ERROR = 50e-6
# A radio gives an anchor a second, and bursts come out long before the first is forgotten.
MOST_ANCHORS = 1000


@dataclass(frozen=True)
class Anchor:
    """UTC of a sample: whole seconds since 1970 and the fraction.

    source:        "hardware", "host" or "recording".
    uncertainty_s: by how much it may be off; None if nobody knows.
    """

    sample: int
    seconds: int
    fraction: float
    source: str = "recording"
    uncertainty_s: float | None = 0.0


@dataclass(frozen=True)
class Loss:
    """`samples` are missing before sample `sample`; those missing are not counted in it."""

    sample: int
    samples: int


class Timeline:
    """Anchors and losses of a stream, in order of samples; those of a radio come while it runs.

    sample_rate:  Hz.  anchors, losses: what is known before it runs.
    tells_losses: somebody would say if samples were missing.
    """

    def __init__(self, sample_rate, anchors=(), losses=(), tells_losses=False):
        self._rate = sample_rate
        self._tells_losses = tells_losses or bool(losses)
        self._anchors = deque(anchors, max(MOST_ANCHORS, len(anchors)))
        self._counted, self._untold = deque(losses), deque(losses)
        self._lost = self._told_late = 0

    def anchor(self, anchor):
        """From now on `anchor` holds."""
        self._anchors.append(anchor)

    def lose(self, loss):
        """Samples are missing."""
        self._counted.append(loss)
        self._untold.append(loss)

    def find(self, samples):
        """Of the samples told to be lost, these have come."""
        self._lost -= samples
        self._told_late += samples

    def anchor_of(self, sample):
        """The Anchor by which to tell the time of a sample; None if nobody knows the date."""
        for anchor in reversed(self._anchors):
            if anchor.sample <= sample:
                return anchor
        return None

    def uncertainty_s(self, sample):
        """By how much the time of a sample may be off; None if nobody knows."""
        anchor = self.anchor_of(sample)
        if anchor is None or anchor.uncertainty_s is None:
            return None
        counted_s = (sample - anchor.sample) / self._rate
        return anchor.uncertainty_s + MOST_CLOCK_ERROR * counted_s

    def time_of(self, sample):
        """(whole seconds since 1970, fraction) of a sample; None if nobody knows the date."""
        anchor = self.anchor_of(sample)
        if anchor is None:
            return None
        seconds, fraction = divmod((sample - anchor.sample) / self._rate + anchor.fraction, 1)
        return anchor.seconds + int(seconds), fraction

    def lost(self, sample):
        """Samples that are missing before a sample, which is never less than when last asked; None
        if nobody can tell."""
        if not self._tells_losses:
            return None
        self._lost += _until(self._counted, sample)
        return max(self._lost, 0)

    def take_lost(self, sample):
        """Of those, how many this has not told of before."""
        if not self._tells_losses:
            return None
        lost = _until(self._untold, sample)
        late = min(lost, self._told_late)
        self._told_late -= late
        return lost - late


def _until(losses, sample):
    """Takes those before a sample out of `losses`; their sum."""
    lost = 0
    while losses and losses[0].sample <= sample:
        lost += losses.popleft().samples
    return lost
