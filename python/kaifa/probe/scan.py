# SPDX-License-Identifier: GPL-3.0-or-later
"""Every burst in a recording, found a stretch at a time."""

from dataclasses import dataclass

from ..kaifa_python import find_regions, probe_region
from .samples import read_samples

# Samples looked at together, and how many of them the next stretch looks at again: a burst that
# goes on over the end of a stretch is left to the next.
STRETCH = 1 << 23
OVERLAP = 1 << 17


@dataclass(frozen=True)
class Span:
    """Where something was found: samples of the recording, and Hz from the middle of its band."""

    start: int
    end: int
    low: float
    high: float

    def overlaps(self, other):
        """The two have samples and frequencies in common."""
        return (
            self.start < other.end
            and other.start < self.end
            and self.low < other.high
            and other.low < self.high
        )


class Scan:
    """Goes through a recording; `not_numbers` counts samples that were none."""

    def __init__(self, recording, progress=None):
        self._recording = recording
        self._progress = progress or (lambda share: None)
        self.not_numbers = 0

    def findings(self):
        """Yields what probe_region() says of every burst, `start` and `end` counted from the
        beginning of the recording, in order of detection."""
        begin, before, recording = 0, [], self._recording
        while begin < recording.samples:
            samples, bad = read_samples(recording, begin, STRETCH)
            self.not_numbers += bad
            if not len(samples):
                return
            last = begin + len(samples) >= recording.samples
            regions = find_regions(samples, recording.sample_rate)
            now, later = divided(regions, len(samples), last)
            following = begin + min([len(samples) - OVERLAP, *(region[0] for region in later)])
            found = []
            for number, region in enumerate(now):
                span = Span(begin + region[0], begin + region[1], region[2], region[3])
                if any(span.overlaps(other) for other in before):
                    continue
                found.append(span)
                yield self._probed(samples, region, begin)
                self._progress((begin + len(samples) * number / len(now)) / recording.samples)
            if last:
                return
            begin, before = following, [span for span in found if span.end > following]

    def _probed(self, samples, region, begin):
        # Only the samples of the region: the rest of the stretch says nothing about it.
        start, end, low, high = region
        part = samples[start:end]
        finding = probe_region(part, self._recording.sample_rate, (0, len(part), low, high))
        finding["start"] += begin + start
        finding["end"] += begin + start
        return finding


def divided(regions, count, last):
    """(regions to be looked at now, those that a later stretch of samples has all of)."""
    if last:
        return regions, []
    goes_on = [region[1] >= count and region[0] > count // 2 for region in regions]
    now = [region for region, more in zip(regions, goes_on, strict=True) if not more]
    later = [region for region, more in zip(regions, goes_on, strict=True) if more]
    return now, later
