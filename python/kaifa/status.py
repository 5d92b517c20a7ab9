# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees on standard error while a receiver runs: a bar or a line a second."""

import sys
import time

from tqdm import tqdm

SECOND = 1.0


def counts_text(counts):
    """One line of the counts of a receiver; `lost` (samples) only where it can be known."""
    text = "bursts {bursts}  sync {sync}  checked {checked}  rejected {rejected}".format(**counts)
    if counts["truncated"]:
        text += f"  cut {counts['truncated']}"
    if "lost" in counts:
        text += f"  lost {counts['lost']}"
    return text


class ProgressBar:
    """How far a recording of `samples` is read, how fast, and how long it will take. Nothing is
    shown where standard error is not a terminal."""

    def __init__(self, samples):
        self._bar = tqdm(
            total=samples,
            unit="sample",
            unit_scale=True,
            dynamic_ncols=True,
            file=sys.stderr,
            disable=None,
            leave=False,
        )

    def update(self, counts):
        self._bar.set_postfix_str(f"{counts['checked']} frames", refresh=False)
        self._bar.update(counts["samples"] - self._bar.n)

    def clear(self):
        """Makes room for lines on the terminal; the next update draws the bar again."""
        self._bar.clear()

    def close(self):
        self._bar.close()


class StatusLine:
    """The counts, once a second; on a terminal each line takes the place of the one before."""

    def __init__(self):
        self._terminal = sys.stderr.isatty()
        self._due = time.monotonic() + SECOND

    def update(self, counts):
        if time.monotonic() < self._due:
            return
        self._due += SECOND
        end = "" if self._terminal else "\n"
        print(f"{self._blank()}{counts_text(counts)}", end=end, file=sys.stderr, flush=True)

    def clear(self):
        """Makes room for lines on the terminal."""
        print(self._blank(), end="", file=sys.stderr, flush=True)

    def close(self):
        self.clear()

    def _blank(self):
        # Carriage return, then the terminal's own "erase to the end of the line".
        return "\r\033[K" if self._terminal else ""


def summary(counts, sample_rate, seconds):
    """One line on a reception that took `seconds`."""
    signal_seconds = counts["samples"] / sample_rate
    pace = signal_seconds / seconds if seconds > 0 else 0.0
    return (
        f"{signal_seconds:.3f} s of samples in {seconds:.1f} s ({pace:.1f} times real time): "
        f"{counts_text(counts)}"
    )
