# SPDX-License-Identifier: GPL-3.0-or-later
"""A checked frame as Wireshark reads it: IEEE 802.15.4 TAP.

Source: IEEE 802.15.4 TAP Link Type Specification 1.1, J. Ko, Exegin Technologies, 2019. All numbers
are little-endian.
"""

import struct
import zlib

LINK_TYPE = 283
FCS_NONE, FCS_16, FCS_32 = 0, 1, 2
# Wireshark 4.0 does not pad a shorter MAC frame before it calculates its FCS of 32 bits.
FCS_32_SHORTEST = 4
FCS_TYPE, RSS, BIT_RATE, SUN_PHY, START_OF_FRAME, CHANNEL_FREQUENCY = 0, 1, 2, 4, 5, 11

# IEEE 802.15.4-2020, table 7-19: identifier of a frequency band, by its edges in Hz.
BANDS = {4: (863e6, 870e6), 15: (870e6, 876e6)}
# Table 7-20 and, of the modes of "FSK-B", those of these bands: (symbol rate, modulation index).
FSK_B = 1
MODES = {(50e3, 1.0): 0, (100e3, 1.0): 1, (100e3, 0.5): 7, (50e3, 0.5): 8, (150e3, 0.5): 9}
INDEX_TOLERANCE = 0.15


def tap_packet(record, symbol_rate):
    """Octets of a checked frame below LINK_TYPE; symbol_rate in Hz."""
    psdu, fcs_type = _psdu(record)
    tlvs = [
        _tlv(FCS_TYPE, struct.pack("<B", fcs_type)),
        _tlv(RSS, struct.pack("<f", record["magnitude_db"])),
        _tlv(BIT_RATE, struct.pack("<I", round(symbol_rate))),
        _tlv(START_OF_FRAME, struct.pack("<Q", round(record["time_s"] * 1e9))),
        _tlv(CHANNEL_FREQUENCY, struct.pack("<f", record["frequency_hz"] / 1e3)),
    ]
    if sun_phy := _sun_phy(record, symbol_rate):
        tlvs.append(_tlv(SUN_PHY, sun_phy))
    header = b"".join(tlvs)
    return struct.pack("<BBH", 0, 0, 4 + len(header)) + header + psdu


def _psdu(record):
    """MAC frame with its FCS, and the type of that. A radio chip's CRC is no FCS and left out.

    The check passed: the FCS that was received is the one calculated here.
    """
    mpdu = bytes.fromhex(record["mpdu"])
    if record["check"] == "fcs16":
        return mpdu + fcs16(mpdu).to_bytes(2, "little"), FCS_16
    if record["check"] == "fcs32" and len(mpdu) >= FCS_32_SHORTEST:
        return mpdu + zlib.crc32(mpdu).to_bytes(4, "little"), FCS_32
    return mpdu, FCS_NONE


def fcs16(octets):
    """The FCS of 16 bits: CRC-16/KERMIT (IEEE 802.15.4-2020, 7.2.11)."""
    crc = 0
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc


def _sun_phy(record, symbol_rate):
    """Band, modulation and mode where the standard has numbers for what was measured."""
    for band, (low, high) in BANDS.items():
        for (rate, index), mode in MODES.items():
            measured = 2 * record["deviation_hz"] / symbol_rate
            fits = rate == symbol_rate and abs(measured / index - 1) <= INDEX_TOLERANCE
            if fits and low <= record["frequency_hz"] < high:
                return struct.pack("<BBB", band, FSK_B, mode)
    return None


def _tlv(kind, value):
    return struct.pack("<HH", kind, len(value)) + value + bytes(-len(value) % 4)
