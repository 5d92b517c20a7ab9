# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of senders and markers of packet types, the same in every picture.

The colour of a sender comes from its address (or pseudonym) alone, so that it is the same whatever
else is in a picture. There are more senders than colours that an eye can tell apart: two can get
the same one, and pictures must name senders in words as well.
"""

import hashlib
from dataclasses import dataclass

from .frames import ACK, BEACON, BROADCAST, COMMAND, DATA, NOBODY, REJECTED, UNICAST, UNKNOWN

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
    senders: tuple


LIGHT = Theme(
    "light", "#ffffff", "#ffffff", "#1c2126", "#5b6570", "#dfe3e8", "#b3261e", "#8a929b",
    LIGHT_COLOURS,
)  # fmt: skip
DARK = Theme(
    "dark", "#14181d", "#14181d", "#e8ebee", "#9ba5b0", "#2c333b", "#ff8a80", "#79828c",
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
    """Which of a theme's colours an address has: from 0 to 11."""
    digest = hashlib.sha256(address.encode()).digest()
    return int.from_bytes(digest[:4], "big") % len(LIGHT_COLOURS)


def colour(address, theme):
    """Colour of a sender as #rrggbb; address is None where the frame names none."""
    return theme.nobody if address is None else theme.senders[colour_number(address)]


def colours(addresses, theme):
    """Colours of all `addresses`; one more, the last, is that of NOBODY."""
    assert NOBODY == -1
    return [*(colour(address, theme) for address in addresses), theme.nobody]
