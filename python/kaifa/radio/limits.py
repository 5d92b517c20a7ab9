# SPDX-License-Identifier: GPL-3.0-or-later
"""What a radio cannot be set to, told before its driver tells it in words of its own."""

from ..recording import InputError
from ..settings import settings_of_radio


def refuse_out_of_reach(source, wishes):
    """InputError if the radio that `source` names cannot have the rate or frequency of `wishes`, as
    far as the settings for it know."""
    settings = settings_of_radio(source)
    limits = settings.limits if settings else {}
    for option, value in (("rate", wishes.sample_rate), ("frequency", wishes.center_frequency)):
        ranges = limits.get(option)
        if ranges and not any(low <= value <= high for low, high in ranges):
            raise InputError(
                f"--{option} is {_megahertz(value)} MHz, expected "
                f"{' or '.join(map(_range, ranges))} MHz with a radio of {settings.name}"
            )


def _range(ends):
    low, high = ends
    return _megahertz(low) if low == high else f"{_megahertz(low)} to {_megahertz(high)}"


def _megahertz(hertz):
    return f"{hertz / 1e6:.10g}"
