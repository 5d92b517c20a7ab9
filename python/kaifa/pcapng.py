# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks of a PCAPNG file.

Source: PCAP Next Generation Capture File Format, draft-ietf-opsawg-pcapng. Little-endian, times in
nanoseconds.
"""

import struct

SECTION_HEADER, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
BYTE_ORDER_MAGIC = 0x1A2B3C4D
UNKNOWN_LENGTH = -1
END_OF_OPTIONS, COMMENT = 0, 1
APPLICATION = 4  # of a section
NAME, DESCRIPTION, TIME_RESOLUTION = 2, 3, 9  # of an interface
NANOSECONDS = b"\x09"  # ten to the power of minus nine


def section(application):
    """The block that starts a file: `application` wrote it."""
    body = struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, UNKNOWN_LENGTH)
    return _block(SECTION_HEADER, body + _options((APPLICATION, application)))


def interface(link_type, name, description, comment):
    """The block that describes a source of packets; the first in a file is number 0."""
    options = _options(
        (NAME, name), (DESCRIPTION, description), (COMMENT, comment), (TIME_RESOLUTION, NANOSECONDS)
    )
    return _block(INTERFACE, struct.pack("<HHI", link_type, 0, 0) + options)


def packet(interface_number, time_ns, octets, comment):
    """The block of a packet, `time_ns` after 1970-01-01 UTC."""
    head = struct.pack(
        "<IIIII", interface_number, time_ns >> 32, time_ns & 0xFFFFFFFF, len(octets), len(octets)
    )
    return _block(PACKET, head + _padded(octets) + _options((COMMENT, comment)))


def _options(*pairs):
    def option(code, value):
        octets = value if isinstance(value, bytes) else value.encode()
        return struct.pack("<HH", code, len(octets)) + _padded(octets)

    return b"".join(option(*pair) for pair in pairs) + option(END_OF_OPTIONS, b"")


def _block(kind, body):
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _padded(octets):
    return octets + bytes(-len(octets) % 4)
