// SPDX-License-Identifier: GPL-3.0-or-later
// Places for the meters of the mesh: the same frames, the same places.
"use strict";

const STEPS_AT_ONCE = 300;
const GROWTH = 1.3; // so many more links ask for other places
const WIDER = 0.45;
const MOST_NODE_STEPS = 150000; // nodes times steps, so that a large mesh takes no longer

class GraphLayout {
  constructor() {
    this.places = new Map(); // meter: node with x and y
    this._links = 0; // that there were when the places were found
  }

  // Takes meters and links of a Mesh; meters that were there before move little.
  update({ meters, links }) {
    const nodes = meters.map((meter) => {
      const node = this.places.get(meter.number) ?? { number: meter.number };
      node.radius = meter.radius;
      return node;
    });
    const fresh = nodes.filter((node) => node.x === undefined).length;
    if (!fresh && links.length < GROWTH * this._links) return;
    this._links = links.length;
    for (const node of nodes) this.places.set(node.number, node);
    const pairs = links.map((link) => ({
      source: this.places.get(link.source), target: this.places.get(link.destination),
    }));
    // A meter that has just appeared begins beside one it talks with.
    for (const { source, target } of pairs) {
      for (const [a, b] of [[source, target], [target, source]]) {
        if (a.x === undefined && b.x !== undefined) [a.x, a.y] = [b.x + 20, b.y + 20];
      }
    }
    const linked = new Set(pairs.flatMap(({ source, target }) => [source, target]));
    const apart = (node) => (linked.has(node) ? 0.07 : 0.1);
    const simulation = d3.forceSimulation(nodes)
      .force("links", d3.forceLink(pairs).distance(64).strength(0.3))
      .force("charge", d3.forceManyBody().strength(-240).distanceMax(700))
      .force("room", d3.forceCollide((node) => node.radius + 7))
      // Wider than high, as the room for it is.
      .force("x", d3.forceX().strength((node) => WIDER * apart(node)))
      .force("y", d3.forceY().strength(apart))
      .stop();
    const steps = Math.min(STEPS_AT_ONCE, Math.ceil(MOST_NODE_STEPS / nodes.length));
    simulation.alpha(fresh === nodes.length ? 1 : 0.5);
    simulation.alphaDecay(1 - 0.001 ** (1 / steps)).tick(steps);
  }
}
