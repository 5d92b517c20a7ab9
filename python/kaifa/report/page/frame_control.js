// SPDX-License-Identifier: GPL-3.0-or-later
// The bits of a frame control field in words: IEEE 802.15.4-2020, 7.2.2.
"use strict";

const FRAME_TYPES = ["beacon", "data", "acknowledgement", "command", "reserved", "multipurpose",
  "fragment", "extended"];
const ADDRESS_MODES = ["none", "reserved", "short", "extended"];
const VERSIONS = ["2003", "2006", "2015", "reserved"];

// [[name, value], ...]
function frameControlText(control) {
  const bit = (place) => Boolean(control >> place & 1);
  const set = [[3, "security"], [4, "frame pending"], [5, "ack request"],
    [6, "PAN ID compression"], [8, "sequence number suppression"], [9, "IEs present"]]
    .filter(([place]) => bit(place)).map(([, name]) => name);
  return [
    ["frame type", FRAME_TYPES[control & 7]],
    ["flags", set.join(", ") || "none"],
    ["addressing", `destination ${ADDRESS_MODES[control >> 10 & 3]}, `
      + `source ${ADDRESS_MODES[control >> 14 & 3]}`],
    ["frame version", `${control >> 12 & 3} (${VERSIONS[control >> 12 & 3]})`],
  ];
}
