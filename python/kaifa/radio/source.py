# SPDX-License-Identifier: GPL-3.0-or-later
"""A radio as a source of samples."""

import os
import sys
import tempfile
from contextlib import contextmanager

from gnuradio import blocks, gr

from ..recording import FORMATS, InputError
from ..sources import NO_END, complex_out, encoder, wire
from .device import driver_of, hardware_of
from .tuning import set_bandwidth, tune


class radio_source(gr.hier_block2):
    """Samples of a radio by gr-osmosdr, or of whatever has its interface.

    radio:    as open_radio() gives it.
    wishes:   Wishes.
    name:     its device string.
    InputError if the radio refuses a setting.
    """

    def __init__(self, radio, wishes, name):
        gr.hier_block2.__init__(self, "radio_source", gr.io_signature(0, 0, 0), complex_out())
        self._radio, self._wishes, self._hardware = radio, wishes, hardware_of(name)
        self.tuning = tune(radio, wishes, self._hardware)
        # What comes from a HackRF are octets times 1/128, which are octets again without loss.
        self.stored = FORMATS["ci8" if driver_of(name) == "hackrf" else "cf32"]
        self._gate = blocks.head(gr.sizeof_gr_complex, NO_END)
        wire(self, radio, self._gate)

    def started(self):
        """To be called once the flowgraph runs."""
        set_bandwidth(self._radio, self._wishes, self._hardware, self.tuning.sample_rate)

    def tap(self, sink):
        self.connect(self._gate, *encoder(self.stored), sink)

    def finish(self):
        self._gate.set_length(0)

    def samples(self):
        return self._gate.nitems_written(0)

    def fault(self):
        """None: what a radio loses is counted by its clock."""
        return None


def radio_by_name(arguments, wishes):
    """The radio_source that a device string names; InputError if there is none."""
    with drivers_held_back():
        return radio_source(_open_radio(arguments), wishes, arguments)


def found_radios():
    """Lines of --list: what gr-osmosdr finds, each with the SOURCE for it."""
    with drivers_held_back():
        found = [device.to_string() for device in _osmosdr().device.find()]
    # Some drivers cannot look and offer an example in place of a device.
    found = [text for text in found if not _is_example(text)]
    return "".join(f"{_as_source(text)}\n" for text in found) or "no radio found\n"


def _is_example(text):
    names = [part.partition("=")[0] for part in text.split(",")]
    unsearched = ("file", "sdr-iq", "sdr-ip", "netsdr", "cloudiq", "rtl_tcp", "redpitaya")
    return any(name in unsearched for name in names)


def _as_source(text):
    """'hackrf=b1c2d3  (HackRF One b1c2d3)' of "label='HackRF One b1c2d3',hackrf=b1c2d3"."""
    before, _, labelled = text.partition("label='")
    label, _, after = labelled.partition("'")
    source = ",".join(part for part in f"{before},{after}".split(",") if part)
    # gr-osmosdr gives them in the order of the alphabet; the driver's name is to be the first.
    parts = source.split(",")
    parts.sort(key=lambda part: driver_of(part) in ("driver", "serial", "nchan", "bias"))
    return ",".join(parts) + (f"  ({label})" if label else "")


def _osmosdr():
    try:
        import osmosdr
    except ImportError:
        raise InputError("no radio support, expected gr-osmosdr (apt install gr-osmosdr)") from None
    return osmosdr


def _open_radio(arguments):
    try:
        return _osmosdr().source(args=f"numchan=1 {arguments}")
    except RuntimeError as error:
        raise InputError(
            f"'{arguments}': no such recording and no such radio ({str(error).rstrip('.')}); "
            "--list names those that are there, kaifa_doctor says what is wrong"
        ) from None


@contextmanager
def drivers_held_back():
    """Keeps the greetings of radio drivers off the terminal while a radio is looked for."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as aside:
            os.dup2(aside.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
