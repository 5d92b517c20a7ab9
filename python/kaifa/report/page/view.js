// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at: types, meters, time and frequency, and the frame and meters chosen. Each part
// of the page changes it and draws what it says.
"use strict";

class View {
  constructor(frames) {
    this.frames = frames;
    this.hidden = new Set(); // types that are not shown
    this.meters = new Set(); // numbers of meters chosen; none: all
    this.between = false; // only frames from one of them to another one
    this.time = null; // [from, to] in seconds; null: as `follow` says
    this.follow = null; // without `time`: the last so many seconds only; null: all
    this.frequency = null; // [from, to] in Hz; null: all
    this.frame = null; // number of the frame chosen, counted from the first there ever was
    this._listeners = [];
  }

  on(listener) {
    this._listeners.push(listener);
  }

  // change({time: null, meters: new Set([3])})
  change(changes = {}) {
    Object.assign(this, changes);
    for (const listener of this._listeners) listener();
  }

  // A meter, or with `more` one more or less.
  chooseMeter(number, more) {
    const meters = new Set(more ? this.meters : []);
    if (this.meters.has(number) && (more || this.meters.size === 1)) meters.delete(number);
    else meters.add(number);
    this.change({ meters, between: false });
  }

  chooseLink({ source, destination }) {
    this.change({ meters: new Set([source, destination]), between: true });
  }

  // Whether a frame or link between these two is of those chosen.
  isChosen(source, destination) {
    const [from, to] = [this.meters.has(source), this.meters.has(destination)];
    return this.between ? from && to : from || to;
  }

  chooseFrame(index) {
    this.change({ frame: index < 0 ? null : index + this.frames.dropped });
  }

  // Index of the frame chosen, or -1.
  frameIndex() {
    return this.frame === null || this.frame < this.frames.dropped
      ? -1 : this.frame - this.frames.dropped;
  }

  reset() {
    this.change({ hidden: new Set(), meters: new Set(), time: null, frequency: null });
  }

  // [from, to] of the time axis in seconds.
  timeSpan() {
    if (this.time) return this.time;
    const [first, last] = this.frames.extent();
    const from = this.follow ? Math.max(first, last - this.follow) : first;
    const margin = Math.max((last - from) * 0.01, 0.01);
    return [from - margin, last + margin];
  }

  // [from, to] of the frequency axis in Hz.
  frequencySpan() {
    if (this.frequency) return this.frequency;
    const { frequency, count: length } = this.frames;
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < length; i++) {
      if (frequency[i] < low) low = frequency[i];
      if (frequency[i] > high) high = frequency[i];
    }
    if (low > high) return [870e6, 875e6];
    const margin = Math.max((high - low) * 0.05, 50e3);
    return [low - margin, high + margin];
  }

  // Indices of the frames in view; with allMeters also those of meters not chosen.
  visible({ allMeters = false } = {}) {
    const { time, frequency, type, source, destination, count: length } = this.frames;
    const [from, to] = this.timeSpan();
    const band = this.frequency;
    const shown = this.frames.types.map((_, number) => !this.hidden.has(number));
    const any = allMeters || !this.meters.size;
    const found = new Uint32Array(length);
    let number = 0;
    for (let i = 0; i < length; i++) {
      if (time[i] < from || time[i] > to || !shown[type[i]]) continue;
      if (band && !(frequency[i] >= band[0] && frequency[i] <= band[1])) continue;
      if (any || this.isChosen(source[i], destination[i])) found[number++] = i;
    }
    return found.subarray(0, number);
  }
}
