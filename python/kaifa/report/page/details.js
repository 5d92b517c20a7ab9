// SPDX-License-Identifier: GPL-3.0-or-later
// The frame chosen: its header decoded, how it was received, and its octets. A field and its octets
// light up together.
"use strict";

const PER_LINE = 16;
// Fields of the record that stand in the table of the header or in the dump, or say nothing alone.
const SHOWN_ELSEWHERE = new Set(["schema_version", "record", "mpdu", "octets", "payload", "mic",
  "time", "type", "source", "source_inferred", "destination", "destination_inferred", "sequence",
  "pan_id", "frame_counter", "security_level", "key_id_mode", "key_index", "key_source",
  "header_ies", "payload_ies", "encrypted", "check_ok", "reason", "reason_text", "mac_error",
  "irregularity"]);

class Details {
  // meanings: {name of a field of the record: what the schema says of it}
  constructor(host, frames, view, marks, meanings) {
    Object.assign(this, { host, frames, view, marks, meanings });
    this._shown = null; // number of the frame, or -1 for none
    host.addEventListener("pointerover", (event) => this._light(event.target));
    host.addEventListener("focusin", (event) => this._light(event.target));
    host.addEventListener("pointerleave", () => this._light(null));
    view.on(beforePaint(() => this.draw()));
    marks.onThemeChange(() => {
      this._shown = null;
      this.draw();
    });
    this.draw();
  }

  draw() {
    const i = this.view.frameIndex();
    const shown = i < 0 ? -1 : this.view.frame;
    if (shown === this._shown) return;
    this._shown = shown;
    if (i < 0) {
      this.host.replaceChildren(element("p", { class: "hint" },
        "Choose a frame, in the picture or in the table, to see its header and octets."));
      return;
    }
    const record = this.frames.record(i);
    const octets = octetsOfHex(record.check_ok ? record.mpdu : record.octets || record.mpdu);
    const whole = record.check_ok && !record.mac_error;
    const fields = whole ? fieldsOfFrame(octets)
      : [{ name: "octets as received", start: 0, end: octets.length }];
    this.host.replaceChildren(this._title(record, i), this._problem(record),
      this._dump(octets, fields), this._header(record, octets, whole ? fields : []),
      this._reception(record));
  }

  _title(record, i) {
    const type = this.frames.types[this.frames.type[i]];
    return element("h3", {}, this.marks.glyph(this.frames.type[i], this.marks.frameColor(i)),
      ` ${type} `, element("span", { class: "mono muted" }, this.frames.timeText(this.frames.time[i])));
  }

  _problem(record) {
    const text = record.check_ok ? record.mac_error || record.irregularity
      : `not checked: ${record.reason_text || record.reason || "rejected"}`;
    return text ? element("p", { class: "problem" }, text) : element("span");
  }

  // Decoded values beside the names of the fields they were read from.
  _header(record, octets, fields) {
    const values = this._values(record, octets);
    const rows = fields.flatMap(({ name }, place) => {
      const field = { "data-field": place, tabindex: "0" };
      const part = octets.subarray(fields[place].start, fields[place].end);
      const own = [this._pair(name, values[name] ?? fieldText(name, part), field)];
      if (name === "frame control") {
        for (const [word, text] of frameControlText(octets[0] | (octets[1] << 8))) {
          own.push(this._pair(word, text, { class: "inner", "data-field": place }));
        }
      }
      return own;
    });
    // An acknowledgement names nobody; the parties are inferred from the exchange.
    for (const party of ["source", "destination"]) {
      if (record[`${party}_inferred`] && record[party]) {
        rows.push(this._pair(party, `${record[party]} (inferred)`, {}));
      }
    }
    return rows.length ? element("dl", { class: "fields" }, ...rows.flat()) : element("span");
  }

  // What the receiver read; a record from a capture for Wireshark has only the octets.
  _values(record, octets) {
    const hex = (number) => (number === null || number === undefined ? null : `0x${HEX[number]}`);
    const { security_level: level, key_id_mode: mode } = record;
    return {
      "frame control": `0x${HEX[octets[1] ?? 0]}${HEX[octets[0] ?? 0]}`,
      "sequence number": record.sequence?.toString(),
      "destination PAN ID": record.pan_id && `0x${record.pan_id}`,
      "source PAN ID": record.pan_id && `0x${record.pan_id}`,
      destination: record.destination === "ffff" ? "ffff (broadcast)" : record.destination,
      source: record.source,
      "security control": level === null || level === undefined ? null
        : `level ${level}, key identifier mode ${mode}`,
      "frame counter": record.frame_counter?.toString(),
      "key source": record.key_source,
      "key index": hex(record.key_index),
    };
  }

  _pair(name, text, attributes) {
    return [element("dt", attributes, name), element("dd", attributes, text)];
  }

  _dump(octets, fields) {
    if (!octets.length) return element("p", { class: "hint" }, "No octets kept of this frame.");
    const fieldOf = new Map();
    fields.forEach(({ start, end }, place) => {
      for (let i = start; i < end; i++) fieldOf.set(i, place);
    });
    const lines = [];
    for (let start = 0; start < octets.length; start += PER_LINE) {
      const line = element("div", {}, element("span", { class: "offset" },
        start.toString(16).padStart(4, "0")));
      for (let i = start; i < Math.min(start + PER_LINE, octets.length); i++) {
        line.append(element("span", { "data-field": fieldOf.get(i),
          class: `octet tone${fieldOf.get(i) % 2}` }, HEX[octets[i]]));
      }
      lines.push(line);
    }
    return element("div", { class: "dump mono", role: "group", "aria-label": "Octets" }, ...lines);
  }

  _reception(record) {
    const rows = [];
    for (const [name, value] of Object.entries(record)) {
      if (SHOWN_ELSEWHERE.has(name) || value === null || value === "") continue;
      const text = valueText(value);
      const title = this.meanings[name] ? { title: this.meanings[name] } : {};
      rows.push(element("dt", title, name), element("dd", title, text));
    }
    return element("details", { open: "" }, element("summary", {}, "Reception"),
      element("dl", { class: "fields" }, ...rows));
  }

  _light(target) {
    const field = target?.closest?.("[data-field]")?.dataset.field;
    for (const node of this.host.querySelectorAll("[data-field]")) {
      node.classList.toggle("lit", node.dataset.field === field);
    }
  }
}

// Octets as text: addresses and numbers, which are sent the least significant octet first, the way
// they are written; a payload by its length.
function fieldText(name, octets) {
  if (name === "payload") return plural(octets.length, "octet");
  const whole = /IE|MIC|rest/.test(name) ? octets : octets.slice().reverse();
  return hexText(whole);
}

// A value of a record: a line for each object in a list, as for each receiver that heard a packet.
function valueText(value) {
  if (Array.isArray(value)) return value.map(valueText).join("\n");
  if (value === null || typeof value !== "object") return String(value);
  return Object.entries(value).filter(([, each]) => each !== null)
    .map(([name, each]) => `${name} ${each}`).join(", ");
}
