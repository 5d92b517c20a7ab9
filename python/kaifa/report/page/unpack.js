// SPDX-License-Identifier: GPL-3.0-or-later
// The data of a report: base64 of deflated octets (pack.py writes them) to named columns.
"use strict";

const ARRAYS = {
  int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array,
  int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array, float64: Float64Array,
};

function octetsOfBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const characters = atob(text);
  const octets = new Uint8Array(characters.length);
  for (let i = 0; i < octets.length; i++) octets[i] = characters.charCodeAt(i);
  return octets;
}

async function inflated(octets) {
  const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

// A column by index: a number, or what `values` has for it; null for what a record lacks.
function columnReader(column, buffer) {
  const array = new ARRAYS[column.kind](buffer, column.offset, column.count);
  if (column.values) {
    const values = column.values;
    return { array, at: (i) => values[array[i]] };
  }
  if (column.hexOffset !== undefined) {
    const octets = new Uint8Array(buffer, column.hexOffset, column.hexLength);
    return { array, at: (i) => hexText(octets.subarray(array[i], array[i + 1])) };
  }
  return { array, at: (i) => (Number.isNaN(array[i]) ? null : array[i]) };
}

// {header, columns: {name: {array, at(i)}}}
async function unpacked(base64) {
  const buffer = await inflated(octetsOfBase64(base64));
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const columns = {};
  for (const column of header.columns) columns[column.name] = columnReader(column, buffer);
  return { header, columns };
}
