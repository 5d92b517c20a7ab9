# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found out about one burst, as a record with units in its names."""

KEYED = ("2-FSK", "4-FSK")


def burst_record(finding, recording):
    """The record of a burst that Scan.findings() gives.

    Frequencies are absolute where the recording says its own, else they count from its middle.
    A field that is not known is None; confidences are from 0 (as by chance) to 1.
    """
    rate, keyed = recording.sample_rate, finding["symbol_rate"] > 0
    packet = finding["packet"] or {}
    preamble = finding["preamble_symbols"]
    return {
        "record": "burst",
        "start_sample": recording.first_sample + round(finding["start"]),
        "start_s": finding["start"] / rate,
        "duration_s": (finding["end"] - finding["start"]) / rate,
        "center_frequency_hz": finding["center"] + (recording.center_frequency or 0.0),
        "bandwidth_hz": finding["bandwidth"],
        "magnitude_db": finding["magnitude_db"],
        "modulation": finding["modulation"],
        "symbol_rate_hz": finding["symbol_rate"] if keyed else None,
        "symbol_rate_confidence": finding["symbol_rate_confidence"],
        "deviation_hz": finding["deviation"] if keyed else None,
        "deviation_confidence": finding["deviation_confidence"],
        "modulation_index": 2 * finding["deviation"] / finding["symbol_rate"] if keyed else None,
        "preamble_symbols": preamble or None,
        "preamble_phase": _phase(finding["preamble_last"]) if preamble else None,
        "sync_word": digits(packet["sync_word"]) if packet else None,
        "framing": packet.get("framing"),
        "check": packet.get("check"),
        "whitening": packet.get("whitening"),
        "fec": packet.get("fec") or None,
        "inverted": packet.get("inverted"),
        "framing_confidence": packet.get("confidence", 0.0),
        "fills_burst": packet.get("fills_burst"),
        "is_mac_frame": packet.get("is_mac_frame"),
        "mpdu": packet["mpdu"].hex() if packet else None,
        "sync_break": finding["sync_break"] if preamble else None,
        "symbols": "".join(map(str, finding["symbols"])),
    }


def is_keyed(burst):
    """The burst is one that can be told: keyed in frequency."""
    return burst["modulation"] in KEYED


def digits(bits):
    """Bits, first sent first, as hexadecimal digits; bits behind the last whole digit left out."""
    whole = [bits[i : i + 4] for i in range(0, len(bits) // 4 * 4, 4)]
    return "".join(f"{int(''.join(map(str, four)), 2):x}" for four in whole)


def _phase(last_symbol):
    return "ends_in_one" if last_symbol else "ends_in_zero"
