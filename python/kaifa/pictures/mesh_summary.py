# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh in lines of at most 80 columns."""

from collections import Counter

from .mesh_roles import ROLES

MOST_ROWS = 12


def mesh_title(graph):
    """How large a mesh_graph() is."""
    unicasts = sum(link["unicasts"] for *_, link in graph.edges(data=True))
    return f"{len(graph):,} nodes, {len(graph.edges):,} links with {unicasts:,} unicasts"


def mesh_summary(graph):
    """Lines: how many nodes have which role, the busiest nodes and the busiest links."""
    roles = Counter(node["role"] for node in graph.nodes.values())
    counted = ", ".join(f"{roles[role]} {role}" for role in ROLES if roles[role])
    lines = [f"{counted} (?: a guess from the traffic)" if "?" in counted else counted]
    lines.append(
        f"{'node':16}  {'role':16} {'peers':>5} {'betw.':>5} {'sent':>8} {'received':>8} "
        f"{'SNR dB':>6}"
    )
    nodes = sorted(graph.nodes.items(), key=lambda item: (-item[1]["peers"], item[0]))
    for address, node in nodes[:MOST_ROWS]:
        lines.append(
            f"{address:16}  {node['role']:16} {node['peers']:5d} {node['betweenness']:5.2f} "
            f"{node['packets']:8d} {node['received']:8d} {_snr(node)}"
        )
    lines.append(f"{'from':16}  {'to':16} {'unicasts':>8} {'acknowledged':>12} {'SNR dB':>6}")
    links = sorted(graph.edges(data=True), key=lambda link: (-link[2]["unicasts"], link[:2]))
    for source, destination, link in links[:MOST_ROWS]:
        lines.append(
            f"{source:16}  {destination:16} {link['unicasts']:8d} "
            f"{link['acknowledged_share']:12.0%} {_snr(link)}"
        )
    lines.append("acknowledgements name nobody: they are matched by time and sequence number")
    return lines


def _snr(of):
    return f"{of['median_snr_db']:6.1f}" if "median_snr_db" in of else f"{'-':>6}"
