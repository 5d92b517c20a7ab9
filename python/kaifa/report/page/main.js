// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the parts of the page together.
"use strict";

const TIME_COLUMN = 1;
const TABLES_MS = 120; // tables and mesh follow the picture at this distance

class Page {
  constructor(frames, config) {
    this.frames = frames;
    this._revealed = null; // number of the frame that the table was last turned to
    const view = new View(frames);
    this.view = view;
    const tip = new Tip($("tip"));
    const marks = new Marks(frames, view, config);
    this.marks = marks;
    this.scatter = new Scatter($("scatter"), frames, view, marks);
    this.input = new ScatterInput(this.scatter, tip);
    this.graph = new Graph($("graph"), frames, view, marks, tip);
    this.overview = new Overview($("overview"), frames, view);
    this.controls = new Controls(frames, view, marks);
    this.details = new Details($("details"), frames, view, marks, config.meanings);
    this.grids = {
      frames: framesGrid($("table-frames"), frames, view, marks),
      meters: metersGrid($("table-meters"), frames, view, marks),
      links: linksGrid($("table-links"), frames, view),
    };
    marks.onThemeChange(() => this._follow());
    this._addButtons();
    this._addTabs();
    view.on(lazily(() => this._follow(), TABLES_MS));
    view.on(beforePaint(() => this._reveal()));
  }

  draw() {
    this.view.change();
    this.controls.draw();
    this._follow();
  }

  // Tables and mesh show what is in view. A meter chosen marks its place in mesh and meters, and
  // leaves only its own frames and links.
  _follow() {
    const { frames, view } = this;
    const visible = view.visible();
    const mesh = new Mesh(frames, view.visible({ allMeters: true }));
    const near = (link) => !view.meters.size || view.meters.has(link.source)
      || view.meters.has(link.destination);
    this.graph.draw(mesh);
    this.grids.frames.show(visible);
    this.grids.meters.show(mesh.meters);
    this.grids.links.show(mesh.links.filter(near));
    $("shown").textContent = visible.length === frames.count
      ? plural(frames.count, "frame") : `${count(visible.length)} of ${plural(frames.count, "frame")}`;
    for (const [name, grid] of Object.entries(this.grids)) {
      $(`tab-${name}`).querySelector("small").textContent = count(grid.rows.length);
    }
    const grey = mesh.meters.find(({ packets, number }) => packets && this.marks.isGrey(number));
    $("others").hidden = !grey;
    if (grey) $("others").firstChild.style.background = this.marks.meterColor(grey.number);
    $("mesh-size").textContent = `${plural(mesh.meters.length, "meter")}, ${
      plural(mesh.links.length, "link")}`;
  }

  _reveal() {
    if (this.view.frame === this._revealed) return;
    this._revealed = this.view.frame;
    const i = this.view.frameIndex();
    if (i >= 0) this.grids.frames.reveal(i);
    this.grids.frames.draw();
  }

  _addButtons() {
    const both = { time: true, frequency: true };
    $("zoom-in").addEventListener("click", () => this.input.zoom(0.6, both));
    $("zoom-out").addEventListener("click", () => this.input.zoom(1 / 0.6, both));
    $("zoom-all").addEventListener("click", () => this.input.showAll());
    $("save").addEventListener("click", () => {
      const [name, grid] = Object.entries(this.grids)
        .find(([each]) => !$(`table-${each}`).hidden);
      saveText(`${name}.csv`, csvText(grid.texts()));
    });
    $("graph-fit").addEventListener("click", () => this.graph.fit());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.view.change({ meters: new Set(), frame: null });
    });
  }

  // Tabs after the pattern of the ARIA Authoring Practices: arrows go from one to the next.
  _addTabs() {
    const tabs = [...document.querySelectorAll("[role=tab]")];
    const choose = (tab) => {
      for (const each of tabs) {
        const chosen = each === tab;
        each.setAttribute("aria-selected", chosen);
        each.tabIndex = chosen ? 0 : -1;
        $(each.getAttribute("aria-controls")).hidden = !chosen;
      }
      tab.focus();
    };
    tabs.forEach((tab, place) => {
      tab.addEventListener("click", () => choose(tab));
      tab.addEventListener("keydown", ({ key }) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
        if (step) choose(tabs[(place + step + tabs.length) % tabs.length]);
      });
    });
  }
}

async function start() {
  const config = JSON.parse($("config").textContent);
  const frames = new Frames(config.types, config.colors.light.length);
  if (config.live) {
    const page = new Page(frames, config);
    page.grids.frames.sortBy(TIME_COLUMN, true); // what came last on top
    new Live(frames, page.view, lazily(() => page.draw(), 250));
    return;
  }
  const content = await unpacked($("data").textContent.trim());
  $("data").remove();
  frames.fill(content);
  $("name").textContent = content.header.name;
  document.title = `${content.header.name} – Kaifa report`;
  $("notes").replaceChildren(...content.header.notes.map((note) => element("p", {}, note)));
  new Page(frames, config).draw();
  const [first, last] = frames.extent();
  $("range").textContent = `${listTime(frames, first).slice(0, 19)} – ${
    listTime(frames, last).slice(0, 19)}${frames.dated ? " UTC" : ""}`;
}

// Milliseconds until all was drawn the first time, for those who want to know.
function noteReady() {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.documentElement.dataset.ready = Math.round(performance.now());
  }));
}

start().then(noteReady).catch((error) => {
  $("fault").hidden = false;
  $("fault").textContent = `The page could not show its data: ${error.message}`;
  throw error;
});
