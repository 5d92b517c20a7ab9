# SPDX-License-Identifier: GPL-3.0-or-later
"""The computer's clock beside a radio's count of samples: time of a sample, and samples lost.

A radio that drops samples says so at best with a letter on the terminal; who tells the time by
counting samples then falls behind. Samples arrive late, never early, so the least delay seen in a
while is the steady one, and where that steps up, samples are missing.
"""

import math

# A HackRF overrun drops 16 ms; the clock of a radio drifts by far less in a second.
STEP_SECONDS = 0.008
WINDOW_SECONDS = 1.0


class HostClock:
    """Fed with pairs of host time and sample count, it tells anchors and loss.

    sample_rate: Hz.
    """

    def __init__(self, sample_rate):
        self._rate = sample_rate
        self._steady = None
        self._window_end = None
        self._least = math.inf
        self.lost_samples = 0

    def update(self, now, samples):
        """`samples` had come when the clock said `now` (seconds since 1970, UTC).

        Returns None, or once a window (sample, time): from that sample on, that time holds.
        """
        if samples == 0:
            return None
        delay = now - samples / self._rate
        self._least = min(self._least, delay)
        if self._window_end is None:
            self._window_end = now + WINDOW_SECONDS
            return None
        if now < self._window_end:
            return None
        step = 0.0 if self._steady is None else self._least - self._steady
        if abs(step) > STEP_SECONDS:
            # Backwards: what seemed lost was only late.
            self.lost_samples = max(0, self.lost_samples + round(step * self._rate))
        self._steady, self._least = self._least, math.inf
        self._window_end = now + WINDOW_SECONDS
        return samples, samples / self._rate + self._steady
