# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that receives what was found."""

import shlex

from .nominal import in_units, nominal

# Parts by which rounding may change what was measured.
RATE_ROUNDING = 1e-3
DEVIATION_ROUNDING = 0.02
# What kaifa_rx asks for if it is not told, and the least that it takes.
PREAMBLE_ASKED, PREAMBLE_LEAST = 16, 8


def nominal_rate_hz(cluster):
    """The symbol rate that is likely meant."""
    return nominal(cluster["symbol_rate_hz"], RATE_ROUNDING)


def nominal_deviation_hz(cluster):
    """The deviation that is likely meant."""
    return nominal(cluster["deviation_hz"], DEVIATION_ROUNDING)


def command(cluster, args):
    """kaifa_rx with the options that receive a cluster, from the recording of `args`; None if
    kaifa_rx cannot: there are four tones, or no sync word is known."""
    if cluster["modulation"] != "2-FSK" or not cluster["sync_word"]:
        return None
    words = ["kaifa_rx", args.source]
    if args.format:
        words += ["--format", args.format]
    for name in ("rate", "frequency"):
        if (value := getattr(args, name)) is not None:
            words += [f"--{name}", in_units(value)]
    words += ["--symbol-rate", in_units(nominal_rate_hz(cluster))]
    words += ["--deviation", in_units(nominal_deviation_hz(cluster))]
    words += ["--sync-word", cluster["sync_word"]]
    if cluster["framing"]:
        words += ["--framing", cluster["framing"].lower()]
    shortest = cluster["preamble_symbols_min"]
    if shortest is not None and shortest < PREAMBLE_ASKED:
        words += ["--preamble-min", str(max(shortest, PREAMBLE_LEAST))]
    return shlex.join(words)
