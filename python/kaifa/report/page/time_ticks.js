// SPDX-License-Identifier: GPL-3.0-or-later
// Where a time axis has its ticks and what they say.
"use strict";

const TICK_ROOM = 110; // dots
const HALF_TEXT = 34;

// [{time, text, day}] for a scale: time in seconds from frames.baseNs; day: the date, where it
// begins to hold. None whose text would be cut off.
function timeTicks(frames, scale) {
  const [x0, x1] = scale.range();
  const number = Math.max(3, Math.floor((x1 - x0) / TICK_ROOM));
  return allTimeTicks(frames, scale.domain(), number)
    .filter(({ time }) => scale(time) < x1 - HALF_TEXT + 12);
}

function allTimeTicks(frames, [from, to], number) {
  if (!frames.dated) {
    const scale = d3.scaleLinear([from, to], [0, 1]);
    const format = scale.tickFormat(number);
    return scale.ticks(number).map((time) => ({ time, text: `${format(time)} s`, day: "" }));
  }
  const baseMs = Number(frames.baseNs / 1000n) / 1000;
  const span = to - from;
  const ticks = d3.utcTicks(new Date(baseMs + from * 1000), new Date(baseMs + to * 1000), number);
  const format = d3.utcFormat(span < 5 ? "%H:%M:%S.%L" : span < 600 ? "%H:%M:%S" : "%H:%M");
  const date = d3.utcFormat("%Y-%m-%d");
  let before = "";
  return ticks.map((moment) => {
    const today = date(moment);
    const day = today === before ? "" : `${today}${before ? "" : " UTC"}`;
    before = today;
    return { time: (moment - baseMs) / 1000, text: format(moment), day };
  });
}
