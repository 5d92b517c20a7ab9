# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways from bursts to packets."""

import math
from dataclasses import dataclass

from gnuradio import analog, filter, gr

from .kaifa_python import burst_to_stream, fsk_burst_demod, sync_and_strobe

# Of tagged_burst_to_pdu: the part of its output rate that a burst may occupy.
MOST_OCCUPIED = 1 / 1.5
# Of fsk_burst_demod: deviation over symbol rate.
LEAST_DEVIATION, MOST_DEVIATION = 1 / 8, 1
DEMODULATORS = ("auto", "sequence", "discriminator")


@dataclass(frozen=True)
class Demodulator:
    """Blocks between tagged_burst_to_pdu and kaifa_frame_parser.

    entry: has the message port cpdus.  exit: has the message port packets.
    chain: blocks connected by streams, in order; empty if there are none.
    """

    entry: gr.block
    exit: gr.block
    chain: tuple = ()

    def bursts_done(self):
        """How many bursts have no packets to come any more."""
        # A stream knows that a burst is over when the next begins; bursts it cannot take come
        # to no stream.
        begun = max(self.exit.bursts() - 1, 0) if self.chain else self.exit.bursts()
        return begun + self.entry.bad_pdus()


def chosen(name, symbol_rate, deviation):
    """`sequence` or `discriminator`: what `name` is, or for auto the better of those that can read
    tones this far apart. ValueError for any other name."""
    if name not in DEMODULATORS:
        raise ValueError(f"demodulator is '{name}', expected {', '.join(DEMODULATORS)}")
    if name != "auto":
        return name
    fits = LEAST_DEVIATION <= deviation / symbol_rate <= MOST_DEVIATION
    return "sequence" if fits else "discriminator"


def samples_per_symbol(name, symbol_rate, deviation):
    """Samples of a burst that the demodulator `name` wants of a symbol."""
    narrow = bandwidth(symbol_rate, deviation) <= MOST_OCCUPIED * 4 * symbol_rate
    return 4 if name == "sequence" and narrow else 8


def bandwidth(symbol_rate, deviation):
    """Of a burst, in Hz (Carson's rule)."""
    return 2 * (deviation + symbol_rate / 2)


def make(name, rate, symbol_rate, deviation, **settings):
    """The demodulator `name` for bursts of `rate` samples a second."""
    makers = {"sequence": _sequence, "discriminator": _discriminator}
    return makers[name](rate, symbol_rate, deviation, settings)


def _sequence(_rate, symbol_rate, deviation, settings):
    block = fsk_burst_demod(symbol_rate=symbol_rate, deviation=deviation, **settings)
    return Demodulator(block, block)


def _discriminator(rate, symbol_rate, deviation, settings):
    gain = rate / (2 * math.pi * deviation)
    to_stream = burst_to_stream()
    demodulator = analog.quadrature_demod_cf(gain)
    # It rounds otherwise at the ends of the pieces it works on: whole vectors, one answer. What it
    # holds back at the end are zeros behind the last burst.
    demodulator.set_output_multiple(64)
    strobe = sync_and_strobe(
        sample_rate=rate,
        symbol_rate=symbol_rate,
        deviation=deviation,
        demod_gain=gain,
        **settings,
    )
    low_pass = _low_pass(rate, deviation, symbol_rate)
    return Demodulator(to_stream, strobe, (to_stream, low_pass, demodulator, strobe))


def _low_pass(rate, deviation, symbol_rate):
    """What lies outside the burst's own band is noise to the discriminator.

    For a modulation index of 1 this edge and this slope lose fewest frames; tones
    far apart need room for the error of the centre.
    """
    beyond = max(0.3 * symbol_rate, 0.2 * (deviation + symbol_rate / 2))
    taps = filter.firdes.low_pass(1.0, rate, deviation + beyond, symbol_rate / 2)
    block = filter.fir_filter_ccf(1, taps)
    block.declare_sample_delay((len(taps) - 1) // 2)
    return block
