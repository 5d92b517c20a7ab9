# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees on standard error while a receiver runs: a bar or a line a second."""

import shutil
import sys
import time

from tqdm import tqdm

from .hints import clipped_percent, hint

SECOND = 1.0


# A hint is given once it has held for so long.
HINT_SECONDS = 5.0


def counts_text(counts):
    """One line of the counts of a receiver: how far what was heard came, and how the radio is set.

    `lost` (samples) and levels only where they can be known.
    """
    text = "bursts {bursts} > sync {sync} > length {length} > checked {checked}".format(**counts)
    text += f"  rejected {counts['rejected']}"
    if counts["truncated"]:
        text += f"  cut {counts['truncated']}"
    if "lost" in counts:
        text += f"  lost {counts['lost']}"
    levels = (
        ("clipped {:.2g} %", clipped_percent(counts)),
        ("noise {:.0f} dBFS/Hz", counts["noise_dbfs_hz"]),
        ("DC +{:.0f} dB", counts["dc_spike_db"]),
    )
    return text + "".join(f"  {form.format(value)}" for form, value in levels if value is not None)


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
    """The counts, once a second; on a terminal each line takes the place of the one before.

    A hint that has held for some seconds stands above them, once.
    """

    def __init__(self):
        self._terminal = sys.stderr.isatty()
        self._due = time.monotonic() + SECOND
        self._hint, self._hint_since, self._told = None, 0.0, None

    def update(self, counts):
        now = time.monotonic()
        if now < self._due:
            return
        self._due += SECOND
        self._tell_hint(counts["hint"], now)
        text, end = counts_text(counts), "\n"
        if self._terminal:
            # A line that wraps could not be taken back.
            text, end = text[: shutil.get_terminal_size().columns - 1], ""
        print(f"{self._blank()}{text}", end=end, file=sys.stderr, flush=True)

    def _tell_hint(self, hint, now):
        name = hint and hint.name
        if name != self._hint:
            self._hint, self._hint_since = name, now
        if hint and name != self._told and now - self._hint_since >= HINT_SECONDS:
            self._told = name
            print(f"{self._blank()}hint: {hint.text}", file=sys.stderr)

    def clear(self):
        """Makes room for lines on the terminal."""
        print(self._blank(), end="", file=sys.stderr, flush=True)

    def close(self):
        self.clear()

    def _blank(self):
        # Carriage return, then the terminal's own "erase to the end of the line".
        return "\r\033[K" if self._terminal else ""


def summary(counts, sample_rate, seconds):
    """A line on a reception that took `seconds`, after a hint if there is one."""
    signal_seconds = counts["samples"] / sample_rate
    pace = signal_seconds / seconds if seconds > 0 else 0.0
    advice = hint(counts, signal_seconds, final=True)
    return (f"hint: {advice.text}\n" if advice else "") + (
        f"{signal_seconds:.3f} s of samples in {seconds:.1f} s ({pace:.1f} times real time): "
        f"{counts_text(counts)}"
    )
