# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of the windows: told apart by colour-blind people too (Okabe and Ito, 2008)."""

CHECKED = "#56b4e9"
REJECTED = "#e69f00"
NO_SYNC = "#bbbbbb"
PREAMBLE = "#f0e442"
SYNC_WORD = "#cc79a7"
DATA = "#56b4e9"
# A style sheet: black on orange, with a contrast of 9 on whatever lies behind.
WARNING = "color: #000000; background: #e69f00; padding: 1px 5px;"
ONE, ZERO = "#d55e00", "#0072b2"
TYPES = {
    "beacon": "#009e73",
    "unicast": "#0072b2",
    "broadcast": "#cc79a7",
    "ack": "#56b4e9",
}
