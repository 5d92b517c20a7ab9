# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh as a graph: who sent unicasts to whom, and how well that went."""

import networkx as nx
import numpy as np

from .frames import (
    ACK,
    BEACON,
    BROADCAST,
    BROADCAST_ADDRESS,
    NOBODY,
    REJECTED,
    UNICAST,
)
from .mesh_roles import add_roles

# An acknowledgement comes some milliseconds behind what it acknowledges.
LATEST_ACK_NS = 10**9


def mesh_graph(frames):
    """A directed graph of the checked frames, nodes and edges in order of address.

    Node: an address that sent or was sent to. Attributes: packets, unicasts, broadcasts, beacons
    (sent), acks_inferred (an acknowledgement names nobody: it is held to come from the recipient
    of the unicast before it), received (unicasts sent to it), heard (it sent anything that names
    it), median_snr_db of what it sent, and those of add_roles().
    Edge: unicasts from one to the other. Attributes: unicasts, acknowledged (with an
    acknowledgement of the same sequence number behind them, matched as above),
    acknowledged_share, median_snr_db. What is not known is left out.
    """
    checked = frames.select(frames.type != REJECTED)
    graph = nx.DiGraph()
    for address in sorted(set(_addresses(checked)) - {BROADCAST_ADDRESS}):
        graph.add_node(address)
    _add_senders(graph, checked)
    _add_links(graph, checked, acknowledged(checked))
    add_roles(graph)
    return graph


def acknowledged(frames):
    """Mask of the unicasts that have an acknowledgement."""
    answered = np.zeros(len(frames), bool)
    waiting = {}
    columns = zip(
        frames.type.tolist(),
        frames.source.tolist(),
        frames.destination.tolist(),
        frames.sequence.tolist(),
        frames.time_ns.tolist(),
        strict=True,
    )
    for i, (kind, source, destination, sequence, time_ns) in enumerate(columns):
        if kind == UNICAST:
            waiting[source, destination, sequence] = i, time_ns
        elif kind == ACK:
            unicast, sent_ns = waiting.pop((destination, source, sequence), (None, 0))
            if unicast is not None and time_ns - sent_ns <= LATEST_ACK_NS:
                answered[unicast] = True
    return answered


def _addresses(frames):
    used = np.union1d(np.unique(frames.source), np.unique(frames.destination))
    return [frames.addresses[i] for i in used if i != NOBODY]


def _add_senders(graph, frames):
    for address in graph:
        graph.nodes[address].update(
            packets=0, unicasts=0, broadcasts=0, beacons=0, acks_inferred=0, received=0, heard=False
        )
    for sender, of_sender in _grouped(frames.source):
        if sender == NOBODY or frames.addresses[sender] not in graph:
            continue
        types = np.bincount(frames.type[of_sender], minlength=REJECTED)
        node = graph.nodes[frames.addresses[sender]]
        node.update(
            packets=len(of_sender),
            unicasts=int(types[UNICAST]),
            broadcasts=int(types[BROADCAST]),
            beacons=int(types[BEACON]),
            acks_inferred=int(np.count_nonzero(frames.source_inferred[of_sender])),
            heard=bool(np.any(~frames.source_inferred[of_sender])),
            **_median_snr(frames, of_sender),
        )


def _add_links(graph, frames, answered):
    count = len(frames.addresses)
    link = frames.source.astype(np.int64) * count + frames.destination
    link[(frames.type != UNICAST) | (frames.source == NOBODY)] = NOBODY
    links = {}
    for number, of_link in _grouped(link):
        if number != NOBODY:
            ends = tuple(frames.addresses[i] for i in divmod(int(number), count))
            links[ends] = of_link
    for (source, destination), of_link in sorted(links.items()):
        if destination not in graph:
            continue
        acks = int(np.count_nonzero(answered[of_link]))
        graph.add_edge(
            source,
            destination,
            unicasts=len(of_link),
            acknowledged=acks,
            acknowledged_share=round(acks / len(of_link), 4),
            **_median_snr(frames, of_link),
        )
        graph.nodes[destination]["received"] += len(of_link)


def _grouped(values):
    """Yields (value, the indices at which it stands), in order of value."""
    order = np.argsort(values, kind="stable")
    different, first = np.unique(values[order], return_index=True)
    yield from zip(different, np.split(order, first[1:]), strict=False)


def _median_snr(frames, chosen):
    snr = frames.snr_db[chosen]
    known = snr[np.isfinite(snr)]
    return {"median_snr_db": round(float(np.median(known)), 2)} if len(known) else {}
