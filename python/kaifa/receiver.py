# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver: every block of the module, wired once."""

from gnuradio import blocks, gr

from .demodulators import MOST_OCCUPIED, bandwidth, chosen, make, samples_per_symbol
from .kaifa_python import burst_tagger, kaifa_frame_parser, tagged_burst_to_pdu

# Of burst_tagger: how the radio seems to be set.
HEALTH = ("examined", "at_full_scale", "noise_dbfs_hz", "noise_steps", "dc_spike_db")
# Of tagged_burst_to_pdu: input rate over output rate.
MOST_DECIMATION = 2000


class receiver(gr.hier_block2):
    """From a wide band to checked frames.

    burst_tagger -> tagged_burst_to_pdu => demodulator => kaifa_frame_parser, where => carries
    messages. The demodulator is
    sequence:      fsk_burst_demod, which looks at several symbols at once: it hears the weakest
                   signals and costs least, for deviations of 1/8 to 1 of the symbol rate;
    discriminator: burst_to_stream -> low pass -> quadrature demodulator -> sync_and_strobe, which
                   looks at one symbol after the other on a stream that can be seen;
    auto:          the first where it can read tones so far apart, else the second.

    Input 0: complex samples of the band, full scale 1.
    Output 0, of the discriminator only: float, in units of the deviation (a one is about +1), with
    the tags of sync_and_strobe; may be left unconnected.
    Message ports: bursts, each burst at baseband as tagged_burst_to_pdu publishes it on cpdus;
    frames (check passed) and rejects (sync word found, check failed), as kaifa_frame_parser
    publishes them.

    sample_rate, center_frequency: of the input, in Hz.
    symbol_rate: symbols a second.  deviation: Hz from the centre to one tone.
    sync_word: as in sync_and_strobe: hexadecimal, first bit sent first; one or several.
    framing: a, b, c, d, e or auto, which finds it out from the checks that pass.
    sync_max_errors, preamble_min_symbols: as in sync_and_strobe; None takes its default.
    threshold_db, dc_mask, max_burst_time: as in burst_tagger; None takes its default.
    demodulator: auto, sequence or discriminator, see above.
    ValueError names a parameter that is out of range.
    """

    def __init__(
        self,
        sample_rate,
        center_frequency=872.5e6,
        symbol_rate=50e3,
        deviation=25e3,
        sync_word="904e,6f4e,7a0e,632d",
        sync_max_errors=None,
        preamble_min_symbols=None,
        framing="auto",
        threshold_db=None,
        dc_mask=None,
        max_burst_time=None,
        demodulator="auto",
    ):
        # They are judged before the demodulator is chosen by their ratio.
        if not deviation > 0:
            raise ValueError(f"deviation is {deviation} Hz, expected more than 0 Hz")
        # First of the blocks, for it judges the symbol rate by its own name.
        self.parser = kaifa_frame_parser(framing=framing, symbol_rate=symbol_rate)
        kind = chosen(demodulator, symbol_rate, deviation)
        streams = 1 if kind == "discriminator" else 0
        gr.hier_block2.__init__(
            self,
            "kaifa_receiver",
            gr.io_signature(1, 1, gr.sizeof_gr_complex),
            gr.io_signature(streams, streams, gr.sizeof_float),
        )
        least = samples_per_symbol(kind, symbol_rate, deviation) * symbol_rate
        _check_rates(sample_rate, symbol_rate, deviation, least)
        width = bandwidth(symbol_rate, deviation)
        longest = {"max_burst_time": max_burst_time}
        self.tagger = burst_tagger(
            sample_rate,
            center_frequency,
            width,
            **_given(threshold_db=threshold_db, dc_mask=dc_mask, **longest),
        )
        self.to_pdu = tagged_burst_to_pdu(sample_rate, least, width, **_given(**longest))
        self.demodulator = make(
            kind,
            self.to_pdu.output_rate(),
            symbol_rate,
            deviation,
            sync_word=sync_word,
            framing=framing,
            **_given(sync_max_errors=sync_max_errors, preamble_min_symbols=preamble_min_symbols),
        )
        demodulating = dict.fromkeys((self.demodulator.entry, self.demodulator.exit))
        self.stages = (self.tagger, self.to_pdu, *demodulating, self.parser)
        self._wire()

    def _wire(self):
        self.connect(self, self.tagger, self.to_pdu)
        self.msg_connect(self.to_pdu, "cpdus", self.demodulator.entry, "cpdus")
        if chain := self.demodulator.chain:
            self.connect(*chain, self)
            # A hierarchical output may stay open; the block behind it may not.
            self.connect(chain[-1], blocks.null_sink(gr.sizeof_float))
        self.msg_connect(self.demodulator.exit, "packets", self.parser, "packets")
        for block, port, outside in (
            (self.to_pdu, "cpdus", "bursts"),
            (self.parser, "frames", "frames"),
            (self.parser, "rejects", "rejects"),
        ):
            self.message_port_register_hier_out(outside)
            self.msg_connect(block, port, self, outside)

    def add_time_anchor(self, sample, seconds, fraction):
        """From input `sample` on, the time is `seconds` and `fraction` of a second."""
        self.tagger.add_time_anchor(sample, seconds, fraction)

    def wait_for_readers(self):
        """As long as those who get frames and bursts keep many of them, take no more samples."""
        self.to_pdu.wait_for_readers()

    def set_center_frequency(self, center_frequency):
        """Changes the frequency of the middle of the band, in Hz."""
        self.tagger.set_center_frequency(center_frequency)

    def set_threshold_db(self, threshold_db):
        """Changes the threshold of the burst detector, in dB."""
        self.tagger.set_threshold_db(threshold_db)

    def counts(self):
        """What was seen so far, by name: numbers that count, and how the radio seems to be set.

        length:   packets whose length field could be followed to its end, those checked included.
        rejects:  how many of them had which reason.
        The others are explained where the blocks have them. What nobody knows is None.
        """
        health = self.tagger.health()
        return {
            "samples": self.tagger.samples(),
            "bursts": self.tagger.bursts(),
            "truncated": self.tagger.truncated(),
            "sync": self.demodulator.exit.packets(),
            "length": self.parser.with_length(),
            "checked": self.parser.frames(),
            "rejected": self.parser.rejects(),
            "rejects": self.parser.rejects_by_reason(),
            **{name: health.get(name) for name in HEALTH},
        }

    def bursts_done(self):
        """How many bursts, of those on port bursts, the demodulator has given every packet of."""
        return self.demodulator.bursts_done()

    def errors(self):
        """What made blocks end before their input did: a list of lines, empty if nothing."""
        return [f"{block.name()}: {block.error()}" for block in self.stages if block.error()]


def _check_rates(sample_rate, symbol_rate, deviation, least):
    """What the blocks ask of rates that they are given, in terms of those the caller gave.

    least: samples a second at which bursts leave tagged_burst_to_pdu.
    """
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


def _given(**values):
    return {name: value for name, value in values.items() if value is not None}
