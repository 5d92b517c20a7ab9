# SPDX-License-Identifier: GPL-3.0-or-later
"""What the windows show, without the windows."""

import numpy as np
import pmt
import pytest
from gnuradio.kaifa.gui.burst_marks import BurstMarks
from gnuradio.kaifa.gui.packet_trace import PacketTraces
from gnuradio.kaifa.spectrum_rows import SpectrumRows

RANDOM = np.random.default_rng(5)


def test_rows_do_not_depend_on_the_pieces():
    samples = RANDOM.normal(size=(2, 50_000)).astype(np.float32)
    samples = (samples[0] + 1j * samples[1]).astype(np.complex64)
    expected = SpectrumRows(64, 1000).take(samples)
    assert len(expected) == 50
    rows, pieces, at = [], SpectrumRows(64, 1000), 0
    while at < len(samples):
        size = int(RANDOM.integers(1, 700))
        rows += pieces.take(samples[at : at + size])
        at += size
    assert np.array_equal(rows, expected)


def test_a_tone_stands_in_its_bin_at_its_level():
    tone = 0.5 * np.exp(2j * np.pi * 10 / 64 * np.arange(4096)).astype(np.complex64)
    row = SpectrumRows(64, 512).take(tone)[0]
    assert np.argmax(row) == 32 + 10
    assert row.max() == pytest.approx(20 * np.log10(0.5), abs=0.01)


def test_rows_closer_than_their_spectra_are_refused():
    with pytest.raises(ValueError, match="row_samples is 511, expected at least 512"):
        SpectrumRows(64, 511)


def dictionary(**values):
    return pmt.to_pmt(values)


def burst_message(number, begin=0.0, length=10):
    meta = dictionary(
        id=number,
        sample_rate=100.0,
        original_rate=1000.0,
        sample_offset=begin,
        bandwidth=20.0,
        center_frequency=500.0,
    )
    return pmt.cons(meta, pmt.init_c32vector(length, [0j] * length))


def packet_message(number, check_ok):
    return pmt.cons(dictionary(id=number, check_ok=check_ok), pmt.init_u8vector(0, []))


def test_a_burst_is_outlined_by_what_became_of_it():
    marks = BurstMarks()
    for number in range(3):
        marks.add_burst(burst_message(number, begin=2000.0))
    marks.add_packet(packet_message(1, False))
    marks.add_packet(packet_message(2, True))
    marks.add_packet(packet_message(2, False))
    marks.add_packet(packet_message(77, True))
    for outcome in ("no_sync", "rejected", "checked"):
        x, y = marks.outlines(outcome, since_s=0.0)
        assert (set(x), set(y)) == ({490.0, 510.0}, {2.0, 2.1})
        assert len(x) == 5
        assert len(marks.outlines(outcome, since_s=2.2)[0]) == 0


def test_a_burst_that_says_nothing_of_itself_is_left_out():
    marks = BurstMarks()
    marks.add_burst(pmt.cons(pmt.make_dict(), pmt.init_c32vector(1, [0j])))
    assert len(marks.outlines("no_sync", since_s=-1.0)[0]) == 0


def stream(bits, sps=8, lead=100):
    """A discriminator's samples and the tags of sync_and_strobe, with 16 symbols of preamble and 16
    of sync word before `bits`."""
    symbols = [1, 0] * 8 + [1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0] + bits
    samples = np.repeat(np.array(symbols, np.float32) * 2 - 1, sps)
    samples = np.concatenate([np.zeros(lead, np.float32), samples, np.zeros(300, np.float32)])
    marks = [
        (lead - 20, "burst_start", dictionary(center_frequency=871.3e6, snr_db=20.0, rx_time=1)),
        (lead, "preamble", pmt.PMT_T),
        (lead + 16 * sps, "sync_word", dictionary(sync_errors=0, inverted=False)),
    ]
    for number, bit in enumerate(symbols):
        at = lead + number * sps + sps // 2
        marks.append((at, "strobe", pmt.from_double(2.0 * bit - 1)))
    marks.append((lead + len(symbols) * sps, "packet_end", pmt.from_long(len(bits))))
    return samples, sorted(marks, key=lambda mark: mark[0])


def traced(samples, marks, pieces):
    """The trace after the stream has come in pieces of these sizes."""
    traces, begin = PacketTraces(), 0
    for size in pieces:
        piece = samples[begin : begin + size]
        now = [mark for mark in marks if begin <= mark[0] < begin + len(piece)]
        traces.take(begin, piece, now)
        begin += len(piece)
    return traces.newest()


BITS = [int(bit) for bit in f"{0x05:08b}{0x0200:016b}{0x6A:08b}"]


@pytest.mark.parametrize("pieces", [[2000], [1] * 2000, [333] * 6, [115, 13, 2000]])
def test_a_packet_is_read_from_its_tags(pieces):
    samples, marks = stream(BITS)
    trace = traced(samples, marks, pieces)
    assert [text for _at, text in trace.octets()] == ["05", "02", "00", "6a"]
    assert trace.edges() == (16 * 8, 32 * 8, 64 * 8)
    assert trace.title() == (
        "871.3000 MHz, 20.0 dB, preamble 16 symbols, sync word with 0 wrong, 32 bits"
    )
    assert np.array_equal(trace.levels(), np.sign([soft for _at, soft in trace.strobes]))


def test_a_packet_whose_begin_was_not_looked_at_is_left_out():
    samples, marks = stream(BITS)
    traces = PacketTraces()
    traces.take(0, samples[:50], [])
    traces.take(200, samples[200:], [mark for mark in marks if mark[0] >= 200])
    assert traces.newest() is None


def test_a_packet_without_an_end_is_dropped_and_the_next_one_is_read():
    samples, marks = stream(BITS)
    traces = PacketTraces()
    traces.take(0, samples, [mark for mark in marks if mark[1] != "packet_end"])
    at = len(samples)
    traces.take(at, np.zeros(200_000, np.float32), [])
    at += 200_000
    traces.take(at, samples, [(offset + at, key, value) for offset, key, value in marks])
    assert traces.newest().bits() == len(BITS)
