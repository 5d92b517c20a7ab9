// SPDX-License-Identifier: GPL-3.0-or-later
// Which octets of a frame are which field: IEEE 802.15.4-2020, 7.2 (general frame), 7.4 (IEs) and
// 9.4 (auxiliary security header). For pointing at them in the dump; what the fields mean is read
// by the receiver and stands in the record.
"use strict";

const ADDRESS_LENGTH = [0, 0, 2, 8]; // by addressing mode

const MIC_LENGTH = [0, 4, 8, 16]; // by the low bits of the security level

// [{name, start, end}] in order, without gaps, of an MPDU without FCS.
function fieldsOfFrame(octets) {
  const fields = [];
  let [at, mic] = [0, 0];
  const take = (name, length) => {
    const end = Math.min(at + length, octets.length);
    if (length > 0 && end > at) fields.push({ name, start: at, end });
    at = end;
  };
  if (octets.length < 2) return [{ name: "octets", start: 0, end: octets.length }];
  const control = octets[0] | (octets[1] << 8);
  take("frame control", 2);
  if ((control & 7) > 3) {
    take("rest", octets.length);
    return fields;
  }
  if (!(control >> 13 & 1 && control >> 8 & 1)) take("sequence number", 1);
  takeAddresses(control, take);
  if (control & 8) {
    mic = MIC_LENGTH[(octets[at] ?? 0) & 3];
    takeSecurity(octets, () => at, take);
  }
  if (control >> 13 & 1 && control >> 9 & 1) takeElements(octets, () => at, take);
  const payload = Math.max(0, octets.length - at - mic);
  take("payload", payload);
  take("MIC", mic);
  return fields;
}

function takeAddresses(control, take) {
  const [to, from] = [control >> 10 & 3, control >> 14 & 3];
  const compressed = Boolean(control >> 6 & 1);
  let [toPan, fromPan] = [to > 0, from > 0 && !(to > 0 && compressed)];
  if (control >> 13 & 1) {
    // Version 2, table 7-2
    if (to && from) {
      const long = to === 3 && from === 3;
      [toPan, fromPan] = long ? [!compressed, false] : [true, !compressed];
    } else if (to || from) {
      [toPan, fromPan] = [to > 0 && !compressed, from > 0 && !compressed];
    } else {
      [toPan, fromPan] = [compressed, false];
    }
  }
  take("destination PAN ID", toPan ? 2 : 0);
  take("destination", ADDRESS_LENGTH[to]);
  take("source PAN ID", fromPan ? 2 : 0);
  take("source", ADDRESS_LENGTH[from]);
}

function takeSecurity(octets, at, take) {
  const control = octets[at()] ?? 0;
  take("security control", 1);
  take("frame counter", control >> 5 & 1 ? 0 : 4);
  const mode = control >> 3 & 3;
  take("key source", [0, 0, 4, 8][mode]);
  take("key index", mode ? 1 : 0);
}

function takeElements(octets, at, take) {
  let header = true;
  while (at() + 2 <= octets.length) {
    const descriptor = octets[at()] | (octets[at() + 1] << 8);
    if (header) {
      const id = descriptor >> 7 & 0xff;
      take(`header IE 0x${HEX[id]}`, 2 + (descriptor & 0x7f));
      if (id === 0x7f) return;
      if (id === 0x7e) header = false;
    } else {
      const group = descriptor >> 11 & 0xf;
      take(`payload IE group ${group}`, 2 + (descriptor & 0x7ff));
      if (group === 0xf) return;
    }
  }
}
