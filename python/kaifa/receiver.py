# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver: every block of the module, wired once."""

import math

from gnuradio import analog, blocks, filter, gr

from .kaifa_python import (
    burst_tagger,
    burst_to_stream,
    kaifa_frame_parser,
    sync_and_strobe,
    tagged_burst_to_pdu,
)

SAMPLES_PER_SYMBOL = 8
# Of tagged_burst_to_pdu: input rate over output rate, bandwidth over output rate.
MOST_DECIMATION = 2000
MOST_OCCUPIED = 1 / 1.5


class receiver(gr.hier_block2):
    """From a wide band to checked frames.

    burst_tagger -> tagged_burst_to_pdu => burst_to_stream -> low pass -> quadrature demodulator
    -> sync_and_strobe => kaifa_frame_parser, where => carries messages.

    Input 0: complex samples of the band, full scale 1.
    Output 0: the discriminator, float, in units of the deviation (a one is about +1), with the
    tags of sync_and_strobe; may be left unconnected.
    Message ports: frames (check passed), rejects (sync word found, check failed), both as
    kaifa_frame_parser publishes them.

    sample_rate, center_frequency: of the input, in Hz.
    symbol_rate: symbols a second.  deviation: Hz from the centre to one tone.
    sync_word: hexadecimal, first bit sent first.
    framing: a, b, c, d, e or auto, which finds it out from the checks that pass.
    sync_max_errors, preamble_min_symbols: as in sync_and_strobe; None takes its default.
    threshold_db, dc_mask, max_burst_time: as in burst_tagger; None takes its default.
    ValueError names a parameter that is out of range.
    """

    def __init__(
        self,
        sample_rate,
        center_frequency=872.5e6,
        symbol_rate=50e3,
        deviation=25e3,
        sync_word="904e",
        sync_max_errors=None,
        preamble_min_symbols=None,
        framing="auto",
        threshold_db=None,
        dc_mask=None,
        max_burst_time=None,
    ):
        gr.hier_block2.__init__(
            self,
            "kaifa_receiver",
            gr.io_signature(1, 1, gr.sizeof_gr_complex),
            gr.io_signature(1, 1, gr.sizeof_float),
        )
        if not deviation > 0:
            raise ValueError(f"deviation is {deviation} Hz, expected more than 0 Hz")
        # First of the blocks, for it judges the symbol rate by its own name.
        self.parser = kaifa_frame_parser(framing=framing, symbol_rate=symbol_rate)
        _check_rates(sample_rate, symbol_rate, deviation)
        bandwidth = 2 * (deviation + symbol_rate / 2)
        longest = {"max_burst_time": max_burst_time}
        self.tagger = burst_tagger(
            sample_rate,
            center_frequency,
            bandwidth,
            **_given(threshold_db=threshold_db, dc_mask=dc_mask, **longest),
        )
        self.to_pdu = tagged_burst_to_pdu(
            sample_rate, SAMPLES_PER_SYMBOL * symbol_rate, bandwidth, **_given(**longest)
        )
        rate = self.to_pdu.output_rate()
        self.to_stream = burst_to_stream()
        low_pass = _low_pass(rate, deviation, symbol_rate)
        gain = rate / (2 * math.pi * deviation)
        demodulator = analog.quadrature_demod_cf(gain)
        # It rounds otherwise at the ends of the pieces it works on: whole vectors, one answer. What
        # it holds back at the end are zeros behind the last burst.
        demodulator.set_output_multiple(64)
        self.strobe = sync_and_strobe(
            sample_rate=rate,
            symbol_rate=symbol_rate,
            deviation=deviation,
            demod_gain=gain,
            sync_word=sync_word,
            framing=framing,
            **_given(sync_max_errors=sync_max_errors, preamble_min_symbols=preamble_min_symbols),
        )
        self.stages = (self.tagger, self.to_pdu, self.to_stream, self.strobe, self.parser)
        self._wire(low_pass, demodulator)

    def _wire(self, low_pass, demodulator):
        self.connect(self, self.tagger, self.to_pdu)
        self.msg_connect(self.to_pdu, "cpdus", self.to_stream, "cpdus")
        self.connect(self.to_stream, low_pass, demodulator, self.strobe, self)
        # A hierarchical output may stay open; the block behind it may not.
        self.connect(self.strobe, blocks.null_sink(gr.sizeof_float))
        self.msg_connect(self.strobe, "packets", self.parser, "packets")
        for port in ("frames", "rejects"):
            self.message_port_register_hier_out(port)
            self.msg_connect(self.parser, port, self, port)

    def add_time_anchor(self, sample, seconds, fraction):
        """From input `sample` on, the time is `seconds` and `fraction` of a second."""
        self.tagger.add_time_anchor(sample, seconds, fraction)

    def set_center_frequency(self, center_frequency):
        """Changes the frequency of the middle of the band, in Hz."""
        self.tagger.set_center_frequency(center_frequency)

    def set_threshold_db(self, threshold_db):
        """Changes the threshold of the burst detector, in dB."""
        self.tagger.set_threshold_db(threshold_db)

    def counts(self):
        """What was seen so far: {name: number}."""
        return {
            "samples": self.tagger.samples(),
            "bursts": self.tagger.bursts(),
            "truncated": self.tagger.truncated(),
            "sync": self.strobe.packets(),
            "checked": self.parser.frames(),
            "rejected": self.parser.rejects(),
        }

    def errors(self):
        """What made blocks end before their input did: a list of lines, empty if nothing."""
        return [f"{block.name()}: {block.error()}" for block in self.stages if block.error()]


def _check_rates(sample_rate, symbol_rate, deviation):
    """What the blocks ask of rates that they are given, in terms of those the caller gave."""
    least = SAMPLES_PER_SYMBOL * symbol_rate
    if not least <= sample_rate <= MOST_DECIMATION * least:
        raise ValueError(
            f"sample_rate is {sample_rate:.10g} Hz, expected {least:.10g} to "
            f"{MOST_DECIMATION * least:.10g} Hz with a symbol_rate of {symbol_rate:.10g} Hz"
        )
    most = (MOST_OCCUPIED * least - symbol_rate) / 2
    if deviation > most:
        raise ValueError(
            f"deviation is {deviation:.10g} Hz, expected at most {most:.10g} Hz with a "
            f"symbol_rate of {symbol_rate:.10g} Hz"
        )


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


def _given(**values):
    return {name: value for name, value in values.items() if value is not None}
