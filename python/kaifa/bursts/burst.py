# SPDX-License-Identifier: GPL-3.0-or-later
"""A burst and what became of it."""

from dataclasses import dataclass


@dataclass
class Burst:
    """What tagged_burst_to_pdu published, and what was found in it.

    facts:   the dictionary of its PDU.
    length:  samples in the PDU.
    samples: a copy of them, as pmt.serialize_str writes the vector; None if nobody wants them.
    checked, rejected: packets in it whose check passed, and did not pass.
    """

    facts: object
    length: int
    samples: bytes | None = None
    checked: int = 0
    rejected: int = 0
