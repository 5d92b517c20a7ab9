# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the samples received stand where in a recording that may lack some, and when they
were taken."""

from bisect import bisect_right

from ..records import utc_text

# A clock that steps by this shows lost samples; what is less is the clock's own wandering, and
# a capture a second would hide the steps.
STEP_SECONDS = 1e-3


class Stretches:
    """Stretches of samples without a gap. Samples are counted as received.

    sample_rate: Hz.
    live:        times come while samples do, the first being a guess from before they did.
    digits:      decimal places of a second that are known of times, 0 to 9.
    """

    def __init__(self, sample_rate, live, digits=9):
        self._rate, self._live, self._digits = sample_rate, live, digits
        self._received, self._written = [0], [0]
        self._anchors, self._guess = [], None

    def resume(self, received, written):
        """After a gap, sample `received` stands at `written` in the file."""
        # In this order: another thread that sees the first half finds the other.
        self._written.append(written)
        self._received.append(received)

    def changes(self):
        """Grows whenever captures() have changed."""
        return len(self._received) + len(self._anchors)

    def add_time(self, sample, seconds, fraction):
        """From a sample on, that time holds (seconds since 1970, UTC)."""
        if self._live and not self._anchors and sample == 0:
            self._guess = (sample, seconds, fraction)
            return
        known = self.time_of(sample)
        step = None if known is None else (seconds - known[0]) + (fraction - known[1])
        if self._live and not self._anchors:
            # How long the radio took to start is no step.
            first, part = divmod(fraction - sample / self._rate, 1)
            self._anchors.append((0, seconds + int(first), part))
        elif step is None or not self._live or abs(step) >= STEP_SECONDS:
            self._anchors.append((sample, seconds, fraction))

    def time_of(self, sample):
        """(whole seconds since 1970, fraction) of a sample; None if nobody knows."""
        anchors = self._anchors or ([self._guess] if self._guess else [])
        before = bisect_right([anchor[0] for anchor in anchors], sample) - 1
        if before < 0:
            return None
        start, seconds, fraction = anchors[before]
        whole, fraction = divmod((sample - start) / self._rate + fraction, 1)
        return seconds + int(whole), fraction

    def place(self, start, count):
        """Where `count` samples from `start` on stand in the file, as far as they do: start and
        count; None if they do not. The file's own end is not looked at."""
        number = bisect_right(self._received, start) - 1
        placed = self._written[number] + start - self._received[number]
        if number + 1 < len(self._written):
            count = min(count, self._written[number + 1] - placed)
        return (placed, count) if count > 0 else None

    def captures(self, written, facts):
        """SigMF captures of a file of `written` samples: at its start, behind each gap, and where
        the time steps. facts: what else stands in each."""
        starts = set(zip(self._written, self._received, strict=False))
        for sample, _seconds, _fraction in list(self._anchors):
            if placed := self.place(sample, 1):
                starts.add((placed[0], sample))
        captures = []
        for placed, sample in sorted(starts):
            if placed and placed >= written:
                continue
            time = self.time_of(sample)
            dated = {"core:datetime": self._text(time)} if time else {}
            # Where it stood in the stream of which samples are missing here.
            whole = {"core:global_index": sample} if len(self._written) > 1 else {}
            captures.append({"core:sample_start": placed, **whole, **facts, **dated})
        return captures

    def _text(self, time):
        # More digits would claim more than is known.
        whole, fraction = utc_text(*time).rstrip("Z").split(".")
        return f"{whole}.{fraction[: self._digits]}".rstrip(".") + "Z"
