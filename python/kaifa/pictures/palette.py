# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of senders and markers of packet types, the same in every picture.

There are more senders than colours that an eye can tell apart: who gets one of his own is said in
paint.py.
"""

import hashlib
from dataclasses import dataclass

from .frames import ACK, BEACON, BROADCAST, COMMAND, DATA, REJECTED, UNICAST, UNKNOWN

# Twelve colours for each background; number i has about the same hue in both. Searched by computer
# for the largest least distance (Oklab) between any two, as seen with full colour vision and, by
# the model of Machado, Oliveira and Fernandes (2009), with protanopia, deuteranopia and
# tritanopia, with a contrast to the background of at least 3 (light) or 4 (dark).
LIGHT_COLOURS = (
    "#BD2754", "#F7535F", "#6D4C28", "#928126", "#3A3C08", "#1C9976",
    "#246C68", "#219FC2", "#786FFB", "#401EAF", "#823CD7", "#871282",
)  # fmt: skip
DARK_COLOURS = (
    "#EF4070", "#F88B8C", "#F0B26D", "#F6DB42", "#868A12", "#2CF1BB",
    "#44C9C2", "#198BAA", "#E1E3F8", "#837EF4", "#CEB8FA", "#DB50D2",
)  # fmt: skip
MOST_COLOURED = len(LIGHT_COLOURS)


@dataclass(frozen=True)
class Theme:
    """Colours of a picture's parts, as #rrggbb."""

    name: str
    background: str
    panel: str  # behind data
    text: str
    faint_text: str
    grid: str
    accent: str  # what is to be noticed: the beacons' channel
    nobody: str  # packets that name no sender, and rejected ones
    others: str  # senders without a colour of their own
    senders: tuple


LIGHT = Theme(
    "light", "#ffffff", "#ffffff", "#1c2126", "#5b6570", "#dfe3e8", "#b3261e", "#222832",
    "#8b919b",
    LIGHT_COLOURS,
)  # fmt: skip
DARK = Theme(
    "dark", "#14181d", "#14181d", "#e8ebee", "#9ba5b0", "#2c333b", "#ff8a80", "#acaca0",
    "#70798b",
    DARK_COLOURS,
)  # fmt: skip


@dataclass(frozen=True)
class Marker:
    """A mark in matplotlib's words, for SVG, and as a character for text."""

    matplotlib: str
    plotly: str
    character: str


MARKERS = {
    UNICAST: Marker("o", "circle", "\N{BLACK CIRCLE}"),
    BROADCAST: Marker("^", "triangle-up", "\N{BLACK UP-POINTING TRIANGLE}"),
    BEACON: Marker("D", "diamond", "\N{BLACK DIAMOND}"),
    ACK: Marker("|", "line-ns", "|"),
    DATA: Marker("s", "square", "\N{BLACK SQUARE}"),
    COMMAND: Marker("P", "cross", "+"),
    UNKNOWN: Marker("*", "star", "*"),
    REJECTED: Marker("x", "x-thin", "\N{MULTIPLICATION SIGN}"),
}


def theme(dark):
    """DARK or LIGHT."""
    return DARK if dark else LIGHT


def colour_number(address):
    """Which of a theme's colours an address (or pseudonym) asks for: from 0 to 11."""
    digest = hashlib.sha256(address.encode()).digest()
    return int.from_bytes(digest[:4], "big") % MOST_COLOURED
