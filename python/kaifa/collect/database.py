# SPDX-License-Identifier: GPL-3.0-or-later
"""The database of kaifa_rx, and in it what is known of each receiver, kept in the same breath."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

from ..output_database import DatabaseOutput
from ..recording import InputError

LAYOUT = """
CREATE TABLE IF NOT EXISTS station (name TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID
"""


class CollectDatabase(DatabaseOutput):
    """A DatabaseOutput that also keeps a state for each receiver, and works in a thread of its own:
    most of the time SQLite does without Python, and other threads get on.

    What was written is safe when the flush() after the next returns, or finish().
    """

    def __init__(self, name, run):
        super().__init__(name, run)
        try:
            self._database.execute(LAYOUT)
        except sqlite3.Error as error:
            raise InputError(f"{name}: cannot be used as a database, {error}") from None
        self._gathered, self._states = [], []
        self._thread, self._work = ThreadPoolExecutor(1), None

    def states(self):
        """{name of a receiver: its state, as it was kept}."""
        rows = self._database.execute("SELECT name, state FROM station")
        return {name: json.loads(state) for name, state in rows}

    def write(self, _record, line):
        self._gathered.append(line)

    def keep(self, states):
        """Keeps states, a dict like that of states(), with what was written before, or not at
        all."""
        # As text already: it is written later, and what is known of a receiver changes on.
        self._states = [(name, json.dumps(state)) for name, state in states.items()]

    def flush(self):
        self.finish()
        self._work = self._thread.submit(self._commit, self._gathered, self._states)
        self._gathered, self._states = [], []

    def finish(self):
        """Waits for the last flush() to come to its end; sqlite3.Error if it failed."""
        if self._work:
            self._work.result()

    def close(self):
        self.finish()
        self._thread.shutdown()
        super().close()

    def _commit(self, lines, states):
        self._lines = lines
        self._insert()  # and so begins what is committed together
        self._database.executemany("REPLACE INTO station VALUES (?, ?)", states)
        super().flush()
