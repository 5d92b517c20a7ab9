# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals and small blocks for the tests of the blocks. Not installed."""

import numpy as np
import pmt
from gnuradio import blocks, gr

SYMBOL_RATE = 50e3
DEVIATION = 25e3
ACK = bytes.fromhex("02006a")


def fcs16(mpdu):
    """CRC-16/KERMIT, little-endian."""
    crc = 0
    for octet in mpdu:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


def bits_of(octets):
    """Octets to bits, the most significant first."""
    return np.unpackbits(np.frombuffer(bytes(octets), dtype=np.uint8))


def payload_bits(mpdu):
    """What follows the sync word in framing A: length, MPDU, FCS-16."""
    return bits_of(bytes([len(mpdu) + 2]) + mpdu + fcs16(mpdu))


def packet_bits(mpdu, preamble_octets=16):
    """A whole packet in framing A."""
    return np.concatenate([bits_of(b"\xaa" * preamble_octets + b"\x90\x4e"), payload_bits(mpdu)])


def frequency_of(bits, sample_rate):
    """Frequency in Hz at every sample of 2-FSK without shaping."""
    count = round(len(bits) * sample_rate / SYMBOL_RATE)
    symbol = (np.arange(count) * SYMBOL_RATE / sample_rate).astype(int)
    return DEVIATION * (2.0 * bits[symbol] - 1.0)


def modulated(bits, sample_rate, center=0.0, amplitude=0.3):
    """2-FSK around `center` Hz."""
    phase = np.cumsum(frequency_of(bits, sample_rate) + center) * 2 * np.pi / sample_rate
    return (amplitude * np.exp(1j * phase)).astype(np.complex64)


def band(length, bursts, noise=0.01, seed=1):
    """Noise with bursts in it: a list of (offset, samples); what is past the end is cut."""
    random = np.random.default_rng(seed)
    samples = noise * (random.standard_normal(length) + 1j * random.standard_normal(length))
    samples = samples.astype(np.complex64)
    for offset, burst in bursts:
        end = min(offset + len(burst), length)
        samples[offset:end] += burst[: end - offset]
    return samples


def tag(offset, key, value):
    """A stream tag."""
    made = gr.tag_t()
    made.offset = offset
    made.key = pmt.intern(key)
    made.value = value
    return made


def tag_list(sink):
    """All tags of a vector sink, in a form that can be compared: (offset, key, value)."""
    return [(t.offset, pmt.symbol_to_string(t.key), pmt.to_python(t.value)) for t in sink.tags()]


def done():
    """The message by which a block tells its neighbours that it is done."""
    return pmt.cons(pmt.intern("done"), pmt.from_long(1))


def vector_pdu(dictionary, vector):
    """A PDU of a Python dictionary and a vector of PMT."""
    return pmt.cons(pmt.to_pmt(dictionary), vector)


# Values that are no burst dictionary, of many types.
NOT_A_DICTIONARY = [
    pmt.PMT_T,
    pmt.intern("burst"),
    pmt.from_double(float("nan")),
    pmt.from_uint64(2**64 - 1),
    pmt.make_tuple(pmt.from_long(1), pmt.PMT_NIL),
    pmt.init_u8vector(2, [1, 2]),
    pmt.make_vector(3, pmt.PMT_NIL),
]


class collector(gr.basic_block):
    """Keeps the messages of its port `in`."""

    def __init__(self):
        gr.basic_block.__init__(self, "collector", None, None)
        self.messages = []
        self.message_port_register_in(pmt.intern("in"))
        # GNU Radio finds the handler by its name in the block.
        self.set_msg_handler(pmt.intern("in"), self.keep)

    def keep(self, message):
        self.messages.append(message)

    def take(self):
        """All messages, those included that came just before the end of the flowgraph."""
        block = self.to_basic_block()
        while (message := block.delete_head_nowait(pmt.intern("in"))) is not None:
            self.messages.append(message)
        return [(pmt.to_python(pmt.car(m)), pmt.to_python(pmt.cdr(m))) for m in self.messages]


def connect_in_pieces(top, samples, block, piece=0, tags=()):
    """Feeds complex or float `samples` to `block`, at most `piece` at a time if that is not 0."""
    is_complex = np.iscomplexobj(samples)
    source = (blocks.vector_source_c if is_complex else blocks.vector_source_f)(
        samples, tags=list(tags)
    )
    # The source itself hangs when it has both tags and a limit.
    cutter = blocks.copy(gr.sizeof_gr_complex if is_complex else gr.sizeof_float)
    if piece:
        cutter.set_max_noutput_items(piece)
    top.connect(source, cutter, block)
