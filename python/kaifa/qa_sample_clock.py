#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later

import time
import unittest

import numpy as np
import pmt
import signals_for_qa as signals
from gnuradio import blocks, gr, kaifa

RATE = 1e6
DATE = 1_800_000_000


class radio(gr.sync_block):
    """Samples that are their numbers, in pieces of 10 ms, as a radio gives them; those from number
    `lost` on never come, for `lost_seconds`, or a `stall` comes before them."""

    PIECE = int(RATE / 100)

    def __init__(self, seconds, lost=0, lost_seconds=0.0, stall=0.0):
        gr.sync_block.__init__(self, "radio", None, [np.complex64])
        self.set_output_multiple(self.PIECE)
        self.begun = None
        self.next, self.end = 0, int(seconds * RATE)
        self.lost, self.after = lost, lost + int(lost_seconds * RATE)
        self.stall = stall

    def work(self, input_items, output_items):
        if self.next >= self.end:
            return -1
        if self.begun is None:
            self.begun = time.monotonic()
        if self.next == self.lost and self.lost:
            self.next = self.after
            time.sleep(self.stall)
        numbers = np.arange(self.next, self.next + self.PIECE)
        self.next += self.PIECE
        time.sleep(max(0.0, self.begun + self.next / RATE - time.monotonic()))
        output_items[0][: self.PIECE] = numbers
        return self.PIECE


def run(source, tags=()):
    """Sends samples through a clock; gives the sink, the clock and what it said."""
    clock, sink, said = kaifa.sample_clock(RATE), blocks.vector_sink_c(), signals.collector()
    top = gr.top_block()
    if isinstance(source, gr.sync_block):
        top.connect(source, clock)
    else:
        signals.connect_in_pieces(top, source, clock, tags=tags)
    top.connect(clock, sink)
    top.msg_connect(clock, "clock", said, "in")
    top.run()
    block = said.to_basic_block()
    while (message := block.delete_head_nowait(pmt.intern("in"))) is not None:
        said.messages.append(message)
    return sink, clock, [pmt.to_python(message) for message in said.messages]


def time_tag(offset, seconds, fraction):
    value = pmt.make_tuple(pmt.from_uint64(seconds), pmt.from_double(fraction))
    return signals.tag(offset, "rx_time", value)


def seconds(rx_time):
    return rx_time[0] + rx_time[1]


class qa_sample_clock(unittest.TestCase):
    def test_a_radio_that_loses_samples(self):
        source = radio(2.0, lost=1_000_000, lost_seconds=0.25)
        began = time.time()
        sink, clock, said = run(source)
        numbers = np.array(sink.data()).real.astype(int)
        missing = np.flatnonzero(np.diff(numbers) != 1) + 1
        self.assertEqual(list(missing), [1_000_000])
        self.assertEqual(len(numbers), 1_750_000)
        losses = [s for s in said if "samples_lost" in s]
        found = sum(s.get("samples_found", 0) for s in said)
        self.assertEqual(losses[0]["sample_offset"], 1_000_000)
        lost = sum(loss["samples_lost"] for loss in losses) - found
        self.assertAlmostEqual(lost, 250_000, delta=20_000)
        self.assertEqual(clock.samples_lost(), lost)
        tags = signals.tag_list(sink)
        self.assertIn((1_000_000, "samples_lost", losses[0]["samples_lost"]), tags)
        # The time is that at which samples came, on both sides.
        times = {offset: seconds(value) for offset, key, value in tags if key == "rx_time"}
        self.assertIn(0, times)
        self.assertIn(1_000_000, times)
        for offset, told in times.items():
            taken = offset + 250_000 * (offset >= 1_000_000)
            self.assertAlmostEqual(told - began, taken / RATE, delta=0.3)
        self.assertAlmostEqual(times[1_000_000] - times[0], 1.25, delta=0.1)
        for anchor in said:
            if "rx_time" in anchor:
                self.assertEqual(anchor["time_source"], "host")
                self.assertEqual(seconds(anchor["rx_time"]), times[anchor["sample_offset"]])

    def test_what_is_late_is_not_lost(self):
        source = radio(1.5, lost=500_000, stall=0.2)
        sink, clock, said = run(source)
        np.testing.assert_array_equal(np.array(sink.data()).real, np.arange(1_500_000))
        self.assertEqual(clock.samples_lost(), 0)
        self.assertEqual([s for s in said if "samples_lost" in s], [])

    def test_every_sample_and_every_other_tag_pass(self):
        for length in (0, 1, 2, 100_000):
            samples = signals.band(length, [])
            tags = [signals.tag(at, "mine", pmt.from_long(at)) for at in (0, 1, 99_999)]
            tags = [t for t in tags if t.offset < length]
            sink, clock, _ = run(samples, tags)
            np.testing.assert_array_equal(np.array(sink.data(), np.complex64), samples)
            mine = [tag for tag in signals.tag_list(sink) if tag[1] == "mine"]
            self.assertEqual(mine, [(t.offset, "mine", t.offset) for t in tags])
            self.assertEqual(clock.error(), "")

    def test_a_clock_in_the_radio_goes_before_that_of_the_computer(self):
        jump = 0.5 + (40_000 + 363) / RATE
        tags = [time_tag(0, DATE, 0.5), time_tag(40_000, DATE, jump)]
        sink, clock, said = run(signals.band(100_000, []), tags)
        self.assertEqual(clock.samples_lost(), 363)
        expected = [
            (0, "rx_time", (DATE, 0.5)),
            (40_000, "samples_lost", 363),
            (40_000, "rx_time", (DATE, jump)),
        ]
        self.assertEqual(signals.tag_list(sink), expected)
        self.assertEqual([s.get("time_source") for s in said], ["hardware", None, "hardware"])
        self.assertEqual(said[0]["time_uncertainty"], 1 / RATE)

    def test_a_radio_that_counts_from_its_start_tells_no_dates(self):
        sink, clock, said = run(signals.band(100_000, []), [time_tag(0, 12, 0.5)])
        (offset, key, value), *_ = signals.tag_list(sink)
        self.assertEqual((offset, key, said[0]["time_source"]), (0, "rx_time", "host"))
        self.assertAlmostEqual(seconds(value), time.time(), delta=60)

    def test_malformed_times_are_ignored(self):
        tags = [signals.tag(10 * k, "rx_time", v) for k, v in enumerate(signals.NOT_A_DICTIONARY)]
        sink, clock, said = run(signals.band(100_000, []), tags)
        self.assertEqual((clock.error(), clock.samples_lost()), ("", 0))
        self.assertEqual({s["time_source"] for s in said}, {"host"})

    def test_it_can_run_again(self):
        clock = kaifa.sample_clock(RATE)
        for _ in range(2):
            top, sink = gr.top_block(), blocks.vector_sink_c()
            samples = signals.band(50_000, [])
            signals.connect_in_pieces(top, samples, clock)
            top.connect(clock, sink)
            top.run()
            self.assertEqual(len(sink.data()), 50_000)
        self.assertGreater(clock.cpu_time(), 0)

    def test_a_rate_is_refused_by_name(self):
        for rate in (0.0, -1.0, float("nan"), 1e12):
            with self.assertRaisesRegex(ValueError, "^sample_rate is .*, expected 1 to "):
                kaifa.sample_clock(rate)


if __name__ == "__main__":
    unittest.main()
