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
from .short_names import short_names

SEED = 7
# The layout: stress majorisation while it is quick, springs on several scales beyond.
MOST_FOR_NEATO = 400
FEW_LINKS = 40  # up to which each has its numbers written on it
MANY_LINKS = 250  # from which on thin ones are as faint as can be
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


def mesh_dot(graph, subtitle, paint, places=None):
    """Text of a mesh_graph() for Graphviz; the same for the same graph, whatever the order.

    places: Places of everything, for Graphviz not to look for any (neato -n2).
    """
    names = short_names(sorted(graph))
    lines = ["digraph mesh {", *_head(graph, subtitle, paint, places)]
    lines += [_node(graph, address, names[address], paint, places) for address in sorted(graph)]
    most = max((link["unicasts"] for *_, link in graph.edges(data=True)), default=1)
    # What comes later is drawn above.
    for ends in by_weight(graph):
        lines.append(_link(graph, ends, names, max(most, LEAST_MOST), paint, places))
    if places:
        lines += [_label(graph, ends, names, paint, box) for ends, box in places.labels.items()]
    return "\n".join([*lines, "}"]) + "\n"


def has_labels(graph):
    """Whether the numbers of links are written on them."""
    return 0 < len(graph.edges) <= FEW_LINKS


def by_weight(graph):
    """The links, the one with most unicasts last."""
    return sorted(graph.edges, key=lambda ends: (graph.edges[ends]["unicasts"], ends))


def _head(graph, subtitle, paint, places):
    theme, few = paint.theme, has_labels(graph)
    engine = "neato" if len(graph) <= MOST_FOR_NEATO else "sfdp"
    return [
        _attributes(
            "graph",
            layout=None if places else engine,
            start=SEED,
            overlap="prism",
            overlap_shrink="false" if few else "true",
            # Times the size of a node, to begin with: the more links, the more room for numbers.
            overlap_scaling=f"{-4 - len(graph.edges) / 15:.1f}" if few else None,
            sep="+8",
            splines="true" if few else "line",
            outputorder="edgesfirst",
            bgcolor=theme.background,
            fontname=FONT,
            fontcolor=theme.text,
            pad="0.4",
            labelloc="t",
            labeljust="l",
        ),
        f"  label=<{_title(graph, subtitle, few, paint)}>;",
        _attributes("node", fontname=FONT, fixedsize="true", penwidth="1.5"),
        _attributes(
            "edge", fontname=FONT, fontsize="8", fontcolor=theme.faint_text, arrowhead="vee"
        ),
    ]


def _title(graph, subtitle, few, paint):
    """Title, what was put in, and what the signs mean, as one of Graphviz's HTML-like labels."""
    theme, there = paint.theme, {node["role"] for node in graph.nodes.values()}
    signs = "    ".join(f"{SIGNS[role]} {role}" for role in ROLES if role in there)
    if any("?" in role for role in there):
        signs += "    (?: a guess from the traffic)"
    links = ["arrows: unicasts, the wider the more; dashed: fewer than half acknowledged"]
    if few:
        links.append("written on them: unicasts, share acknowledged, median SNR")
    heard = (address for address, node in graph.nodes.items() if node["role"] != NOT_HEARD)
    if not all(map(paint.is_own, heard)):
        links.append("grey: not among the senders that have a colour of their own")
    faint = f' color="{theme.faint_text}"'
    larger = max(1.0, math.sqrt(len(graph) / NODES_OF_PLAIN_TITLE))
    lines = (
        (18, "", "<b>Who sends to whom</b>"),
        (11, faint, escape(subtitle)),
        (12, "", escape(signs)),
        *((10, faint, line) for line in links),
        (10, faint, "acknowledgements name nobody and are matched by time and sequence number"),
    )
    fonts = (
        f'<font point-size="{size * larger:.0f}"{colour}>{text}</font>'
        for size, colour, text in lines
    )
    rows = "".join(f'<tr><td align="left">{font}</td></tr>' for font in fonts)
    return f'<table border="0" cellspacing="1" cellpadding="1">{rows}</table>'


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


def _link(graph, ends, names, most, paint, places):
    link, few = graph.edges[ends], has_labels(graph)
    weight = math.log2(1 + link["unicasts"]) / math.log2(1 + most)
    source, destination = ends
    # Many links lie above each other, few should be seen each.
    least = min(0xFF, max(0x30, 0x30 * MANY_LINKS // len(graph.edges)))
    alpha = round(least + (0xFF - least) * weight**1.5)
    return _attributes(
        f"{_quoted(source)} -> {_quoted(destination)}",
        tooltip=_tip(names, ends, link),
        pos=places.links[ends] if places else None,
        label=" · ".join(label_lines(link)) if few and not places else None,
        len=f"{1.6 if few else 1 + 1.5 * (1 - weight):.2f}",
        penwidth=f"{0.4 + 2.6 * weight**1.5:.2f}",
        arrowsize=f"{0.35 + 0.4 * weight:.2f}",
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
        tooltip=_tip(names, ends, link),
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


def _tip(names, ends, link):
    source, destination = ends
    return f"{names[source]} to {names[destination]}: {link_text(link)}"


def label_lines(link):
    """What is written on a link."""
    lines = [f"{link['unicasts']} · {link['acknowledged_share']:.0%}"]
    return lines + [f"{link['median_snr_db']:.0f} dB"] * ("median_snr_db" in link)


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
