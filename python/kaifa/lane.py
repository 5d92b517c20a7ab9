# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to one output: a bounded queue and a thread, so that no output waits for another."""

import queue
import threading
import time

MOST_WAITING = 10_000
PATIENCE_SECONDS = 10.0
_END = object()


class Lane:
    """Carries records to an output and counts those that do not get there.

    output:   an object with `name`, `kept` (records that are safely out) and the three methods
              write(record, line), flush() and close(). One thread calls them, one at a time.
    patient:  wait for a slow output, as a recording can; else, with the queue full, drop.
    on_fault: called once with the exception that ended the output.
    most_waiting: records in the queue; default MOST_WAITING.
    """

    def __init__(self, output, patient, on_fault, most_waiting=None):
        self.output, self.name = output, output.name
        self.fault = None
        self._taken = self._dropped = 0
        self._patient, self._on_fault = patient, on_fault
        self._queue = queue.Queue(most_waiting or MOST_WAITING)
        self._deadline = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=output.name, daemon=True)
        self._thread.start()

    def put(self, record, line):
        """Takes a record and its JSON line."""
        self._taken += 1
        while True:
            try:
                return self._queue.put((record, line), timeout=0.1 if self._patient else 0)
            except queue.Full:
                if not self._patient or self._late():
                    self._dropped += 1
                    return None

    def hurry(self):
        """From now on the output has PATIENCE_SECONDS for what is waiting."""
        if self._deadline is None:
            self._deadline = time.monotonic() + PATIENCE_SECONDS

    def close(self):
        """Ends the output after what is waiting."""
        self._closed = True
        if not self._patient:
            self.hurry()
        while self._thread.is_alive():
            try:
                self._queue.put(_END, timeout=0.1)
                break
            except queue.Full:
                if self._late():
                    return
        while self._thread.is_alive() and not self._late():
            self._thread.join(0.1)

    def lost(self):
        """Records that did not get out; those still waiting count after close() only."""
        if self.fault is None and not self._closed:
            return self._dropped
        return self._taken - self.output.kept

    def _late(self):
        return self._deadline is not None and time.monotonic() > self._deadline

    def _run(self):
        self._guarded(self.output.flush)
        more = True
        while more:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get())
            if batch[-1] is _END:
                batch.pop()
                more = False
            self._guarded(self._carry, batch)
        self._guarded(self.output.close)

    def _carry(self, batch):
        for record, line in batch:
            self.output.write(record, line)
        self.output.flush()

    def _guarded(self, step, *arguments):
        # Whatever one output raises is its own end and no other's.
        if self.fault is not None:
            return
        try:
            step(*arguments)
        except Exception as error:
            self.fault = error
            self._on_fault(self)
