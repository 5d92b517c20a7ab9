// SPDX-License-Identifier: GPL-3.0-or-later
// The mesh: circles are meters, arrows who sent to whom.
"use strict";

const MANY_LINKS = 150;
const LEAST_MOST = 8; // unicasts of a link that is drawn with all width
const ARROW = 9; // length of an arrow's head, which has to be wider than the widest line
const RING = 5.5; // around a collector or relay
const MOST_LABELS = 80; // beyond that only the busiest are named until one looks closer

class Graph {
  constructor(host, frames, view, marks, tip) {
    Object.assign(this, { host, frames, view, marks, tip });
    this.layout = new GraphLayout();
    this.mesh = { meters: [], links: [] };
    this.cursor = -1; // place in mesh.meters of the one the keys are on
    this.svg = d3.select(host).append("svg").attr("aria-hidden", "true");
    this._defineArrow();
    this.world = this.svg.append("g");
    this.edges = this.world.append("g").attr("class", "edges");
    this.nodes = this.world.append("g");
    this.zooming = d3.zoom().scaleExtent([0.2, 8]).on("zoom", ({ transform }) => {
      this.moved ||= true;
      this._place(transform);
    });
    this.svg.call(this.zooming).on("dblclick.zoom", () => this.fit());
    this.svg.on("click", (event) => {
      if (event.target === this.svg.node()) view.change({ meters: new Set() });
    });
    host.addEventListener("keydown", (event) => this._key(event));
    host.addEventListener("blur", () => this._moveCursor(-1));
    marks.onThemeChange(() => this.draw(this.mesh));
    view.on(beforePaint(() => this._mark()));
    new ResizeObserver(() => this.moved || this.fit()).observe(host);
  }

  // Shows meters and links of a Mesh.
  draw(mesh) {
    this.mesh = mesh;
    const before = this.layout.places.size;
    this.layout.update(mesh);
    this._drawEdges();
    this._drawNodes();
    this._mark();
    if (before !== this.layout.places.size && !this.moved) this.fit();
  }

  // Everything into view.
  fit() {
    const places = [...this.layout.places.values()];
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!places.length || !width) return;
    const [left, right] = d3.extent(places, (place) => place.x);
    const [top, bottom] = d3.extent(places, (place) => place.y);
    const scale = Math.min(1.6, width / (right - left + 90), height / (bottom - top + 80));
    const transform = d3.zoomIdentity.translate(width / 2, height / 2).scale(scale)
      .translate(-(left + right) / 2, -(top + bottom) / 2);
    this.svg.call(this.zooming.transform, transform);
    this.moved = false;
  }

  _place(transform) {
    this.world.attr("transform", transform);
    this.svg.classed("close", transform.k > 1.5 || this.mesh.meters.length <= MOST_LABELS);
  }

  _defineArrow() {
    this.svg.append("defs").append("marker").attr("id", "arrow").attr("viewBox", "0 0 8 8")
      .attr("refX", 0).attr("refY", 4).attr("markerWidth", ARROW).attr("markerHeight", ARROW)
      .attr("markerUnits", "userSpaceOnUse").attr("orient", "auto")
      .append("path").attr("d", "M0,.8L8,4L0,7.2Z");
  }

  _drawEdges() {
    const ends = new Map(this.mesh.meters.map(({ number, radius, role }) => {
      const { x, y } = this.layout.places.get(number);
      return [number, { x, y, radius: radius + (/collector|relay/.test(role) ? RING : 1) }];
    }));
    const most = Math.max(LEAST_MOST, d3.max(this.mesh.links, (link) => link.unicasts));
    const width = (link) => 0.7 + 2.6 * Math.sqrt(link.unicasts / most);
    // Many that cross each other are to be seen through.
    this.edges.classed("many", this.mesh.links.length > MANY_LINKS);
    this.edges.selectAll("path").data(this.mesh.links, (link) => link.key)
      .join((enter) => enter.append("path").attr("marker-end", "url(#arrow)")
        .on("click", (_event, link) => this.view.chooseLink(link))
        .on("pointermove", (event, link) => this.tip.show(event, linkLines(this.frames, link)))
        .on("pointerleave", () => this.tip.hide()))
      .attr("d", (link) => curve(ends.get(link.source), ends.get(link.destination)))
      .attr("stroke-width", width);
  }

  _drawNodes() {
    const choose = (event, meter) =>
      this.view.chooseMeter(meter.number, event.shiftKey || event.ctrlKey || event.metaKey);
    const busy = new Set(this.mesh.meters.slice(0, 12).map((meter) => meter.number));
    const groups = this.nodes.selectAll("g").data(this.mesh.meters, (meter) => meter.number)
      .join((enter) => {
        const group = enter.append("g").on("click", choose)
          .on("pointermove", (event, meter) =>
            this.tip.show(event, meterLines(this.frames, meter)))
          .on("pointerleave", () => this.tip.hide());
        group.append("circle").attr("class", "halo");
        group.append("circle").attr("class", "dot");
        group.append("text");
        return group;
      })
      .attr("class", (meter) => `node ${meter.role.replace("?", "").replace(/[ +]/, "-")}`)
      .classed("busy", (meter) => busy.has(meter.number))
      .attr("transform", (meter) => {
        const { x, y } = this.layout.places.get(meter.number);
        return `translate(${x},${y})`;
      });
    groups.select(".halo").attr("r", (meter) => meter.radius + 4);
    groups.select(".dot").attr("r", (meter) => meter.radius)
      .style("--color", (meter) => this.marks.meterColor(meter.number));
    groups.select("text").attr("y", (meter) => meter.radius + 12)
      .text((meter) => shortAddress(this.frames.addresses[meter.number]));
  }

  // Those chosen stand out, with whom they talk to.
  _mark() {
    const chosen = this.view.meters;
    const touches = (link) => this.view.isChosen(link.source, link.destination);
    const near = new Set(chosen);
    for (const link of this.mesh.links) {
      if (touches(link)) near.add(link.source).add(link.destination);
    }
    const some = chosen.size > 0;
    this.nodes.selectAll("g.node").classed("chosen", (meter) => chosen.has(meter.number))
      .classed("far", (meter) => some && !near.has(meter.number));
    this.edges.selectAll("path").classed("near", (link) => some && touches(link))
      .classed("far", (link) => some && !touches(link));
  }

  _key(event) {
    const last = this.mesh.meters.length - 1;
    const meter = this.mesh.meters[this.cursor];
    const actions = {
      ArrowRight: () => this._moveCursor(Math.min(last, this.cursor + 1)),
      ArrowDown: () => this._moveCursor(Math.min(last, this.cursor + 1)),
      ArrowLeft: () => this._moveCursor(Math.max(0, this.cursor - 1)),
      ArrowUp: () => this._moveCursor(Math.max(0, this.cursor - 1)),
      Enter: () => meter && this.view.chooseMeter(meter.number, event.shiftKey),
      " ": () => meter && this.view.chooseMeter(meter.number, true),
      "+": () => this.svg.call(this.zooming.scaleBy, 1.4),
      "-": () => this.svg.call(this.zooming.scaleBy, 1 / 1.4),
      0: () => this.fit(),
    };
    if (event.ctrlKey || event.metaKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  _moveCursor(place) {
    this.cursor = place;
    const at = this.mesh.meters[place];
    this.nodes.selectAll("g.node").classed("cursor", (meter) => meter === at);
    $("graph-said").textContent = at ? meterLines(this.frames, at).join(", ") : "";
  }
}

// From rim to the begin of an arrow's head, bent, so that there and back are two lines.
function curve(a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const bend = Math.min(18, length * 0.12);
  const x0 = a.x + ux * a.radius, y0 = a.y + uy * a.radius;
  const x1 = b.x - ux * (b.radius + ARROW), y1 = b.y - uy * (b.radius + ARROW);
  const [mx, my] = [(x0 + x1) / 2 - uy * bend, (y0 + y1) / 2 + ux * bend];
  const round = (value) => value.toFixed(1);
  return `M${round(x0)},${round(y0)}Q${round(mx)},${round(my)} ${round(x1)},${round(y1)}`;
}

function meterLines(frames, meter) {
  return [
    frames.addresses[meter.number],
    `${meter.role}, ${plural(meter.partners.size, "neighbour")}`,
    `sent ${plural(meter.unicasts, "unicast")}, ${plural(meter.acks, "ack")}, ${
      plural(meter.broadcasts, "broadcast")}, ${plural(meter.beacons, "beacon")}`,
    `received ${plural(meter.received, "unicast")}`,
    `median SNR ${fixed(meter.snr, 1)} dB`,
  ];
}

function linkLines(frames, link) {
  return [
    `${frames.addresses[link.source]} → ${frames.addresses[link.destination]}`,
    `${plural(link.unicasts, "unicast")}, ${percent(link.acknowledged, link.unicasts)} acknowledged`,
    `median SNR ${fixed(link.snr, 1)} dB`,
  ];
}
