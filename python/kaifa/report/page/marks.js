// SPDX-License-Identifier: GPL-3.0-or-later
// Colour by meter and shape by packet type, the same in every part of the page. Meters without a
// colour of their own are grey, until they are chosen: then they borrow one.
"use strict";

// Shapes within a square of 2 by 2 around 0, by the names that matplotlib has for them.
const SHAPES = {
  o: "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z",
  s: "M-.85,-.85H.85V.85H-.85Z",
  "^": "M0,-1.05L1,.8H-1Z",
  v: "M0,1.05L1,-.8H-1Z",
  D: "M0,-1.1L1.1,0L0,1.1L-1.1,0Z",
  P: "M-.35,-1H.35V-.35H1V.35H.35V1H-.35V.35H-1V-.35H-.35Z",
  X: "M0,-.5L.55,-1.05L1.05,-.55L.5,0L1.05,.55L.55,1.05L0,.5L-.55,1.05L-1.05,.55L-.5,0L-1.05,-.55L-.55,-1.05Z",
  x: "M0,-.25L.75,-1L1,-.75L.25,0L1,.75L.75,1L0,.25L-.75,1L-1,.75L-.25,0L-1,-.75L-.75,-1Z",
  "|": "M-.3,-1.25H.3V1.25H-.3Z",
  "*": "M0,-1.1L.26,-.36L1.05,-.34L.42,.14L.65,.89L0,.44L-.65,.89L-.42,.14L-1.05,-.34L-.26,-.36Z",
};

const OTHERS = -2; // beside NOBODY and the numbers of colours

class Marks {
  // colors: {light: [...], dark: [...], nobody: {light, dark}, others: {light, dark}}; shapes: that
  // of each type.
  constructor(frames, view, { colors, shapes }) {
    this.frames = frames;
    this.view = view;
    this._colors = colors;
    this._shapes = shapes;
    this._dark = matchMedia("(prefers-color-scheme: dark)");
    this._sprites = new Map();
    this._borrowed = new Map(); // number of a meter: that of a colour; null: lent to another
    this.lent = 0; // how often colours were lent anew
    view.on(() => this._lend());
    this._dark.addEventListener("change", () => this._sprites.clear());
  }

  onThemeChange(listener) {
    this._dark.addEventListener("change", listener);
  }

  meterColor(meter) {
    return this._color(this._number(meter));
  }

  frameColor(i) {
    return this._color(this._number(this.frames.source[i]));
  }

  isGrey(meter) {
    return this._number(meter) === OTHERS;
  }

  shape(type) {
    return SHAPES[this._shapes[type]];
  }

  // A small picture of a type for buttons and lists.
  glyph(type, color = "currentColor") {
    return svgElement("svg",
      { viewBox: "-1.3 -1.3 2.6 2.6", class: "glyph", "aria-hidden": "true" },
      svgElement("path", { d: this.shape(type), fill: color }));
  }

  // The mark of a frame as a canvas, for points of `radius` in dots of the screen.
  sprite(i, radius) {
    const number = this._number(this.frames.source[i]);
    const key = (radius * 16) * 4096 + this.frames.type[i] * 256 + number + 2;
    let sprite = this._sprites.get(key);
    if (!sprite) {
      sprite = this._drawn(this.shape(this.frames.type[i]), this._color(number), radius);
      this._sprites.set(key, sprite);
    }
    return sprite;
  }

  // Which of the colours a meter has; NOBODY and OTHERS have one each, too.
  _number(meter) {
    if (meter === NOBODY) return NOBODY;
    const borrowed = this._borrowed.get(meter);
    return (borrowed === undefined ? this.frames.colors[meter] : borrowed) ?? OTHERS;
  }

  _color(number) {
    const theme = this._dark.matches ? "dark" : "light";
    if (number === NOBODY) return this._colors.nobody[theme];
    return number === OTHERS ? this._colors.others[theme] : this._colors[theme][number];
  }

  // Meters chosen that are grey take the colours of those that are not chosen.
  _lend() {
    const { colors, busiest } = this.frames;
    if (this._chosen === this.view.meters && this._changes === busiest.changes) return;
    this._chosen = this.view.meters;
    this._changes = busiest.changes;
    this.lent++;
    this._borrowed.clear();
    const kept = new Set([...this._chosen].map((meter) => colors[meter]));
    const free = d3.range(this._colors.light.length).filter((number) => !kept.has(number));
    for (const meter of this._chosen) {
      if (colors[meter] !== null || !free.length) continue;
      const number = free.shift();
      const owner = colors.indexOf(number);
      if (owner >= 0) this._borrowed.set(owner, null);
      this._borrowed.set(meter, number);
    }
  }

  _drawn(shape, color, radius) {
    const side = 2 * Math.ceil(radius * 1.15) + 3;
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = canvas.getContext("2d");
    context.translate(side / 2, side / 2);
    context.scale(radius, radius);
    const path = new Path2D(shape);
    if (radius > 4) {
      // A seam of the ground's colour tells marks that overlap apart.
      context.lineWidth = 1.6 / radius;
      context.strokeStyle = getComputedStyle(document.body).getPropertyValue("--panel");
      context.stroke(path);
    }
    context.fillStyle = color;
    context.fill(path);
    return canvas;
  }
}
