# SPDX-License-Identifier: GPL-3.0-or-later
"""Receiver of the KAIFA smart meter mesh: blocks, and the receiver that wires them."""

import os as _os

try:
    from .kaifa_python import (
        burst_tagger,
        burst_to_stream,
        find_regions,
        fsk_burst_demod,
        kaifa_frame_parser,
        probe_region,
        sample_clock,
        sync_and_strobe,
        tagged_burst_to_pdu,
    )
except ImportError as error:
    _here = _os.path.dirname(_os.path.abspath(__file__))
    raise ImportError(
        f"gnuradio.kaifa in {_here} cannot load its compiled part: {error}. "
        "Either this is the source directory and not an installed one, or the module was "
        "built for another Python or GNU Radio: run 'cmake --build build' and "
        "'cmake --install build' again, and run Python with PYTHONPATH set to the directory "
        "that the installation names."
    ) from error

from .receiver import receiver

__all__ = [
    "burst_tagger",
    "burst_to_stream",
    "find_regions",
    "fsk_burst_demod",
    "kaifa_frame_parser",
    "probe_region",
    "receiver",
    "sample_clock",
    "sync_and_strobe",
    "tagged_burst_to_pdu",
]
