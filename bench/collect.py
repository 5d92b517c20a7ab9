# SPDX-License-Identifier: GPL-3.0-or-later
"""How many frames a second kaifa_collect takes, through a real mosquitto on this machine.

After `. build/kaifa_env.sh`:
    "$KAIFA_PYTHON" bench/collect.py [--frames 10000] [--heard-by 1] [--stations 4]

Publishes, as so many kaifa_rx would (each its records of a tenth of a second in batches, quality of
service 1), frames that differ in their octets, for so many seconds; then tells what arrived in the
database and what it cost each process.
"""

import argparse
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from broker import Broker, new_client, wait_until  # noqa: E402
from gnuradio.kaifa.batch import Batch  # noqa: E402

TICK_SECONDS = 0.1
WAIT_SECONDS = 4  # the last frames wait for receivers that say nothing more
BEGIN = "2026-01-01T00"
MARKS = {"record_number": 987_654_321, "time": "@time@", "mpdu": "@mpdu@"}


class Station:
    """A receiver that publishes what it is told to have heard."""

    def __init__(self, name, broker, line):
        self.topic = f"kaifa/{name}/records"
        self._batch, self._number, self._line = Batch(), 0, line
        self._client = new_client("")
        self._client.max_inflight_messages_set(1000)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    def hear(self, moment_ns, mpdu):
        """A frame, at nanoseconds since BEGIN."""
        head, middle, between, end = self._line
        minutes, seconds = divmod(moment_ns // 10**9, 60)
        moment = f"{BEGIN}:{minutes:02}:{seconds:02}.{moment_ns % 10**9:09}Z"
        self._batch.add(f"{head}{self._number}{middle}{moment}{between}{mpdu}{end}")
        self._number += 1
        if self._batch.is_large():
            self.publish()

    def publish(self):
        if self._batch:
            self.last = self._client.publish(self.topic, self._batch.take()[0], 1)

    def close(self):
        self.last.wait_for_publish()
        self._client.disconnect()
        self._client.loop_stop()


def record_line():
    """The line of a received frame, parted where records differ."""
    command = [sys.executable, shutil.which("kaifa_rx"), ROOT / "examples" / "mesh", "--json", "-"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    record = next(r for r in map(json.loads, lines) if r.get("type") == "unicast")
    line = json.dumps(record | MARKS, separators=(",", ":"))
    parts = []
    for mark in MARKS.values():
        part, line = line.split(str(mark), 1)
        parts.append(part)
    return record["mpdu"][:-8], [*parts, line]


def publish(args, stations, mpdu):
    """Publishes at the rate that is asked for; returns the seconds it took."""
    begun, number = time.monotonic(), 0
    for tick in range(round(args.seconds / TICK_SECONDS)):
        due = round((tick + 1) * TICK_SECONDS * args.frames)
        while number < due:
            for copy in range(args.heard_by):
                station = stations[(number + copy) % len(stations)]
                moment_ns = number * 10**9 // args.frames + copy * 10**6
                station.hear(moment_ns, f"{mpdu}{number:08x}")
            number += 1
        for station in stations:
            station.publish()
        time.sleep(max(0.0, begun + (tick + 1) * TICK_SECONDS - time.monotonic()))
    return time.monotonic() - begun


def children(process_id):
    """The processes that its first thread started."""
    return Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()


def cpu_seconds(folder):
    """Of a process or a thread, by its folder below /proc."""
    fields = Path(folder, "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mebibytes(process_id):
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default, text in (
        ("frames", 10_000, "frames a second"),
        ("heard-by", 1, "receivers that hear each"),
        ("stations", 4, "receivers"),
        ("seconds", 30, "seconds to publish"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=text)
    return parser.parse_args()


def main():
    args = arguments()
    mpdu, line = record_line()
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder), "allow_anonymous true")
        program = [sys.executable, shutil.which("kaifa_collect"), broker.url]
        program += ["--wait", str(WAIT_SECONDS)]
        with open(f"{folder}/errors", "wb") as errors:
            collect = subprocess.Popen(
                [*program, "--db", f"{folder}/db"], stdout=subprocess.DEVNULL, stderr=errors
            )
        wait_until(lambda: "station" in tables(f"{folder}/db"))
        time.sleep(1)
        stations = [Station(f"s{number}", broker, line) for number in range(args.stations)]
        (listener,) = children(collect.pid)
        processes = {
            "kaifa_collect": collect.pid,
            "  its listener": listener,
            "mosquitto": broker.process_id(),
            "publisher": os.getpid(),
        }
        before = {name: cpu_seconds(f"/proc/{process}") for name, process in processes.items()}
        took = publish(args, stations, mpdu)
        during = {name: cpu_seconds(f"/proc/{process}") for name, process in processes.items()}
        busiest = max(map(cpu_seconds, Path(f"/proc/{collect.pid}/task").iterdir()))
        for station in stations:
            station.close()
        published = time.monotonic()
        frames = round(args.seconds * args.frames)
        wait_until(lambda: rows(f"{folder}/db") >= frames, 120)
        behind = time.monotonic() - published
        after = {name: cpu_seconds(f"/proc/{process}") for name, process in processes.items()}
        peaks = [peak_mebibytes(process) for process in (collect.pid, listener)]
        collect.send_signal(signal.SIGINT)
        collect.wait(60)
        broker.stop()
        last = Path(f"{folder}/errors").read_text().splitlines()[-1]
    print(f"{frames} frames, {frames * args.heard_by} copies, published in {took:.1f} s")
    print(f"in the database {behind:.1f} s after the last was published (--wait {WAIT_SECONDS})")
    print(f"{last}; peak memory {peaks[0]} and, its listener, {peaks[1]} MiB")
    print("seconds of processor time, of them while the publisher published:")
    for name in processes:
        total, then = after[name] - before[name], during[name] - before[name]
        print(f"    {name:14} {total:5.1f} {then:5.1f}")
    print(f"busiest thread of kaifa_collect: {busiest / took:.2f} s a second")


def tables(path):
    if not Path(path).exists():
        return []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return [name for (name,) in database.execute("SELECT name FROM sqlite_master")]


def rows(path):
    time.sleep(0.5)
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute("SELECT count(*) FROM record").fetchone()[0]


if __name__ == "__main__":
    main()
