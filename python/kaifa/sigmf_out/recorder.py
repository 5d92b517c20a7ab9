# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the samples of a source into a SigMF recording while they are received."""

import fcntl
import math
import os
import select
import threading
import time
from contextlib import suppress
from pathlib import Path

from gnuradio import blocks

from ..recording import InputError
from .metadata import SIGMF_VERSION, Metadata
from .octet_queue import OctetQueue
from .paths import DATA, create
from .stretches import Stretches

PIPE_OCTETS = 1 << 20
# Four seconds of a HackRF at 8 Msps.
MOST_WAITING_OCTETS = 1 << 26
# At the end, for what waits: 64 MiB on a slow card.
PATIENCE_SECONDS = 30.0
# Between two versions of the metadata of a radio that loses samples again and again.
LEAST_SECONDS = 10.0
# SigMF's name of a SampleFormat.
SIGMF_NAMES = {"ci8": "ci8", "cu8": "cu8", "ci16": "ci16_le", "cf32": "cf32_le"}


class Recorder:
    """The recording at `path` (of its metadata) of the samples of an Input.

    facts: further "global" metadata.
    InputError if one of its files is there or cannot be made.

    fault is what ended it before its time, None if nothing did; on_fault is called when it does.

    Nothing in the flowgraph waits for the disk while the source is live: what it is too slow for is
    left out, counted, and begins a new capture. The samples go through a pipe, so that no thread of
    the flowgraph waits for Python's lock either.
    """

    def __init__(self, source, path, facts):
        data_path = path.with_suffix(DATA)
        self.name = str(data_path)
        self.fault, self.on_fault = None, lambda: None
        self._live, self._deadline = source.live, None
        self._format = source.source.stored
        self._queue = OctetQueue(MOST_WAITING_OCTETS)
        self._received = self._accepted = self._written = 0
        self._first = source.first_sample
        anchors = () if source.live else source.recording.anchors
        self.stretches = Stretches(source.sample_rate, source.live, _digits(anchors))
        for anchor in anchors:
            self.add_time_anchor(anchor.sample, anchor.seconds, anchor.fraction)
        data = create(data_path, "--record")
        try:
            self.metadata = self._metadata(path, facts, source)
        except InputError:
            os.close(data)
            data_path.unlink()
            raise
        self._start(source.source, data)

    def _metadata(self, path, facts, source):
        facts = {
            "core:datatype": SIGMF_NAMES[self._format.name],
            "core:sample_rate": source.sample_rate,
            "core:version": SIGMF_VERSION,
            **facts,
        }
        tuned = {"core:frequency": source.center_frequency} if source.center_frequency else {}

        def captures():
            return self.stretches.captures(self._written, tuned)

        return Metadata(path, facts, captures, "--record", self._place)

    def _start(self, source, data):
        self._pipe, into_pipe = os.pipe2(os.O_CLOEXEC)
        self._awake, self._wake = os.pipe2(os.O_CLOEXEC)
        with suppress(OSError):  # somebody else's pipes may have used up what a user may have
            fcntl.fcntl(into_pipe, fcntl.F_SETPIPE_SZ, PIPE_OCTETS)
        os.set_blocking(self._pipe, False)
        # The block closes it when it goes.
        source.tap(blocks.file_descriptor_sink(self._format.bytes_per_sample, into_pipe))
        self._reader = threading.Thread(target=self._read, name="tap", daemon=True)
        self._writer = threading.Thread(target=self._write, args=(data,), name="disk", daemon=True)
        self._reader.start()
        self._writer.start()

    def add_time_anchor(self, sample, seconds, fraction):
        """From a sample on, that time holds (seconds since 1970, UTC)."""
        self.stretches.add_time(sample, seconds, fraction)

    def hurry(self):
        """From now on a disk that does not answer is waited for for PATIENCE_SECONDS."""
        if self._deadline is None:
            self._deadline = time.monotonic() + PATIENCE_SECONDS

    def finish(self):
        """The flowgraph has ended: writes what waits, and the metadata."""
        os.write(self._wake, b"x")
        self._reader.join()
        if self._live:
            self.hurry()
        while self._writer.is_alive():
            self._writer.join(0.1)
            if self._late():
                return
        for descriptor in (self._pipe, self._awake, self._wake):
            os.close(descriptor)
        try:
            self.metadata.save()
        except OSError as error:
            self.fault = self.fault or error

    def take_back(self):
        """As if it had never been, before the flowgraph runs."""
        self.finish()
        for path in (self.metadata.path, Path(self.name)):
            path.unlink(missing_ok=True)

    def lost(self):
        """Samples that came and are not in the recording; those on their way count after finish()
        only."""
        return self._received - self._written

    def _place(self, start, count):
        """An annotation of `count` samples from number `start` on, as the file has them."""
        placed = self.stretches.place(start - self._first, count)
        if placed is None or placed[0] >= self._written:
            return None
        return placed[0], min(placed[1], self._written - placed[0])

    def _read(self):
        """Carries the samples from the flowgraph to the queue; the end of the last whole one is
        the end of a piece."""
        part, gap = b"", False
        while piece := self._next_piece():
            piece = part + piece
            whole = len(piece) - len(piece) % self._format.bytes_per_sample
            piece, part = piece[:whole], piece[whole:]
            samples = whole // self._format.bytes_per_sample
            if gap and self._queue.is_half_empty():
                self.stretches.resume(self._received, self._accepted)
                gap = False
            if not gap and self._queue.put(piece, self._may_wait):
                self._accepted += samples
            else:
                gap = True
            self._received += samples
        self._queue.end()

    def _may_wait(self):
        return not (self._live or self._late())

    def _late(self):
        return self._deadline is not None and time.monotonic() > self._deadline

    def _next_piece(self):
        """Empty at the end."""
        while True:
            ready, _, _ = select.select([self._pipe, self._awake], [], [])
            try:
                return os.read(self._pipe, PIPE_OCTETS)
            except BlockingIOError:
                if self._awake in ready:
                    return b""

    def _write(self, data):
        told, due = self.stretches.changes(), 0.0
        while (piece := self._queue.get()) is not None:
            if self.fault is None:
                self._append(data, piece)
            if self.stretches.changes() > told and time.monotonic() >= due:
                told, due = self.stretches.changes(), time.monotonic() + LEAST_SECONDS
                self._save()
        os.close(data)

    def _save(self):
        # What is wrong with the disk stops the samples soon, and is told of then or at the end.
        with suppress(OSError):
            self.metadata.save()

    def _append(self, data, piece):
        size = self._format.bytes_per_sample
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[os.write(data, rest) :]
        except OSError as error:
            self.fault = error
        self._written += (len(piece) - len(rest)) // size
        if self.fault:
            with suppress(OSError):
                os.ftruncate(data, self._written * size)
            self.on_fault()


def _digits(anchors):
    """Decimal places of a second that are known of all anchors."""
    unknown_s = max((anchor.uncertainty_s or 0.0 for anchor in anchors), default=0.0)
    return 9 if unknown_s <= 1e-9 else min(max(round(-math.log10(unknown_s)), 0), 9)
