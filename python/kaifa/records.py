# SPDX-License-Identifier: GPL-3.0-or-later
"""From the messages of kaifa_frame_parser to records, JSON lines and lines for people.

A record is a flat dict with the same keys, in the same order, for every packet; what a packet does
not have is None. record.schema.json explains each.
"""

import functools
import json
import math
from datetime import datetime, timezone

import pmt

from .schema import VERSION

NANOSECONDS = 10**9
_symbol = functools.cache(pmt.intern)
_encode = json.JSONEncoder(separators=(",", ":")).encode


def record(message, sample_rate, timeline=None, start_s=0.0, first_sample=0):
    """The record of a message from port frames or rejects.

    sample_rate: of the input, in Hz.
    timeline:    the Timeline of its samples; None if nobody knows their dates.
    start_s:     how well the first sample of a preamble is known that is seen whole, in seconds.
    first_sample: what the first sample is numbered.
    """
    packet, mpdu = pmt.car(message), pmt.cdr(message)
    start = _real(packet, "sample_start")
    # Of a weak packet the first symbols may be missed: it may have begun where its burst did.
    onset = _value(packet, "onset")
    unseen_s = max(0.0, start - pmt.to_double(onset)) / sample_rate if pmt.is_real(onset) else 0.0
    return {
        "schema_version": VERSION,
        "record": "frame",
        "record_number": None,
        **dated(timeline, start, start_s + unseen_s, lambda: _time(packet)),
        "time_s": round(start / sample_rate, 9),
        "sample_start": round(start + first_sample, 2),
        "samples_lost_before": None,
        "frequency_hz": _real(packet, "center_frequency", 1),
        "snr_db": _real(packet, "snr_db", 2),
        "magnitude_db": _real(packet, "magnitude_db", 2),
        "framing": _text(packet, "framing"),
        "check": _text(packet, "check"),
        "whitening": _text(packet, "whitening"),
        "fec": _text(packet, "fec"),
        "check_ok": _flag(packet, "check_ok"),
        "reason": _text(packet, "reason"),
        "reason_text": _text(packet, "reason_text"),
        "mode_switch": _mode_switch(packet),
        **_mac_header(packet),
        "mpdu": _hex(mpdu),
        "octets": _octets(packet, "octets"),
        **_radio(packet),
    }


def burst_record(burst, sample_rate, timeline=None, start_s=0.0, first_sample=0):
    """The record of a Burst; the rest as in record()."""
    facts = burst.facts
    first, rate = _real(facts, "sample_offset"), _real(facts, "sample_rate")
    start = _real(facts, "onset")
    # The last sample and what it stands for.
    end = math.floor(first + (burst.length - 1) * _real(facts, "original_rate") / rate) + 1

    def time():
        seconds, fraction = _time(facts)
        return seconds, fraction + (start - first) / sample_rate

    return {
        "schema_version": VERSION,
        "record": "burst",
        "record_number": None,
        **dated(timeline, start, start_s, time),
        "time_s": round(start / sample_rate, 9),
        "sample_start": round(start + first_sample, 2),
        "sample_end": end + first_sample,
        "duration_s": round((end - start) / sample_rate, 9),
        "frequency_hz": _real(facts, "center_frequency", 1),
        "bandwidth_hz": _real(facts, "bandwidth", 1),
        "snr_db": _real(facts, "snr_db", 2),
        "magnitude_db": _real(facts, "magnitude_db", 2),
        "noise_dbfs_hz": _real(facts, "noise_dbfs_hz", 2),
        "sync_words": burst.checked + burst.rejected,
        "frames_checked": burst.checked,
        "packets_rejected": burst.rejected,
        "burst": _number(facts, "id"),
        "burst_truncated": _flag(facts, "truncated"),
    }


def json_line(fields):
    """A record as one line of JSON, without a line end."""
    return _encode(fields)


def human_line(fields):
    """A record as one line for people, without a line end."""
    clock = fields["time"][11:23] if fields["time"] else f"{fields['time_s']:12.6f}"
    head = f"{clock}  {fields['frequency_hz'] / 1e6:8.4f} MHz  {fields['snr_db']:4.1f} dB  "
    if fields["record"] == "burst":
        return head + _burst_text(fields)
    if not fields["check_ok"]:
        return head + f"rejected: {fields['reason_text']}: {fields['octets']}"
    return head + _frame_text(fields)


def utc_text(seconds, fraction):
    """ISO 8601 in UTC with nanoseconds; `seconds` since 1970 and the fraction of one."""
    carry, nanoseconds = divmod(round(fraction * NANOSECONDS), NANOSECONDS)
    moment = datetime.fromtimestamp(seconds + carry, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"


def dated(timeline, sample, start_s, time):
    """The fields that tell when a sample came.

    timeline: as in record().
    start_s:  how well the sample is known, in seconds.
    time:     called for its UTC, seconds since 1970 and the fraction of one.
    """
    anchor = timeline and timeline.anchor_of(sample)
    if not anchor:
        return {"time": None, "time_source": None, "time_uncertainty_s": None}
    uncertainty_s = timeline.uncertainty_s(sample)
    return {
        "time": utc_text(*time()),
        "time_source": anchor.source,
        "time_uncertainty_s": None if uncertainty_s is None else round(uncertainty_s + start_s, 9),
    }


def _mac_header(packet):
    pan_id = _number(packet, "pan_id")
    return {
        "type": _text(packet, "type"),
        "sequence": _number(packet, "sequence"),
        "pan_id": None if pan_id is None else f"{pan_id:04x}",
        "source": _text(packet, "source"),
        "source_inferred": _flag(packet, "source_inferred"),
        "destination": _text(packet, "destination"),
        "destination_inferred": _flag(packet, "destination_inferred"),
        "encrypted": _flag(packet, "encrypted"),
        "security_level": _number(packet, "security_level"),
        "frame_counter": _number(packet, "frame_counter"),
        "key_id_mode": _number(packet, "key_id_mode"),
        "key_index": _number(packet, "key_index"),
        "key_source": _octets(packet, "key_source"),
        "header_ies": _elements(packet, "header_ies"),
        "payload_ies": _elements(packet, "payload_ies"),
        "payload": _octets(packet, "payload"),
        "mic": _octets(packet, "mic"),
        "mac_error": _text(packet, "mac_error"),
        "irregularity": _text(packet, "irregularity"),
    }


def _mode_switch(packet):
    value = _value(packet, "mode_switch")
    if not pmt.is_dict(value) or pmt.is_null(value):
        return None
    numbers = ("parameter_entry", "page", "modulation", "mode", "phy_mode_id")
    return {name: _number(value, name) for name in numbers} | {"fec": _flag(value, "fec")}


def _radio(packet):
    return {
        "preamble_symbols": _number(packet, "preamble_symbols"),
        "preamble_phase": _text(packet, "preamble_phase"),
        "inverted": _flag(packet, "inverted"),
        "sync_word": _text(packet, "sync_word"),
        "sync_errors": _number(packet, "sync_errors"),
        "deviation_hz": _real(packet, "deviation", 1),
        "clock_error_ppm": _real(packet, "clock_error_ppm", 1),
        "packet_end": _text(packet, "packet_end"),
        "burst": _number(packet, "id"),
        "burst_truncated": _flag(packet, "truncated"),
    }


def _burst_text(fields):
    became = f"{fields['frames_checked']} checked, {fields['packets_rejected']} rejected"
    cut = ", cut" if fields["burst_truncated"] else ""
    milliseconds = f"{fields['duration_s'] * 1e3:.1f} ms{cut}"
    return f"burst {milliseconds}: {became if fields['sync_words'] else 'no sync word'}"


def _frame_text(fields):
    how = f"{fields['framing']} {fields['check']}"
    if fields["mac_error"]:
        return f"{how:8}  {fields['type']}: {fields['mac_error']}: {fields['mpdu']}"
    sequence = "-" if fields["sequence"] is None else fields["sequence"]
    text = (
        f"{how:8}  {fields['type']:9}  seq {sequence:>3}  pan {fields['pan_id'] or '-':4}  "
        f"{_party(fields, 'source'):>17} > {_party(fields, 'destination'):17}"
    )
    if fields["security_level"] is not None:
        text += f"  level {fields['security_level']}  counter {fields['frame_counter']}"
    octets = len(fields["payload"]) // 2
    if octets:
        kind = "encrypted octets" if fields["encrypted"] else "octets"
        text += f"  {octets} {kind}"
    return text.rstrip()


def _party(fields, name):
    # An acknowledgement names nobody; who is inferred from the exchange is marked so.
    return (fields[name] or "-") + ("?" if fields[f"{name}_inferred"] else "")


def _value(packet, key):
    return pmt.dict_ref(packet, _symbol(key), pmt.PMT_NIL)


def _real(packet, key, digits=None):
    value = pmt.to_double(_value(packet, key))
    return value if digits is None else round(value, digits)


def _number(packet, key):
    value = _value(packet, key)
    if pmt.is_uint64(value):
        return pmt.to_uint64(value)
    return pmt.to_long(value) if pmt.is_integer(value) else None


def _text(packet, key):
    value = _value(packet, key)
    return pmt.symbol_to_string(value) if pmt.is_symbol(value) else None


def _flag(packet, key):
    value = _value(packet, key)
    return pmt.to_bool(value) if pmt.is_bool(value) else None


def _octets(packet, key):
    value = _value(packet, key)
    return _hex(value) if pmt.is_u8vector(value) else None


def _elements(packet, key):
    value = _value(packet, key)
    if not pmt.is_vector(value):
        return None
    pairs = (pmt.vector_ref(value, i) for i in range(pmt.length(value)))
    return [{"id": pmt.to_long(pmt.car(p)), "content": _hex(pmt.cdr(p))} for p in pairs]


def _time(packet):
    value = _value(packet, "rx_time")
    return pmt.to_uint64(pmt.tuple_ref(value, 0)), pmt.to_double(pmt.tuple_ref(value, 1))


def _hex(octets):
    return bytes(pmt.u8vector_elements(octets)).hex()
