#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later

import time
import unittest

import numpy as np
import pmt
import signals_for_qa as signals
from gnuradio import blocks, gr, kaifa

RATE = 2e6
CENTER = 872.5e6
NEW, GONE = "new_burst", "gone_burst"
ONE_PACKET = signals.modulated(signals.packet_bits(bytes(range(40))), RATE, 300e3)


def run(samples, tagger=None, piece=0, at_once=None, tags=()):
    """Sends samples through a tagger; gives the sink and the tagger."""
    tagger = tagger or kaifa.burst_tagger(RATE, CENTER)
    top, sink = gr.top_block(), blocks.vector_sink_c()
    signals.connect_in_pieces(top, samples, tagger, piece, tags)
    top.connect(tagger, sink)
    top.run(*([at_once] if at_once else []))
    return sink, tagger


class qa_burst_tagger(unittest.TestCase):
    def test_samples_pass_and_tags_stand_on_their_samples(self):
        starts = [100_000, 300_001]
        samples = signals.band(500_000, [(start, ONE_PACKET) for start in starts])
        sink, tagger = run(samples)
        np.testing.assert_array_equal(np.array(sink.data(), np.complex64), samples)
        tags = signals.tag_list(sink)
        self.assertEqual([key for _, key, _ in tags], [NEW, GONE, NEW, GONE])
        margin = 2 * RATE / 1000
        for start, (first, last) in zip(starts, [tags[:2], tags[2:]], strict=True):
            self.assertTrue(start - margin <= first[0] <= start + 200, (start, first[0]))
            end = start + len(ONE_PACKET)
            self.assertTrue(end - 200 <= last[0] <= end + margin, (end, last[0]))
            self.assertEqual(first[2]["sample_offset"], first[0])
            self.assertAlmostEqual(first[2]["center_frequency"], CENTER + 300e3, delta=5e3)
            self.assertAlmostEqual(first[2]["relative_frequency"], 300e3, delta=5e3)
            self.assertEqual(first[2]["sample_rate"], RATE)
            self.assertAlmostEqual(first[2]["magnitude_db"], 20 * np.log10(0.3), delta=1)
            noise = 10 * np.log10(2 * 0.01**2 / RATE)
            self.assertAlmostEqual(first[2]["noise_dbfs_hz"], noise, delta=1)
            self.assertAlmostEqual(sum(first[2]["rx_time"]), first[0] / RATE)
            self.assertEqual(last[2], {"id": first[2]["id"], "truncated": False})
        self.assertEqual((tagger.samples(), tagger.bursts(), tagger.truncated()), (500_000, 2, 0))
        self.assertGreater(tagger.cpu_time(), 0)
        self.assertEqual(tagger.error(), "")

    def test_tells_how_the_radio_is_set(self):
        samples = signals.band(500_000, [(100_000, ONE_PACKET)])
        samples += 0.01
        samples[:: 64 * 512] = 1.0
        expected = run(samples)[1].health()
        self.assertEqual(expected["examined"], -(-(500_000 // 512) // 16) * 512)
        self.assertEqual(expected["at_full_scale"], 500_000 // (64 * 512) + 1)
        # Steady samples stand in one bin of 512, of which a Hann window takes a third.
        power, noise = 0.01**2 * 512 / 1.5, 2 * 0.01**2
        self.assertAlmostEqual(expected["dc_spike_db"], 10 * np.log10(power / noise), delta=1)
        density = 10 * np.log10(noise / RATE)
        self.assertAlmostEqual(expected["noise_dbfs_hz"], density, delta=0.5)
        for piece, at_once in [(17_000, None), (333, None), (0, 20_000)]:
            with self.subTest(piece=piece, at_once=at_once):
                tagger = run(samples, piece=piece, at_once=at_once)[1]
                self.assertEqual(tagger.health(), expected)

    def test_zeros_tell_nothing_of_the_radio(self):
        self.assertEqual(
            run(np.zeros(100_000, np.complex64))[1].health(),
            {"examined": 6656.0, "at_full_scale": 0.0},
        )

    def test_the_sizes_of_the_pieces_do_not_matter(self):
        bursts = [(k * 90_007, ONE_PACKET) for k in range(1, 5)]
        samples = signals.band(450_003, bursts)
        expected = signals.tag_list(run(samples)[0])
        self.assertEqual(len(expected), 8)
        for piece, at_once in [(17_000, None), (1, 50_000), (333, None), (0, 100), (0, 20_000)]:
            few = samples if piece != 1 else samples[:120_000]
            sink, _ = run(few, piece=piece, at_once=at_once)
            reference = expected if piece != 1 else signals.tag_list(run(few)[0])
            self.assertEqual(signals.tag_list(sink), reference, (piece, at_once))
            np.testing.assert_array_equal(np.array(sink.data(), np.complex64), few)

    def test_every_sample_comes_out_whatever_the_length(self):
        for length in [0, 1, 2, 4095, 4096, 16_385, 100_001]:
            samples = signals.band(length, [])
            sink, tagger = run(samples)
            np.testing.assert_array_equal(np.array(sink.data(), np.complex64), samples)
            self.assertEqual(tagger.samples(), length)

    def test_a_burst_cut_by_the_end_of_the_recording_is_closed_on_its_last_sample(self):
        samples = signals.band(100_000, [(90_000, ONE_PACKET)])
        self.assertGreater(90_000 + len(ONE_PACKET), len(samples))
        tags = signals.tag_list(run(samples)[0])
        self.assertEqual([key for _, key, _ in tags], [NEW, GONE])
        self.assertEqual(tags[1][0], len(samples) - 1)

    def test_a_burst_longer_than_the_longest_is_cut_and_counted(self):
        long_burst = signals.modulated(signals.packet_bits(bytes(range(200)), 200), RATE, 300e3)
        samples = signals.band(500_000, [(100_000, long_burst)])
        tagger = kaifa.burst_tagger(RATE, max_burst_time=0.02)
        tags = signals.tag_list(run(samples, tagger)[0])
        self.assertGreaterEqual(tagger.truncated(), 1)
        self.assertTrue(any(key == GONE and value["truncated"] for _, key, value in tags))

    def test_time_follows_every_rx_time_tag(self):
        samples = signals.band(500_000, [(100_000, ONE_PACKET), (300_000, ONE_PACKET)])
        times = [(0, 1000, 0.5), (200_000, 2000, 0.25)]
        tags = [
            signals.tag(at, "rx_time", pmt.make_tuple(pmt.from_uint64(s), pmt.from_double(f)))
            for at, s, f in times
        ]
        for piece in (0, 777):
            found = signals.tag_list(run(samples, piece=piece, tags=tags)[0])
            starts = [(offset, value["rx_time"]) for offset, key, value in found if key == NEW]
            self.assertEqual(len(starts), 2)
            for (offset, got), (at, seconds, fraction) in zip(starts, times, strict=True):
                self.assertEqual(got[0], seconds)
                self.assertAlmostEqual(got[1], fraction + (offset - at) / RATE, places=9)

    def test_a_burst_ends_where_the_time_jumps(self):
        samples = signals.band(300_000, [(100_000, ONE_PACKET)])
        middle = 100_000 + len(ONE_PACKET) // 2
        for jump in (0.0, 0.0164):
            told = [(0, 0.25), (middle, 0.25 + middle / RATE + jump)]
            tags = [
                signals.tag(at, "rx_time", pmt.make_tuple(pmt.from_uint64(9), pmt.from_double(f)))
                for at, f in told
            ]
            for piece in (0, 777):
                sink, tagger = run(samples, piece=piece, tags=tags)
                found = [tag for tag in signals.tag_list(sink) if tag[1] in (NEW, GONE)]
                if not jump:
                    self.assertEqual([key for _, key, _ in found], [NEW, GONE])
                    continue
                self.assertEqual([key for _, key, _ in found], [NEW, GONE, NEW, GONE])
                (_, _, first), (end, _, gone), (start, _, second), _ = found
                self.assertEqual((end, gone["truncated"], tagger.truncated()), (middle, True, 1))
                self.assertTrue(middle <= start < middle + 2000, start - middle)
                expected = told[1][1] + (start - middle) / RATE
                self.assertAlmostEqual(sum(second["rx_time"]), 9 + expected, places=9)

    def test_malformed_rx_time_tags_are_ignored(self):
        good = pmt.from_double(0.5)
        bad = [
            *signals.NOT_A_DICTIONARY,
            pmt.PMT_NIL,
            pmt.make_tuple(good, good),
            pmt.make_tuple(pmt.from_uint64(1)),
            pmt.make_tuple(pmt.from_uint64(1), good, good),
            pmt.make_tuple(pmt.from_long(-1), good),
            pmt.make_tuple(pmt.from_uint64(1), pmt.from_double(float("nan"))),
            pmt.make_tuple(pmt.from_uint64(1), pmt.from_double(1.5)),
            pmt.cons(pmt.from_uint64(1), good),
            pmt.make_dict(),
        ]
        samples = signals.band(300_000, [(100_000, ONE_PACKET)])
        tags = [signals.tag(1000 * k, "rx_time", value) for k, value in enumerate(bad)]
        found = signals.tag_list(run(samples, tags=tags)[0])
        start = next(entry for entry in found if entry[1] == NEW)
        self.assertAlmostEqual(sum(start[2]["rx_time"]), start[0] / RATE)

    def test_a_time_anchor_given_before_the_start_holds(self):
        samples = signals.band(300_000, [(100_000, ONE_PACKET)])
        tagger = kaifa.burst_tagger(RATE, CENTER)
        tagger.add_time_anchor(0, 1_700_000_000, 0.125)
        for _ in range(2):  # the second run counts from 0 again
            start = signals.tag_list(run(samples, tagger)[0])[0]
            self.assertEqual(start[2]["id"], 0)
            self.assertEqual(start[2]["rx_time"][0], 1_700_000_000)
            self.assertAlmostEqual(start[2]["rx_time"][1], 0.125 + start[0] / RATE, places=9)
        for fraction in (-0.1, 1.0, float("nan")):
            with self.assertRaisesRegex(ValueError, "fraction is .* expected 0 up to"):
                tagger.add_time_anchor(0, 0, fraction)

    def test_parameters_are_refused_by_name(self):
        nan = float("nan")
        for name, value in [
            ("sample_rate", 0.0),
            ("sample_rate", nan),
            ("center_frequency", -1.0),
            ("burst_bandwidth", 1.0),
            ("threshold_db", 0.0),
            ("threshold_db", nan),
            ("fft_size", -1),
            ("fft_size", 1000),
            ("hold_time", 0.0),
            ("max_burst_time", float("inf")),
            ("dc_mask", 1e9),
        ]:
            arguments = {"sample_rate": RATE, name: value}
            with self.assertRaisesRegex(ValueError, f"^{name} is .*, expected "):
                kaifa.burst_tagger(**arguments)

    def test_a_refused_setter_leaves_the_block_working(self):
        tagger = kaifa.burst_tagger(RATE, CENTER)
        with self.assertRaisesRegex(ValueError, "^threshold_db is 99 dB, expected"):
            tagger.set_threshold_db(99)
        with self.assertRaisesRegex(ValueError, "^center_frequency is -1 Hz, expected"):
            tagger.set_center_frequency(-1)
        run(signals.band(300_000, [(100_000, ONE_PACKET)]), tagger)
        self.assertEqual((tagger.bursts(), tagger.error()), (1, ""))

    def test_setters_work_while_the_flowgraph_runs(self):
        samples = signals.band(200_000, [(100_000, ONE_PACKET)])
        source = blocks.vector_source_c(samples, repeat=True)
        tagger, sink = kaifa.burst_tagger(RATE, CENTER), blocks.vector_sink_c()
        top = gr.top_block()
        top.connect(source, blocks.throttle(8, RATE), tagger, sink)
        top.start()
        self.wait_for(lambda: tagger.bursts() >= 2)
        tagger.set_center_frequency(433e6)
        before = tagger.bursts()
        self.wait_for(lambda: tagger.bursts() >= before + 2)
        tagger.set_threshold_db(60)
        time.sleep(0.3)
        quiet = tagger.bursts()
        time.sleep(0.5)
        self.assertEqual(tagger.bursts(), quiet)
        top.stop()
        top.wait()
        centers = [v["center_frequency"] for _, k, v in signals.tag_list(sink) if k == NEW]
        self.assertAlmostEqual(centers[0], CENTER + 300e3, delta=5e3)
        self.assertAlmostEqual(centers[-1], 433e6 + 300e3, delta=5e3)

    def wait_for(self, condition):
        limit = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.01)

    def test_odd_samples_do_no_harm(self):
        samples = signals.band(300_000, [])
        samples[50_000:50_100] = np.nan
        samples[60_000:60_100] = np.inf
        samples[100_000:200_000] = 0
        sink, tagger = run(samples)
        self.assertEqual(len(sink.data()), len(samples))
        self.assertEqual(tagger.error(), "")


if __name__ == "__main__":
    unittest.main()
