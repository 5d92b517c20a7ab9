// SPDX-License-Identifier: GPL-3.0-or-later
// Who has a colour of its own where packets come one by one: as in a report the senders that sent
// most, but so that colours do not go to and fro between two that send about as much.
"use strict";

// A sender takes the colour of the quietest one that has any once it sent so many times as much, and
// so many packets more.
const CLEARLY_MORE = 1.25;
const PACKETS_MORE = 5;

class Busiest {
  // colors: of each sender, by its number, the colour of its own or null; this class writes them.
  // most: how many colours there are.
  constructor(colors, most) {
    this.colors = colors;
    this.changes = 0; // how often any changed
    this._owners = new Array(most).fill(null);
    this._packets = [];
  }

  // A packet came; wanted: the colour that its sender asks for.
  count(sender, wanted) {
    this._packets[sender] = (this._packets[sender] ?? 0) + 1;
    if (this.colors[sender] !== null) return;
    const color = this._free(wanted) ?? this._takenBy(sender);
    if (color === null) return;
    this.colors[sender] = color;
    this._owners[color] = sender;
    this.changes++;
  }

  // A packet is no longer shown.
  forget(sender) {
    this._packets[sender]--;
  }

  _free(wanted) {
    const most = this._owners.length;
    const color = d3.range(most).map((step) => (wanted + step) % most)
      .find((each) => this._owners[each] === null);
    return color ?? null;
  }

  _takenBy(sender) {
    const quietest = d3.least(this._owners, (owner) => this._packets[owner]);
    const least = this._packets[quietest];
    const enough = Math.max(CLEARLY_MORE * least, least + PACKETS_MORE);
    if (this._packets[sender] < enough) return null;
    const color = this.colors[quietest];
    this.colors[quietest] = null;
    return color;
  }
}
