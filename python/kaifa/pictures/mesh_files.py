# SPDX-License-Identifier: GPL-3.0-or-later
"""A mesh as a picture, or as a file for other programs."""

import re
import subprocess
from pathlib import Path

import networkx as nx

from ..recording import InputError
from .mesh_dot import mesh_dot
from .palette import colour

PICTURES = (".svg", ".png", ".pdf")
SUFFIXES = (*PICTURES, ".dot", ".graphml", ".gexf")
LONGEST_S = 600


def write_mesh(graph, name, subtitle, theme):
    """Writes a mesh_graph() in the form that the suffix of `name` says.

    The same graph gives the same file, but for PDF: the library that Graphviz draws those with puts
    in the time and arranges fonts as memory has it. InputError if it cannot be written.
    """
    suffix = suffix_of(name)
    if suffix == ".graphml":
        octets = "\n".join(nx.generate_graphml(graph)).encode()
    elif suffix == ".gexf":
        octets = _gexf(graph, theme).encode()
    elif suffix == ".dot":
        octets = mesh_dot(graph, subtitle, theme).encode()
    else:
        octets = _drawn(mesh_dot(graph, subtitle, theme), suffix[1:])
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


def _gexf(graph, theme):
    """With the colours, which Gephi takes over, and without the date of writing."""
    painted = graph.copy()
    for address, node in painted.nodes.items():
        red, green, blue = (int(colour(address, theme)[i : i + 2], 16) for i in (1, 3, 5))
        paint = {"r": red, "g": green, "b": blue, "a": 1.0}
        node["viz"] = {"color": paint, "size": 4.0 + node["peers"]}
    for *_, link in painted.edges(data=True):
        link["weight"] = link["unicasts"]
    return re.sub(r' lastmodifieddate="[^"]*"', "", "\n".join(nx.generate_gexf(painted)))


def _drawn(dot, form):
    try:
        result = subprocess.run(
            ["dot", f"-T{form}"],
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
