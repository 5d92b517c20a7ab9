# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of things, for people."""


def counted(number, thing):
    """'1 packet', '2,000 packets'; `thing` is a word that takes an s."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
