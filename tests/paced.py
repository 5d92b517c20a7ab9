# SPDX-License-Identifier: GPL-3.0-or-later
"""A receiver with a page whose samples come at a radio's pace."""

import contextlib
import re
import subprocess
import threading
import time

from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE

PATIENCE_SECONDS = 40
PAGE = re.compile(r"page: (\S+)")
PIECE = 100_000  # octets of .cs8 samples


class Receiver:
    """kaifa_rx --web; the second half of the samples comes once `go_on` is set."""

    def __init__(self, samples, web, *options):
        command = [*KAIFA_RX, "-", "--format", "cs8", "--rate", SAMPLE_RATE]
        command += ["--frequency", FREQUENCY, "--web", web, *options]
        self.process = subprocess.Popen(
            [*map(str, command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.url = PAGE.search(self.process.stderr.readline().decode())[1]
        self.go_on = threading.Event()
        threading.Thread(target=self._feed, args=(samples,), daemon=True).start()

    def _feed(self, samples):
        begun = time.monotonic()
        for start in range(0, len(samples), PIECE):
            if start >= len(samples) // 2:
                self.go_on.wait()
            self.process.stdin.write(samples[start : start + PIECE])
            due = begun + start / 2 / SAMPLE_RATE
            time.sleep(max(0.0, due - time.monotonic()))
        self.process.stdin.close()

    def end(self):
        """Exit status and what was said on the way, once all is received."""
        self.go_on.set()
        said = self.process.stderr.read().decode()
        return self.process.wait(PATIENCE_SECONDS), said


@contextlib.contextmanager
def receivers(samples):
    """A function that starts a Receiver of these samples; all are ended with the context."""
    running = []

    def start(web, *options):
        running.append(Receiver(samples, web, *options))
        return running[-1]

    yield start
    for receiver in running:
        receiver.process.kill()
        receiver.process.wait()
