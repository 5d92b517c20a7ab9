# SPDX-License-Identifier: GPL-3.0-or-later
"""Which copies are of one packet."""

from itertools import combinations

from .copies import Copy

# Octets that say whether a packet whose check failed is a copy of one that passed: fewer can be
# alike by chance, and of octets that are not related half of the bits are.
LEAST_OCTETS = 8
LEAST_BITS_ALIKE = 0.8


def groups(copies):
    """Parts copies with the same octets into packets: a list of lists, both in order of time.

    One receiver cannot hear a packet twice, so two copies of one receiver are two packets (a
    repetition); a copy that could be of either is of the nearer one. The result does not depend on
    the order of the copies.
    """
    if len(copies) == 1:
        return [copies]
    copies = sorted(copies, key=Copy.order)
    pairs = [(a, b) for a, b in combinations(range(len(copies)), 2) if copies[a].can_be(copies[b])]
    pairs.sort(key=lambda pair: (copies[pair[1]].time_ns - copies[pair[0]].time_ns, pair))
    group_of = {index: [index] for index in range(len(copies))}
    for a, b in pairs:
        one, other = group_of[a], group_of[b]
        if one is not other and all(copies[i].can_be(copies[j]) for i in one for j in other):
            one.extend(other)
            group_of |= dict.fromkeys(other, one)
    distinct = {id(group): sorted(group) for group in group_of.values()}
    return [[copies[index] for index in group] for group in sorted(distinct.values())]


def alike(octets, other):
    """Two packets, octets in hexadecimal as received, are the same up to some wrong bits."""
    length = min(len(octets), len(other)) & ~1
    if length < 2 * LEAST_OCTETS:
        return False
    wrong = (int(octets[:length], 16) ^ int(other[:length], 16)).bit_count()
    return wrong <= (1 - LEAST_BITS_ALIKE) * 4 * length
