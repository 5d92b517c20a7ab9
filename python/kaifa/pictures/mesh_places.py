# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Graphviz put nodes and links, and where on the links there is room for their numbers."""

import json
from dataclasses import dataclass

import numpy as np

# Of a label, in points: the room that a character of its font takes, and the whole height.
CHARACTER_PT, HEIGHT_PT, MARGIN_PT = 5.1, 23.0, 6.0
# Shares of the way from sender to recipient that are tried; the nearer to the first, the better.
WANTED_SHARE = 0.35
SHARES = np.linspace(0.15, 0.85, 36)
# What it costs to cover a point of a node, of another label and of another link, and to be away
# from WANTED_SHARE by the whole way.
NODE_COST, LABEL_COST, LINK_COST, AWAY_COST = 30.0, 20.0, 1.0, 8.0
STEPS = 60  # points of a link that are looked at


@dataclass(frozen=True)
class Places:
    """All in points. nodes: {address: (x, y)}. links: {(source, destination): the attribute pos}.
    labels: {(source, destination): (x, y, width, height) of the middle}."""

    nodes: dict
    links: dict
    labels: dict


def places(laid_out, texts):
    """Places out of what Graphviz says in its JSON.

    texts: {(source, destination): lines of the label}, the most important link first.
    """
    said = json.loads(laid_out)
    objects = said["objects"]
    nodes = {each["name"]: _numbers(each["pos"]) for each in objects}
    # Inches to points, half of them.
    radius = {each["name"]: 36 * float(each["width"]) for each in objects}
    links = {
        (objects[each["tail"]]["name"], objects[each["head"]]["name"]): each["pos"]
        for each in said.get("edges", ())
    }
    circles = np.array([(*nodes[name], radius[name]) for name in nodes])
    ways = {ends: _way(pos) for ends, pos in links.items()} if texts else {}
    return Places(nodes, links, _labels(ways, circles, texts))


def _labels(ways, circles, texts):
    labels = {}
    for ends, lines in texts.items():
        size = (CHARACTER_PT * max(map(len, lines)) + MARGIN_PT, HEIGHT_PT)
        others = np.concatenate([np.zeros((0, 2)), *(w for e, w in ways.items() if e != ends)])
        way = ways[ends]
        best = min(
            SHARES, key=lambda share: _cost(_at(way, share), size, share, circles, labels, others)
        )
        labels[ends] = (*map(float, _at(way, best)), *size)
    return labels


def _cost(middle, size, share, circles, labels, others):
    half = np.array(size) / 2
    # How far the middles of circles are from the box, and how deep other boxes reach into it.
    away = np.hypot(*np.maximum(np.abs(circles[:, :2] - middle) - half, 0).T)
    cost = NODE_COST * np.maximum(circles[:, 2] + 3 - away, 0).sum()
    for x, y, width, height in labels.values():
        deep = half + (width / 2, height / 2) + 2 - np.abs(np.array((x, y)) - middle)
        cost += LABEL_COST * max(0.0, deep.min())
    covered = np.all(np.abs(others - middle) < half + 1, axis=1).sum()
    return cost + LINK_COST * covered + AWAY_COST * abs(share - WANTED_SHARE)


def _at(way, share):
    """The point at a share of the length of a way."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    return np.array([np.interp(share * length[-1], length, way[:, i]) for i in (0, 1)])


def _way(pos):
    """Points on the cubic Bézier curves of an attribute pos."""
    points = np.array([_numbers(word) for word in pos.split() if word[0] not in "es"])
    t = np.linspace(0, 1, STEPS)[:, None]
    pieces = [
        (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
        for a, b, c, d in (points[i : i + 4] for i in range(0, len(points) - 3, 3))
    ]
    return np.concatenate(pieces)


def _numbers(text):
    return tuple(float(each) for each in text.split(",")[:2])
