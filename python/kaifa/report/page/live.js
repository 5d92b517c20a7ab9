// SPDX-License-Identifier: GPL-3.0-or-later
// The page of a running receiver: records as they come (server-sent events), and its counts.
"use strict";

// Fields of a status record and what to call them, from the first stage to the last.
const FUNNEL = [["bursts", "bursts"], ["sync_words", "sync words"],
  ["packets_with_length", "with length"], ["frames_checked", "frames checked"],
  ["packets_rejected", "rejected"], ["samples_lost", "samples lost"],
  ["records_lost", "records lost"], ["clipped_percent", "% clipped"]];

class Live {
  constructor(frames, view, onFrames) {
    Object.assign(this, { frames, view, onFrames });
    this.missed = 0; // records that came too fast for this page
    this.ended = false;
    $("live").hidden = false;
    $("shown").setAttribute("aria-live", "off"); // it changes too often to be read out
    $("follow").addEventListener("change", () => this._follow());
    frames.open();
    this._follow();
    this._connect();
  }

  _connect() {
    const token = new URLSearchParams(location.search).get("token");
    const events = new EventSource(token ? `events?token=${encodeURIComponent(token)}` : "events");
    events.addEventListener("open", () => this._say("receiving"));
    events.addEventListener("error", () => this._lost());
    events.addEventListener("records", ({ data }) => this._take(JSON.parse(data)));
    events.addEventListener("begin", ({ data }) => this._begin(JSON.parse(data)));
    events.addEventListener("missed", ({ data }) => {
      this.missed += Number(data);
      $("missed").textContent = `${count(this.missed)} not shown here, this page was too slow`;
    });
    this.events = events;
  }

  _lost() {
    if (this.ended) return;
    this._say(this.events.readyState === EventSource.CLOSED
      ? "refused, open the address that kaifa_rx printed" : "not connected, trying again");
  }

  // A connection gets the history again; what is here already stays and is not taken twice.
  _begin({ run, name }) {
    if (this.run !== undefined && this.run !== run) location.reload();
    this.run = run;
    $("name").textContent = name;
  }

  _take({ records, colors }) {
    let fresh = false;
    for (const record of records) {
      if (record.record_number <= this.last) continue;
      this.last = record.record_number;
      if (record.record === "frame") {
        this.frames.append(record, colors);
        fresh = true;
      } else if (record.record === "status") {
        this._status(record);
      }
    }
    if (fresh) this.onFrames();
  }

  _status(record) {
    $("funnel").replaceChildren(...FUNNEL.flatMap(([key, name]) => (
      record[key] === null || record[key] === undefined ? []
        : [element("span", { class: "stage" }, element("b", { id: `count-${key}` },
          count(record[key])), ` ${name}`)])));
    $("advice").textContent = record.hint ?? "";
    if (record.final) {
      this.ended = true;
      this.events.close();
      this._say("reception ended");
    }
  }

  _say(text) {
    $("connection").textContent = text;
    $("live").dataset.state = text === "receiving" ? "on" : "off";
  }

  _follow() {
    const seconds = Number($("follow").value);
    this.view.change({ follow: seconds || null, time: null });
  }
}
