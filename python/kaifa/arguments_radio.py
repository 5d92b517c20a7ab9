# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the command line that sets a radio."""

from .arguments_kinds import Say, filled, number
from .radio.gains import gain_text, merged
from .radio.tuning import Wishes
from .recording import InputError

RATE_HZ = 8e6
FREQUENCY_HZ = 872.5e6
# Of no use with a recording.
RADIO_ONLY = ("gain", "bandwidth", "ppm", "serial", "bias_tee")


def add_radio(group):
    """Adds the options to a group of an ArgumentParser."""

    def add(name, unit, text, kind=number, **more):
        group.add_argument(name, metavar=unit, type=kind, help=text, **more)

    add(
        "--gain",
        "DB|STAGE=DB,...",
        "one gain in dB, spread over the radio's stages, or stages by name (of a HackRF: lna, vga, "
        "amp); may be repeated",
        gain_text,
        action="append",
    )
    add("--bandwidth", "HZ", "analog filter; default: up to 0.75 of the rate, or the driver's")
    add("--ppm", "PPM", "correction of the radio's clock")
    add("--serial", "TEXT", "serial number of the radio to take", filled)
    group.add_argument(
        "--bias-tee", action="store_true", help="feed an antenna amplifier (hackrf, rtl, airspy)"
    )
    group.add_argument(
        "--list", action=Say, say=_found_radios, help="print the radios that are there, and end"
    )


def _found_radios():
    from .radio.source import found_radios  # GNU Radio takes long to load

    return found_radios()


def wishes(args):
    """What a radio shall be set to; InputError if it cannot be."""
    if args.bandwidth is not None and not args.bandwidth > 0:
        raise InputError(f"--bandwidth is {args.bandwidth:g} Hz, expected more than 0 Hz")
    return Wishes(
        RATE_HZ if args.rate is None else args.rate,
        FREQUENCY_HZ if args.frequency is None else args.frequency,
        merged(args.gain or ()),
        args.bandwidth or 0.0,
        args.ppm or 0.0,
    )


def refuse_for_recording(args):
    """InputError if an option is there that only a radio has a use for."""
    for name in RADIO_ONLY:
        value = getattr(args, name)
        if not (value is None or value is False):
            option = name.replace("_", "-")
            raise InputError(f"--{option} has no use with a recording, expected a radio as SOURCE")
