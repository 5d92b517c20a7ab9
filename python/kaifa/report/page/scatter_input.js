// SPDX-License-Identifier: GPL-3.0-or-later
// Pointer and keys over the scatter: drag moves, wheel zooms, Shift and drag zooms into a box, a
// click chooses the frame.
"use strict";

const CLICK_DOTS = 4; // a pointer that moves less was meant as a click
const LEAST_SECONDS = 1e-3;
const LEAST_HZ = 500;

class ScatterInput {
  constructor(scatter, tip) {
    this.scatter = scatter;
    this.view = scatter.view;
    this.tip = tip;
    this._from = null; // where a drag began
    const on = (name, handler) => scatter.canvas.addEventListener(name, handler.bind(this));
    on("wheel", this._wheel);
    on("pointerdown", this._down);
    on("pointermove", this._move);
    on("pointerup", this._up);
    on("pointercancel", this._leave);
    on("pointerleave", this._leave);
    on("dblclick", () => this.showAll());
    on("keydown", this._key);
  }

  showAll() {
    this.view.change({ time: null, frequency: null });
  }

  // Zooms by a factor (below 1: closer) around a place on the canvas, or the middle.
  zoom(factor, axes, px, py) {
    const { x, y } = this.scatter;
    const changes = {};
    if (axes.time) changes.time = scaled(x.domain(), factor, px && x.invert(px), LEAST_SECONDS);
    if (axes.frequency) {
      changes.frequency = scaled(y.domain(), factor, py && y.invert(py), LEAST_HZ);
    }
    this.view.change(changes);
  }

  _wheel(event) {
    event.preventDefault();
    const factor = Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * 0.0015)));
    const alone = event.shiftKey || event.altKey;
    this.zoom(factor, { time: !alone, frequency: alone || event.ctrlKey },
      event.offsetX, event.offsetY);
  }

  _down(event) {
    if (event.button) return;
    const { x, y } = this.scatter;
    this._from = {
      px: event.offsetX, py: event.offsetY, moved: false, box: event.shiftKey,
      time: x.domain(), frequency: y.domain(),
    };
    this.scatter.canvas.setPointerCapture(event.pointerId);
  }

  _move(event) {
    const from = this._from;
    if (!from) return this._hover(event);
    const [dx, dy] = [event.offsetX - from.px, event.offsetY - from.py];
    from.moved ||= Math.hypot(dx, dy) > CLICK_DOTS;
    if (!from.moved) return undefined;
    this.tip.hide();
    if (from.box) {
      this.scatter.box = [from.px, from.py, event.offsetX, event.offsetY];
      return this.scatter.redraw();
    }
    const { x, y } = this.scatter;
    const seconds = (dx * (from.time[1] - from.time[0])) / (x.range()[1] - x.range()[0]);
    const hz = (dy * (from.frequency[1] - from.frequency[0])) / (y.range()[1] - y.range()[0]);
    const changes = { time: from.time.map((t) => t - seconds) };
    // Without a zoom in frequency there is nowhere to move to.
    if (this.view.frequency) changes.frequency = from.frequency.map((f) => f - hz);
    return this.view.change(changes);
  }

  _up(event) {
    const from = this._from;
    this._from = null;
    if (!from) return;
    if (!from.moved) {
      this.view.chooseFrame(this.scatter.frameAt(event.offsetX, event.offsetY));
    } else if (from.box) {
      const { x, y } = this.scatter;
      const ordered = (a, b) => [Math.min(a, b), Math.max(a, b)];
      this.scatter.box = null;
      this.view.change({
        time: ordered(x.invert(from.px), x.invert(event.offsetX)),
        frequency: ordered(y.invert(from.py), y.invert(event.offsetY)),
      });
    }
  }

  _leave() {
    this._from = null;
    this.scatter.box = null;
    this.tip.hide();
  }

  _hover(event) {
    const i = this.scatter.frameAt(event.offsetX, event.offsetY);
    this.scatter.canvas.style.cursor = i < 0 ? "grab" : "pointer";
    if (i < 0) this.tip.hide();
    else this.tip.show(event, frameLines(this.scatter.frames, i));
  }

  _key(event) {
    const both = { time: true, frequency: true };
    const step = (axis, share) => {
      const [from, to] = axis === "time" ? this.view.timeSpan() : this.view.frequencySpan();
      this.view.change({ [axis]: [from + share * (to - from), to + share * (to - from)] });
    };
    const actions = {
      ArrowLeft: () => step("time", -0.15), ArrowRight: () => step("time", 0.15),
      ArrowUp: () => step("frequency", 0.15), ArrowDown: () => step("frequency", -0.15),
      "+": () => this.zoom(0.7, both), "-": () => this.zoom(1 / 0.7, both),
      0: () => this.showAll(), n: () => this._stepFrame(1), p: () => this._stepFrame(-1),
    };
    if (event.ctrlKey || event.metaKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  // The next or previous frame of those shown.
  _stepFrame(step) {
    const { shown } = this.scatter;
    if (!shown.length) return;
    const at = shown.indexOf(this.view.frameIndex());
    this.view.chooseFrame(shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + step))]);
  }
}

// An interval by a factor longer or shorter, with `fix` staying where it is.
function scaled([from, to], factor, fix = (from + to) / 2, least = 0) {
  const bounded = Math.max(factor, least / (to - from));
  return [fix - (fix - from) * bounded, fix + (to - fix) * bounded];
}
