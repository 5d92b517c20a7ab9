// SPDX-License-Identifier: GPL-3.0-or-later
// Colour by meter and shape by packet type, the same in every part of the page.
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

class Marks {
  // colors: {light: [...], dark: [...], nobody: {light, dark}}; shapes: that of each type.
  constructor(frames, { colors, shapes }) {
    this.frames = frames;
    this._colors = colors;
    this._shapes = shapes;
    this._dark = matchMedia("(prefers-color-scheme: dark)");
    this._sprites = new Map();
    this._dark.addEventListener("change", () => this._sprites.clear());
  }

  onThemeChange(listener) {
    this._dark.addEventListener("change", listener);
  }

  meterColor(meter) {
    return this._color(this.frames.colors[meter] ?? -1);
  }

  frameColor(i) {
    return this._color(this._number(i));
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
    const number = this._number(i);
    const key = (radius * 16) * 4096 + this.frames.type[i] * 256 + number + 1;
    let sprite = this._sprites.get(key);
    if (!sprite) {
      sprite = this._drawn(this.shape(this.frames.type[i]), this._color(number), radius);
      this._sprites.set(key, sprite);
    }
    return sprite;
  }

  // Which of the colours the sender of a frame has; -1 where nobody is named.
  _number(i) {
    return this.frames.colors[this.frames.source[i]] ?? -1;
  }

  _color(number) {
    const theme = this._dark.matches ? "dark" : "light";
    return number < 0 ? this._colors.nobody[theme] : this._colors[theme][number];
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
