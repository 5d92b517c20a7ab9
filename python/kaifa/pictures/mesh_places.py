# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything on a map goes, once Graphviz has said where the nodes do."""

import json
from dataclasses import dataclass

import numpy as np

from .mesh_arcs import arcs
from .mesh_labels import labels
from .mesh_weight import weights
from .mesh_words import label_lines

OUTLINE_PT = 4.0  # that a second outline takes


@dataclass(frozen=True)
class Places:
    """All in points. nodes: {address: (x, y)}. arcs: {(source, destination): Arc}, the heaviest
    last. labels: {(source, destination): (x, y, width, height) of the middle}, where there is room.
    """

    nodes: dict
    arcs: dict
    labels: dict


def places(graph, laid_out):
    """Places of a mesh_graph() out of what Graphviz says in its JSON."""
    circles = {each["name"]: _circle(each) for each in json.loads(laid_out)["objects"]}
    run = arcs(weights(graph), circles)
    texts = {ends: label_lines(graph.edges[ends]) for ends in reversed(run)}
    ways = {ends: arc.samples() for ends, arc in run.items()}
    nodes = {name: (x, y) for name, (x, y, _) in circles.items()}
    return Places(nodes, run, labels(texts, ways, np.array(list(circles.values()))))


def _circle(node):
    x, y = map(float, node["pos"].split(","))
    # Inches to points, half of them.
    return x, y, 36 * float(node["width"]) + OUTLINE_PT * (node.get("peripheries") == "2")
