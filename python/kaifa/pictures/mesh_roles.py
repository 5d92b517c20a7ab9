# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node of the mesh does, guessed from the traffic: no packet says it."""

import networkx as nx
import numpy as np

COLLECTOR, RELAY, METER = "collector?", "relay?", "meter"
BROADCAST_ONLY, BEACON_ONLY = "broadcast only", "beacon only"
BEACON_BROADCAST, NOT_HEARD = "beacon+broadcast", "not heard"
# In the order of legends. The first two are guesses and marked so; the others are what was seen.
ROLES = (COLLECTOR, RELAY, METER, BEACON_BROADCAST, BROADCAST_ONLY, BEACON_ONLY, NOT_HEARD)
COLLECTOR_LEAST_PEERS = 4
COLLECTOR_SHARE = 0.15  # of all that take part in unicasts
COLLECTOR_OVER_MEDIAN = 3
RELAY_LEAST_PEERS = 3
RELAY_BETWEENNESS = 0.05
# Betweenness from as many nodes as this in a larger mesh; then it is an estimate.
MOST_PIVOTS = 500
SEED = 1


def add_roles(graph):
    """Adds to each node of a mesh_graph(): peers, betweenness and role.

    peers:       nodes with which it exchanged unicasts.
    betweenness: share of the shortest ways between any two others that lead over it, directions
                 aside (L. Freeman 1977; U. Brandes 2001).
    role:        one of ROLES. A collector exchanges unicasts with 15 % of all, and with three
                 times as many as the median node; a relay has a betweenness of 0.05.
    """
    both_ways = graph.to_undirected()
    pivots = MOST_PIVOTS if len(graph) > MOST_PIVOTS else None
    between = nx.betweenness_centrality(both_ways, k=pivots, seed=SEED)
    peers = dict(both_ways.degree())
    talking = [count for count in peers.values() if count]
    many = max(
        COLLECTOR_LEAST_PEERS,
        COLLECTOR_SHARE * (len(talking) - 1),
        COLLECTOR_OVER_MEDIAN * float(np.median(talking)) if talking else 0,
    )
    for address, node in graph.nodes.items():
        node.update(peers=peers[address], betweenness=round(between[address], 4))
        node["role"] = _role(node, many)


def _role(node, many_peers):
    if node["peers"]:
        if node["peers"] >= many_peers:
            return COLLECTOR
        is_between = node["betweenness"] >= RELAY_BETWEENNESS
        if is_between and node["peers"] >= RELAY_LEAST_PEERS:
            return RELAY
        return _seen(node)
    if node["broadcasts"]:
        return BEACON_BROADCAST if node["beacons"] else BROADCAST_ONLY
    if node["beacons"]:
        return BEACON_ONLY
    return _seen(node)


def _seen(node):
    # An acknowledgement names nobody: who sent it is no more than inferred.
    return METER if node["packets"] > node["acks_inferred"] else NOT_HEARD
