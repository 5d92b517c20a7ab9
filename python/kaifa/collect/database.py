# SPDX-License-Identifier: GPL-3.0-or-later
"""The database of kaifa_rx, and in it what is known of each receiver, kept in the same breath."""

import json
import sqlite3

from ..output_database import DatabaseOutput
from ..recording import InputError

LAYOUT = """
CREATE TABLE IF NOT EXISTS station (name TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID
"""


class CollectDatabase(DatabaseOutput):
    """A DatabaseOutput that also keeps a state for each receiver."""

    def __init__(self, name, run):
        super().__init__(name, run)
        try:
            self._database.execute(LAYOUT)
        except sqlite3.Error as error:
            raise InputError(f"{name}: cannot be used as a database, {error}") from None

    def states(self):
        """{name of a receiver: its state, as it was kept}."""
        rows = self._database.execute("SELECT name, state FROM station")
        return {name: json.loads(state) for name, state in rows}

    def keep(self, states):
        """Keeps states, a dict like that of states(); between write() and flush() with what was
        written, or not at all."""
        rows = [(name, json.dumps(state)) for name, state in states.items()]
        self._database.executemany("REPLACE INTO station VALUES (?, ?)", rows)
