# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of kaifa_collect, from the first message to the last record."""

import gc
import sqlite3
import sys
import time

from ..mqtt_address import mqtt_address
from ..output_lines import JsonLines
from ..record_file import RecordFile
from ..version import VERSION
from .collector import Collector
from .database import CollectDatabase
from .lines import CollectLines, counts_text
from .listener import Listener, ListenerEnded
from .subscription import CONNECTED, Subscription

STANDARD_OUTPUT = "standard output"
POLL_SECONDS = 0.05
# Little at a time: meanwhile the listener has room for a few messages only.
RELEASE_SECONDS = 0.01
COMMIT_SECONDS = 0.25
REPORT_SECONDS = 10.0
# Tens of thousands of records are held, none of which is part of a cycle: to look for cycles among
# them as often as Python does takes a fifth of the time.
GARBAGE_THRESHOLDS = (100_000, 50, 100)


class OutputFailed(Exception):
    """An output takes no more; the text says which and why, empty if there is nobody to tell."""


class Run:
    """Collects until stop() is called.

    args:        of parse_arguments().
    records_out: file descriptor of standard output.
    tell:        called with one line that a person should know.
    InputError if an output, or the address, cannot be used.
    """

    def __init__(self, args, records_out, tell):
        address = mqtt_address(args.broker, "BROKER")
        # First, for it is a fork: nothing is open yet, and there is one thread.
        self._listener = Listener(Subscription(address, args.session, args.mqtt_ca, tell))
        self._tell, self._stopped = tell, False
        self._outputs = []
        database = None
        if not (args.json or args.db):
            self._outputs.append(CollectLines(RecordFile(STANDARD_OUTPUT, records_out)))
        if args.json:
            to_stdout = args.json == "-"
            name, descriptor = (STANDARD_OUTPUT, records_out) if to_stdout else (args.json, None)
            self._outputs.append(JsonLines(RecordFile(name, descriptor, keep=not to_stdout)))
        if args.db:
            database = CollectDatabase(args.db, _row(address))
            # The last one: what it has, and no other program can repeat, all have.
            self._outputs.append(database)
        self._collector = Collector(self._outputs, database, args.wait, tell)
        self._listener.start()

    def stop(self, *_signal):
        """Ends the collection; what has come is written."""
        self._stopped = True

    def collect(self):
        """Collects until stop() is called; OutputFailed if it cannot go on before."""
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        try:
            self._collect()
            self._collector.release_all()
            self._collector.report(True)
            self._commit()
            self._commit()  # settles what the one before made safe
            for output in self._outputs:
                output.close()
        except ListenerEnded:
            raise OutputFailed("the process that listens was ended") from None
        except BrokenPipeError:
            raise OutputFailed("") from None
        except (OSError, sqlite3.Error) as error:
            raise OutputFailed(f"output: {getattr(error, 'strerror', None) or error}") from None
        finally:
            self._listener.end()

    def summary(self):
        """Lines on what came, of each receiver and of all."""
        stations = self._collector.stations()
        lines = [f"{station.name}: {counts_text(station.counts())}" for station in stations]
        counts = self._collector.counts()
        frames = "frames {frames}, heard by several {frames_heard_by_several}".format(**counts)
        return [*lines, f"{frames}; records {counts_text(counts)}"]

    def _collect(self):
        release_due = commit_due = time.monotonic() + COMMIT_SECONDS
        report_due = time.monotonic() + REPORT_SECONDS
        while not self._stopped:
            item = self._listener.take(POLL_SECONDS)
            now = time.monotonic()
            self._take(item, now)
            if now >= release_due:
                release_due = now + RELEASE_SECONDS
                self._collector.release(now)
            if now >= commit_due:
                commit_due = now + COMMIT_SECONDS
                self._commit()
            if now >= report_due:
                report_due = now + REPORT_SECONDS
                self._collector.report(False)
                if sys.stderr.isatty():
                    self._tell(self.summary()[-1])

    def _take(self, item, now):
        if item is None:
            return
        topic, told, number, connection = item
        if topic == CONNECTED:
            self._collector.connected(now)
        else:
            ticket = self._collector.give_ticket(number, connection)
            self._collector.take(topic, told, ticket, now)

    def _commit(self):
        self._listener.settle(self._collector.commit())


def _row(address):
    radio = ("sample_rate_hz", "center_frequency_hz", "symbol_rate_hz", "deviation_hz")
    return {
        "program": f"kaifa_collect {VERSION}",
        "input": address.name,
        **dict.fromkeys(radio),
    }
