# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets a radio, in an order that no driver undoes, and says what it then is."""

from dataclasses import dataclass

from ..recording import InputError
from .gains import Stage, spoken, wanted_gains

# Filters of a HackRF's MAX2837, in Hz.
HACKRF_FILTERS = (
    *(1.75e6, 2.5e6, 3.5e6, 5e6, 5.5e6, 6e6, 7e6, 8e6, 9e6, 10e6, 12e6, 14e6, 15e6, 20e6, 24e6),
    28e6,
)
# Of the sample rate, what libhackrf lets through at most, so that nothing folds back.
FILTER_SHARE = 0.75


@dataclass(frozen=True)
class Wishes:
    """What a radio shall be set to: Hz, ppm, and gains as gains.merged() gives them.

    bandwidth: 0 lets the driver choose, but for a HackRF.
    """

    sample_rate: float
    center_frequency: float
    gains: dict
    bandwidth: float = 0.0
    ppm: float = 0.0


@dataclass(frozen=True)
class Tuning:
    """What a radio was set to, by itself.

    gains: {gr-osmosdr's name: (dB asked for, dB set)}.
    """

    sample_rate: float
    center_frequency: float
    bandwidth: float
    gains: dict
    hardware: str

    def text(self):
        """A line for people."""
        parts = [
            f"{self.sample_rate / 1e6:.10g} Msps around {self.center_frequency / 1e6:.10g} MHz",
            f"bandwidth {self.bandwidth / 1e6:.4g} MHz" if self.bandwidth else "",
            "gain " + ", ".join(map(self._gain_text, self.gains)) + " dB" if self.gains else "",
        ]
        return ", ".join(part for part in parts if part)

    def _gain_text(self, name):
        asked, got = self.gains[name]
        rounded = f" ({asked:.4g} asked)" if asked is not None and abs(asked - got) > 0.05 else ""
        return f"{spoken(name, self.hardware)} {got:.4g}{rounded}"


def tune(radio, wishes, hardware):
    """Sets `radio`, a source of gr-osmosdr, to `wishes`; gives the Tuning.

    hardware: of radio.hardware_of().  InputError if the radio refuses something.
    """
    try:
        rate = radio.set_sample_rate(wishes.sample_rate)
        radio.set_freq_corr(wishes.ppm)
        frequency = radio.set_center_freq(wishes.center_frequency)
        # After the rate, for with a new rate drivers choose a filter anew.
        bandwidth = set_bandwidth(radio, wishes, hardware, rate)
        return Tuning(rate, frequency, bandwidth, _set_gains(radio, wishes, hardware), hardware)
    except RuntimeError as error:
        raise InputError(f"the radio refuses a setting: {str(error).rstrip('.')}") from None


def set_bandwidth(radio, wishes, hardware, rate):
    """Sets the analog filter and gives its width in Hz.

    To be done again once the radio runs: at the start gr-osmosdr 0.2.4 gives a HackRF its filter
    and then its rate, and with the rate libhackrf chooses the filter anew.
    """
    bandwidth = wishes.bandwidth
    if not bandwidth and hardware == "hackrf":
        bandwidth = hackrf_filter(rate)
    return radio.set_bandwidth(bandwidth)


def hackrf_filter(rate):
    """The widest filter of a HackRF that is no wider than 0.75 of the sample rate, in Hz."""
    fitting = [width for width in HACKRF_FILTERS if width <= FILTER_SHARE * rate]
    return max(fitting, default=HACKRF_FILTERS[0])


def _set_gains(radio, wishes, hardware):
    stages = [stage for name in radio.get_gain_names() if (stage := _stage(radio, name))]
    wanted = wanted_gains(wishes.gains, stages, hardware)
    radio.set_gain_mode(False)
    for stage in stages:
        if stage.name in wanted:
            radio.set_gain(stage.nearest(wanted[stage.name]), stage.name)
    asked = {name: gain for name, gain in wanted.items() if None not in wishes.gains}
    return {s.name: (asked.get(s.name), radio.get_gain(s.name)) for s in stages}


def _stage(radio, name):
    gains = radio.get_gain_range(name)
    try:
        return Stage(name, gains.start(), gains.stop(), gains.step())
    except RuntimeError:  # an empty range: nothing can be set there
        return None
