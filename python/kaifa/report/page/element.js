// SPDX-License-Identifier: GPL-3.0-or-later
// Elements of the page. Text becomes text and never markup, whatever it holds.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

function $(id) {
  return document.getElementById(id);
}

// element("button", {class: "chip", "aria-pressed": "true", onclick: f}, "text", child, ...)
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function svgElement(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

// Calls `work` at most once in so many milliseconds, and after the last call.
function lazily(work, milliseconds) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, milliseconds);
  };
}

// Calls `work` once before the next frame of the screen.
function beforePaint(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
