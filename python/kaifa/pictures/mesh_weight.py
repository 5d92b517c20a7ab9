# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is made of a link of the mesh: width and size of its arrow."""

import math

LEAST_MOST = 8  # unicasts of a link that is drawn with all width


def weights(graph):
    """{(source, destination): from 0 to 1}, the heaviest link last."""
    unicasts = {ends: link["unicasts"] for ends, link in graph.edges.items()}
    most = max([LEAST_MOST, *unicasts.values()])
    return {
        ends: math.log2(1 + unicasts[ends]) / math.log2(1 + most)
        for ends in sorted(unicasts, key=lambda ends: (unicasts[ends], ends))
    }


def pen_width(weight):
    """In points."""
    return 0.4 + 2.6 * weight**1.5


def arrow_size(weight):
    """In Graphviz's unit, 10 points."""
    return 0.35 + 0.65 * weight
