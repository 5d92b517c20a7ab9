// SPDX-License-Identifier: GPL-3.0-or-later
// The packets as columns: those of a report at once, or as a receiver hands them out.
"use strict";

const NOBODY = -1;
const BROADCAST_ADDRESS = "ffff";
const MOST_LIVE = 50000; // older ones are dropped, a fifth at a time

class Frames {
  // types: names of packet types, the last one of packets whose check failed.
  // mostColored: how many colours there are for senders.
  constructor(types, mostColored) {
    this.types = types;
    this.rejected = types.length - 1;
    this.addresses = [];
    this.colors = []; // which of the palette's colours each address has of its own; null: none
    this.busiest = new Busiest(this.colors, mostColored); // gives them where packets come singly
    this.count = 0;
    this.dropped = 0;
    this.baseNs = 0n; // time 0 of `time`
    this.dated = true;
    this.record = () => null;
    this._numbers = new Map();
    this._records = [];
  }

  // Takes over the columns of a report.
  fill({ header, columns }) {
    this.addresses = header.addresses;
    this.colors = header.colors;
    this.addresses.forEach((address, number) => this._numbers.set(address, number));
    this.count = header.count;
    const ns = columns.time_ns.array;
    this.dated = header.dated;
    this.baseNs = this.count ? ns[0] : 0n;
    this.time = Float64Array.from(ns, (value) => Number(value - this.baseNs) / 1e9);
    this.frequency = columns.frequency_hz.array;
    this.snr = columns.snr_db.array;
    this.type = columns.type.array;
    this.source = columns.source.array;
    this.destination = columns.destination.array;
    this.sequence = columns.sequence.array;
    this.sourceInferred = columns.source_inferred.array;
    this.destinationInferred = columns.destination_inferred.array;
    this.record = (i) => this._recordOfColumns(columns, i);
  }

  // Makes room for packets that come one by one.
  open() {
    const arrays = {
      time: Float64Array, frequency: Float64Array, snr: Float64Array, type: Int8Array,
      source: Int32Array, destination: Int32Array, sequence: Int16Array,
      sourceInferred: Uint8Array, destinationInferred: Uint8Array,
    };
    for (const [name, kind] of Object.entries(arrays)) this[name] = new kind(MOST_LIVE);
    this.record = (i) => this._records[i];
  }

  // Takes a record of a packet; wanted: {address: number of the colour that it asks for}.
  append(record, wanted) {
    if (this.count === MOST_LIVE) this._dropOldest(MOST_LIVE / 5);
    if (!this.count && !this.dropped) {
      this.dated = record.time !== null;
      this.baseNs = this.dated ? nsOfUtc(record.time) : 0n;
    }
    const i = this.count++;
    this._records[i] = record;
    this.time[i] = this.dated && record.time
      ? Number(nsOfUtc(record.time) - this.baseNs) / 1e9 : record.time_s;
    this.frequency[i] = record.frequency_hz ?? NaN;
    this.snr[i] = record.snr_db ?? NaN;
    const type = this.types.indexOf(record.type);
    this.type[i] = record.check_ok ? (type < 0 ? this.types.indexOf("unknown") : type)
      : this.rejected;
    this.source[i] = this._number(record.source);
    this.destination[i] = this._number(record.destination);
    if (record.source) this.busiest.count(this.source[i], wanted[record.source]);
    this.sequence[i] = record.sequence ?? -1;
    this.sourceInferred[i] = record.source_inferred ? 1 : 0;
    this.destinationInferred[i] = record.destination_inferred ? 1 : 0;
  }

  // Text of the sender or the recipient of a frame; with a ? where the frame does not name it.
  party(i, role) {
    const address = this.addresses[this[role][i]];
    return address ? address + (this[`${role}Inferred`][i] ? "?" : "") : "–";
  }

  // [earliest, latest] time in seconds from baseNs.
  extent() {
    let [first, last] = [Infinity, -Infinity];
    for (let i = 0; i < this.count; i++) {
      first = Math.min(first, this.time[i]);
      last = Math.max(last, this.time[i]);
    }
    return this.count ? [first, last] : [0, 1];
  }

  // BigInt nanoseconds of a time in seconds from baseNs.
  ns(time) {
    return this.baseNs + BigInt(Math.round(time * 1e9));
  }

  // Text of a time: UTC, or seconds from the first sample where nobody knows the date.
  timeText(time) {
    const ns = this.ns(time);
    return this.dated ? utcText(ns) : `${(Number(ns) / 1e9).toFixed(6)} s`;
  }

  _number(address) {
    if (!address) return NOBODY;
    if (!this._numbers.has(address)) {
      this._numbers.set(address, this.addresses.length);
      this.addresses.push(address);
      this.colors.push(null);
    }
    return this._numbers.get(address);
  }

  _recordOfColumns(columns, i) {
    const record = {};
    for (const [name, column] of Object.entries(columns)) record[name] = column.at(i);
    record.time = this.dated ? utcText(columns.time_ns.array[i]) : null;
    record.type = this.type[i] === this.rejected ? null : this.types[this.type[i]];
    record.source = this.addresses[this.source[i]] ?? null;
    record.destination = this.addresses[this.destination[i]] ?? null;
    record.sequence = this.sequence[i] < 0 ? null : this.sequence[i];
    delete record.time_ns;
    return record;
  }

  _dropOldest(number) {
    for (const sender of this.source.subarray(0, number)) {
      if (sender !== NOBODY) this.busiest.forget(sender);
    }
    for (const name of ["time", "frequency", "snr", "type", "source", "destination", "sequence",
      "sourceInferred", "destinationInferred"]) {
      this[name].copyWithin(0, number, this.count);
    }
    this._records.splice(0, number);
    this.count -= number;
    this.dropped += number;
  }
}
