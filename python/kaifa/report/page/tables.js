// SPDX-License-Identifier: GPL-3.0-or-later
// The three tables: frames, meters, links.
"use strict";

function framesGrid(host, frames, view, marks) {
  const dot = (i) => marks.glyph(frames.type[i], marks.frameColor(i));
  return new Grid(host, {
    label: "Frames",
    decorate: dot,
    isChosen: (i) => i === view.frameIndex(),
    onChoose: (i) => view.chooseFrame(i),
    columns: [
      { title: "Type", width: 112, text: (i) => frames.types[frames.type[i]],
        sort: (i) => frames.type[i] },
      { get title() { return frames.dated ? "Time (UTC)" : "Time"; }, width: 214, grow: 0.6,
        text: (i) => listTime(frames, frames.time[i]), sort: (i) => frames.time[i] },
      { title: "From", width: 146, grow: 0.6, text: (i) => frames.party(i, "source"),
        sort: (i) => frames.addresses[frames.source[i]] },
      { title: "To", width: 146, grow: 0.6, text: (i) => frames.party(i, "destination"),
        sort: (i) => frames.addresses[frames.destination[i]] },
      { title: "Seq", width: 48, numeric: true,
        text: (i) => (frames.sequence[i] < 0 ? "–" : String(frames.sequence[i])),
        sort: (i) => (frames.sequence[i] < 0 ? null : frames.sequence[i]) },
      { title: "MHz", width: 84, numeric: true,
        text: (i) => fixed(frames.frequency[i] / 1e6, 4), sort: (i) => frames.frequency[i] / 1e6 },
      { title: "SNR dB", width: 66, numeric: true, text: (i) => fixed(frames.snr[i], 1),
        sort: (i) => frames.snr[i] },
    ],
  });
}

// With the date, to the microsecond.
function listTime(frames, time) {
  if (!Number.isFinite(time)) return "–";
  const text = frames.timeText(time);
  return frames.dated ? `${text.slice(0, 10)} ${text.slice(11, 26)}` : text;
}

function metersGrid(host, frames, view, marks) {
  const dot = (meter) => tinted(marks.meterColor(meter.number));
  const number = (title, key, digits = 0, width = 74) => ({
    title, width, numeric: true, sort: (meter) => meter[key],
    text: (meter) => (digits ? fixed(meter[key], digits) : count(meter[key])),
  });
  return new Grid(host, {
    label: "Meters",
    decorate: dot,
    isChosen: (meter) => view.meters.has(meter.number),
    onChoose: (meter, event) =>
      view.chooseMeter(meter.number, event.shiftKey || event.ctrlKey || event.metaKey),
    columns: [
      { title: "Meter", width: 172, grow: 1, text: (m) => frames.addresses[m.number],
        sort: (m) => frames.addresses[m.number] },
      { title: "Role", width: 96, grow: 1, text: (m) => m.role, sort: (m) => m.role },
      number("Unicasts", "unicasts", 0, 80), number("Acks", "acks", 0, 60),
      number("Received", "received", 0, 82), number("Beacons", "beacons", 0, 76),
      number("Broadcasts", "broadcasts", 0, 92),
      { title: "Neighbours", width: 96, numeric: true, text: (m) => count(m.partners.size),
        sort: (m) => m.partners.size },
      { title: "Acked", width: 70, numeric: true, text: (m) => percent(m.acknowledged, m.unicasts),
        sort: (m) => m.acknowledged / m.unicasts },
      number("SNR dB", "snr", 1),
      { title: "Beacon every", width: 110, numeric: true,
        text: (m) => duration(m.beaconPeriod), sort: (m) => m.beaconPeriod },
      { title: "Last heard", width: 158, grow: 0.4,
        text: (m) => listTime(frames, m.last).slice(0, 19), sort: (m) => m.last },
    ],
  });
}

function linksGrid(host, frames, view) {
  return new Grid(host, {
    label: "Links",
    isChosen: (link) => view.between && view.isChosen(link.source, link.destination),
    onChoose: (link) => view.chooseLink(link),
    columns: [
      { title: "From", width: 150, grow: 1, text: (l) => frames.addresses[l.source],
        sort: (l) => frames.addresses[l.source] },
      { title: "To", width: 150, grow: 1, text: (l) => frames.addresses[l.destination],
        sort: (l) => frames.addresses[l.destination] },
      { title: "Unicasts", width: 80, numeric: true, text: (l) => count(l.unicasts),
        sort: (l) => l.unicasts },
      { title: "Acked", width: 80, numeric: true,
        text: (l) => percent(l.acknowledged, l.unicasts), sort: (l) => l.acknowledged / l.unicasts },
      { title: "SNR dB", width: 80, numeric: true, text: (l) => fixed(l.snr, 1),
        sort: (l) => l.snr },
      { title: "Last heard", width: 158, grow: 1,
        text: (l) => listTime(frames, l.last).slice(0, 19), sort: (l) => l.last },
    ],
  });
}

function tinted(color) {
  const node = element("i", { class: "swatch", "aria-hidden": "true" });
  node.style.background = color;
  return node;
}
