# SPDX-License-Identifier: GPL-3.0-or-later
"""What the terminal shows: the newest frames, the senders, the counts and the spectrum."""

import threading
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field

MOST_FRAMES = 200
MOST_SENDERS = 2000
MOST_ROWS = 64


@dataclass
class Sender:
    """frames: checked ones by type.  time: text of the last.  snr_db, frequency_hz: of the last."""

    frames: Counter = field(default_factory=Counter)
    time: str = ""
    snr_db: float = 0.0
    frequency_hz: float = 0.0


class Seen:
    """Filled by the threads of the receiver, read by the one that draws; `lock` is held meanwhile.

    frames: records, the newest last.  senders: {address: Sender}, the one heard last at the end; an
    acknowledgement, whose sender is inferred, counts for nobody.
    counts: of the receiver.  rows: spectra in dB of full scale, the newest last.
    left_out: senders not kept, for there were too many.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.frames = deque(maxlen=MOST_FRAMES)
        self.senders = OrderedDict()
        self.counts = {}
        self.rows = deque(maxlen=MOST_ROWS)
        self.left_out = 0

    def add_frame(self, record):
        """Takes a record of a frame or a reject."""
        with self.lock:
            self.frames.append(record)
            if record["check_ok"] and record["source"] and not record["source_inferred"]:
                self._add_sender(record)

    def add_row(self, row):
        """Takes a spectrum: array of dB of full scale, lowest frequency first."""
        with self.lock:
            self.rows.append(row)

    def _add_sender(self, record):
        sender = self.senders.setdefault(record["source"], Sender())
        self.senders.move_to_end(record["source"])
        sender.frames[record["type"]] += 1
        sender.time = clock(record)
        sender.snr_db, sender.frequency_hz = record["snr_db"], record["frequency_hz"]
        if len(self.senders) > MOST_SENDERS:
            self.senders.popitem(last=False)
            self.left_out += 1


def clock(record):
    """The time of a record: of the day in UTC, or seconds since the start."""
    return record["time"][11:23] if record["time"] else f"{record['time_s']:.6f}"
