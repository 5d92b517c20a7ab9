# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on the arrows of the mesh there is room for their numbers."""

import numpy as np

# Of a label, in points: the room that a character of its font takes, and the whole height.
CHARACTER_PT, HEIGHT_PT, MARGIN_PT = 5.1, 23.0, 6.0
GAP_PT = 1.0  # around it
# Shares of the way from sender to recipient that are tried, the nearest to the first before.
WANTED_SHARE = 0.35
SHARES = sorted(np.linspace(0.1, 0.9, 81), key=lambda share: abs(share - WANTED_SHARE))
MOST_LABELS = 60  # more are not read
# Where fewer have room, none is written: they would be those of any links, not of the heaviest.
LEAST_SHARE = 0.5


def labels(texts, ways, circles):
    """{(source, destination): (x, y, width, height) of the middle} where a label covers no node, no
    other label and no arrow but its own. Others are left out, and all if those are many.

    texts:   {(source, destination): lines}, the most important one first.
    ways:    {(source, destination): points} of all arrows.
    circles: array of x, y and radius of all nodes.
    """
    found, wanted = {}, list(texts.items())[:MOST_LABELS]
    for ends, lines in wanted:
        size = np.array([CHARACTER_PT * max(map(len, lines)) + MARGIN_PT, HEIGHT_PT])
        others = np.concatenate([np.zeros((0, 2)), *(w for e, w in ways.items() if e != ends)])
        low, high = ways[ends].min(axis=0) - size, ways[ends].max(axis=0) + size
        near = others[np.all((low < others) & (others < high), axis=1)]
        for middle in _places(ways[ends]):
            if _is_free(middle, size, circles, found.values(), near):
                found[ends] = (*map(float, middle), *map(float, size))
                break
    return found if len(found) >= LEAST_SHARE * len(wanted) else {}


def _places(way):
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    for share in SHARES:
        yield np.array([np.interp(share * length[-1], length, way[:, i]) for i in (0, 1)])


def _is_free(middle, size, circles, boxes, points):
    half = size / 2 + GAP_PT
    # How far the middles of circles are from the box.
    away = np.hypot(*np.maximum(np.abs(circles[:, :2] - middle) - half, 0).T)
    if np.any(away < circles[:, 2]):
        return False
    for x, y, *other in boxes:
        if np.all(np.abs(np.array((x, y)) - middle) < half + np.array(other) / 2):
            return False
    return not np.any(np.all(np.abs(points - middle) < half, axis=1))
