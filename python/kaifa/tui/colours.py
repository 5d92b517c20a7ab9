# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of text on a terminal whose background nobody tells, as #rrggbb.

They are about as far from white as from black, and of the 256 that most terminals have, so that
they are the same where there are millions. Plain text has the terminal's own colours. Nothing is
said by colour alone.
"""

FAINT = "#767676"  # headings and scales
BARS = "#008787"
REJECTED = "#af5f00"
TYPES = {"beacon": "#008700", "unicast": "#5f5fff", "broadcast": "#d700d7", "ack": "#008787"}
