// SPDX-License-Identifier: GPL-3.0-or-later
// Time against frequency: a mark a packet. What the pointer and the keys do stands in
// scatter_input.js.
"use strict";

const MARGIN = { left: 58, right: 12, top: 10, bottom: 34 };
const BEACON_HZ = 871.3e6;
const MANY = 3000; // marks; from then on they are set dot by dot

class Scatter {
  constructor(host, frames, view, marks) {
    Object.assign(this, { host, frames, view, marks });
    this.canvas = host.querySelector("canvas");
    this.shown = new Uint32Array(0);
    this.points = new Points();
    this.x = d3.scaleLinear();
    this.y = d3.scaleLinear();
    this.box = null; // rectangle that is being drawn for zooming, [x0, y0, x1, y1]
    this.redraw = beforePaint(() => this._draw());
    view.on(this.redraw);
    marks.onThemeChange(this.redraw);
    new ResizeObserver(this.redraw).observe(host);
  }

  // Index of the frame at a place on the canvas, or -1.
  frameAt(px, py, reach = 12) {
    let [best, found] = [reach * reach, -1];
    for (const i of this.shown) {
      const dx = this.x(this.frames.time[i]) - px;
      if (dx > reach || dx < -reach) continue;
      const dy = this.y(this.frames.frequency[i]) - py;
      const distance = dx * dx + dy * dy;
      if (distance <= best) [best, found] = [distance, i];
    }
    return found;
  }

  _draw() {
    const { clientWidth: width, clientHeight: height } = this.host;
    const dots = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * dots);
    this.canvas.height = Math.round(height * dots);
    this.x.domain(this.view.timeSpan()).range([MARGIN.left, width - MARGIN.right]);
    this.y.domain(this.view.frequencySpan()).range([height - MARGIN.bottom, MARGIN.top]);
    this.shown = this.view.visible();
    const context = this.canvas.getContext("2d");
    context.scale(dots, dots);
    const style = getComputedStyle(this.host);
    const color = (name) => style.getPropertyValue(name);
    context.font = `12px ${style.fontFamily}`;
    this._drawFrequencyAxis(context, width, color);
    this._drawTimeAxis(context, height, color);
    context.save();
    context.beginPath();
    context.rect(MARGIN.left, MARGIN.top,
      width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom);
    context.clip();
    this._drawBeaconLine(context, width, color);
    context.save();
    context.scale(1 / dots, 1 / dots);
    this._drawMarks(context, dots);
    context.restore();
    this._drawBeaconLabel(context, width, color);
    this._drawBox(context, color);
    context.restore();
    this._drawChosen(context, color);
  }

  _drawMarks(context, dots) {
    const { time, frequency, source, type, types } = this.frames;
    const [[t0, t1], [x0, x1]] = [this.x.domain(), this.x.range()];
    const [[f0, f1], [y0, y1]] = [this.y.domain(), this.y.range()];
    const [perSecond, perHz] = [((x1 - x0) / (t1 - t0)) * dots, ((y1 - y0) / (f1 - f0)) * dots];
    const radius = this._radius() * dots;
    const { points, shown, marks } = this;
    const many = shown.length > MANY;
    if (many) points.clear(this.canvas.width, this.canvas.height);
    // What is less to be looked for lies below: acknowledgements, then meters without a colour.
    const ack = types.indexOf("ack");
    const layer = (i) => (type[i] === ack ? 0 : 2) + (marks.isGrey(source[i]) ? 0 : 1);
    for (const i of [0, 1, 2, 3].flatMap((n) => [...shown.filter((i) => layer(i) === n)])) {
      const sprite = marks.sprite(i, radius);
      const left = Math.round(x0 * dots + (time[i] - t0) * perSecond - sprite.width / 2);
      const top = Math.round(y0 * dots + (frequency[i] - f0) * perHz - sprite.height / 2);
      if (many) points.stamp(sprite, left, top);
      else context.drawImage(sprite, left, top);
    }
    if (many) points.drawOn(context);
  }

  // The more there is to see, the smaller the marks.
  _radius() {
    const steps = [[400, 5.5], [2000, 4.5], [8000, 3.2], [30000, 2.2]];
    return (steps.find(([most]) => this.shown.length <= most) || [0, 1.6])[1];
  }

  _drawChosen(context, color) {
    const i = this.view.frameIndex();
    if (i < 0) return;
    const [px, py] = [this.x(this.frames.time[i]), this.y(this.frames.frequency[i])];
    const [[left, right], [bottom, top]] = [this.x.range(), this.y.range()];
    if (px < left || px > right || py < top || py > bottom) return;
    context.strokeStyle = color("--accent");
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(px, top);
    context.lineTo(px, bottom);
    context.stroke();
    context.setLineDash([]);
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(px, py, 10, 0, 2 * Math.PI);
    context.stroke();
  }

  _drawBeaconLine(context, width, color) {
    const y = this.y(BEACON_HZ);
    context.strokeStyle = color("--beacon-line");
    context.lineWidth = 1;
    context.setLineDash([6, 4]);
    context.beginPath();
    context.moveTo(MARGIN.left, y);
    context.lineTo(width - MARGIN.right, y);
    context.stroke();
    context.setLineDash([]);
  }

  // Over the marks, on a ground of its own.
  _drawBeaconLabel(context, width, color) {
    const place = ["871.3 MHz, beacons", width - MARGIN.right - 6, this.y(BEACON_HZ) - 9];
    context.textAlign = "right";
    context.textBaseline = "bottom";
    context.strokeStyle = color("--panel");
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(...place);
    context.fillStyle = color("--muted");
    context.fillText(...place);
  }

  _drawFrequencyAxis(context, width, color) {
    context.textAlign = "right";
    context.textBaseline = "middle";
    const ticks = this.y.ticks(8).filter((tick) => this.y(tick) > MARGIN.top + 12);
    const digits = Math.max(1, Math.ceil(-Math.log10((ticks[1] - ticks[0]) / 1e6) - 1e-9));
    context.fillStyle = color("--muted");
    context.fillText("MHz", MARGIN.left - 8, MARGIN.top + 2);
    for (const tick of ticks) {
      const y = Math.round(this.y(tick)) + 0.5;
      context.fillStyle = color("--grid");
      context.fillRect(MARGIN.left, y - 0.5, width - MARGIN.left - MARGIN.right, 1);
      context.fillStyle = color("--muted");
      context.fillText((tick / 1e6).toFixed(digits), MARGIN.left - 8, y);
    }
  }

  _drawTimeAxis(context, height, color) {
    context.textAlign = "center";
    context.textBaseline = "top";
    const bottom = height - MARGIN.bottom;
    for (const { time, text, day } of timeTicks(this.frames, this.x)) {
      const x = Math.round(this.x(time)) + 0.5;
      context.fillStyle = color("--grid");
      context.fillRect(x - 0.5, MARGIN.top, 1, bottom - MARGIN.top);
      context.fillStyle = color("--muted");
      context.fillText(text, x, bottom + 6);
      if (day) context.fillText(day, Math.max(x, MARGIN.left + 20), bottom + 20);
    }
  }

  _drawBox(context, color) {
    if (!this.box) return;
    const [x0, y0, x1, y1] = this.box;
    context.strokeStyle = color("--accent");
    context.fillStyle = color("--accent-soft");
    context.fillRect(x0, y0, x1 - x0, y1 - y0);
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }
}
