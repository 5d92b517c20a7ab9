# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of radios: device strings of gr-osmosdr. Nothing here needs GNU Radio."""

from pathlib import Path

from ..recording import ALIASES, FORMATS, InputError
from ..sigmf import meta_path_of

# Drivers of gr-osmosdr that switch a bias tee by the argument bias=1.
WITH_BIAS_TEE = ("hackrf", "rtl", "airspy")


def is_radio(source):
    """Whether `source`, as on the command line, names a radio and no recording."""
    if source == "-":
        return False
    path = Path(source)
    known = path.suffix[1:].lower() in (*FORMATS, *ALIASES)
    try:
        return not (known or path.exists() or meta_path_of(path))
    except (OSError, ValueError):  # no name that a file could have, which who opens it tells
        return False


def driver_of(source):
    """The driver of gr-osmosdr that a device string names first: hackrf of "hackrf=0,buffers=4"."""
    return source.split(",")[0].partition("=")[0].strip().lower()


def hardware_of(source):
    """What the radio is, behind SoapySDR, too: hackrf of "soapy=0,driver=hackrf"."""
    driver = driver_of(source)
    if driver != "soapy":
        return driver
    arguments = (part.partition("=") for part in source.split(",")[1:])
    return next((value.strip().lower() for name, _, value in arguments if name == "driver"), driver)


def device_string(source, serial=None, bias_tee=False):
    """`source` with a serial number and a bias tee in the words of gr-osmosdr.

    InputError if its driver has no word for a bias tee.
    """
    driver = driver_of(source)
    if serial:
        first, comma, rest = source.partition(",")
        if driver == "soapy":
            source += f",serial={serial}"
        else:
            source = f"{first.partition('=')[0]}={serial}{comma}{rest}"
    if bias_tee:
        if driver not in WITH_BIAS_TEE:
            raise InputError(
                f"--bias-tee: not known for a radio by '{driver:.20}', expected "
                f"{', '.join(WITH_BIAS_TEE)}; what others need can be written into SOURCE"
            )
        source += ",bias=1"
    return source
