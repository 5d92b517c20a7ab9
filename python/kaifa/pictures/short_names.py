# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of senders that are short enough for a picture."""

STEP = 4  # hexadecimal digits; the last four are the sender as the first capture showed it


def short_names(addresses):
    """{address: its last digits}, as many as tell all `addresses` apart; others as they are.

    Pseudonyms are kept whole.
    """
    long = [address for address in addresses if len(address) == 16]
    digits = next(
        (n for n in range(STEP, 16, STEP) if len({a[-n:] for a in long}) == len(long)), 16
    )
    others = {address for address in addresses if len(address) != 16}
    if others & {address[-digits:] for address in long}:
        digits = 16
    return {a: a if a in others else a[-digits:] for a in addresses}
