# SPDX-License-Identifier: GPL-3.0-or-later
"""Bursts that are alike, and what they have in common."""

from collections import Counter
from statistics import median

from .bursts import digits, is_keyed
from .channels import grid_of

# Parts by which rates and deviations of bursts of one kind may differ.
RATE_TOLERANCE = 0.02
DEVIATION_TOLERANCE = 0.2
# A burst as sure as this says what its kind is; if there is none, all do.
SURE = 0.7
ENCODING = ("framing", "check", "whitening", "fec")
# Sync words where no check passes: bits looked at behind the preamble, the part of the bursts that
# must agree on each, and the length of what is suggested. Two bursts may agree by accident.
BITS_COMPARED = 64
AGREEMENT = 0.9
SUGGESTED_BITS = 16
FEWEST_COMPARED = 3
# Words that are in use, and how many of their bits can go on with the alternation before them.
KNOWN_WORDS = ("904e", "7a0e", "6f4e", "632d", "2dd4", "d391", "543d", "f68d", "7209")
MOST_HIDDEN = 7


def clusters(bursts):
    """Records of the kinds of keyed bursts: those with checked packets first, then by number."""
    kinds = []
    for burst in sorted(filter(is_keyed, bursts), key=_sureness, reverse=True):
        for kind in kinds:
            if _alike(burst, kind[0]):
                kind.append(burst)
                break
        else:
            kinds.append([burst])
    kinds.sort(key=lambda kind: (any(burst["framing"] for burst in kind), len(kind)), reverse=True)
    return [cluster_record(number, kind) for number, kind in enumerate(kinds, 1)]


def cluster_record(number, bursts):
    """The record of bursts of one kind. Shares are parts of its bursts."""
    sure = [burst for burst in bursts if _sureness(burst) >= SURE] or bursts
    rate = median(burst["symbol_rate_hz"] for burst in sure)
    deviation = median(burst["deviation_hz"] for burst in sure)
    framed = [burst for burst in bursts if burst["framing"]]
    encoding, encoding_bursts = _most_common(tuple(map(burst.get, ENCODING)) for burst in framed)
    sync_word, sync_confidence = _sync_word(bursts, framed)
    phases = [burst for burst in bursts if burst["preamble_phase"]]
    phase, phase_bursts = _most_common(burst["preamble_phase"] for burst in phases)
    preambles = sorted(b["preamble_symbols"] for b in framed or phases if b["preamble_symbols"])
    lengths = sorted(burst["duration_s"] for burst in bursts)
    grid = grid_of([burst["center_frequency_hz"] for burst in sure])
    return {
        "record": "cluster",
        "cluster": number,
        "bursts": len(bursts),
        "modulation": _most_common(burst["modulation"] for burst in bursts)[0],
        "symbol_rate_hz": rate,
        "symbol_rate_confidence": median(burst["symbol_rate_confidence"] for burst in sure),
        "deviation_hz": deviation,
        "deviation_confidence": median(burst["deviation_confidence"] for burst in sure),
        "modulation_index": 2 * deviation / rate,
        "preamble_symbols_min": preambles[0] if preambles else None,
        "preamble_symbols_median": preambles[len(preambles) // 2] if preambles else None,
        "preamble_symbols_max": preambles[-1] if preambles else None,
        "preamble_phase": phase,
        "preamble_phase_share": phase_bursts / len(phases) if phases else 0.0,
        "sync_word": sync_word,
        "sync_word_confidence": sync_confidence,
        **dict(zip(ENCODING, encoding or (None,) * 4, strict=True)),
        "framing_bursts": encoding_bursts,
        "framing_rival_bursts": len(framed) - encoding_bursts,
        "framing_confidence": _framing_confidence(framed, encoding),
        "mac_frames": sum(bool(burst["is_mac_frame"]) for burst in framed),
        "inverted_bursts": sum(bool(burst["inverted"]) for burst in framed),
        "duration_s_min": lengths[0],
        "duration_s_median": lengths[len(lengths) // 2],
        "duration_s_max": lengths[-1],
        "center_frequency_hz_min": min(burst["center_frequency_hz"] for burst in bursts),
        "center_frequency_hz_max": max(burst["center_frequency_hz"] for burst in bursts),
        "channel_first_hz": grid.first_hz if grid else None,
        "channel_spacing_hz": grid.spacing_hz if grid else None,
        "channels": grid.channels if grid else None,
        "channel_confidence": grid.confidence if grid else 0.0,
    }


def _sureness(burst):
    return min(burst["symbol_rate_confidence"], burst["deviation_confidence"])


def _alike(burst, other):
    def near(name, tolerance):
        return abs(burst[name] - other[name]) <= tolerance * other[name]

    same_kind = burst["modulation"] == other["modulation"]
    return (
        same_kind
        and near("symbol_rate_hz", RATE_TOLERANCE)
        and near("deviation_hz", DEVIATION_TOLERANCE)
    )


def _most_common(values):
    """(the most frequent value, how often it is there); (None, 0) of nothing."""
    counted = Counter(values).most_common(1)
    return counted[0] if counted else (None, 0)


def _framing_confidence(framed, encoding):
    """How sure it is that not every check under this encoding passed by accident, times the part
    of all bursts with a passed check that have it."""
    agreeing = [burst for burst in framed if tuple(map(burst.get, ENCODING)) == encoding]
    accident = 1.0
    for burst in agreeing:
        accident *= 1.0 - burst["framing_confidence"]
    return (1.0 - accident) * len(agreeing) / len(framed) if framed else 0.0


def _sync_word(bursts, framed):
    """(hexadecimal digits, confidence) of the word before the packets; where no check passes, of
    what all have in common behind the preamble."""
    if framed:
        word, count = _most_common(burst["sync_word"] for burst in framed)
        return word, count / len(framed)
    tails = [b["symbols"][b["sync_break"] - MOST_HIDDEN :] for b in bursts if b["sync_break"]]
    tails = [tail for tail in tails if len(tail) >= BITS_COMPARED]
    if len(tails) < FEWEST_COMPARED:
        return None, 0.0
    common = ""
    for column in zip(*(tail[:BITS_COMPARED] for tail in tails), strict=True):
        bit, count = _most_common(column)
        if count < AGREEMENT * len(tails):
            break
        common += bit
    return _word_in(common, len(tails))


def _word_in(common, bursts):
    """(word, confidence) in bits of which the first MOST_HIDDEN may be preamble or sync word."""
    if len(common) < MOST_HIDDEN + SUGGESTED_BITS // 2:
        return None, 0.0
    for first in range(MOST_HIDDEN + 1):
        word = digits(common[first : first + SUGGESTED_BITS])
        if word in KNOWN_WORDS:
            return word, 1.0 - 0.5 ** (bursts - 1)
    # The last symbol of the alternation is the first of the two alike.
    first = MOST_HIDDEN - 1
    length = min(len(common) - first, SUGGESTED_BITS) // 8 * 8
    return digits(common[first : first + length]), 0.5 * (1.0 - 0.5 ** (bursts - 1))
