#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later

import unittest

import numpy as np
import pmt
import signals_for_qa as signals
from gnuradio import gr, kaifa

UNICAST = bytes.fromhex("69dc10cdabdebc9a0000120b005634120000120b000d0700000001" + "00" * 16)
BEACON = bytes.fromhex("00e212cdab5634120000120b00003f0888061a000000000001")


def packet(octets, **meta):
    bits = signals.bits_of(octets).tolist()
    return signals.vector_pdu(meta, pmt.init_u8vector(len(bits), bits))


def coded_packet(soft, keep_soft=True):
    """A packet of soft values, of which the bits are those that are most likely one by one."""
    bits = pmt.init_u8vector(len(soft), (soft >= 0).astype(int).tolist())
    meta = pmt.make_dict()
    if keep_soft:
        values = pmt.init_f32vector(len(soft), soft.tolist())
        meta = pmt.dict_add(meta, pmt.intern("soft"), values)
    return pmt.cons(meta, bits)


def with_soft(values):
    meta = pmt.dict_add(pmt.make_dict(), pmt.intern("soft"), values)
    return pmt.cons(meta, pmt.init_u8vector(1, [1]))


def framing_a(mpdu):
    return bytes([len(mpdu) + 2]) + mpdu + signals.fcs16(mpdu)


def run(messages, parser=None):
    """Posts messages, then that no more will come; gives what came out of each port."""
    parser = parser or kaifa.kaifa_frame_parser()
    top, sinks = gr.top_block(), {}
    for port in ("frames", "rejects", "counts"):
        sinks[port] = signals.collector()
        top.msg_connect(parser, port, sinks[port], "in")
    for message in messages:
        parser.to_basic_block()._post(pmt.intern("packets"), message)
    parser.to_basic_block()._post(pmt.intern("system"), signals.done())
    top.run()
    frames, rejects = sinks["frames"].take(), sinks["rejects"].take()
    block = sinks["counts"].to_basic_block()
    while (message := block.delete_head_nowait(pmt.intern("in"))) is not None:
        sinks["counts"].messages.append(message)
    counts = [pmt.to_python(message) for message in sinks["counts"].messages]
    return frames, rejects, counts, parser


class qa_kaifa_frame_parser(unittest.TestCase):
    def test_a_secured_unicast_and_all_that_is_known_of_it(self):
        meta = {"id": 3, "snr_db": 12.5, "colour": "blue"}
        ((got, mpdu),), rejects, counts, parser = run([packet(framing_a(UNICAST), **meta)])
        self.assertEqual((bytes(mpdu), rejects), (UNICAST, []))
        expected = {
            **meta,
            "check_ok": True,
            "framing": "A",
            "check": "fcs16",
            "whitening": "none",
            "type": "unicast",
            "sequence": 0x10,
            "pan_id": 0xABCD,
            "source": "000b120000123456",
            "destination": "000b1200009abcde",
            "source_inferred": False,
            "destination_inferred": False,
            "encrypted": True,
            "security_level": 5,
            "frame_counter": 7,
            "key_id_mode": 1,
            "key_index": 1,
        }
        self.assertEqual({key: got[key] for key in expected}, expected)
        self.assertEqual(bytes(got["octets"]), framing_a(UNICAST))
        self.assertEqual((bytes(got["payload"]), bytes(got["mic"])), (bytes(12), bytes(4)))
        self.assertEqual(
            counts, [{"frames": 1, "with_length": 1, "rejects": 0, "ambiguous": 0, "reason": None}]
        )
        self.assertEqual((parser.frames(), parser.rejects(), parser.error()), (1, 0, ""))

    def test_information_elements_come_as_pairs(self):
        ((got, _),), _, _, _ = run([packet(framing_a(BEACON))])
        self.assertEqual((got["type"], got["source"]), ("beacon", "000b120000123456"))
        self.assertNotIn("destination", got)
        self.assertNotIn("security_level", got)
        ((number, content),) = got["payload_ies"]
        self.assertEqual((number, bytes(content)), (1, BEACON[-8:]))

    def test_an_acknowledgement_gets_its_parties_from_the_unicast(self):
        asks = framing_a(UNICAST)
        ack = framing_a(bytes.fromhex("020010"))
        symbols = 16 * 8 + 16 + 8 * len(asks)
        times = [(50, 0.0), (50, symbols / 50e3 + 2e-3)]
        messages = []
        for octets, (seconds, fraction) in zip((asks, ack), times, strict=True):
            message = packet(
                octets, center_frequency=871.3e6, preamble_symbols=128, sync_symbols=16
            )
            time = pmt.make_tuple(pmt.from_uint64(seconds), pmt.from_double(fraction))
            meta = pmt.dict_add(pmt.car(message), pmt.intern("rx_time"), time)
            messages.append(pmt.cons(meta, pmt.cdr(message)))
        frames, _, _, _ = run(messages)
        meta = frames[1][0]
        self.assertEqual((meta["type"], meta["source"]), ("ack", "000b1200009abcde"))
        self.assertTrue(meta["source_inferred"] and meta["destination_inferred"])

    def test_rejects_say_why(self):
        damaged = bytearray(framing_a(UNICAST))
        damaged[20] ^= 4
        parser = kaifa.kaifa_frame_parser(framing="a")
        frames, rejects, counts, _ = run(
            [packet(damaged, id=8), packet(b"\x20\x69"), packet(b"")], parser
        )
        self.assertEqual(frames, [])
        reasons = [meta["reason"] for meta, _ in rejects]
        self.assertEqual(reasons, ["check_failed", "too_short", "no_length"])
        meta, mpdu = rejects[0]
        self.assertEqual((meta["id"], meta["check_ok"], meta["framing"]), (8, False, "A"))
        self.assertEqual((bytes(meta["octets"]), len(mpdu)), (bytes(damaged), len(UNICAST)))
        self.assertIn("computed", meta["reason_text"])
        self.assertEqual(counts[-1]["reason"], dict.fromkeys(reasons, 1))
        self.assertEqual((parser.frames(), parser.rejects()), (0, 3))

    def test_the_framing_is_found_out_and_can_be_set(self):
        messages = [packet(framing_a(UNICAST))] * 3
        _, _, _, parser = run(messages)
        self.assertEqual(parser.locked_framing(), "A")
        parser.set_framing("d")
        frames, rejects, _, _ = run(messages, parser)
        self.assertEqual((len(frames), len(rejects), parser.locked_framing()), (0, 3, ""))
        with self.assertRaisesRegex(ValueError, '^framing is "f", expected auto, a, b, c, d or e'):
            parser.set_framing("f")

    def test_coded_packets_are_read_from_their_soft_values(self):
        octets = bytes.fromhex("c0e8680ca5dab06f909c1fe6aa4ca0e9999f129b")
        bits = np.array(signals.bits_of(octets))
        soft = 2.0 * bits - 1
        soft[::5] *= -0.1  # wrong, and known to be worth little
        for dictionary, readable in [
            ({"sync_word": "6f4e"}, True),
            ({"sync_word": "2dd4"}, True),
            ({"sync_word": "904e"}, False),
            ({"sync_word": 7}, True),
            ({}, True),
        ]:
            frames, rejects, _, _ = run([packet(octets, **dictionary)])
            self.assertEqual((len(frames), len(rejects)), (int(readable), int(not readable)))
        ((meta, mpdu),) = run([coded_packet(soft)])[0]
        self.assertEqual(
            (meta["framing"], meta["fec"], meta["check"]), ("E", "rsc_interleaved", "fcs32")
        )
        self.assertEqual(bytes(mpdu), bytes.fromhex("02006a"))
        self.assertEqual(len(run([coded_packet(soft, keep_soft=False)])[1]), 1)

    def test_a_mode_switch_is_told(self):
        ((meta, mpdu),) = run([packet(bytes.fromhex("80ad"))])[1]
        self.assertEqual((meta["reason"], len(mpdu)), ("mode_switch", 0))
        fields = {"parameter_entry": 0, "fec": False, "page": 0, "modulation": 0, "mode": 5}
        self.assertEqual(meta["mode_switch"], {**fields, "phy_mode_id": 5})
        parser = kaifa.kaifa_frame_parser(framing="d")
        ((meta, _),) = run([packet(bytes.fromhex("80ac"))], parser)[1]
        self.assertEqual(meta["reason"], "bad_mode_switch")
        self.assertNotIn("mode_switch", meta)

    def test_what_is_no_packet_is_counted_and_harms_nobody(self):
        bits = pmt.init_u8vector(1, [1])
        bad = [
            *signals.NOT_A_DICTIONARY,
            pmt.PMT_NIL,
            bits,
            pmt.cons(pmt.make_dict(), pmt.PMT_NIL),
            pmt.cons(pmt.make_dict(), pmt.init_f32vector(1, [1])),
            pmt.cons(pmt.make_dict(), pmt.intern("1010")),
            pmt.cons(pmt.from_long(1), bits),
            with_soft(pmt.init_f32vector(2, [1, 1])),
            with_soft(pmt.init_u8vector(1, [1])),
        ]
        odd = pmt.cons(pmt.make_dict(), pmt.init_u8vector(200, [255, 7] * 100))
        wrong = {"rx_time": "noon", "center_frequency": "x", "preamble_symbols": float("nan")}
        frames, rejects, _, parser = run([*bad, odd, packet(framing_a(UNICAST), **wrong)])
        self.assertEqual((parser.bad_pdus(), len(frames), len(rejects)), (len(bad), 1, 1))
        self.assertEqual(parser.error(), "")

    def test_a_thousand_packets_before_the_end_are_all_read(self):
        frames, _, counts, _ = run([packet(framing_a(UNICAST), id=k) for k in range(1000)])
        self.assertEqual([meta["id"] for meta, _ in frames], list(range(1000)))
        self.assertEqual(counts[-1]["frames"], 1000)

    def test_parameters_are_refused_by_name(self):
        for name, value in [("framing", ""), ("framing", "AB"), ("symbol_rate", 0.0)]:
            with self.assertRaisesRegex(ValueError, f"^{name} is .*, expected "):
                kaifa.kaifa_frame_parser(**{name: value})


if __name__ == "__main__":
    unittest.main()
