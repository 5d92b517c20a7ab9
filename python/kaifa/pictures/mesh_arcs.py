# SPDX-License-Identifier: GPL-3.0-or-later
"""How the arrows of the mesh run: straight if nothing is in the way, else in arcs round the nodes.

Graphviz can route them, too, but takes long, and version 2.43 crashes on some stars.
"""

from dataclasses import dataclass

import numpy as np

from .mesh_weight import arrow_size

ARROW_PT = 10.0  # length of Graphviz's arrows of size 1
MARGIN_PT = 3.0  # between an arrow and a node that it passes
# Angles between an arrow and the straight way where it leaves, in radians, the most wanted first.
# Where two nodes send to each other both arrows bear right, and so pass each other.
ALONE = (0.0, 0.25, -0.25, 0.5, -0.5)
BOTH_WAYS = (0.3, 0.5, 0.15)
REACH = 0.35  # of the length: how far the ends of an arc go on as they begin
SAMPLES = np.linspace(0, 1, 200)[:, None]  # where on an arc it is looked at
# More links than this go straight, whatever is in the way: there is no way round it all.
MOST_ROUND = 600


@dataclass(frozen=True)
class Arc:
    """An arrow: a cubic Bézier curve by its four points, and its tip. In points."""

    curve: np.ndarray
    tip: np.ndarray

    def samples(self):
        """Points on it, from the sender on."""
        a, b, c, d = self.curve
        s, t = 1 - SAMPLES, SAMPLES
        line = s**3 * a + 3 * s**2 * t * b + 3 * s * t**2 * c + t**3 * d
        return np.concatenate([line, [self.tip]])

    def pos(self):
        """As Graphviz's attribute pos."""
        tip, *curve = (f"{x:.2f},{y:.2f}" for x, y in (self.tip, *self.curve))
        return f"e,{tip} {' '.join(curve)}"


def arcs(weights, circles):
    """{(source, destination): Arc} of the links in `weights`.

    circles: {address: (x, y, radius)} of all nodes.
    """
    few = len(weights) <= MOST_ROUND
    return {
        ends: _best(ends, weights, circles) if few else _arc(ends, 0.0, weights, circles)
        for ends in weights
    }


def _best(ends, weights, circles):
    wanted = BOTH_WAYS if ends[::-1] in weights else ALONE
    in_the_way = np.array([circle for name, circle in circles.items() if name not in ends])
    found = []
    for angle in wanted:
        arc = _arc(ends, angle, weights, circles)
        found.append((_covered(arc, in_the_way.reshape(-1, 3)), arc))
        if not found[-1][0]:
            break
    return min(found, key=lambda pair: pair[0])[1]


def _arc(ends, angle, weights, circles):
    (*a, radius_a), (*b, radius_b) = (circles[name] for name in ends)
    a, b = np.array(a), np.array(b)
    ahead = (b - a) / max(np.hypot(*(b - a)), 1e-9)
    leaves, arrives = _turned(ahead, -angle), _turned(ahead, angle)
    start, tip = a + radius_a * leaves, b - radius_b * arrives
    end = tip - ARROW_PT * arrow_size(weights[ends]) * arrives
    reach = REACH * np.hypot(*(end - start))
    return Arc(np.array([start, start + reach * leaves, end - reach * arrives, end]), tip)


def _covered(arc, circles):
    """How deep it lies in circles, all together."""
    away = np.hypot(*(circles[:, None, :2] - arc.samples()).transpose(2, 0, 1)).min(axis=1)
    return np.maximum(circles[:, 2] + MARGIN_PT - away, 0).sum()


def _turned(vector, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([cos * vector[0] - sin * vector[1], sin * vector[0] + cos * vector[1]])
