# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the command line says to a source of samples and what is known of them."""

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .arguments_radio import refuse_for_recording, wishes
from .radio.device import device_string, is_radio
from .radio.limits import refuse_out_of_reach
from .radio.source import radio_by_name
from .recording import InputError, Recording, bare_recording, sample_format
from .sigmf import meta_path_of, sigmf_recording
from .sources import file_source, stdin_source
from .timeline import Timeline


@dataclass(frozen=True)
class Input:
    """A source block and what is known of its samples.

    sample_rate, center_frequency: Hz; 0 as frequency where nobody knows it.
    recording: what is read; None for a radio.
    """

    source: object
    sample_rate: float
    center_frequency: float
    recording: Recording | None

    @cached_property
    def timeline(self):
        """The Timeline of the samples."""
        if self.live:
            return Timeline(self.sample_rate, tells_losses=True)
        return Timeline(self.sample_rate, self.recording.anchors, self.recording.losses)

    @property
    def live(self):
        """The samples come from a radio."""
        return self.recording is None

    @property
    def first_sample(self):
        """What the first sample is numbered."""
        return 0 if self.live else self.recording.first_sample

    @property
    def setup(self):
        """What a radio was set to, a line for people; None for a recording."""
        return self.source.tuning.text() if self.live else None

    @property
    def note(self):
        """What a person should know though it is no fault; None if there is nothing."""
        if self.live:
            return None
        if self.recording.center_frequency is not None:
            return self.recording.note
        unknown = (
            "frequency of the recording unknown, those of frames count from its middle "
            "(--frequency tells it)"
        )
        return "; ".join(filter(None, (unknown, self.recording.note)))


def open_input(args):
    """Opens the source that parse_arguments() read; InputError if it cannot be used."""
    try:
        return _open_input(args)
    except OSError as error:
        raise InputError(f"{args.source}: {error.strerror}") from None


def _open_input(args):
    if args.source == "-":
        return _recorded(args, stdin_source, _stdin_recording(args))
    path = Path(args.source)
    wanted = (args.format, args.rate, args.frequency)
    if meta := meta_path_of(path):
        return _recorded(args, file_source, sigmf_recording(meta, *wanted))
    if not is_radio(args.source):
        return _recorded(args, file_source, bare_recording(path, *wanted))
    if args.format is not None:
        raise InputError(f"{path}: no such file (and --format has no use with a radio)")
    return _radio(args)


def _recorded(args, source, recording):
    refuse_for_recording(args)
    if not recording.sample_rate > 0:
        raise InputError(f"sample rate is {recording.sample_rate} Hz, expected more than 0 Hz")
    frequency = recording.center_frequency or 0.0
    return Input(source(recording), recording.sample_rate, frequency, recording)


def _stdin_recording(args):
    # Python's own look at it, from before another file could be given the free descriptor.
    if sys.stdin is None:
        raise InputError("standard input: is closed, expected samples")
    if args.format is None:
        raise InputError("standard input: sample format unknown, expected --format")
    if args.rate is None:
        raise InputError("standard input: sample rate unknown, expected --rate in Hz")
    return Recording(None, sample_format(args.format), args.rate, args.frequency)


def _radio(args):
    wanted = wishes(args)
    refuse_out_of_reach(args.source, wanted)
    radio = radio_by_name(device_string(args.source, args.serial, args.bias_tee), wanted)
    return Input(radio, radio.tuning.sample_rate, radio.tuning.center_frequency, None)
