# SPDX-License-Identifier: GPL-3.0-or-later
"""A burst and what became of it."""

from dataclasses import dataclass, field


@dataclass
class Burst:
    """What tagged_burst_to_pdu published, and what was found in it.

    facts:   the dictionary of its PDU.
    length:  samples in the PDU.
    samples: a copy of them, as pmt.serialize_str writes the vector; None if nobody wants them.
    checked: frames in it whose check passed.
    rejects: messages of kaifa_frame_parser on those packets whose check did not pass.
    """

    facts: object
    length: int
    samples: bytes | None = None
    checked: int = 0
    rejects: list = field(default_factory=list)
