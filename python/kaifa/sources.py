# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of complex samples: recordings, standard input and radios.

Each is a block with one complex output and these methods: `finish()` ends the stream after what has
been read already, so that nothing received is lost; `samples()` counts what was given out; `tap()`
connects a sink of items as they were received, one a sample, in the SampleFormat `stored`.
"""

import os
import re

from gnuradio import blocks, gr

from .recording import FORMATS, InputError, rest_fault
from .stdin_pump import StdinPump

# Large steps: with GNU Radio's default buffers the scheduler costs more than the mathematics.
BUFFER_SAMPLES = 1 << 15
NO_END = 1 << 62


def decoder(fmt):
    """Blocks in order that turn items of one stored sample into complex, full scale 1."""
    if fmt.name == "cf32":
        return []
    if fmt.name == "ci16":
        return [blocks.interleaved_short_to_complex(True, False, 32768.0)]
    if fmt.name == "ci8":
        return [blocks.interleaved_char_to_complex(True, 128.0)]
    # Unsigned octets: 127.5 is zero. Adding 128 modulo 256 makes them signed, half a step low.
    half_step = 0.5 / 128
    return [
        blocks.add_const_vbb((128, 128)),
        blocks.interleaved_char_to_complex(True, 128.0),
        blocks.add_const_cc(complex(half_step, half_step)),
    ]


def encoder(fmt):
    """Blocks in order that turn complex samples of full scale 1 into items as stored, for the
    formats in which radios are recorded."""
    if fmt.name == "cf32":
        return []
    return [blocks.complex_to_interleaved_char(True, 128.0)]


class file_source(gr.hier_block2):
    """Samples of a Recording with a path."""

    def __init__(self, recording):
        gr.hier_block2.__init__(self, "file_source", gr.io_signature(0, 0, 0), _complex_out())
        fmt = recording.format
        descriptor = os.open(recording.path, os.O_RDONLY)
        os.lseek(descriptor, recording.header_bytes, os.SEEK_SET)
        source = blocks.file_descriptor_source(fmt.bytes_per_sample, descriptor)
        self.stored = fmt
        self._gate = blocks.head(fmt.bytes_per_sample, NO_END)
        _wire(self, source, self._gate, *decoder(fmt))

    def tap(self, sink):
        self.connect(self._gate, sink)

    def finish(self):
        self._gate.set_length(0)

    def samples(self):
        return self._gate.nitems_written(0)

    def fault(self):
        """None: a file is judged before it is read."""
        return None


class stdin_source(gr.hier_block2):
    """Samples that come on file descriptor 0, in the format of a Recording without a path."""

    def __init__(self, recording):
        gr.hier_block2.__init__(self, "stdin_source", gr.io_signature(0, 0, 0), _complex_out())
        self.stored = recording.format
        self._pump = StdinPump()
        size = self.stored.bytes_per_sample
        self._source = blocks.file_descriptor_source(size, self._pump.read_end)
        _wire(self, self._source, *decoder(self.stored))
        self._pump.start()

    def tap(self, sink):
        self.connect(self._source, sink)

    def finish(self):
        self._pump.finish()

    def samples(self):
        return self._source.nitems_written(0)

    def fault(self):
        """What was wrong with the samples once they are over; None if nothing was."""
        if self._pump.error:
            return f"standard input: {self._pump.error.strerror}"
        if self._pump.octets == 0:
            return "standard input: holds no samples"
        rest = self._pump.octets % self.stored.bytes_per_sample
        return f"standard input: {rest_fault(rest, self.stored)}" if rest else None


class radio_source(gr.hier_block2):
    """A radio by gr-osmosdr.

    arguments: device string, for example "hackrf=0".
    sample_rate, center_frequency: Hz.
    gains:     {name: dB}; "rf", "if" and "bb" are the three stages gr-osmosdr speaks of, any other
               name is a stage of the radio at hand.
    bandwidth: of the analog filter in Hz; 0 lets the driver choose.
    ppm:       correction of the radio's clock.
    InputError if there is no such radio.
    """

    def __init__(self, arguments, sample_rate, center_frequency, gains, bandwidth=0.0, ppm=0.0):
        gr.hier_block2.__init__(self, "radio_source", gr.io_signature(0, 0, 0), _complex_out())
        radio = _open_radio(arguments)
        # The bandwidth comes after the rate: drivers choose one anew when the rate changes.
        self.sample_rate = radio.set_sample_rate(sample_rate)
        radio.set_freq_corr(ppm)
        self.center_frequency = radio.set_center_freq(center_frequency)
        radio.set_bandwidth(bandwidth)
        radio.set_gain_mode(False)
        for name, gain in gains.items():
            _set_gain(radio, name, gain)
        # What comes from a HackRF are octets times 1/128, which are octets again without loss.
        eight_bits = re.search(r"(^|[ ,])hackrf\b", arguments)
        self.stored = FORMATS["ci8" if eight_bits else "cf32"]
        self._gate = blocks.head(gr.sizeof_gr_complex, NO_END)
        _wire(self, radio, self._gate)

    def tap(self, sink):
        self.connect(self._gate, *encoder(self.stored), sink)

    def finish(self):
        self._gate.set_length(0)

    def samples(self):
        return self._gate.nitems_written(0)

    def fault(self):
        """None: what a radio loses is counted by its clock."""
        return None


def _open_radio(arguments):
    try:
        import osmosdr
    except ImportError:
        raise InputError("no radio support, expected gr-osmosdr (apt install gr-osmosdr)") from None
    try:
        return osmosdr.source(args=f"numchan=1 {arguments}")
    except RuntimeError as error:
        raise InputError(
            f"'{arguments}': no such recording and no such radio ({str(error).rstrip('.')})"
        ) from None


def _set_gain(radio, name, gain):
    stages = {"rf": radio.set_gain, "if": radio.set_if_gain, "bb": radio.set_bb_gain}
    if name.lower() in stages:
        stages[name.lower()](gain)
    elif name in radio.get_gain_names():
        radio.set_gain(gain, name)
    else:
        names = ", ".join(("rf", "if", "bb", *radio.get_gain_names()))
        raise InputError(f"gain stage '{name}' is not known, expected one of {names}")


def _complex_out():
    return gr.io_signature(1, 1, gr.sizeof_gr_complex)


def _wire(hier, *chain):
    for block in chain:
        if isinstance(block.to_basic_block(), gr.block):
            block.set_min_output_buffer(BUFFER_SAMPLES)
    hier.connect(*chain, hier)
