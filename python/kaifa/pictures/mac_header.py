# SPDX-License-Identifier: GPL-3.0-or-later
"""Who speaks to whom, read from a MAC frame as a capture for Wireshark has it.

Source: IEEE 802.15.4-2020, 7.2.2 to 7.2.6.
"""

from .frames import BROADCAST_ADDRESS

BEACON, DATA, ACK, COMMAND = range(4)
NO_ADDRESS, RESERVED, SHORT, EXTENDED = range(4)
ADDRESS_OCTETS = (0, 0, 2, 8)
PAN_OCTETS = 2
VERSION_2015 = 2
SUPPRESSED = 1 << 8
PAN_ID_COMPRESSION = 1 << 6
# Frame control fields of the meters' packets; others with data are called so.
UNICAST, BROADCAST = 0xDC69, 0xD849
UNKNOWN = ("unknown", None, None, None)


def mac_header(mpdu):
    """(type, sequence number, source, destination) of a MAC frame; None for what it has not.

    Types and addresses are as in the records: a name; hexadecimal, most significant octet first.
    """
    if len(mpdu) < 2:
        return UNKNOWN
    control = int.from_bytes(mpdu[:2], "little")
    version, kind = control >> 12 & 3, control & 7
    destination_mode, source_mode = control >> 10 & 3, control >> 14
    if kind > COMMAND or version > VERSION_2015 or RESERVED in (destination_mode, source_mode):
        return UNKNOWN
    at, sequence = 2, None
    if not (version == VERSION_2015 and control & SUPPRESSED):
        at, sequence = 3, mpdu[2] if len(mpdu) > 2 else None
    pan = _destination_pan if version == VERSION_2015 else _destination_pan_2006
    at += PAN_OCTETS * pan(destination_mode, source_mode, bool(control & PAN_ID_COMPRESSION))
    destination, at = _address(mpdu, at, destination_mode)
    pan = _source_pan if version == VERSION_2015 else _source_pan_2006
    at += PAN_OCTETS * pan(destination_mode, source_mode, bool(control & PAN_ID_COMPRESSION))
    source, at = _address(mpdu, at, source_mode)
    if at > len(mpdu) or sequence is None and at == 3:
        return UNKNOWN
    return _name(kind, control, destination), sequence, source, destination


def _destination_pan_2006(destination, _source, _compressed):
    return destination != NO_ADDRESS


def _source_pan_2006(destination, source, compressed):
    return source != NO_ADDRESS and not (destination != NO_ADDRESS and compressed)


def _destination_pan(destination, source, compressed):
    """Table 7-2 of the standard."""
    if destination == NO_ADDRESS:
        return source == NO_ADDRESS and compressed
    if source == NO_ADDRESS or destination == source == EXTENDED:
        return not compressed
    return True


def _source_pan(destination, source, compressed):
    if source == NO_ADDRESS or destination == source == EXTENDED:
        return False
    return not compressed


def _address(mpdu, at, mode):
    octets = ADDRESS_OCTETS[mode]
    text = mpdu[at : at + octets][::-1].hex()
    return text or None, at + octets


def _name(kind, control, destination):
    if kind == DATA:
        if control == UNICAST:
            return "unicast"
        is_broadcast = control == BROADCAST and destination == BROADCAST_ADDRESS
        return "broadcast" if is_broadcast else "data"
    return {BEACON: "beacon", ACK: "ack", COMMAND: "command"}[kind]
