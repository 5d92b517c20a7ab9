# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of complex samples: recordings and standard input; radios are in radio/.

Each is a block with one complex output and these methods: `finish()` ends the stream after what has
been read already, so that nothing received is lost; `samples()` counts what was given out; `tap()`
connects a sink of items as they were received, one a sample, in the SampleFormat `stored`.
"""

import os

from gnuradio import blocks, gr

from .recording import rest_fault
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
        gr.hier_block2.__init__(self, "file_source", gr.io_signature(0, 0, 0), complex_out())
        fmt = recording.format
        descriptor = os.open(recording.path, os.O_RDONLY)
        os.lseek(descriptor, recording.header_bytes, os.SEEK_SET)
        source = blocks.file_descriptor_source(fmt.bytes_per_sample, descriptor)
        self.stored = fmt
        self._gate = blocks.head(fmt.bytes_per_sample, NO_END)
        wire(self, source, self._gate, *decoder(fmt))

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
        gr.hier_block2.__init__(self, "stdin_source", gr.io_signature(0, 0, 0), complex_out())
        self.stored = recording.format
        self._pump = StdinPump()
        size = self.stored.bytes_per_sample
        self._source = blocks.file_descriptor_source(size, self._pump.read_end)
        wire(self, self._source, *decoder(self.stored))
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


def complex_out():
    """The signature of a source."""
    return gr.io_signature(1, 1, gr.sizeof_gr_complex)


def wire(hier, *chain):
    """Connects blocks in order, with large buffers, to the output of `hier`."""
    for block in chain:
        if isinstance(block, gr.block):
            block.set_min_output_buffer(0, BUFFER_SAMPLES)
    hier.connect(*chain, hier)
