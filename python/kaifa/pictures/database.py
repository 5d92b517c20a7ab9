# SPDX-License-Identifier: GPL-3.0-or-later
"""The records in an SQLite database as JSON lines."""

import sqlite3
from pathlib import Path

from ..output_database import APPLICATION_ID, VERSION
from ..recording import InputError

HEAD = b"SQLite format 3\0"
ROWS = 5000
BUSY_SECONDS = 30.0


def database_lines(name):
    """Yields the records of a database of kaifa_rx, some thousand lines of JSON at a time.

    Nothing is written, and kaifa_rx may go on appending. InputError if it cannot be read.
    """
    try:
        uri = Path(name).absolute().as_uri() + "?mode=ro"
        database = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)
        try:
            database.text_factory = bytes
            (application,) = database.execute("PRAGMA application_id").fetchone()
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if (application, version) != (APPLICATION_ID, VERSION):
                raise InputError(
                    f"{name}: is another program's database or of another version, expected one "
                    f"of kaifa_rx (version {VERSION})"
                )
            rows = database.execute(
                "SELECT CAST(ifnull(json, 'null') AS TEXT) FROM record ORDER BY id"
            )
            while some := rows.fetchmany(ROWS):
                yield b"".join(json + b"\n" for (json,) in some)
        finally:
            database.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise InputError(f"{name}: cannot be read as a database, {error}") from None
