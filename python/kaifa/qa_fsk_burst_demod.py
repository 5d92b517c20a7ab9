#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later

import unittest

import numpy as np
import pmt
import signals_for_qa as signals
from gnuradio import gr, kaifa

RATE = 200e3
SYMBOL = RATE / signals.SYMBOL_RATE
MPDU = bytes.fromhex("6188aabbcc0011223344556677")
BITS = signals.packet_bits(MPDU)
AROUND = 300
# What tagged_burst_to_pdu says of a burst, cut from a stream of ten times the rate.
META = {
    "id": 7,
    "sample_rate": RATE,
    "original_rate": 10 * RATE,
    "center_frequency": 871.3e6,
    "sample_offset": 50_000.0,
    "onset": 50_000.0 + 10 * AROUND,
    "rx_time": (1000, 0.25),
    "snr_db": 15.5,
}


def burst(bits=BITS, center=0.0, noise=0.03, seed=1, around=AROUND):
    sent = signals.modulated(bits, RATE, center)
    return signals.band(len(sent) + 2 * around, [(around, sent)], noise, seed)


def pdu(samples, **meta):
    meta = {**META, **meta}
    time = meta.pop("rx_time")
    dictionary = pmt.to_pmt({key: value for key, value in meta.items() if value is not None})
    time = pmt.make_tuple(pmt.from_uint64(time[0]), pmt.from_double(time[1]))
    dictionary = pmt.dict_add(dictionary, pmt.intern("rx_time"), time)
    return pmt.cons(dictionary, pmt.init_c32vector(len(samples), samples.tolist()))


def run(messages, block=None, **parameters):
    """Posts messages and then `done`; gives the packets and the block."""
    block = block or kaifa.fsk_burst_demod(**parameters)
    top, packets = gr.top_block(), signals.collector()
    top.msg_connect(block, "packets", packets, "in")
    for message in messages:
        block.to_basic_block()._post(pmt.intern("cpdus"), message)
    block.to_basic_block()._post(pmt.intern("system"), signals.done())
    top.run()
    return packets.take(), block


class qa_fsk_burst_demod(unittest.TestCase):
    def assert_packet(self, packet, bits=BITS):
        expected = bits[-(len(bits) - 16 * 8 - 16) :]
        np.testing.assert_array_equal(packet[1][: len(expected)], expected)

    def test_a_burst_becomes_a_packet_with_what_was_known_and_what_was_measured(self):
        ((meta, bits),), block = run([pdu(burst(center=2e3))])
        self.assert_packet((meta, bits))
        self.assertEqual((meta["id"], meta["snr_db"]), (7, 15.5))
        self.assertAlmostEqual(meta["sample_start"], 50e3 + 10 * AROUND, delta=20 * SYMBOL)
        seconds, fraction = meta["rx_time"]
        since = seconds - 1000 + fraction - 0.25
        self.assertAlmostEqual(since, (meta["sample_start"] - 50e3) / (10 * RATE), places=9)
        self.assertAlmostEqual(meta["center_frequency"], 871.302e6, delta=100)
        self.assertAlmostEqual(meta["deviation"], signals.DEVIATION, delta=500)
        self.assertAlmostEqual(meta["clock_error_ppm"], 0, delta=100)
        self.assertAlmostEqual(meta["preamble_symbols"], 128, delta=2)
        self.assertEqual((meta["sync_symbols"], meta["sync_errors"]), (16, 0))
        self.assertEqual((meta["preamble_phase"], meta["inverted"]), ("ends_in_zero", False))
        self.assertEqual(len(meta["soft"]), len(bits))
        np.testing.assert_array_equal(meta["soft"] > 0, bits == 1)
        self.assertEqual((block.packets(), block.bursts(), block.error()), (1, 1, ""))

    def test_bursts_of_any_rate_one_after_the_other(self):
        rates = [RATE, 8 * signals.SYMBOL_RATE, 5 * signals.SYMBOL_RATE, RATE]
        messages = []
        for rate in rates:
            sent = signals.modulated(BITS, rate)
            messages.append(
                pdu(signals.band(len(sent) + 900, [(400, sent)], 0.03), sample_rate=rate)
            )
        packets, block = run(messages)
        self.assertEqual(len(packets), len(rates))
        for packet in packets:
            self.assert_packet(packet)
        self.assertGreater(block.cpu_time(), 0)

    def test_a_packet_ends_with_its_length_where_the_framing_is_known(self):
        ((meta, bits),), _ = run([pdu(burst())], framing="a")
        np.testing.assert_array_equal(bits, signals.payload_bits(MPDU))
        self.assertEqual(meta["packet_end"], "length")

    def test_bursts_without_a_packet_are_counted(self):
        noise = signals.band(4000, [], 0.1)
        packets, block = run([pdu(noise), pdu(burst()), pdu(noise[:1]), pdu(noise[:0])])
        counts = (block.bursts(), block.packets(), block.bursts_without_sync())
        self.assertEqual((len(packets), counts, block.bad_pdus()), (1, (4, 1, 3), 0))

    def test_a_burst_of_which_little_is_known(self):
        samples = burst()
        dictionary = pmt.to_pmt({"sample_rate": RATE})
        message = pmt.cons(dictionary, pmt.init_c32vector(len(samples), samples.tolist()))
        (packet,), _ = run([message])
        self.assert_packet(packet)

    def test_what_is_no_burst_is_counted_and_harms_nobody(self):
        samples = pmt.init_c32vector(2000, [1] * 2000)
        bad = [
            *signals.NOT_A_DICTIONARY,
            pmt.PMT_NIL,
            samples,
            pmt.cons(pmt.from_long(1), samples),
            pmt.cons(pmt.make_dict(), samples),
            pmt.cons(pmt.to_pmt({"sample_rate": "fast"}), samples),
            pmt.cons(pmt.to_pmt({"sample_rate": RATE}), pmt.init_f32vector(1, [1])),
        ]
        for rate in (0.0, -1.0, float("nan"), float("inf"), 1e5, 1e9):
            bad.append(pdu(burst(), sample_rate=rate))
        for value in (float("nan"), complex(0, float("inf")), 1e30):
            samples = burst()
            samples[1234] = value
            bad.append(pdu(samples))
        packets, block = run([*bad, pdu(burst())])
        self.assertEqual((block.bad_pdus(), block.bursts(), len(packets)), (len(bad), 1, 1))
        self.assertEqual(block.error(), "")

    def test_damaged_system_messages_are_ignored(self):
        block = kaifa.fsk_burst_demod()
        for message in [pmt.from_long(3), pmt.cons(pmt.intern("done"), pmt.PMT_NIL), pmt.PMT_NIL]:
            block.to_basic_block()._post(pmt.intern("system"), message)
        packets, block = run([pdu(burst())], block=block)
        self.assertEqual((len(packets), block.error()), (1, ""))

    def test_a_second_run_starts_anew(self):
        _, block = run([pdu(burst()), pmt.PMT_NIL])
        packets, _ = run([pdu(burst())], block=block)
        self.assertEqual((len(packets), block.packets(), block.bad_pdus()), (1, 1, 0))

    def test_parameters_are_refused_by_name(self):
        for name, value in [
            ("symbol_rate", 0.0),
            ("deviation", 80e3),
            ("deviation", float("nan")),
            ("sync_word", "xyz"),
            ("sync_max_errors", 5),
            ("sync_max_errors", -1),
            ("preamble_min_symbols", 4),
            ("max_packet_bits", 0),
            ("framing", "f"),
        ]:
            with self.assertRaisesRegex(ValueError, f"^{name} is .*, expected "):
                kaifa.fsk_burst_demod(**{name: value})


if __name__ == "__main__":
    unittest.main()
