# SPDX-License-Identifier: GPL-3.0-or-later
"""Gains of a radio: one for all stages, or each stage by its name."""

import argparse
import math
from typing import NamedTuple

from ..recording import InputError

# What a HackRF's makers call its stages, and gr-osmosdr.
ALIASES = {"hackrf": {"lna": "IF", "vga": "BB", "amp": "RF"}}
MOST_DB = 1000.0


class Stage(NamedTuple):
    """A stage of a radio: gr-osmosdr's name, lowest and highest gain and the step, in dB."""

    name: str
    low: float
    high: float
    step: float

    @property
    def is_switch(self):
        """It is on or off, as an amplifier that one takes only if there is need."""
        return self.high > self.low and self.step >= self.high - self.low

    def nearest(self, gain):
        """The gain it has next to `gain`."""
        gain = min(max(gain, self.low), self.high)
        if self.step <= 0:
            return gain
        return min(self.low + round((gain - self.low) / self.step) * self.step, self.high)


def gain_text(text):
    """What --gain takes: a number of dB as {None: number}, or STAGE=DB,... as {stage: number}."""
    if "=" not in text:
        return {None: _decibels(text)}
    gains = {}
    for part in text.split(","):
        stage, _, gain = part.partition("=")
        if not stage.strip():
            raise argparse.ArgumentTypeError(
                f"'{text:.40}' cannot be used, expected dB, or STAGE=DB,STAGE=DB"
            )
        gains[stage.strip().lower()] = _decibels(gain)
    return gains


def _decibels(text):
    try:
        gain = float(text)
    except ValueError:
        gain = math.nan
    if not abs(gain) <= MOST_DB:
        raise argparse.ArgumentTypeError(
            f"'{text:.40}' cannot be used, expected dB, or STAGE=DB,STAGE=DB"
        )
    return gain


def merged(settings):
    """Several of gain_text(), in order, as one: a gain for all puts away what came before."""
    gains = {}
    for setting in settings:
        gains = dict(setting) if None in setting else {**gains, **setting}
    return gains


def spread(total, stages):
    """{name: dB} that sum to `total` dB as nearly as can be.

    Each stage gets the same share of its range, the coarse ones first, and the finest what is left:
    with the first stage alone strong signals elsewhere would overload what follows, with the last
    one alone noise of the stages before it would cover weak ones. Switches are on only if all
    others are not enough.
    """
    switches = [stage for stage in stages if stage.is_switch]
    others = sorted((s for s in stages if not s.is_switch), key=lambda s: -s.step)
    left = total - sum(stage.low for stage in switches)
    gains = {}
    for at, stage in enumerate(others):
        rest = others[at:]
        room = sum(s.high - s.low for s in rest)
        share = (left - sum(s.low for s in rest)) / room if room else 0.0
        gains[stage.name] = stage.nearest(stage.low + share * (stage.high - stage.low))
        left -= gains[stage.name]
    for stage in switches:
        needed = left >= stage.high - stage.low
        gains[stage.name] = stage.high if needed else stage.low
        left -= gains[stage.name] - stage.low
    return gains


def wanted_gains(gains, stages, hardware):
    """{gr-osmosdr's name: dB} of what merged() says; InputError names a stage that is not there.

    hardware: of hardware_of().
    """
    by_name = {stage.name.lower(): stage for stage in stages}
    aliases = ALIASES.get(hardware, {}).items()
    known = {alias: by_name[name.lower()] for alias, name in aliases if name.lower() in by_name}
    known |= by_name
    wanted = spread(gains[None], stages) if None in gains else {}
    for name, gain in gains.items():
        if name is not None:
            if name not in known:
                names = ", ".join(known) or "none, this radio has no stages"
                raise InputError(f"gain stage '{name:.20}' is not known, expected one of {names}")
            wanted[known[name].name] = gain
    return wanted


def spoken(name, hardware):
    """What people call the stage that gr-osmosdr calls `name`."""
    aliases = ALIASES.get(hardware, {}).items()
    return next((alias for alias, osmosdr in aliases if osmosdr == name), name.lower())
