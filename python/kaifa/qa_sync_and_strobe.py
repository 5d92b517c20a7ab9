#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later

import unittest

import numpy as np
import pmt
import signals_for_qa as signals
from gnuradio import blocks, gr, kaifa

RATE = 400e3
MPDU = bytes(range(40))
BITS = signals.packet_bits(MPDU)
SYMBOL = 8


def discriminated(bits, noise=0.02, seed=3):
    """What a quadrature demodulator of gain 1 gives for `bits`, with silence around them."""
    packet = signals.frequency_of(bits, RATE) * 2 * np.pi / RATE
    samples = np.concatenate([np.zeros(400), packet, np.zeros(400)])
    samples += noise * np.random.default_rng(seed).standard_normal(len(samples))
    return samples.astype(np.float32)


def run(samples, tags=(), piece=0, at_once=None, block=None):
    """Sends a discriminator stream through the block; gives sink, packets and the block."""
    block = block or kaifa.sync_and_strobe(RATE)
    top, sink, packets = gr.top_block(), blocks.vector_sink_f(), signals.collector()
    signals.connect_in_pieces(top, samples, block, piece, tags)
    top.connect(block, sink)
    top.msg_connect(block, "packets", packets, "in")
    top.run(*([at_once] if at_once else []))
    return sink, packets.take(), block


def burst_tags(start, end, **meta):
    value = pmt.to_pmt(meta) if meta else pmt.make_dict()
    return [signals.tag(start, "burst_start", value), signals.tag(end, "burst_end", value)]


class qa_sync_and_strobe(unittest.TestCase):
    def assert_packet(self, packet, bits=BITS):
        expected = bits[-(len(bits) - 16 * 8 - 16) :]
        np.testing.assert_array_equal(packet[1][: len(expected)], expected)

    def test_samples_pass_and_tags_stand_on_their_samples(self):
        samples = discriminated(BITS)
        sink, packets, block = run(samples)
        np.testing.assert_array_equal(np.array(sink.data(), np.float32), samples)
        ((meta, bits),) = packets
        self.assert_packet((meta, bits))
        tags = signals.tag_list(sink)
        first_of = {key: offset for offset, key, _ in reversed(tags)}
        self.assertAlmostEqual(first_of["preamble"], 400, delta=2 * SYMBOL)
        sync = 400 + 16 * 8 * SYMBOL
        self.assertAlmostEqual(first_of["sync_word"], sync, delta=SYMBOL / 2)
        value = next(value for _, key, value in tags if key == "sync_word")
        self.assertEqual(value, {"sync_errors": 0, "inverted": False})
        strobes = [(offset, soft) for offset, key, soft in tags if key == "strobe"]
        after = [(offset, soft) for offset, soft in strobes if offset > sync + 16 * SYMBOL]
        for k, bit in enumerate(signals.payload_bits(MPDU)):
            middle = sync + (16 + k + 0.5) * SYMBOL
            self.assertAlmostEqual(after[k][0], middle, delta=2)
            self.assertAlmostEqual(after[k][1], 2.0 * bit - 1, delta=0.4)
        self.assertEqual(len(meta["soft"]), len(bits))
        np.testing.assert_array_equal(meta["soft"] > 0, bits == 1)
        self.assertEqual((block.packets(), block.error()), (1, ""))

    def test_without_burst_tags_offsets_are_those_of_the_stream(self):
        _, ((meta, _),), _ = run(discriminated(BITS))
        self.assertAlmostEqual(meta["sample_start"], 400, delta=2 * SYMBOL)
        self.assertAlmostEqual(sum(meta["rx_time"]), meta["sample_start"] / RATE, places=9)
        self.assertAlmostEqual(meta["center_frequency"], 0, delta=500)
        self.assertAlmostEqual(meta["deviation"], 25e3, delta=2.5e3)
        self.assertEqual((meta["sync_symbols"], meta["inverted"]), (16, False))
        self.assertEqual(meta["preamble_phase"], "ends_in_zero")

    def test_metadata_of_the_burst_is_carried_through(self):
        meta = {
            "id": 77,
            "center_frequency": 871.3e6,
            "sample_offset": 1_000_000.5,
            "original_rate": 8e6,
            "sample_rate": RATE,
            "snr_db": 20.0,
            "colour": "blue",
        }
        samples = np.concatenate([np.zeros(5000, np.float32), discriminated(BITS)])
        tags = burst_tags(5000, len(samples) - 1, **meta)
        seconds = pmt.make_tuple(pmt.from_uint64(1000), pmt.from_double(0.5))
        tags[0].value = pmt.dict_add(tags[0].value, pmt.intern("rx_time"), seconds)
        _, ((got, _),), block = run(samples, tags)
        for key in ("id", "sample_offset", "original_rate", "snr_db", "colour"):
            self.assertEqual(got[key], meta[key])
        start = (got["sample_start"] - 1_000_000.5) / 8e6
        self.assertAlmostEqual(start, 400 / RATE, delta=2 * SYMBOL / RATE)
        self.assertEqual(got["rx_time"][0], 1000)
        self.assertAlmostEqual(got["rx_time"][1], 0.5 + start, places=9)
        self.assertAlmostEqual(got["center_frequency"], 871.3e6, delta=500)
        self.assertEqual((block.bursts(), block.bursts_without_sync()), (1, 0))

    def test_every_burst_keeps_its_own_metadata(self):
        one = discriminated(BITS)
        samples = np.concatenate([one, one * 0, one, one])
        tags = []
        for k in range(4):
            tags += burst_tags(k * len(one), (k + 1) * len(one) - 1, id=k)
        sink, packets, block = run(samples, tags)
        self.assertEqual([meta["id"] for meta, _ in packets], [0, 2, 3])
        self.assertEqual((block.bursts(), block.bursts_without_sync()), (4, 1))
        self.assertEqual(len(sink.data()), len(samples))

    def test_the_sizes_of_the_pieces_do_not_matter(self):
        samples = np.concatenate([discriminated(BITS, 0.1, seed) for seed in range(4)])
        quarter = len(samples) // 4
        tags = [t for k in range(4) for t in burst_tags(k * quarter, (k + 1) * quarter - 1, id=k)]
        sink, packets, _ = run(samples, tags)
        self.assertEqual(len(packets), 4)
        expected = signals.tag_list(sink)
        for piece, at_once in [(1, None), (777, None), (0, 64), (4000, 333)]:
            sink, other, _ = run(samples, tags, piece, at_once)
            self.assertEqual(signals.tag_list(sink), expected, (piece, at_once))
            for (meta, bits), (wanted, wanted_bits) in zip(other, packets, strict=True):
                np.testing.assert_array_equal(bits, wanted_bits)
                np.testing.assert_array_equal(meta.pop("soft"), wanted["soft"])
                self.assertEqual(meta, {k: v for k, v in wanted.items() if k != "soft"})

    def test_a_burst_longer_than_a_buffer_passes_whole(self):
        bits = np.concatenate([BITS[: 16 * 8 + 16], signals.bits_of(bytes(range(256)) * 7)])
        samples = discriminated(bits)
        self.assertGreater(len(samples), 100_000)
        sink, ((_, got),), _ = run(samples, burst_tags(0, len(samples) - 1))
        np.testing.assert_array_equal(np.array(sink.data(), np.float32), samples)
        self.assert_packet((None, got), bits)

    def test_a_packet_that_ends_with_the_stream_is_not_lost(self):
        samples = discriminated(BITS)[: 400 + len(BITS) * SYMBOL]
        for piece in (0, 100):
            sink, ((_, bits),), _ = run(samples, piece=piece)
            self.assertEqual(len(sink.data()), len(samples))
            self.assert_packet((None, bits))

    def test_every_sample_comes_out_whatever_the_length(self):
        for length in (0, 1, 2, 3, 9000, 50_001):
            sink, packets, block = run(np.zeros(length, np.float32))
            self.assertEqual((len(sink.data()), packets, block.error()), (length, [], ""))

    def test_malformed_tags_and_odd_samples_do_no_harm(self):
        bad = [signals.tag(10, "burst_start", value) for value in signals.NOT_A_DICTIONARY]
        ends = [signals.tag(20, "burst_end", value) for value in signals.NOT_A_DICTIONARY]
        wrong = {"id": "x", "center_frequency": "y", "sample_offset": float("nan")}
        wrong |= {"original_rate": 0.0, "rx_time": 7, "snr_db": "z"}
        samples = np.concatenate([np.zeros(1000, np.float32), discriminated(BITS)])
        samples[30:60] = np.nan
        samples[70:90] = np.inf
        tags = [*bad, *ends, *burst_tags(1000, len(samples) - 1, **wrong)]
        sink, packets, block = run(samples, tags)
        self.assertEqual((len(sink.data()), block.error()), (len(samples), ""))
        self.assertEqual(block.bad_tags(), len(bad))
        self.assert_packet(packets[-1])

    def test_inverted_and_other_sync_words(self):
        _, ((meta, bits),), _ = run(-discriminated(BITS))
        self.assertTrue(meta["inverted"])
        self.assert_packet((meta, bits))
        strobe = kaifa.sync_and_strobe(RATE, sync_word="7a0e")
        other = np.concatenate([BITS[: 16 * 8], signals.bits_of(b"\x7a\x0e"), BITS[16 * 8 + 16 :]])
        _, ((meta, bits),), _ = run(discriminated(other), block=strobe)
        self.assert_packet((meta, bits))
        self.assertEqual(run(discriminated(BITS), block=strobe)[1], [])

    def test_parameters_are_refused_by_name(self):
        for name, value in [
            ("sample_rate", 0.0),
            ("symbol_rate", 390e3),
            ("deviation", float("nan")),
            ("demod_gain", 0.0),
            ("demod_gain", -1.0),
            ("sync_word", ""),
            ("sync_word", "9"),
            ("sync_word", "0x904e"),
            ("sync_word", "é904"),
            ("sync_word", "904e" * 5),
            ("sync_max_errors", -1),
            ("sync_max_errors", 9),
            ("preamble_min_symbols", 1 << 30),
            ("max_packet_bits", 0),
            ("framing", "f"),
        ]:
            arguments = {"sample_rate": RATE, name: value}
            with self.assertRaisesRegex(ValueError, f"^{name} is .*, expected "):
                kaifa.sync_and_strobe(**arguments)


if __name__ == "__main__":
    unittest.main()
