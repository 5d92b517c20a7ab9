// SPDX-License-Identifier: GPL-3.0-or-later
// The row of filters: types, meters, time.
"use strict";

class Controls {
  constructor(frames, view, marks) {
    Object.assign(this, { frames, view, marks });
    this.types = $("types");
    this.chosen = $("chosen");
    this.find = $("find");
    this.find.addEventListener("change", () => this._found());
    this.find.addEventListener("keydown", (event) => event.key === "Enter" && this._found());
    for (const id of ["from", "to"]) {
      $(id).addEventListener("change", () => this._timeTyped());
    }
    $("reset").addEventListener("click", () => view.reset());
    view.on(lazily(() => this.draw(), 100));
    marks.onThemeChange(() => {
      this._drawn = null;
      this.draw();
    });
    this._known = 0; // addresses to choose from
    this._buttons = new Map(); // by type
    this._drawn = null; // how often colours had been lent when buttons of meters were drawn
  }

  draw() {
    this._drawTypes();
    this._drawChosen();
    this._drawTime();
    if (this._known !== this.frames.addresses.length) this._drawAddresses();
  }

  _drawTypes() {
    const counts = new Uint32Array(this.frames.types.length);
    for (let i = 0; i < this.frames.count; i++) counts[this.frames.type[i]]++;
    this.frames.types.forEach((name, type) => {
      if (!counts[type] && !this._buttons.has(type)) return;
      const button = this._button(name, type);
      button.setAttribute("aria-pressed", !this.view.hidden.has(type));
      button.lastChild.textContent = count(counts[type]);
    });
  }

  // The button of a type, which stays the same one, so that a click cannot miss it.
  _button(name, type) {
    let button = this._buttons.get(type);
    if (!button) {
      button = element("button", { type: "button", class: "chip", id: `type-${name}`,
        title: `Show or hide: ${name}`, onclick: () => this._toggle(type) },
      this.marks.glyph(type), name, element("small"));
      this._buttons.set(type, button);
      this.types.append(button);
    }
    return button;
  }

  _toggle(type) {
    const hidden = new Set(this.view.hidden);
    if (!hidden.delete(type)) hidden.add(type);
    this.view.change({ hidden });
  }

  _drawChosen() {
    if (this._drawn === this.marks.lent) return;
    this._drawn = this.marks.lent;
    this.chosen.replaceChildren(...[...this.view.meters].map((meter) => element("button",
      { type: "button", class: "chip", "aria-label": `Leave out ${this.frames.addresses[meter]}`,
        onclick: () => this.view.chooseMeter(meter, true) },
      tinted(this.marks.meterColor(meter)), shortAddress(this.frames.addresses[meter]),
      element("span", { "aria-hidden": "true" }, "×"))));
  }

  _drawAddresses() {
    this._known = this.frames.addresses.length;
    $("addresses").replaceChildren(...[...this.frames.addresses].sort()
      .map((address) => element("option", { value: address })));
  }

  _drawTime() {
    const [from, to] = this.view.timeSpan();
    for (const [id, time] of [["from", from], ["to", to]]) {
      const node = $(id);
      if (document.activeElement === node) continue;
      const ns = this.frames.ns(time);
      node.value = this.frames.dated ? utcText(ns).slice(0, 23).replace("T", " ")
        : (Number(ns) / 1e9).toFixed(3);
      node.removeAttribute("aria-invalid");
    }
  }

  // Every meter whose address ends in what was typed, as people know them by the last digits.
  _found() {
    const text = this.find.value.trim().toLowerCase();
    if (!text) return;
    const meters = new Set(this.view.meters);
    this.frames.addresses.forEach((address, number) => {
      if (address.toLowerCase().endsWith(text)) meters.add(number);
    });
    const none = meters.size === this.view.meters.size;
    this.find.toggleAttribute("aria-invalid", none);
    if (none) return;
    this.find.value = "";
    this.view.change({ meters });
  }

  _timeTyped() {
    const ends = ["from", "to"].map((id) => this._typed($(id)));
    const [from, to] = ends;
    const good = ends.every((time) => time !== null) && from < to;
    for (const id of ["from", "to"]) $(id).toggleAttribute("aria-invalid", !good);
    if (good) this.view.change({ time: [from, to] });
  }

  _typed(node) {
    if (!this.frames.dated) {
      const seconds = Number(node.value.replace(/ ?s$/, "") || NaN);
      return Number.isNaN(seconds) ? null : seconds - Number(this.frames.baseNs) / 1e9;
    }
    const ns = nsOfUtc(node.value);
    return ns === null ? null : Number(ns - this.frames.baseNs) / 1e9;
  }
}
