# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh in the language of Graphviz, ready to be laid out and drawn."""

import math
from html import escape

from .mesh_roles import (
    BEACON_BROADCAST,
    BEACON_ONLY,
    BROADCAST_ONLY,
    COLLECTOR,
    METER,
    NOT_HEARD,
    RELAY,
    ROLES,
)
from .palette import colour
from .short_names import short_names

SEED = 7
# The layout: stress majorisation while it is quick, springs on several scales beyond.
MOST_FOR_NEATO = 400
FEW_LINKS = 40  # up to which each has its numbers written on it
HALF = 0.5
LEAST_MOST = 8  # unicasts of a link that is drawn with all width
STANDING_OUT = 1.4
NODES_OF_PLAIN_TITLE = 80  # more make a larger picture and title
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
SIGNS = {
    COLLECTOR: "\N{BULLSEYE}",
    RELAY: "\N{BLACK HEXAGON}",
    METER: "\N{BLACK CIRCLE}",
    BEACON_BROADCAST: "\N{BLACK PENTAGON}",
    BROADCAST_ONLY: "\N{BLACK UP-POINTING TRIANGLE}",
    BEACON_ONLY: "\N{BLACK DIAMOND}",
    NOT_HEARD: "\N{DOTTED CIRCLE}",
}
FONT = "DejaVu Sans"


def mesh_dot(graph, subtitle, theme):
    """Text of a mesh_graph() for Graphviz; the same for the same graph, whatever the order."""
    names = short_names(sorted(graph))
    lines = ["digraph mesh {", *_head(graph, subtitle, theme)]
    lines += [_node(graph, address, names[address], theme) for address in sorted(graph)]
    few = len(graph.edges) <= FEW_LINKS
    most = max((link["unicasts"] for *_, link in graph.edges(data=True)), default=1)
    # What comes later is drawn above.
    for ends in sorted(graph.edges, key=lambda ends: (graph.edges[ends]["unicasts"], ends)):
        lines.append(_link(graph, ends, names, few, max(most, LEAST_MOST), theme))
    return "\n".join([*lines, "}"]) + "\n"


def _head(graph, subtitle, theme):
    few = len(graph.edges) <= FEW_LINKS
    return [
        _attributes(
            "graph",
            layout="neato" if len(graph) <= MOST_FOR_NEATO else "sfdp",
            start=SEED,
            overlap="prism",
            overlap_shrink="false" if few else "true",
            sep="+8",
            splines="true" if few else "line",
            outputorder="edgesfirst",
            bgcolor=theme.background,
            fontname=FONT,
            fontcolor=theme.text,
            pad="0.4",
            dpi="120",
            labelloc="t",
            labeljust="l",
        ),
        f"  label=<{_title(graph, subtitle, few, theme)}>;",
        _attributes("node", fontname=FONT, fixedsize="true", penwidth="1.5"),
        _attributes(
            "edge", fontname=FONT, fontsize="8", fontcolor=theme.faint_text, arrowhead="vee"
        ),
    ]


def _title(graph, subtitle, few, theme):
    """Title, what was put in, and what the signs mean, as one of Graphviz's HTML-like labels."""
    there = {node["role"] for node in graph.nodes.values()}
    signs = "    ".join(f"{SIGNS[role]} {role}" for role in ROLES if role in there)
    if any("?" in role for role in there):
        signs += "    (?: a guess from the traffic)"
    links = "arrows: unicasts, the wider the more; dashed: fewer than half acknowledged"
    if few:
        links += "; written: unicasts, share acknowledged, median SNR"
    faint = f' color="{theme.faint_text}"'
    larger = max(1.0, math.sqrt(len(graph) / NODES_OF_PLAIN_TITLE))
    lines = (
        (18, "", "<b>Who sends to whom</b>"),
        (11, faint, escape(subtitle)),
        (12, "", escape(signs)),
        (10, faint, links),
        (10, faint, "acknowledgements name nobody and are matched by time and sequence number"),
    )
    fonts = (
        f'<font point-size="{size * larger:.0f}"{colour}>{text}</font>'
        for size, colour, text in lines
    )
    rows = "".join(f'<tr><td align="left">{font}</td></tr>' for font in fonts)
    return f'<table border="0" cellspacing="1" cellpadding="1">{rows}</table>'


def _node(graph, address, name, theme):
    node = graph.nodes[address]
    shape, outlines = SHAPES[node["role"]]
    fill = colour(address, theme)
    heard = node["role"] != NOT_HEARD
    big = 0.2 + 0.045 * len(name) + 0.055 * math.log2(1 + node["peers"])
    if node["role"] in (COLLECTOR, RELAY):
        big *= STANDING_OUT
    # A triangle and a diamond have less room for the name within.
    narrow = 1.35 if shape in ("triangle", "diamond") else 1.0
    guessed = node["role"] in (COLLECTOR, RELAY)
    return _attributes(
        _quoted(address),
        label=name,
        tooltip=node_text(address, node),
        shape=shape,
        peripheries=outlines,
        width=f"{big * narrow:.2f}",
        height=f"{big * narrow:.2f}",
        fontsize=f"{72 * big * 0.8 / (0.62 * max(len(name), 4)):.1f}",
        style="filled" if heard else "dashed",
        fillcolor=fill,
        color=theme.text if guessed else fill,
        fontcolor=_on(fill) if heard else theme.text,
    )


def _link(graph, ends, names, few, most, theme):
    link = graph.edges[ends]
    weight = math.log2(1 + link["unicasts"]) / math.log2(1 + most)
    source, destination = ends
    text = link_text(link)
    alpha = 0xFF if few else round(0x30 + 0xC0 * weight**1.5)
    return _attributes(
        f"{_quoted(source)} -> {_quoted(destination)}",
        tooltip=f"{names[source]} to {names[destination]}: {text}",
        label=_short(link) if few else None,
        len=f"{1.6 if few else 1 + 1.5 * (1 - weight):.2f}",
        penwidth=f"{0.4 + 2.6 * weight**1.5:.2f}",
        arrowsize=f"{0.35 + 0.4 * weight:.2f}",
        color=f"{colour(source, theme)}{alpha:02x}",
        style="dashed" if link["acknowledged_share"] < HALF else "solid",
    )


def _short(link):
    snr = f" · {link['median_snr_db']:.0f} dB" if "median_snr_db" in link else ""
    return f"{link['unicasts']} · {link['acknowledged_share']:.0%}{snr}"


def node_text(address, node):
    """What is known of a node, for people."""
    snr = f", {node['median_snr_db']:.1f} dB" if "median_snr_db" in node else ""
    return (
        f"{address}: {node['role']}; sent {node['packets']} packets ({node['unicasts']} unicasts, "
        f"{node['broadcasts']} broadcasts, {node['beacons']} beacons, {node['acks_inferred']} "
        f"acknowledgements as inferred){snr}; {node['received']} unicasts sent to it; "
        f"{node['peers']} peers; betweenness {node['betweenness']:.2f}"
    )


def link_text(link):
    """What is known of a link, for people."""
    snr = f", {link['median_snr_db']:.1f} dB" if "median_snr_db" in link else ""
    return f"{link['unicasts']} unicasts, {link['acknowledged_share']:.0%} acknowledged{snr}"


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
