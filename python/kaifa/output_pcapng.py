# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames for Wireshark."""

from datetime import datetime, timezone

from . import pcapng, tap

CHECKED, REJECTED = 0, 1  # interfaces
# For what has no protocol: "reserved for private use".
LINK_TYPE_USER0 = 147
CHECKED_COMMENT = (
    "Frames whose check passed. RSS is in dB of the receiver's full scale, not calibrated to dBm."
)
REJECTED_COMMENT = (
    "Packets that are no checked frame: all octets after the sync word as received, the first bit "
    "the most significant, whitening not undone."
)
UNDATED = " Nobody knows the date: times count from the first sample."
# Fields that Wireshark has no place for.
COMMENTED = (
    "record_number", "framing", "check", "whitening", "fec", "reason_text", "mode_switch",
    "frequency_hz", "snr_db", "magnitude_db", "deviation_hz", "clock_error_ppm", "sample_start",
    "preamble_symbols", "preamble_phase", "inverted", "sync_word", "sync_errors", "packet_end",
    "burst", "burst_truncated", "mac_error", "irregularity",
)  # fmt: skip
OCTETS_RECEIVED = "octets_received"  # how many after the sync word


class PcapngOutput:
    """Two interfaces: checked frames as IEEE 802.15.4 TAP, and rejected packets.

    file:        RecordFile.
    source:      what is received, in a word.
    description: the same in more words.
    symbol_rate: Hz.
    dated:       records have a date.
    """

    def __init__(self, file, source, description, symbol_rate, dated, application):
        self.name = file.name
        self.kept = 0
        self._file, self._symbol_rate = file, symbol_rate
        undated = "" if dated else UNDATED
        blocks = (
            pcapng.section(application),
            pcapng.interface(tap.LINK_TYPE, source, description, CHECKED_COMMENT + undated),
            pcapng.interface(
                LINK_TYPE_USER0, f"{source} rejected", description, REJECTED_COMMENT + undated
            ),
        )
        # Its reader may have gone already; that is found out on the way like any other fault.
        self._waiting = b"".join(blocks)

    def write(self, record, _line):
        if record["record"] == "frame":
            self._waiting += self._packet(record)
        self.flush()
        self.kept += 1

    def flush(self):
        if self._waiting:
            self._file.append(self._waiting)
            self._waiting = b""

    def close(self):
        self.flush()
        self._file.close()

    def _packet(self, record):
        if record["check_ok"]:
            number, octets = CHECKED, tap.tap_packet(record, self._symbol_rate)
        else:
            number, octets = REJECTED, bytes.fromhex(record["octets"])
        return pcapng.packet(number, time_ns(record), octets, comment(record))


def time_ns(record):
    """Nanoseconds since 1970, or since the first sample where there is no date."""
    if record["time"] is None:
        return round(record["time_s"] * 1e9)
    seconds, nanoseconds = record["time"].rstrip("Z").split(".")
    moment = datetime.fromisoformat(seconds).replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 10**9 + int(nanoseconds)


def comment(record):
    """A line for each field that has a value and no place in the packet."""
    lines = [f"{name}: {record[name]}" for name in COMMENTED if record[name] is not None]
    # The packet has no length field, check or code bits that were received: with these it can be
    # told how long it was on the air.
    lines.append(f"{OCTETS_RECEIVED}: {len(record['octets']) // 2}")
    for party in ("source", "destination"):
        if record[f"{party}_inferred"]:
            lines.append(f"{party} (inferred from the unicast it answers): {record[party]}")
    return "\n".join(lines)
