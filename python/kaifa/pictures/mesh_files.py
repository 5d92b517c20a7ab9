# SPDX-License-Identifier: GPL-3.0-or-later
"""A mesh as a picture, or as a file for other programs."""

import io
import re
import subprocess
from pathlib import Path

import networkx as nx

from ..recording import InputError
from .mesh_dot import mesh_dot
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
        octets = _opaque(octets, paint.theme) if suffix == ".png" else octets
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
    # In two steps: Graphviz places the nodes, and is told where arrows and numbers go. And in one
    # step its places differ behind the last digit that it writes, from run to run, by which letters
    # can come to lie a dot higher.
    found = places(graph, _graphviz(mesh_dot(graph, subtitle, paint), "json"))
    return _graphviz(mesh_dot(graph, subtitle, paint, found), form, "-Kneato", "-n2")


def _opaque(png, theme):
    """A PNG on its background: Graphviz can leave the last column and row half transparent."""
    # Only needed here, and it takes its time.
    from matplotlib.colors import to_rgb
    from matplotlib.image import imread, imsave

    image = imread(io.BytesIO(png))
    if image.shape[2] < 4:
        return png
    alpha, file = image[..., 3:], io.BytesIO()
    opaque = alpha * image[..., :3] + (1 - alpha) * to_rgb(theme.background)
    # A rounding can lead beyond 1.
    imsave(file, opaque.clip(0, 1), format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return file.getvalue()


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
