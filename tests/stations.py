# SPDX-License-Identifier: GPL-3.0-or-later
"""Receivers that are played, at a real broker, and kaifa_collect beside them."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

from broker import new_client, wait_until
from conftest import json_lines
from gnuradio.kaifa.batch import Batch
from gnuradio.kaifa.collect.copies import time_ns
from gnuradio.kaifa.records import json_line, utc_text
from gnuradio.kaifa.schema import schema_text

KAIFA_COLLECT = [sys.executable, shutil.which("kaifa_collect")]
LEAST = {"integer": 0, "number": 0, "boolean": False, "object": {}, "null": None}


def moved(time, seconds):
    """A time in a record, so many seconds later."""
    moment = time_ns(time) + round(seconds * 1e9)
    return utc_text(moment // 10**9, moment % 10**9 / 1e9)


def least(schema):
    """The least that a field of a status record can be."""
    if "const" in schema:
        return schema["const"]
    types = schema["type"]
    return None if "null" in types else LEAST[types]


class Station:
    """A kaifa_rx with a --station, as a broker sees it.

    clock: seconds by which its clock is wrong.  snr_db: added to that of each record.
    """

    def __init__(self, broker, name, clock=0.0, snr_db=0.0, prefix="kaifa"):
        self.name, self.number, self._clock, self._snr_db = name, 0, clock, snr_db
        self._topic, self._batch = f"{prefix}/{name}", Batch()
        self._client = new_client("")
        self._client.reconnect_delay_set(1, 1)
        self._sent, self._receipts = 0, []
        self._client.on_publish = lambda _client, _data, mid, *_more: self._receipts.append(mid)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self.publish("availability", "online", True)

    def hear(self, *records, **changes):
        """Hears packets; send() sends them."""
        # Who has a wrong clock does not know by how much.
        unsure = {"time_source": "host", "time_uncertainty_s": None} if self._clock else {}
        for record in records:
            self._add(
                record
                | {"record_number": self.number, "snr_db": record["snr_db"] + self._snr_db}
                | {"time": moved(record["time"], self._clock)}
                | unsure
                | changes
            )

    def status(self, time, final=False):
        """Tells its counts at a time by a clock that is right."""
        fields = json.loads(schema_text())["$defs"]["status"]["properties"]
        record = {name: least(schema) for name, schema in fields.items()}
        changes = {"time": moved(time, self._clock), "record_number": self.number, "final": final}
        self._add(record | changes)

    def send(self):
        """Publishes what there is; returns it as text."""
        text, _records = self._batch.take()
        self.publish("records", text)
        return text

    def publish(self, kind, text, retain=False):
        self.publish_at(f"{self._topic}/{kind}", text, retain)

    def publish_at(self, topic, text, retain=False):
        self._sent += 1
        self._client.publish(topic, text, 1, retain)

    def arrived(self):
        """Waits for the broker to have everything."""
        wait_until(lambda: len(self._receipts) >= self._sent, 20)

    def end(self, time):
        """The reception ends."""
        self.status(time, True)
        self.send()
        self.publish("availability", "offline", True)
        self.arrived()
        self._client.disconnect()
        self._client.loop_stop()

    def _add(self, record):
        self._batch.add(json_line(record))
        self.number += 1


class Collect:
    """A running kaifa_collect that writes `out` and `db` in a folder."""

    def __init__(self, broker, folder, *options, ready=True):
        self.lines, self.database = folder / "out", folder / "db"
        self.errors_path = folder / "errors"
        outputs = ("--json", self.lines, "--db", self.database)
        with open(self.errors_path, "ab") as errors:
            self.process = subprocess.Popen(
                [*KAIFA_COLLECT, broker.url, *map(str, outputs + options)], stderr=errors
            )
        if ready:
            self._wait_for(Station(broker, "probe"))

    def _wait_for(self, probe):
        """Until what `probe` sends comes through."""
        end = time.monotonic() + 20
        while not self.records():
            assert time.monotonic() < end, self.errors()
            probe.status("2020-01-01T00:00:00.000000000Z")
            probe.send()
            time.sleep(0.3)
        probe.end("2020-01-01T00:00:00.000000000Z")

    def records(self):
        return json_lines(self.lines) if self.lines.exists() else []

    def frames(self):
        return [record for record in self.records() if record["record"] == "frame"]

    def errors(self):
        return self.errors_path.read_text()

    def end(self):
        """Ctrl-C; returns the records."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0, self.errors()
        assert "Traceback" not in self.errors()
        return self.records()

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def stored(self):
        """The records in the database."""
        with closing(sqlite3.connect(self.database)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return stored(self.database)


def stored(path):
    """The records in a file of JSON lines or a database."""
    if path.read_bytes()[:6] != b"SQLite":
        return json_lines(path)
    # Closed at once and not when Python comes to it: to read the file, as above, takes away the
    # locks of every connection that this process still has, and then SQLite shows what was.
    with closing(sqlite3.connect(path)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'record'").fetchall():
            return []
        lines = database.execute("SELECT json FROM record ORDER BY id").fetchall()
    return [json.loads(line) for (line,) in lines]


def counts(records, name):
    """The last counts of one station."""
    (station,) = [s for s in records[-1]["stations"] if s["station"] == name]
    return station
