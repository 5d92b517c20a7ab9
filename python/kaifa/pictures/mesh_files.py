# SPDX-License-Identifier: GPL-3.0-or-later
"""A mesh as a picture, or as a file for other programs."""

import re
import subprocess
from pathlib import Path

import networkx as nx

from ..recording import InputError
from .mesh_dot import by_weight, has_labels, label_lines, mesh_dot
from .mesh_places import places

PICTURES = (".svg", ".png", ".pdf")
SUFFIXES = (*PICTURES, ".dot", ".graphml", ".gexf")
LONGEST_S = 600
DOTS_PER_INCH = 120  # of PNG


def write_mesh(graph, name, subtitle, paint):
    """Writes a mesh_graph() in the form that the suffix of `name` says.

    The same graph gives the same file, but for PDF: the library that Graphviz draws those with puts
    in the time and arranges fonts as memory has it. InputError if it cannot be written.
    """
    suffix = suffix_of(name)
    if suffix == ".graphml":
        octets = "\n".join(nx.generate_graphml(graph)).encode()
    elif suffix == ".gexf":
        octets = _gexf(graph, paint).encode()
    elif suffix == ".dot":
        octets = mesh_dot(graph, subtitle, paint).encode()
    else:
        octets = _drawn(graph, subtitle, paint, suffix[1:])
    try:
        Path(name).write_bytes(octets)
    except OSError as error:
        raise InputError(f"{name}: cannot be written, {error.strerror}") from None


def suffix_of(name):
    """The suffix in lower case; InputError if it is none that can be written."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{name}: is no kind of map, expected {', '.join(SUFFIXES)}")
    return suffix


def _gexf(graph, paint):
    """With the colours, which Gephi takes over, and without the date of writing."""
    painted = graph.copy()
    for address, node in painted.nodes.items():
        red, green, blue = (int(paint.of(address)[i : i + 2], 16) for i in (1, 3, 5))
        colour = {"r": red, "g": green, "b": blue, "a": 1.0}
        node["viz"] = {"color": colour, "size": 4.0 + node["peers"]}
    for *_, link in painted.edges(data=True):
        link["weight"] = link["unicasts"]
    return re.sub(r' lastmodifieddate="[^"]*"', "", "\n".join(nx.generate_gexf(painted)))


def _drawn(graph, subtitle, paint, form):
    dot = mesh_dot(graph, subtitle, paint)
    if not has_labels(graph):
        return _graphviz(dot, form)
    # Graphviz writes labels across what is there, so it is told where they go once it has said
    # where all else is.
    texts = {ends: label_lines(graph.edges[ends]) for ends in reversed(by_weight(graph))}
    found = places(_graphviz(dot, "json"), texts)
    return _graphviz(mesh_dot(graph, subtitle, paint, found), form, "-Kneato", "-n2")


def _graphviz(dot, form, *options):
    try:
        result = subprocess.run(
            ["dot", f"-T{form}", *options, *([f"-Gdpi={DOTS_PER_INCH}"] if form == "png" else [])],
            input=dot.encode(),
            capture_output=True,
            timeout=LONGEST_S,
        )
    except FileNotFoundError:
        raise InputError(
            "Graphviz is not there, expected its program dot (apt install graphviz)"
        ) from None
    except subprocess.TimeoutExpired:
        raise InputError(
            f"Graphviz took more than {LONGEST_S} s, expected a smaller mesh (--since, --until)"
        ) from None
    if result.returncode != 0:
        said = result.stderr.decode(errors="replace").strip()
        raise InputError(f"Graphviz failed: {said[-200:]}")
    return result.stdout
