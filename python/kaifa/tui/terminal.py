# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver on a whole terminal."""

import os
import sys
import threading
import time

from rich.console import Console
from rich.live import Live

from ..recording import InputError
from ..status import counts_text
from .colours import console
from .keyboard import Keyboard
from .screen import screen
from .seen import Seen
from .spectrum_probe import spectrum_probe
from .standard_error import StandardError

REDRAW_SECONDS = 0.2


class Terminal:
    """Shows a reception, in place of a progress bar, while it is entered as a context.

    source: the Input.  word: what is received.
    block:  takes the samples of the source.  output: takes its records.
    InputError where there is no terminal or none that can be drawn on.
    """

    def __init__(self, source, word):
        if not sys.stderr.isatty():
            raise InputError("--tui: standard error is no terminal, expected one")
        if Console(stderr=True).is_dumb_terminal:
            raise InputError(
                f"--tui: TERM is '{os.environ['TERM']}', expected a terminal to draw on"
            )
        self._live = source.live
        half = source.sample_rate / 2
        centre = source.center_frequency
        self._facts = {
            "source": word,
            "band": f"{centre / 1e6:.10g} MHz, {source.sample_rate / 1e6:.10g} Msps",
            "low_hz": centre - half,
            "high_hz": centre + half,
        }
        self._seen = Seen()
        self.output = _Output(self._seen)
        self.block = spectrum_probe(source.sample_rate, self._seen.add_row)
        self._due = 0.0
        self._stop = self.quit
        self._quit = threading.Event()

    def __enter__(self):
        self._error = StandardError()
        self._console = console(self._error.terminal)
        self._drawing = Live(
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._drawing.start()
        self._keyboard = Keyboard(self._key)
        return self

    def __exit__(self, *_error):
        self._keyboard.close()
        self._drawing.stop()
        self._error.close()

    def update(self, counts):
        """Draws what was seen and the counts of a Reception, a few times a second."""
        if time.monotonic() >= self._due:
            self._draw(counts_text(counts))

    def clear(self):
        """Has nothing to do: nobody else writes on the terminal."""

    def close(self):
        """Has nothing to do: the terminal is given back at the end of the context."""

    def on_quit(self, stop):
        """Has `stop` called, which calls quit(), when a person wants to end the reception."""
        self._stop = stop

    def quit(self):
        """Nobody looks any more."""
        self._quit.set()

    def linger(self, counts):
        """After a recording, leaves what was seen, with the last counts, until a person has had
        enough of it."""
        while not (self._live or self._quit.is_set()):
            self._draw(f"{counts_text(counts)}\nThe recording has ended; q ends.")
            self._quit.wait(REDRAW_SECONDS)

    def _draw(self, status):
        self._due = time.monotonic() + REDRAW_SECONDS
        if message := self._error.last_line():
            status += f"\n{message}"
        width, height = self._console.size
        with self._seen.lock:
            colours = not self._console.no_color
            shown = screen(self._seen, self._facts, status, width, height, colours)
            self._drawing.update(shown, refresh=True)

    def _key(self, key):
        if key in "qQ":
            self._stop()


class _Output:
    """Takes records as every output does."""

    name = "terminal"

    def __init__(self, seen):
        self._seen = seen
        self.kept = 0

    def write(self, record, _line):
        if record["record"] == "frame":
            self._seen.add_frame(record)
        self.kept += 1

    def flush(self):
        """Has nothing to do: the terminal is drawn by itself."""

    def close(self):
        """Has nothing to do: what was seen stays."""
