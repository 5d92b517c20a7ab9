# SPDX-License-Identifier: GPL-3.0-or-later
"""One packet out of the tagged stream of sync_and_strobe."""

import threading
from dataclasses import dataclass, field

import numpy as np
import pmt

MOST_SAMPLES = 1 << 17
MARGIN = 64


@dataclass
class PacketTrace:
    """samples: float32, from a little before the preamble.  Positions count in them, in samples.

    strobes: (position, soft value) of each symbol.  burst: dictionary of the tag burst_start.
    """

    samples: np.ndarray
    preamble_begin: int
    sync_begin: int
    end: int
    strobes: list
    sync_errors: int
    inverted: bool
    burst: dict
    data_begin: int

    def levels(self):
        """The discriminator at each strobe."""
        at = np.array([position for position, _soft in self.strobes], int)
        return self.samples[np.clip(at, 0, len(self.samples) - 1)]

    def edges(self):
        """Where sync word, packet and what follows it begin."""
        return self.sync_begin, self.data_begin, self.end

    def octets(self):
        """(position of the middle, two hexadecimal digits) of each octet of the packet."""
        data = [pair for pair in self.strobes if pair[0] >= self.data_begin]
        for begin in range(0, len(data) - 7, 8):
            eight = data[begin : begin + 8]
            value = int("".join("1" if soft > 0 else "0" for _at, soft in eight), 2)
            yield (eight[0][0] + eight[-1][0]) / 2, f"{value:02x}"

    def title(self):
        """One line that says what is seen."""
        frequency = self.burst.get("center_frequency")
        symbols = sum(self.preamble_begin <= at < self.sync_begin for at, _ in self.strobes)
        where = "" if frequency is None else f"{frequency / 1e6:.4f} MHz, "
        snr = "" if "snr_db" not in self.burst else f"{self.burst['snr_db']:.1f} dB, "
        tones = ", tones swapped" if self.inverted else ""
        return (
            f"{where}{snr}preamble {symbols} symbols, sync word with {self.sync_errors} wrong, "
            f"{self.bits()} bits{tones}"
        )

    def bits(self):
        """Of the packet, behind the sync word."""
        return sum(at >= self.data_begin for at, _soft in self.strobes)


@dataclass
class _Collecting:
    begin: int
    pieces: list
    marks: list = field(default_factory=list)
    samples: int = 0


class PacketTraces:
    """Fed with the stream and its tags by one thread, asked for the newest packet by another.

    Between a packet and the question for it nothing is collected: a window draws a few a second.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._newest = None
        self._collecting = None
        self._burst = {}
        self._next = 0

    def wants(self):
        """Tags are wanted at present."""
        return self._newest is None

    def newest(self):
        """The packet seen since the last question, as a PacketTrace; None if there is none."""
        with self._lock:
            trace, self._newest = self._newest, None
        return trace

    def take(self, begin, samples, marks):
        """samples: of the stream from `begin` on.  marks: (offset, key, PMT value), in order."""
        if begin != self._next:
            # What was not looked at may have been the end of one burst and the begin of another.
            self._burst, self._collecting = {}, None
        self._next = begin + len(samples)
        for offset, key, value in sorted(marks, key=lambda mark: mark[0]):
            if key == "burst_start":
                self._burst = _numbers(value)
            elif key == "preamble":
                self._collecting = _Collecting(offset, [])
            if self._collecting:
                self._collecting.marks.append((offset, key, value))
                if key == "packet_end":
                    return self._finish(begin, samples)
        self._keep(begin, samples)
        return None

    def _keep(self, begin, samples):
        if self._collecting is None:
            return
        first = max(self._collecting.begin - begin, 0)
        self._collecting.pieces.append(np.array(samples[first:]))
        self._collecting.samples += len(samples) - first
        if self._collecting.samples > MOST_SAMPLES:
            self._collecting = None

    def _finish(self, begin, samples):
        self._keep(begin, samples)
        collected, self._collecting = self._collecting, None
        if collected is None:
            return
        trace = _trace(collected, self._burst)
        with self._lock:
            self._newest = trace


def _trace(collected, burst):
    at = collected.begin
    by_key = {key: (offset - at, value) for offset, key, value in collected.marks}
    if "sync_word" not in by_key:
        return None
    strobes = [(o - at, pmt.to_double(v)) for o, key, v in collected.marks if key == "strobe"]
    sync_begin, sync = by_key["sync_word"]
    end, bits = by_key["packet_end"]
    behind = [offset for offset, _soft in strobes if offset >= sync_begin]
    # The tags say where the sync word begins and how many bits the packet has; what lies between
    # is the sync word, and half a symbol before its strobe a bit begins.
    data = behind[len(behind) - pmt.to_long(bits) :]
    facts = pmt.to_python(sync)
    return PacketTrace(
        samples=np.concatenate(collected.pieces)[: end + MARGIN],
        preamble_begin=0,
        sync_begin=sync_begin,
        end=end,
        strobes=strobes,
        sync_errors=facts["sync_errors"],
        inverted=facts["inverted"],
        burst=burst,
        data_begin=data[0] - (behind[1] - behind[0]) // 2 if data else end,
    )


def _numbers(value):
    """The numbers in a PMT dictionary, by name."""
    pairs = (pmt.nth(k, pmt.dict_items(value)) for k in range(pmt.length(pmt.dict_items(value))))
    return {
        pmt.symbol_to_string(pmt.car(pair)): pmt.to_python(pmt.cdr(pair))
        for pair in pairs
        if pmt.is_number(pmt.cdr(pair))
    }
