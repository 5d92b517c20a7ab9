#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later

import threading
import time
import unittest

import numpy as np
import pmt
import signals_for_qa as signals
from gnuradio import blocks, gr, kaifa

RATE = 2e6


def new_burst(offset, burst_id, relative_frequency, **more):
    value = pmt.to_pmt({"relative_frequency": relative_frequency, **more})
    value = pmt.dict_add(value, pmt.intern("id"), pmt.from_uint64(burst_id))
    return signals.tag(offset, "new_burst", value)


def gone_burst(offset, burst_id):
    value = pmt.dict_add(pmt.make_dict(), pmt.intern("id"), pmt.from_uint64(burst_id))
    return signals.tag(offset, "gone_burst", value)


def run(samples, tags, piece=0, block=None):
    """Sends samples and tags through the block; gives the PDUs and the block."""
    block = block or kaifa.tagged_burst_to_pdu(RATE)
    top, sink = gr.top_block(), signals.collector()
    signals.connect_in_pieces(top, samples, block, piece, tags)
    top.msg_connect(block, "cpdus", sink, "in")
    top.run()
    return sink.take(), block


class keeper(gr.basic_block):
    """Keeps the dictionaries of PDUs until it is told not to, and counts them."""

    def __init__(self):
        gr.basic_block.__init__(self, "keeper", None, None)
        self.kept, self.count = [], 0
        self.lets_go = False
        self.message_port_register_in(pmt.intern("in"))
        self.set_msg_handler(pmt.intern("in"), self.take)

    def take(self, message):
        self.count += 1
        self.kept.append(pmt.car(message))
        if self.lets_go:
            self.kept.clear()


def tone(frequency, length, amplitude=0.5):
    return (amplitude * np.exp(2j * np.pi * frequency / RATE * np.arange(length))).astype(
        np.complex64
    )


class slow_consumer(gr.basic_block):
    """Takes a PDU only when it is told to; counts them and what had been published before each."""

    def __init__(self, publisher):
        gr.basic_block.__init__(self, "slow_consumer", None, None)
        self.publisher = publisher
        self.go_on = threading.Event()
        self.ids, self.ahead = [], []
        self.message_port_register_in(pmt.intern("in"))
        self.set_msg_handler(pmt.intern("in"), self.take)

    def take(self, message):
        self.go_on.wait()
        identity = pmt.dict_ref(pmt.car(message), pmt.intern("id"), pmt.PMT_NIL)
        self.ids.append(pmt.to_uint64(identity))
        self.ahead.append(self.publisher.bursts() - len(self.ids))


class crowd:
    """Many bursts of one length, `AT_ONCE` at a time, in far more samples than are let out."""

    # 4e6 samples at the output, four times of what may be outstanding.
    COUNT, AT_ONCE, LENGTH = 100, 10, 200_000

    def __init__(self):
        self.block = kaifa.tagged_burst_to_pdu(RATE)
        tags = []
        for k in range(self.COUNT):
            begin = k // self.AT_ONCE * (self.LENGTH + 1000)
            tags += [new_burst(begin, k, 20e3 * (k % 10)), gone_burst(begin + self.LENGTH, k)]
        tags.sort(key=lambda tag: tag.offset)
        total = self.COUNT // self.AT_ONCE * (self.LENGTH + 1000)
        self.top = gr.top_block()
        # A source with tags hands out all it has at once.
        signals.connect_in_pieces(self.top, np.zeros(total, np.complex64), self.block, 4096, tags)

    def waits(self):
        """Runs until the block waits for its consumer; how many bursts it has published then."""
        self.top.start()
        limit = time.monotonic() + 60
        while self.block.bursts() <= 25 and time.monotonic() < limit:
            time.sleep(0.01)
        time.sleep(0.5)
        return self.block.bursts()


class qa_tagged_burst_to_pdu(unittest.TestCase):
    def test_a_burst_comes_to_baseband_with_all_that_is_known_of_it(self):
        seconds = pmt.make_tuple(pmt.from_uint64(1000), pmt.from_double(0.75))
        known = {
            "center_frequency": 871.3e6,
            "sample_rate": RATE,
            "bandwidth": 100e3,
            "magnitude_db": -6.0,
            "noise_dbfs_hz": -90.0,
            "snr_db": 30.0,
        }
        start = new_burst(100_000, 7, -412_345.0, **known)
        start.value = pmt.dict_add(start.value, pmt.intern("rx_time"), seconds)
        samples = signals.band(300_000, [(90_000, tone(-412_345.0, 80_000))], noise=1e-4)
        pdus, block = run(samples, [start, gone_burst(150_000, 7)])
        ((meta, burst),) = pdus
        self.assertEqual(
            {key: meta[key] for key in known if key != "sample_rate"},
            {key: value for key, value in known.items() if key != "sample_rate"},
        )
        self.assertEqual(meta["id"], 7)
        self.assertEqual(meta["relative_frequency"], -412_345.0)
        self.assertEqual((meta["sample_rate"], meta["original_rate"]), (400e3, RATE))
        self.assertFalse(meta["truncated"])
        self.assertEqual(block.output_rate(), 400e3)
        self.assertAlmostEqual(meta["sample_offset"], 100_000, delta=200)
        expected = 1000.75 + (meta["sample_offset"] - 100_000) / RATE
        self.assertAlmostEqual(meta["rx_time"][0] + meta["rx_time"][1], expected, places=9)
        self.assertAlmostEqual(len(burst), 50_000 / 5, delta=100)
        middle = burst[100:-100]
        np.testing.assert_allclose(np.abs(middle), 0.5, rtol=0.02)
        drift = np.angle(middle[1:] * np.conj(middle[:-1])) * 400e3 / (2 * np.pi)
        self.assertAlmostEqual(np.mean(drift), 0, delta=1)
        self.assertEqual((block.bursts(), block.truncated(), block.bad_tags()), (1, 0, 0))
        self.assertGreater(block.cpu_time(), 0)
        self.assertEqual(block.error(), "")

    def test_the_sizes_of_the_pieces_do_not_matter(self):
        samples = signals.band(300_000, [], noise=0.1)
        tags = []
        for k in range(8):  # up to three at once
            tags += [new_burst(20_000 * k + 1, k, 50e3 * k), gone_burst(20_000 * k + 50_000, k)]
        expected, _ = run(samples, tags)
        self.assertEqual(len(expected), 8)
        for piece in (1000, 4096, 37_777):
            pdus, _ = run(samples, tags, piece)
            self.assertEqual([meta for meta, _ in pdus], [meta for meta, _ in expected])
            for (_, got), (_, wanted) in zip(pdus, expected, strict=True):
                np.testing.assert_array_equal(got, wanted)

    def test_a_burst_within_one_piece_and_one_at_each_end(self):
        samples = signals.band(50_000, [], noise=0.1)
        tags = [new_burst(0, 0, 0.0), gone_burst(300, 0)]
        tags += [new_burst(1000, 1, 0.0), gone_burst(1400, 1)]
        tags += [new_burst(49_990, 2, 0.0), gone_burst(49_999, 2)]
        pdus, block = run(samples, tags)
        self.assertEqual(sorted(meta["id"] for meta, _ in pdus), [0, 1, 2])
        self.assertEqual(block.bursts(), 3)

    def test_a_burst_that_is_open_at_the_end_comes_out_truncated(self):
        for length in (60_000, 65_536, 100_001):
            samples = signals.band(length, [], noise=0.1)
            pdus, block = run(samples, [new_burst(50_000, 3, 100e3)])
            ((meta, burst),) = pdus
            self.assertTrue(meta["truncated"])
            self.assertAlmostEqual(len(burst), (length - 50_000) / 5, delta=100)
            self.assertEqual(block.truncated(), 1)

    def test_a_burst_without_an_end_is_cut_at_the_longest(self):
        block = kaifa.tagged_burst_to_pdu(RATE, max_burst_time=0.01)
        pdus, _ = run(signals.band(200_000, []), [new_burst(1000, 3, 0.0)], block=block)
        ((meta, burst),) = pdus
        self.assertTrue(meta["truncated"])
        self.assertAlmostEqual(len(burst), 0.01 * 400e3, delta=100)

    def test_malformed_tags_are_counted_and_harm_nobody(self):
        no_id = signals.tag(0, "new_burst", pmt.to_pmt({"relative_frequency": 0.0}))
        wrong_types = pmt.to_pmt({"id": "seven", "relative_frequency": "left"})
        negative = pmt.dict_add(
            pmt.to_pmt({"relative_frequency": 0.0}), pmt.intern("id"), pmt.from_long(-1)
        )
        bad = [no_id, signals.tag(0, "new_burst", wrong_types)]
        bad += [signals.tag(0, "new_burst", negative)]
        for key in ("new_burst", "gone_burst"):
            bad += [signals.tag(10, key, value) for value in signals.NOT_A_DICTIONARY]
            bad += [signals.tag(10, key, pmt.make_dict())]
        bad += [new_burst(20, 90, float("nan")), new_burst(20, 91, 1e12), gone_burst(30, 92)]
        good = [new_burst(20_000, 7, 0.0), gone_burst(40_000, 7)]
        pdus, block = run(signals.band(100_000, []), bad + good)
        self.assertEqual([meta["id"] for meta, _ in pdus], [7])
        self.assertEqual((block.bad_tags(), block.error()), (len(bad), ""))

    def test_an_empty_input_and_one_of_few_samples(self):
        for length in (0, 1, 2, 5):
            pdus, block = run(signals.band(length, []), [])
            self.assertEqual((pdus, block.error()), ([], ""))

    def test_a_slow_consumer_is_waited_for_and_loses_nothing(self):
        wired = crowd()
        consumer = slow_consumer(wired.block)
        self.addCleanup(consumer.go_on.set)
        wired.top.msg_connect(wired.block, "cpdus", consumer, "in")
        published = wired.waits()
        # 2^20 samples may be out, and what one step adds; the memory does not grow beyond.
        self.assertGreater(published, 25)
        self.assertLess(published, 45)
        consumer.go_on.set()
        wired.top.wait()
        self.assertEqual(sorted(consumer.ids), list(range(wired.COUNT)))
        self.assertLess(max(consumer.ahead), 45)
        self.assertEqual(wired.block.error(), "")

    def test_a_consumer_that_keeps_everything_does_not_stop_the_flowgraph(self):
        wired, consumer = crowd(), blocks.message_debug()
        wired.top.msg_connect(wired.block, "cpdus", consumer, "store")
        began = time.monotonic()
        wired.top.run()
        self.assertEqual(consumer.num_messages(), wired.COUNT)
        self.assertLess(time.monotonic() - began, 30)

    def test_it_can_wait_for_who_keeps_no_samples_but_what_is_known_of_bursts(self):
        count, length = 6000, 400
        starts = range(0, count * length, length)
        tags = [new_burst(at, k, 0.0) for k, at in enumerate(starts)]
        tags += [gone_burst(at + 200, k) for k, at in enumerate(starts)]
        tags.sort(key=lambda tag: tag.offset)
        block, consumer, top = kaifa.tagged_burst_to_pdu(RATE), keeper(), gr.top_block()
        block.wait_for_readers()
        signals.connect_in_pieces(top, signals.band(count * length, []), block, tags=tags)
        top.msg_connect(block, "cpdus", consumer, "in")
        top.start()
        self.addCleanup(top.stop)
        limit = time.monotonic() + 20
        while consumer.count < 2000 and time.monotonic() < limit:
            time.sleep(0.01)
        time.sleep(6)  # longer than it waits if it is not told to
        waiting = consumer.count
        # What one step of 16384 samples adds comes on top.
        self.assertTrue(2048 <= waiting < 2048 + 100, waiting)
        consumer.lets_go = True
        consumer.kept.clear()
        top.wait()
        self.assertEqual(consumer.count, count)

    def test_who_keeps_a_frame_keeps_what_its_burst_is_counted_by(self):
        packet = signals.modulated(signals.packet_bits(signals.ACK), RATE, 300e3)
        receiver, top = kaifa.receiver(RATE), gr.top_block()
        sinks = {port: signals.collector() for port in ("bursts", "frames")}
        signals.connect_in_pieces(top, signals.band(300_000, [(100_000, packet)]), receiver)
        for port, sink in sinks.items():
            top.msg_connect(receiver, port, sink, "in")
        top.run()
        for sink in sinks.values():
            sink.take()
        (burst,), (frame,) = (sinks[port].messages for port in ("bursts", "frames"))
        same = [pmt.dict_ref(pmt.car(m), pmt.intern("id"), pmt.PMT_NIL) for m in (burst, frame)]
        self.assertTrue(pmt.eq(*same), "not equal only, but one and the same object")

    def test_a_block_that_waits_for_its_consumer_can_be_stopped(self):
        wired = crowd()
        consumer = slow_consumer(wired.block)
        self.addCleanup(consumer.go_on.set)
        wired.top.msg_connect(wired.block, "cpdus", consumer, "in")
        wired.waits()
        began = time.monotonic()
        consumer.go_on.set()
        wired.top.stop()
        wired.top.wait()
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(wired.block.error(), "")

    def test_parameters_are_refused_by_name(self):
        for name, value in [
            ("sample_rate", -1.0),
            ("output_rate", 1e9),
            ("output_rate", float("nan")),
            ("bandwidth", 0.0),
            ("bandwidth", 1e6),
            ("max_burst_time", 0.0),
        ]:
            arguments = {"sample_rate": RATE, name: value}
            with self.assertRaisesRegex(ValueError, f"^{name} is .*, expected "):
                kaifa.tagged_burst_to_pdu(**arguments)


if __name__ == "__main__":
    unittest.main()
