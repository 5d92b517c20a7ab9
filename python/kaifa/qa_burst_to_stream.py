#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later

import time
import unittest

import numpy as np
import pmt
import signals_for_qa as signals
from gnuradio import blocks, gr, kaifa


def burst(length, value):
    return np.full(length, value, np.complex64)


def pdu(samples, **meta):
    return signals.vector_pdu(meta, pmt.init_c32vector(len(samples), samples.tolist()))


def run(messages, gap_samples=1024, block=None, at_once=None):
    """Posts messages, then that no more will come; gives the sink and the block."""
    block = block or kaifa.burst_to_stream(gap_samples)
    sink, top = blocks.vector_sink_c(), gr.top_block()
    top.connect(block, sink)
    for message in messages:
        block.to_basic_block()._post(pmt.intern("cpdus"), message)
    block.to_basic_block()._post(pmt.intern("system"), signals.done())
    top.run(*([at_once] if at_once else []))
    return sink, block


class qa_burst_to_stream(unittest.TestCase):
    def test_bursts_with_gaps_and_tags_on_first_and_last_sample(self):
        messages = [pdu(burst(10, 1), id=5, snr_db=12.5), pdu(burst(1, 2), id=6)]
        sink, block = run(messages, gap_samples=4)
        expected = [1] * 10 + [0] * 4 + [2] + [0] * 4
        np.testing.assert_array_equal(sink.data(), expected)
        self.assertEqual(
            signals.tag_list(sink),
            [
                (0, "burst_start", {"id": 5, "snr_db": 12.5}),
                (9, "burst_end", {"id": 5}),
                (14, "burst_start", {"id": 6}),
                (14, "burst_end", {"id": 6}),
            ],
        )
        self.assertEqual((block.bursts(), block.bad_pdus(), block.waiting_samples()), (2, 0, 0))

    def test_a_burst_longer_than_any_buffer(self):
        long = np.arange(1_000_000).astype(np.complex64)
        for at_once in (None, 100_000, 1001):
            sink, _ = run([pdu(long, id=1), pdu(burst(3, 7), id=2)], 0, at_once=at_once)
            data = np.array(sink.data(), np.complex64)
            np.testing.assert_array_equal(data, np.concatenate([long, burst(3, 7)]))
            offsets = [offset for offset, _, _ in signals.tag_list(sink)]
            self.assertEqual(offsets, [0, 999_999, 1_000_000, 1_000_002])

    def test_thousands_of_bursts_at_once_are_all_kept(self):
        messages = [pdu(burst(20, k + 1), id=k) for k in range(5000)]
        sink, block = run(messages, 3)
        self.assertEqual(block.bursts(), 5000)
        self.assertEqual(len(sink.data()), 5000 * 23)
        starts = [value["id"] for _, key, value in signals.tag_list(sink) if key == "burst_start"]
        self.assertEqual(starts, list(range(5000)))

    def test_metadata_of_others_passes_as_it_is(self):
        sink, block = run([pdu(burst(2, 1), timestamp=17, noise="loud"), pdu(burst(2, 1))], 0)
        tags = signals.tag_list(sink)
        self.assertEqual(tags[0], (0, "burst_start", {"timestamp": 17, "noise": "loud"}))
        # Python sees an empty dictionary as None.
        self.assertEqual([value for _, _, value in tags[1:]], [None, None, None])
        self.assertEqual(block.bad_pdus(), 0)

    def test_what_is_no_burst_is_counted_and_harms_nobody(self):
        samples = pmt.init_c32vector(1, [1])
        bad = [
            *signals.NOT_A_DICTIONARY,
            pmt.PMT_NIL,
            pmt.cons(pmt.make_dict(), pmt.PMT_NIL),
            pmt.cons(pmt.make_dict(), pmt.init_u8vector(1, [1])),
            pmt.cons(pmt.make_dict(), pmt.init_f32vector(1, [1])),
            pmt.cons(pmt.make_dict(), pmt.init_c64vector(1, [1])),
            pmt.cons(pmt.make_dict(), pmt.make_vector(1, pmt.from_complex(1))),
            pmt.cons(pmt.make_dict(), pmt.init_c32vector(0, [])),
            pmt.cons(pmt.from_long(1), samples),
            pmt.cons(pmt.cons(pmt.intern("id"), pmt.from_long(1)), samples),
            samples,
        ]
        sink, block = run([*bad, pdu(burst(2, 1), id=1)], 0)
        self.assertEqual((block.bad_pdus(), block.bursts()), (len(bad), 1))
        self.assertEqual((len(sink.data()), block.error()), (2, ""))

    def test_damaged_system_messages_are_ignored(self):
        block, sink, top = kaifa.burst_to_stream(0), blocks.vector_sink_c(), gr.top_block()
        top.connect(block, sink)
        done = pmt.intern("done")
        for message in [pmt.from_long(3), pmt.cons(done, pmt.PMT_NIL), pmt.PMT_NIL, done]:
            block.to_basic_block()._post(pmt.intern("system"), message)
        block.to_basic_block()._post(pmt.intern("cpdus"), pdu(burst(3, 1)))
        block.to_basic_block()._post(pmt.intern("system"), signals.done())
        top.run()
        self.assertEqual((len(sink.data()), block.error()), (3, ""))

    def test_waiting_burns_no_processor_time(self):
        block, top = kaifa.burst_to_stream(), gr.top_block()
        top.connect(block, blocks.null_sink(gr.sizeof_gr_complex))
        top.start()
        time.sleep(0.2)
        before = time.process_time()
        time.sleep(1)
        spent = time.process_time() - before
        block.to_basic_block()._post(pmt.intern("cpdus"), pdu(burst(9, 1)))
        limit = time.monotonic() + 10
        while block.bursts() == 0 or block.waiting_samples() > 0:
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.01)
        top.stop()
        top.wait()
        self.assertLess(spent, 0.1)

    def test_a_second_run_starts_anew(self):
        _, block = run([pdu(burst(5, 1), id=1)])
        sink, _ = run([pdu(burst(2, 1), id=2)], block=block)
        self.assertEqual((block.bursts(), len(sink.data())), (1, 2 + 1024))
        self.assertEqual(signals.tag_list(sink)[0], (0, "burst_start", {"id": 2}))

    def test_parameters_are_refused_by_name(self):
        for value in (-1, 1 << 25):
            with self.assertRaisesRegex(ValueError, f"^gap_samples is {value}, expected "):
                kaifa.burst_to_stream(value)


if __name__ == "__main__":
    unittest.main()
