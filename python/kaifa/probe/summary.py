# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found out, in words for people at 80 columns."""

from collections import Counter

from .bursts import is_keyed
from .command import nominal_deviation_hz, nominal_rate_hz

NAMES = {
    "fcs16": "FCS-16 (CRC-16/KERMIT)",
    "fcs32": "FCS-32 (CRC-32)",
    "crc_cms": "the chip's CRC-16/CMS",
    "crc_xmodem": "CRC-16/XMODEM",
}
FRAMINGS = {
    "A": "length octet counts the check, MSB first",
    "B": "length octet counts no check, MSB first",
    "C": "16-bit PHR, MSB first",
    "D": "SUN FSK (802.15.4g): 16-bit PHR, LSB first",
    "E": "SUN FSK (802.15.4g) with error correction",
}
PHASES = {"ends_in_zero": "1010, ends in 10", "ends_in_one": "0101, ends in 01"}


def burst_lines(bursts):
    """A table of all bursts."""
    yield "   start s     ms         MHz  dBFS   rate Hz sure  dev Hz sure pre. framing"
    for burst in bursts:
        place = (
            f"{burst['start_s']:10.4f} {burst['duration_s'] * 1e3:6.1f} "
            f"{burst['center_frequency_hz'] / 1e6:11.5f} {burst['magnitude_db']:5.0f}"
        )
        if is_keyed(burst):
            framing = f"{burst['framing']} {burst['check']}" if burst["framing"] else "-"
            yield (
                f"{place} {burst['symbol_rate_hz']:9.0f} {burst['symbol_rate_confidence']:4.2f} "
                f"{burst['deviation_hz']:7.0f} {burst['deviation_confidence']:4.2f} "
                f"{burst['preamble_symbols'] or 0:4d} {framing}"
            )
        else:
            yield f"{place} {burst['modulation']}"


def cluster_lines(cluster):
    """What bursts of one kind have in common."""
    c = cluster
    yield f"{c['bursts']} bursts of {c['modulation']}"
    yield _line(
        "symbol rate",
        _measured(nominal_rate_hz(c), c["symbol_rate_hz"], "symbols/s"),
        c["symbol_rate_confidence"],
    )
    yield _line(
        "deviation",
        _measured(nominal_deviation_hz(c), c["deviation_hz"], "Hz", "+-"),
        c["deviation_confidence"],
    )
    yield _line("modulation index", f"{c['modulation_index']:.2f}")
    yield from _preamble(c)
    if c["sync_word"]:
        polarity = ", a one is the lower tone" if 2 * c["inverted_bursts"] > c["bursts"] else ""
        yield _line("sync word", c["sync_word"] + polarity, c["sync_word_confidence"])
    else:
        yield _line("sync word", "not found out")
    yield from _framing(c)
    yield _line("length", f"{c['duration_s_min'] * 1e3:.1f} to {c['duration_s_max'] * 1e3:.1f} ms")
    yield from _channels(c)


def other_line(bursts):
    """Counts what is not keyed, or None."""
    others = Counter(burst["modulation"] for burst in bursts if not is_keyed(burst))
    if not others:
        return None
    names = {"carrier": "steady carriers", "unknown": "too weak, too short or something else"}
    return "also: " + ", ".join(f"{count} {names[name]}" for name, count in others.most_common())


def _preamble(c):
    if c["preamble_symbols_median"] is None:
        yield _line("preamble", "no alternating symbols")
        return
    low, high = c["preamble_symbols_min"], c["preamble_symbols_max"]
    length = f"{low}" if low == high else f"{low} to {high}"
    phase = PHASES[c["preamble_phase"]]
    yield _line("preamble", f"{length} symbols {phase}", c["preamble_phase_share"])


def _framing(c):
    if not c["framing"]:
        yield _line("framing", "none of A to E: no check passes")
        return
    yield _line("framing", f"{c['framing']}: {FRAMINGS[c['framing']]}", c["framing_confidence"])
    extras = [NAMES[c["check"]]]
    if c["whitening"] != "none":
        extras.append(f"whitened ({c['whitening']})")
    if c["fec"]:
        extras.append(f"error correction {c['fec']}")
    yield _line("check", ", ".join(extras))
    passed = f"{c['framing_bursts']} of {c['bursts']} bursts"
    if c["framing_rival_bursts"]:
        passed += f", {c['framing_rival_bursts']} pass another"
    yield _line("it passes in", passed)
    yield _line("IEEE 802.15.4", f"{c['mac_frames']} are frames of it")


def _channels(c):
    low, high = c["center_frequency_hz_min"] / 1e6, c["center_frequency_hz_max"] / 1e6
    yield _line("centres", f"{low:.4f} MHz" if low == high else f"{low:.4f} to {high:.4f} MHz")
    if c["channel_spacing_hz"]:
        grid = f"{c['channel_first_hz'] / 1e6:.4f} MHz + n x {c['channel_spacing_hz'] / 1e3:g} kHz"
        yield _line("channels", f"{grid} ({c['channels']} in use)", c["channel_confidence"])
    else:
        yield _line("channels", "too few centres to tell a grid")


def _measured(likely, measured, unit, sign=""):
    return f"{sign}{likely:,.0f} {unit} (measured {measured:,.1f})"


def _line(name, text, confidence=None):
    sure = "" if confidence is None else f"{100 * confidence:3.0f} %"
    return f"  {name:17}{text:54} {sure}".rstrip()
