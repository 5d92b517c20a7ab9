# SPDX-License-Identifier: GPL-3.0-or-later
"""Title and legend of a map."""

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

NODES_OF_PLAIN_TITLE = 80  # more make a larger picture and title
SIGNS = {
    COLLECTOR: "\N{BULLSEYE}",
    RELAY: "\N{BLACK HEXAGON}",
    METER: "\N{BLACK CIRCLE}",
    BEACON_BROADCAST: "\N{BLACK PENTAGON}",
    BROADCAST_ONLY: "\N{BLACK UP-POINTING TRIANGLE}",
    BEACON_ONLY: "\N{BLACK DIAMOND}",
    NOT_HEARD: "\N{DOTTED CIRCLE}",
}


def title(graph, subtitle, paint, unlabelled):
    """Title, what was put in, and what the signs mean, as one of Graphviz's HTML-like labels.

    unlabelled: number of links that have no numbers written on them.
    """
    theme, there = paint.theme, {node["role"] for node in graph.nodes.values()}
    signs = "    ".join(f"{SIGNS[role]} {role}" for role in ROLES if role in there)
    if any("?" in role for role in there):
        signs += "    (?: a guess from the traffic)"
    links = ["arrows: unicasts, the wider the more; dashed: fewer than half acknowledged"]
    if unlabelled < len(graph.edges):
        links.append("written on them: unicasts, share acknowledged, median SNR")
    if unlabelled:
        links.append(f"numbers of {unlabelled:,} links have no room: SVG tells when pointed at")
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
