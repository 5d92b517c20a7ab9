# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of nodes and links of the mesh, for people."""


def node_text(address, node):
    """What is known of a node."""
    snr = f", {node['median_snr_db']:.1f} dB" if "median_snr_db" in node else ""
    return (
        f"{address}: {node['role']}; sent {node['packets']} packets ({node['unicasts']} unicasts, "
        f"{node['broadcasts']} broadcasts, {node['beacons']} beacons, {node['acks_inferred']} "
        f"acknowledgements as inferred){snr}; {node['received']} unicasts sent to it; "
        f"{node['peers']} peers; betweenness {node['betweenness']:.2f}"
    )


def link_text(names, ends, link):
    """What is known of a link between two nodes of these `names`."""
    snr = f", {link['median_snr_db']:.1f} dB" if "median_snr_db" in link else ""
    source, destination = ends
    return (
        f"{names[source]} to {names[destination]}: {link['unicasts']} unicasts, "
        f"{link['acknowledged_share']:.0%} acknowledged{snr}"
    )


def label_lines(link):
    """What is written on a link."""
    lines = [f"{link['unicasts']} · {link['acknowledged_share']:.0%}"]
    if "median_snr_db" in link:
        lines.append(f"{link['median_snr_db']:.0f} dB")
    return lines
