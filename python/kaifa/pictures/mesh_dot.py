# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh in the language of Graphviz, ready to be laid out and drawn."""

import math

from .mesh_labels import MOST_LABELS
from .mesh_roles import (
    BEACON_BROADCAST,
    BEACON_ONLY,
    BROADCAST_ONLY,
    COLLECTOR,
    METER,
    NOT_HEARD,
    RELAY,
)
from .mesh_title import title
from .mesh_weight import arrow_size, pen_width, weights
from .mesh_words import label_lines, link_text, node_text
from .short_names import short_names

SEED = 7
# The layout: stress majorisation while it is quick, springs on several scales beyond.
MOST_FOR_NEATO = 400
MANY_LINKS = 250  # from which on thin ones are as faint as can be
HALF = 0.5
STANDING_OUT = 1.4
# Shape and number of outlines of a role.
SHAPES = {
    COLLECTOR: ("circle", 2),
    RELAY: ("hexagon", 1),
    METER: ("circle", 1),
    BEACON_BROADCAST: ("pentagon", 1),
    BROADCAST_ONLY: ("triangle", 1),
    BEACON_ONLY: ("diamond", 1),
    NOT_HEARD: ("circle", 1),
}
FONT = "DejaVu Sans"


def mesh_dot(graph, subtitle, paint, places=None):
    """Text of a mesh_graph() for Graphviz; the same for the same graph, whatever the order.

    places: Places of everything, for Graphviz not to look for any (neato -n2).
    """
    names = short_names(sorted(graph))
    lines = ["digraph mesh {", *_head(graph, subtitle, paint, places)]
    lines += [_node(graph, address, names[address], paint, places) for address in sorted(graph)]
    # What comes later is drawn above.
    for ends, weight in weights(graph).items():
        lines.append(_link(graph, ends, names, weight, paint, places))
    if places:
        lines += [_label(graph, ends, names, paint, box) for ends, box in places.labels.items()]
    return "\n".join([*lines, "}"]) + "\n"


def _head(graph, subtitle, paint, places):
    theme = paint.theme
    engine = "neato" if len(graph) <= MOST_FOR_NEATO else "sfdp"
    unlabelled = len(graph.edges) - len(places.labels if places else ())
    return [
        _attributes(
            "graph",
            layout=None if places else engine,
            start=SEED,
            overlap="prism",
            # Times the size of a node, to begin with: the more numbers, the more room.
            overlap_scaling=f"{-3 - min(len(graph.edges), MOST_LABELS) / len(graph):.1f}",
            overlap_shrink="false",
            sep="+8",
            splines="line",
            outputorder="edgesfirst",
            bgcolor=theme.background,
            fontname=FONT,
            fontcolor=theme.text,
            pad="0.4",
            labelloc="t",
            labeljust="l",
        ),
        f"  label=<{title(graph, subtitle, paint, unlabelled)}>;",
        _attributes("node", fontname=FONT, fixedsize="true", penwidth="1.5"),
        _attributes("edge", arrowhead="vee"),
    ]


def _node(graph, address, name, paint, places):
    node = graph.nodes[address]
    shape, outlines = SHAPES[node["role"]]
    fill, text = paint.of(address), paint.theme.text
    heard = node["role"] != NOT_HEARD
    big = 0.2 + 0.045 * len(name) + 0.055 * math.log2(1 + node["peers"])
    if node["role"] in (COLLECTOR, RELAY):
        big *= STANDING_OUT
    # A triangle and a diamond have less room for the name within.
    narrow = 1.35 if shape in ("triangle", "diamond") else 1.0
    guessed = node["role"] in (COLLECTOR, RELAY)
    return _attributes(
        _quoted(address),
        pos="{},{}".format(*places.nodes[address]) if places else None,
        label=name,
        tooltip=node_text(address, node),
        shape=shape,
        peripheries=outlines,
        width=f"{big * narrow:.2f}",
        height=f"{big * narrow:.2f}",
        fontsize=f"{72 * big * 0.8 / (0.62 * max(len(name), 4)):.1f}",
        style="filled" if heard else "dashed",
        fillcolor=fill,
        color=text if guessed else fill,
        fontcolor=_on(fill) if heard else text,
    )


def _link(graph, ends, names, weight, paint, places):
    link, (source, destination) = graph.edges[ends], ends
    # Many links lie above each other, few should be seen each.
    least = min(0xFF, max(0x30, 0x30 * MANY_LINKS // len(graph.edges)))
    alpha = round(least + (0xFF - least) * weight**1.5)
    return _attributes(
        f"{_quoted(source)} -> {_quoted(destination)}",
        tooltip=link_text(names, ends, link),
        pos=places.arcs[ends].pos() if places else None,
        penwidth=f"{pen_width(weight):.2f}",
        arrowsize=f"{arrow_size(weight):.2f}",
        color=f"{paint.of(source)}{alpha:02x}",
        style="dashed" if link["acknowledged_share"] < HALF else "solid",
    )


def _label(graph, ends, names, paint, box):
    """The numbers of a link, as a node, so that they lie above all links."""
    link, (source, destination) = graph.edges[ends], ends
    x, y, width, height = box
    return _attributes(
        _quoted(f"{source}->{destination} numbers"),
        **{"class": "numbers"},
        pos=f"{x:.2f},{y:.2f}",
        label="\\n".join(label_lines(link)),
        tooltip=link_text(names, ends, link),
        shape="box",
        style="filled,rounded",
        width=f"{width / 72:.3f}",
        height=f"{height / 72:.3f}",
        fontsize="8",
        fontcolor=paint.theme.text,
        fillcolor=paint.theme.background,
        color=paint.of(source),
        penwidth="0.8",
    )


def _on(fill):
    """Black or white, whichever is more legible on a colour."""
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


def _attributes(what, **values):
    text = ", ".join(f"{k}={_quoted(v)}" for k, v in values.items() if v is not None)
    return f"  {what} [{text}];"


def _quoted(value):
    # Graphviz knows no other escape within quotes; addresses and names have no backslash.
    return '"' + str(value).replace('"', '\\"') + '"'
