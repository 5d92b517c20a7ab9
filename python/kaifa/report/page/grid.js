// SPDX-License-Identifier: GPL-3.0-or-later
// A table of any length: only the rows in sight are elements. Sorted by a click on a heading,
// walked through by the keys.
"use strict";

const ROW_HEIGHT = 26;
const SPARE_ROWS = 6;
const DIGITS = 12; // beyond them stands what doubles cannot tell
const FIRST_ROW = 2; // as people count them; 1 is the heading

class Grid {
  // columns: [{title, width, grow, numeric, text(row), sort(row)}], width: the least, in dots, grow:
  // share of what is left;
  // label: accessible name; onChoose(row, event): a row was chosen; isChosen(row);
  // decorate(row): an element before the first cell's text, or null.
  constructor(host, { columns, label, onChoose, isChosen, decorate = () => null }) {
    Object.assign(this, { host, columns, onChoose, isChosen, decorate });
    this.rows = [];
    this.order = [];
    this.sorting = { column: -1, down: false };
    this.cursor = 0;
    this.template = columns.map(({ width, grow }) => `minmax(${width}px, ${grow ?? 0.2}fr)`).join(" ");
    this.least = `${d3.sum(columns, (column) => column.width)}px`;
    this.head = element("div", { class: "grid-head", role: "row" });
    this.body = element("div", { class: "grid-body", role: "rowgroup" });
    this.scroller = element("div", { class: "grid", role: "grid", tabindex: "0",
      "aria-label": label }, element("div", { role: "rowgroup", class: "grid-top" }, this.head),
    this.body);
    this.id = `grid-${label.replace(/\W/g, "")}`;
    host.replaceChildren(this.scroller);
    this.draw = beforePaint(() => this._draw());
    this.scroller.addEventListener("scroll", this.draw);
    this.scroller.addEventListener("keydown", (event) => this._key(event));
    this.body.addEventListener("click", (event) => this._click(event));
    new ResizeObserver(this.draw).observe(this.scroller);
  }

  // rows: an array, or a typed array of whatever text() and sort() take.
  show(rows) {
    this.rows = rows;
    this._sort();
    this._drawHead();
    this.cursor = Math.min(this.cursor, Math.max(0, rows.length - 1));
    this.draw();
  }

  // Brings a row into sight.
  reveal(row) {
    const place = this.order.indexOf(this.rows.indexOf(row));
    if (place < 0) return;
    this.cursor = place;
    this._scrollTo(place);
    this.draw();
  }

  // The whole table as rows of texts, headings first, in the order shown; numbers in full.
  texts() {
    const value = (column, row) => {
      const number = column.numeric ? column.sort(row) : column.text(row);
      if (typeof number !== "number") return number ?? "";
      return Number.isNaN(number) ? "" : String(Number(number.toPrecision(DIGITS)));
    };
    return [this.columns.map(({ title }) => title), ...Array.from(this.order,
      (place) => this.columns.map((column) => value(column, this.rows[place])))];
  }

  _sort() {
    const { column, down } = this.sorting;
    this.order = Uint32Array.from(this.rows, (_, i) => i);
    if (column < 0) return;
    const keys = Array.from(this.rows, (row) => this.columns[column].sort(row));
    const sign = down ? -1 : 1;
    // What has no value stands last, either way.
    const missing = (key) => key === null || key === undefined || Number.isNaN(key);
    this.order.sort((a, b) => {
      const [x, y] = [keys[a], keys[b]];
      if (missing(x) || missing(y)) return missing(x) - missing(y) || a - b;
      return x < y ? -sign : x > y ? sign : a - b;
    });
  }

  sortBy(column, down) {
    this.sorting = { column, down };
    this.show(this.rows);
  }

  // Anew: numbers from the largest down; once more: the other way.
  _turn(column) {
    const { numeric } = this.columns[column];
    this.sortBy(column,
      this.sorting.column === column ? !this.sorting.down : Boolean(numeric));
  }

  _drawHead() {
    this._spread(this.head);
    this.head.replaceChildren(...this.columns.map((column, i) => {
      const sorted = this.sorting.column === i;
      const arrow = sorted ? (this.sorting.down ? " ▾" : " ▴") : "";
      const order = this.sorting.down ? "descending" : "ascending";
      return element("div", { role: "columnheader", class: column.numeric ? "numeric" : null,
        "aria-sort": sorted ? order : "none" },
      element("button", { type: "button", tabindex: "-1", onclick: () => this._turn(i) },
        `${column.title}${arrow}`));
    }));
  }

  _draw() {
    const room = this.scroller.clientHeight;
    this.body.style.height = `${this.rows.length * ROW_HEIGHT}px`;
    this.scroller.setAttribute("aria-rowcount", this.rows.length + 1);
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const last = Math.min(this.rows.length,
      Math.ceil((this.scroller.scrollTop + room) / ROW_HEIGHT) + SPARE_ROWS);
    const nodes = [];
    for (let place = first; place < last; place++) nodes.push(this._row(place));
    this.body.replaceChildren(...nodes);
    const there = this.cursor >= first && this.cursor < last;
    if (there) this.scroller.setAttribute("aria-activedescendant", `${this.id}-${this.cursor}`);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  _row(place) {
    const row = this.rows[this.order[place]];
    const chosen = this.isChosen(row);
    const cells = this.columns.map((column, i) => {
      const mark = i === 0 ? this.decorate(row) : null;
      return element("div", { role: "gridcell", class: column.numeric ? "numeric" : null },
        mark, column.text(row));
    });
    const node = element("div", { role: "row", id: `${this.id}-${place}`,
      "aria-rowindex": place + FIRST_ROW, "aria-selected": chosen,
      class: `grid-row${place % 2 ? " odd" : ""}${chosen ? " chosen" : ""}${
        place === this.cursor ? " cursor" : ""}` }, ...cells);
    this._spread(node);
    node.style.top = `${place * ROW_HEIGHT}px`;
    return node;
  }

  _spread(row) {
    row.style.gridTemplateColumns = this.template;
    row.style.minWidth = this.least;
  }

  // Where the row that was pressed has been drawn anew since, the place of the pointer tells.
  _click(event) {
    const row = event.target.closest("[aria-rowindex]");
    const top = this.body.getBoundingClientRect().top;
    this._choose(row ? row.getAttribute("aria-rowindex") - FIRST_ROW
      : Math.floor((event.clientY - top) / ROW_HEIGHT), event);
  }

  _choose(place, event) {
    if (!(place >= 0 && place < this.rows.length)) return;
    this.cursor = place;
    this.onChoose(this.rows[this.order[place]], event);
    this.draw();
  }

  _key(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 2);
    const last = this.rows.length - 1;
    const to = {
      ArrowDown: this.cursor + 1, ArrowUp: this.cursor - 1, PageDown: this.cursor + page,
      PageUp: this.cursor - page, Home: 0, End: last,
    }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      this._choose(this.cursor, event);
    } else if (to !== undefined) {
      this.cursor = Math.max(0, Math.min(last, to));
      this._scrollTo(this.cursor);
      this.draw();
    } else {
      return;
    }
    event.preventDefault();
  }

  _scrollTo(place) {
    const top = place * ROW_HEIGHT;
    const room = this.scroller.clientHeight - this.head.offsetHeight;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > this.scroller.scrollTop + room) {
      this.scroller.scrollTop = top + ROW_HEIGHT - room;
    }
  }
}
