#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks together, from a band to frames."""

import unittest

import pmt
import signals_for_qa as signals
from gnuradio import analog, blocks, gr, kaifa

RATE = 2e6
CENTER = 872.5e6


def mpdu(number):
    """A data frame without security whose sequence number is `number`."""
    return bytes.fromhex("41d8") + bytes([number]) + bytes.fromhex("cdabffff5634120000120b00aa55")


def burst(number):
    """The same on the air, in framing A, at a frequency of its own."""
    bits = signals.packet_bits(mpdu(number), preamble_octets=24)
    return signals.modulated(bits, RATE, 150e3 * (number % 9 - 4))


class chain:
    """Every block once, as examples wire them."""

    def __init__(self, samples, piece=0):
        self.top = gr.top_block()
        self.tagger = kaifa.burst_tagger(RATE, CENTER)
        self.to_pdu = kaifa.tagged_burst_to_pdu(RATE)
        self.to_stream = kaifa.burst_to_stream()
        demodulator = analog.quadrature_demod_cf(1.0)
        # It rounds differently at the ends of its pieces.
        demodulator.set_output_multiple(64)
        self.strobe = kaifa.sync_and_strobe(self.to_pdu.output_rate())
        self.parser = kaifa.kaifa_frame_parser()
        self.frames, self.rejects = signals.collector(), signals.collector()
        signals.connect_in_pieces(self.top, samples, self.tagger, piece)
        self.top.connect(self.tagger, self.to_pdu)
        self.top.msg_connect(self.to_pdu, "cpdus", self.to_stream, "cpdus")
        self.top.connect(self.to_stream, demodulator, self.strobe)
        self.top.connect(self.strobe, blocks.null_sink(gr.sizeof_float))
        self.top.msg_connect(self.strobe, "packets", self.parser, "packets")
        self.top.msg_connect(self.parser, "frames", self.frames, "in")
        self.top.msg_connect(self.parser, "rejects", self.rejects, "in")

    def run(self, *arguments):
        self.top.run(*arguments)
        blocks_of_ours = (self.tagger, self.to_pdu, self.to_stream, self.strobe, self.parser)
        return self.frames.take(), [block.error() for block in blocks_of_ours]


class qa_flowgraph(unittest.TestCase):
    def setUp(self):
        self.starts = [40_000 + 33_333 * k for k in range(30)]
        bursts = [(start, burst(k)) for k, start in enumerate(self.starts)]
        # The last one touches the end of the recording.
        length = self.starts[-1] + len(bursts[-1][1])
        self.samples = signals.band(length, bursts)

    def test_a_recording_ends_by_itself_with_every_burst_decoded(self):
        receiver = chain(self.samples)
        frames, errors = receiver.run()
        self.assertEqual(errors, [""] * 5)
        self.assertEqual([bytes(octets) for _, octets in frames], [mpdu(k) for k in range(30)])
        for k, (meta, _) in enumerate(frames):
            self.assertAlmostEqual(meta["sample_start"], self.starts[k], delta=2 * RATE / 50e3)
            self.assertAlmostEqual(sum(meta["rx_time"]), meta["sample_start"] / RATE, places=6)
            center = CENTER + 150e3 * (k % 9 - 4)
            self.assertAlmostEqual(meta["center_frequency"], center, delta=1e3)
            self.assertEqual((meta["framing"], meta["check"]), ("A", "fcs16"))
        counts = [receiver.tagger, receiver.to_pdu, receiver.to_stream, receiver.strobe]
        self.assertEqual([block.bursts() for block in counts], [30] * 4)
        self.assertEqual(receiver.to_stream.waiting_samples(), 0)

    def test_the_sizes_of_the_pieces_do_not_matter(self):
        def messages(piece, *arguments):
            receiver = chain(self.samples, piece)
            receiver.run(*arguments)
            return [pmt.serialize_str(message) for message in receiver.frames.messages]

        expected = messages(0)
        self.assertEqual(len(expected), 30)
        for piece, arguments in [(0, ()), (1000, ()), (0, (100,)), (8191, (5000,))]:
            self.assertEqual(messages(piece, *arguments), expected, (piece, arguments))


if __name__ == "__main__":
    unittest.main()
