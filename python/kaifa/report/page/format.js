// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, times and addresses as text.
"use strict";

const NS = 1000000000n;
const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));

function hexText(octets) {
  let text = "";
  for (const octet of octets) text += HEX[octet];
  return text;
}

function octetsOfHex(text) {
  const octets = new Uint8Array((text || "").length / 2);
  for (let i = 0; i < octets.length; i++) octets[i] = parseInt(text.substr(2 * i, 2), 16);
  return octets;
}

// ISO 8601 in UTC with nanoseconds, of BigInt nanoseconds since 1970.
function utcText(ns) {
  const seconds = ns >= 0n ? ns / NS : (ns - NS + 1n) / NS;
  const fraction = String(ns - seconds * NS).padStart(9, "0");
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

// BigInt nanoseconds since 1970 of such a text; null if it is none.
function nsOfUtc(text) {
  const form = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z?$/;
  const match = form.exec(text.trim());
  const ms = match ? Date.parse(`${match[1]}T${match[2]}:${match[3] || "00"}Z`) : NaN;
  if (Number.isNaN(ms)) return null;
  return BigInt(ms) * 1000000n + BigInt((match[4] || "").padEnd(9, "0"));
}

// A label of few characters: the low 16 bits of an EUI-64, which the meters' first captors knew
// them by; short addresses and pseudonyms as they are.
function shortAddress(address) {
  return /^[0-9a-f]{16}$/.test(address) ? address.slice(-4) : address;
}

function fixed(value, digits, unit = "") {
  return value === null || value === undefined || Number.isNaN(value)
    ? "–" : `${value.toFixed(digits)}${unit}`;
}

function count(value) {
  return value.toLocaleString("en-US").replaceAll(",", "\u202f");
}

function percent(part, whole) {
  return whole ? `${Math.round((100 * part) / whole)} %` : "–";
}

function duration(seconds) {
  if (Number.isNaN(seconds)) return "–";
  if (seconds < 1) return `${(seconds * 1000).toPrecision(3)} ms`;
  if (seconds < 120) return `${seconds.toPrecision(3)} s`;
  if (seconds < 7200) return `${(seconds / 60).toPrecision(3)} min`;
  if (seconds < 172800) return `${(seconds / 3600).toPrecision(3)} h`;
  return `${(seconds / 86400).toPrecision(3)} d`;
}

function plural(number, word) {
  return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}

function median(values) {
  if (!values.length) return NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
