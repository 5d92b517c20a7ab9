# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets which colour: few enough senders a colour of their own, all others one grey."""

import numpy as np

from ..recording import InputError
from .frames import NOBODY
from .palette import MOST_COLOURED, colour_number


def by_packets(frames):
    """Numbers of the addresses that sent, those with most packets first, and packets of each."""
    count = np.bincount(frames.source[frames.source != NOBODY], minlength=len(frames.addresses))
    order = sorted(np.flatnonzero(count), key=lambda i: (-count[i], frames.addresses[i]))
    return order, count


def own_colours(frames, chosen=()):
    """{address: number of its colour} of the senders that have one of their own.

    These are the `chosen` addresses, or else the MOST_COLOURED that sent most. Each has the colour
    that its address names, or where somebody before it has that one the next that is free: two
    pictures of the same frames agree, and others do where they can.
    """
    order, _ = by_packets(frames)
    senders = [frames.addresses[i] for i in order]
    if chosen:
        senders = [address for address in senders if address in set(chosen)]
    numbers, free = {}, set(range(MOST_COLOURED))
    for address in senders[:MOST_COLOURED]:
        wanted = colour_number(address)
        found = min(free, key=lambda number: (number - wanted) % MOST_COLOURED)
        free.remove(found)
        numbers[address] = found
    return numbers


def chosen_senders(frames, endings):
    """The addresses of senders that end in one of `endings`; InputError if one of those fits
    nobody, or if they are more than there are colours."""
    order, _ = by_packets(frames)
    senders = [frames.addresses[i] for i in order]
    for ending in endings:
        if not ending or not any(address.endswith(ending.lower()) for address in senders):
            raise InputError(f"--sender '{ending:.40}': expected the last digits of a sender here")
    found = [a for a in senders if a.endswith(tuple(ending.lower() for ending in endings))]
    if len(found) > MOST_COLOURED:
        raise InputError(
            f"--sender: fits {len(found)} senders, expected at most {MOST_COLOURED}, which are all "
            "the colours there are"
        )
    return found


class Paint:
    """The colours of a picture.

    theme:  a Theme, of which all but senders are painted.
    chosen: addresses that get a colour; none: those that send most.
    """

    def __init__(self, frames, theme, chosen=()):
        self.theme = theme
        self._own = own_colours(frames, chosen)

    def is_own(self, address):
        """Whether an address has a colour that no other has."""
        return address in self._own

    def of(self, address):
        """Colour of a sender as #rrggbb; address is None where the frame names none."""
        if address is None:
            return self.theme.nobody
        return self.theme.senders[self._own[address]] if self.is_own(address) else self.theme.others

    def of_all(self, addresses):
        """Colours of `addresses`; one more, the last, is that of NOBODY."""
        assert NOBODY == -1
        return [*map(self.of, addresses), self.theme.nobody]
