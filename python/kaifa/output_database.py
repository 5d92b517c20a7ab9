# SPDX-License-Identifier: GPL-3.0-or-later
"""Records in an SQLite database, run after run."""

import os
import sqlite3
from datetime import datetime, timezone

from .recording import InputError

APPLICATION_ID = 0x4B414946  # "KAIF"
VERSION = 1
BUSY_SECONDS = 30.0
# Of records of two thousand octets one fits in a page of SQLite's 4096, and three in one of these.
PAGE_OCTETS = 8192
# Rows that go in with one statement, as many as there are: to call one for each takes longer, and
# meanwhile no other thread gets on.
ROWS_AT_ONCE = (256, 16, 1)
# The JSON of a record is the one truth; what is searched for is read out of it.
COLUMNS = {
    "record": "TEXT",
    "time": "TEXT",
    "time_s": "REAL",
    "frequency_hz": "REAL",
    "snr_db": "REAL",
    "check_ok": "INTEGER",
    "type": "TEXT",
    "sequence": "INTEGER",
    "pan_id": "TEXT",
    "source": "TEXT",
    "destination": "TEXT",
    "frame_counter": "INTEGER",
}
INDEXED = ("time", "source", "type")
_READ = ", ".join(
    f"{name} {kind} AS (json_extract(json, '$.{name}'))" for name, kind in COLUMNS.items()
)
LAYOUT = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS run (
  id INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, program TEXT NOT NULL,
  input TEXT NOT NULL, sample_rate_hz REAL, center_frequency_hz REAL, symbol_rate_hz REAL,
  deviation_hz REAL);
CREATE TABLE IF NOT EXISTS record (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, json TEXT NOT NULL,
  {_READ});
{"".join(f"CREATE INDEX IF NOT EXISTS record_{name} ON record ({name});" for name in INDEXED)}
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
COMMIT;
"""


class DatabaseOutput:
    """Appends to the database `name`, which is made if there is none.

    run: {column of table run: value} of what is received.
    InputError if it cannot be used.

    With a write-ahead log what is committed outlives the end of the program however it comes, and
    others can read meanwhile.
    """

    def __init__(self, name, run):
        self.name = name
        self.kept = self._waiting = 0
        self._lines = []
        try:
            self._database = sqlite3.connect(
                os.path.abspath(name),  # some names mean no file to SQLite
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            _prepare(self._database, name)
            self._run = self._start(run)
        except sqlite3.Error as error:
            raise InputError(f"{name}: cannot be used as a database, {error}") from None

    def write(self, _record, line):
        self._lines.append(line)
        if len(self._lines) == ROWS_AT_ONCE[0]:
            self._insert()

    def flush(self):
        self._insert()
        if self._waiting:
            self._database.execute("COMMIT")
            self.kept, self._waiting = self.kept + self._waiting, 0

    def close(self):
        self._database.execute("UPDATE run SET ended = ? WHERE id = ?", (_now(), self._run))
        self._database.close()

    def _insert(self):
        lines, self._lines = self._lines, []
        if lines and not self._waiting:
            self._database.execute("BEGIN IMMEDIATE")
        begin = 0
        for rows in ROWS_AT_ONCE:
            while len(lines) - begin >= rows:
                marks = ",".join([f"({self._run},?)"] * rows)
                self._database.execute(
                    f"INSERT INTO record (run, json) VALUES {marks}", lines[begin : begin + rows]
                )
                begin += rows
        self._waiting += len(lines)

    def _start(self, run):
        row = {"started": _now(), **run}
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        insert = f"INSERT INTO run ({names}) VALUES ({marks})"
        return self._database.execute(insert, tuple(row.values())).lastrowid


def _prepare(database, name):
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and (application, version) != (APPLICATION_ID, VERSION):
        raise InputError(
            f"{name}: is another program's database or of another version, expected one of "
            f"kaifa_rx (version {VERSION}) or a new file"
        )
    database.execute(f"PRAGMA page_size = {PAGE_OCTETS}")  # of a new one
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    if not tables:
        database.executescript(LAYOUT)


def _now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
