// SPDX-License-Identifier: GPL-3.0-or-later
// A table as a file of comma-separated values, RFC 4180.
"use strict";

function csvText(rows) {
  const cell = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

// Has the browser save a text as a file.
function saveText(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
