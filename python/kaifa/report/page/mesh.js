// SPDX-License-Identifier: GPL-3.0-or-later
// Who sent to whom: meters and links counted out of frames, as kaifa_map counts them
// (pictures/mesh.py).
"use strict";

const LATEST_ACK_SECONDS = 1; // an acknowledgement comes some milliseconds behind its unicast

class Mesh {
  // indices: of the frames to count, in order of time.
  constructor(frames, indices) {
    this.frames = frames;
    this._meters = new Map();
    this._links = new Map();
    this._waiting = new Map(); // unicasts that are not acknowledged yet
    this._types = Object.fromEntries(frames.types.map((name, number) => [name, number]));
    for (const i of indices) this._count(i);
    this.links = [...this._links.values()];
    this.meters = [...this._meters.values()];
    for (const link of this.links) link.snr = median(link.snrs);
    for (const meter of this.meters) {
      meter.snr = median(meter.snrs);
      meter.beaconPeriod = median(d3.pairs(meter.beaconTimes, (a, b) => b - a));
    }
    giveRoles(this);
    const traffic = (meter) => meter.packets + meter.received;
    const most = d3.max(this.meters, traffic);
    for (const meter of this.meters) meter.radius = 5 + 11 * Math.sqrt(traffic(meter) / most);
    this.meters.sort((a, b) => traffic(b) - traffic(a) || a.number - b.number);
  }

  _count(i) {
    const { type, source, destination, time, snr } = this.frames;
    if (type[i] === this.frames.rejected) return;
    const to = this._meter(destination[i]);
    const from = this._meter(source[i]);
    if (!from) return;
    from.packets++;
    if (!Number.isNaN(snr[i])) from.snrs.push(snr[i]);
    if (type[i] === this._types.ack) {
      this._countAcknowledgement(from, i);
      return;
    }
    from.last = time[i];
    if (type[i] === this._types.beacon) {
      from.beacons++;
      from.beaconTimes.push(time[i]);
    } else if (type[i] === this._types.broadcast) {
      from.broadcasts++;
    } else if (type[i] === this._types.unicast) {
      this._countUnicast(from, to, i);
    }
  }

  _countUnicast(from, to, i) {
    const { time, snr, sequence } = this.frames;
    from.unicasts++;
    if (!to) return;
    to.received++;
    from.partners.add(to);
    to.partners.add(from);
    const link = this._link(from.number, to.number);
    link.unicasts++;
    link.last = time[i];
    if (!Number.isNaN(snr[i])) link.snrs.push(snr[i]);
    this._waiting.set(`${link.key} ${sequence[i]}`, { link, from, time: time[i] });
  }

  // It names nobody, so its parties are inferred; it counts for the unicast it answers.
  _countAcknowledgement(from, i) {
    const { source, destination, sequence, time } = this.frames;
    from.acks++;
    const key = `${destination[i]}>${source[i]} ${sequence[i]}`;
    const unicast = this._waiting.get(key);
    this._waiting.delete(key);
    if (!unicast || time[i] - unicast.time > LATEST_ACK_SECONDS) return;
    unicast.link.acknowledged++;
    unicast.from.acknowledged++;
  }

  _meter(number) {
    if (number === NOBODY || this.frames.addresses[number] === BROADCAST_ADDRESS) return null;
    let meter = this._meters.get(number);
    if (!meter) {
      meter = { number, packets: 0, unicasts: 0, broadcasts: 0, beacons: 0, acks: 0, received: 0,
        acknowledged: 0, partners: new Set(), snrs: [], beaconTimes: [], last: NaN };
      this._meters.set(number, meter);
    }
    return meter;
  }

  _link(source, destination) {
    const key = `${source}>${destination}`;
    let link = this._links.get(key);
    if (!link) {
      link = { key, source, destination, unicasts: 0, acknowledged: 0, snrs: [], last: NaN };
      this._links.set(key, link);
    }
    return link;
  }
}
