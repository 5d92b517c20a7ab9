// SPDX-License-Identifier: GPL-3.0-or-later
// The small window beside the pointer.
"use strict";

class Tip {
  constructor(node) {
    this.node = node;
  }

  // lines: texts, the first one bold.
  show(event, lines) {
    this.node.replaceChildren(...lines.map((text) => element("div", {}, text)));
    this.node.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = event.clientX + 14 + width > innerWidth
      ? event.clientX - width - 14 : event.clientX + 14;
    const top = Math.min(event.clientY + 14, innerHeight - height - 6);
    this.node.style.left = `${Math.max(4, left)}px`;
    this.node.style.top = `${Math.max(4, top)}px`;
  }

  hide() {
    this.node.hidden = true;
  }
}

// What there is to say of a frame in a few lines.
function frameLines(frames, i) {
  const type = frames.types[frames.type[i]];
  const lines = [`${type} at ${frames.timeText(frames.time[i])}`];
  if (frames.type[i] !== frames.rejected) {
    lines.push(`${frames.party(i, "source")} → ${frames.party(i, "destination")}`);
  }
  lines.push(`${fixed(frames.frequency[i] / 1e6, 4)} MHz, ${fixed(frames.snr[i], 1)} dB SNR`);
  return lines;
}
