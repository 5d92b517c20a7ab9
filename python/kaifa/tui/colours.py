# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of text on a terminal whose background nobody tells, as #rrggbb.

They are about as far from white as from black, and of the 256 that most terminals have, so that
they are the same where there are millions. Plain text has the terminal's own colours. Nothing is
said by colour alone. A terminal with fewer colours gets none: what its 8 or 16 look like is the
choice of a theme, in which some are the background.
"""

from rich.console import Console

ENOUGH = ("256", "truecolor")

FAINT = "#767676"  # headings and scales
BARS = "#008787"
REJECTED = "#af5f00"
TYPES = {"beacon": "#008700", "unicast": "#5f5fff", "broadcast": "#d700d7", "ack": "#008787"}


def console(file, **settings):
    """A rich Console that writes to `file`, without colours where they are few or unwanted."""
    made = Console(file=file, **settings)
    made.no_color |= made.color_system not in ENOUGH
    return made
