// SPDX-License-Identifier: GPL-3.0-or-later
// What a meter does, guessed from the traffic, for no packet says it; by the rules of kaifa_map
// (pictures/mesh_roles.py).
"use strict";

const COLLECTOR_LEAST_PEERS = 4;
const COLLECTOR_SHARE = 0.15; // of all that take part in unicasts
const COLLECTOR_OVER_MEDIAN = 3;
const RELAY_LEAST_PEERS = 3;
const RELAY_BETWEENNESS = 0.05;
const MOST_BETWEENNESS = 500; // meters; in a larger mesh relays are not looked for

// Gives each meter of a Mesh its `role`.
function giveRoles({ meters }) {
  const peers = meters.map((meter) => meter.partners.size).filter((size) => size);
  const many = Math.max(COLLECTOR_LEAST_PEERS, COLLECTOR_SHARE * (peers.length - 1),
    COLLECTOR_OVER_MEDIAN * (median(peers) || 0));
  const between = meters.length > MOST_BETWEENNESS ? new Map() : betweenness(meters);
  for (const meter of meters) meter.role = roleOf(meter, many, between.get(meter));
}

function roleOf(meter, many, between) {
  const peers = meter.partners.size;
  // An acknowledgement names nobody: who sent it is no more than inferred.
  const seen = meter.packets > meter.acks ? "meter" : "not heard";
  if (peers >= many) return "collector?";
  if (peers >= RELAY_LEAST_PEERS && between >= RELAY_BETWEENNESS) return "relay?";
  if (peers) return seen;
  if (meter.broadcasts) return meter.beacons ? "beacon+broadcast" : "broadcast only";
  if (meter.beacons) return "beacon only";
  return seen;
}

// Of each meter, the share of the shortest ways between any two others that lead over it
// (L. Freeman, 1977), by the algorithm of U. Brandes (2001).
function betweenness(meters) {
  const between = new Map(meters.map((meter) => [meter, 0]));
  for (const start of meters) addWaysFrom(start, between);
  const pairs = (meters.length - 1) * (meters.length - 2);
  for (const [meter, sum] of between) between.set(meter, pairs > 0 ? sum / pairs : 0);
  return between;
}

function addWaysFrom(start, between) {
  const nodes = new Map([[start, { far: 0, ways: 1, before: [], share: 0 }]]);
  const order = [start];
  for (const meter of order) {
    const { far, ways } = nodes.get(meter);
    for (const next of meter.partners) {
      if (!nodes.has(next)) {
        nodes.set(next, { far: far + 1, ways: 0, before: [], share: 0 });
        order.push(next);
      }
      const node = nodes.get(next);
      if (node.far === far + 1) {
        node.ways += ways;
        node.before.push(meter);
      }
    }
  }
  for (const meter of order.reverse()) {
    const { ways, before, share } = nodes.get(meter);
    for (const previous of before) {
      const node = nodes.get(previous);
      node.share += (node.ways / ways) * (1 + share);
    }
    if (meter !== start) between.set(meter, between.get(meter) + share);
  }
}
