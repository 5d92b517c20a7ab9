// SPDX-License-Identifier: GPL-3.0-or-later
// Who sent to whom: meters and links counted out of frames.
"use strict";

class Mesh {
  // indices: of the frames to count.
  constructor(frames, indices) {
    this.frames = frames;
    this._meters = new Map();
    this._links = new Map();
    this._types = Object.fromEntries(frames.types.map((name, number) => [name, number]));
    for (const i of indices) this._count(i);
    this.links = [...this._links.values()];
    this.meters = [...this._meters.values()];
    for (const link of this.links) link.snr = median(link.snrs);
    for (const meter of this.meters) {
      meter.snr = median(meter.snrs);
      meter.beaconPeriod = median(d3.pairs(meter.beaconTimes, (a, b) => b - a));
    }
    const usual = median(this.meters.map((meter) => meter.partners.size));
    for (const meter of this.meters) meter.role = roleOf(meter, usual);
    const traffic = (meter) => meter.sent + meter.received;
    const most = d3.max(this.meters, traffic);
    for (const meter of this.meters) meter.radius = 5 + 11 * Math.sqrt(traffic(meter) / most);
    this.meters.sort((a, b) => traffic(b) - traffic(a) || a.number - b.number);
  }

  _count(i) {
    const { type, source, destination, time, snr } = this.frames;
    if (type[i] === this.frames.rejected) return;
    if (type[i] === this._types.ack) {
      this._countAcknowledgement(i);
      return;
    }
    if (source[i] === NOBODY) return;
    const meter = this._meter(source[i]);
    meter.sent++;
    meter.last = time[i];
    if (!Number.isNaN(snr[i])) meter.snrs.push(snr[i]);
    if (type[i] === this._types.beacon) {
      meter.beacons++;
      meter.beaconTimes.push(time[i]);
    } else if (isBroadcast(this.frames.addresses[destination[i]])) {
      meter.broadcasts++;
    } else if (destination[i] !== NOBODY) {
      this._countLink(meter, i);
    }
  }

  _countLink(meter, i) {
    const { source, destination, time, snr, sequence } = this.frames;
    const other = this._meter(destination[i]);
    other.received++;
    meter.unicasts++;
    meter.partners.add(destination[i]);
    other.partners.add(source[i]);
    const link = this._link(source[i], destination[i]);
    link.frames++;
    link.last = time[i];
    link.awaited = sequence[i];
    if (!Number.isNaN(snr[i])) link.snrs.push(snr[i]);
  }

  // An acknowledgement counts for the frame it answers, once.
  _countAcknowledgement(i) {
    const { source, destination, sequence } = this.frames;
    const link = this._links.get(`${destination[i]}>${source[i]}`);
    if (!link || link.awaited !== sequence[i]) return;
    link.awaited = null;
    link.acknowledged++;
    this._meter(link.source).acknowledged++;
  }

  _meter(number) {
    let meter = this._meters.get(number);
    if (!meter) {
      meter = { number, sent: 0, received: 0, beacons: 0, broadcasts: 0, unicasts: 0,
        acknowledged: 0, partners: new Set(), snrs: [], beaconTimes: [], last: NaN };
      this._meters.set(number, meter);
    }
    return meter;
  }

  _link(source, destination) {
    const key = `${source}>${destination}`;
    let link = this._links.get(key);
    if (!link) {
      link = { key, source, destination, frames: 0, acknowledged: 0, snrs: [], last: NaN,
        awaited: null };
      this._links.set(key, link);
    }
    return link;
  }
}

function isBroadcast(address) {
  return address === "ffff";
}

// What a meter seems to be, by its traffic alone: nothing in the frames says so. A collector talks
// with several times as many others as is usual.
function roleOf(meter, usual) {
  if (meter.partners.size >= Math.max(5, 3 * usual)) return "collector";
  if (meter.partners.size) return "meter";
  if (!meter.sent) return "not heard";
  if (meter.broadcasts) return "broadcasts only";
  return "beacons only";
}
