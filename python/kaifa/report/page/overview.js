// SPDX-License-Identifier: GPL-3.0-or-later
// How many packets there were over the whole time, and which part of it is in view.
"use strict";

const EDGE = { left: 58, right: 12, top: 4, bottom: 20 };
const BAR_DOTS = 4;

class Overview {
  constructor(host, frames, view) {
    Object.assign(this, { host, frames, view });
    this.x = d3.scaleLinear();
    const svg = d3.select(host).append("svg").attr("aria-hidden", "true");
    this.bars = svg.append("path").attr("class", "bars");
    this.ticks = svg.append("g").attr("class", "ticks");
    this.svg = svg;
    this.brush = d3.brushX().on("brush end", (event) => this._brushed(event));
    this.handle = svg.append("g").attr("class", "brush");
    this.draw = beforePaint(() => this._draw());
    view.on(this.draw);
    new ResizeObserver(this.draw).observe(host);
  }

  _draw() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width) return;
    const [first, last] = this.frames.extent();
    const margin = Math.max((last - first) * 0.01, 0.01);
    this.x.domain([first - margin, last + margin]).range([EDGE.left, width - EDGE.right]);
    this.bars.attr("d", this._barsPath(height));
    this._drawTicks(height);
    this.brush.extent([[EDGE.left, EDGE.top], [width - EDGE.right, height - EDGE.bottom]]);
    this.handle.call(this.brush);
    const [from, to] = this.view.timeSpan().map((time) =>
      Math.max(EDGE.left, Math.min(width - EDGE.right, this.x(time))));
    const all = from <= EDGE.left + 1 && to >= width - EDGE.right - 1;
    this.handle.call(this.brush.move, all ? null : [from, Math.max(from + 1, to)]);
  }

  _barsPath(height) {
    const [x0, x1] = this.x.range();
    const bins = new Uint32Array(Math.max(1, Math.floor((x1 - x0) / BAR_DOTS)));
    const [from, to] = this.x.domain();
    for (let i = 0; i < this.frames.count; i++) {
      const bin = Math.floor(((this.frames.time[i] - from) / (to - from)) * bins.length);
      bins[Math.min(bins.length - 1, bin)]++;
    }
    const y = d3.scaleSqrt([0, d3.max(bins) || 1], [0, height - EDGE.bottom - EDGE.top]);
    const bottom = height - EDGE.bottom;
    return Array.from(bins, (number, i) => (number
      ? `M${x0 + i * BAR_DOTS},${bottom}v${-Math.max(1, y(number)).toFixed(1)}h${BAR_DOTS - 1}V${bottom}Z`
      : "")).join("");
  }

  _drawTicks(height) {
    const texts = timeTicks(this.frames, this.x);
    this.ticks.selectAll("text").data(texts).join("text").attr("y", height - 5)
      .attr("x", ({ time }) => this.x(time)).text(({ text }) => text);
  }

  _brushed({ sourceEvent, selection }) {
    if (!sourceEvent) return; // moved by _draw()
    this.view.change({ time: selection ? selection.map((x) => this.x.invert(x)) : null });
  }
}
