// SPDX-License-Identifier: GPL-3.0-or-later
// Very many small marks at once: set dot by dot in memory, which takes a tenth of the time that as
// many calls of drawImage() take.
"use strict";

class Points {
  constructor() {
    this._canvas = document.createElement("canvas");
    this._stamps = new WeakMap(); // canvas of a mark: its dots
  }

  // Begins an empty picture.
  clear(width, height) {
    Object.assign(this._canvas, { width, height });
    this._image = new ImageData(width, height);
    this._dots = new Uint32Array(this._image.data.buffer);
  }

  // Puts a mark with its upper left corner at a place; what is outside is left out.
  stamp(sprite, left, top) {
    const { width, height } = this._image;
    const dots = this._dots;
    const { colors, dx, dy } = this._stamp(sprite);
    for (let i = 0; i < colors.length; i++) {
      const [x, y] = [left + dx[i], top + dy[i]];
      if (x >= 0 && x < width && y >= 0 && y < height) dots[y * width + x] = colors[i];
    }
  }

  drawOn(context) {
    this._canvas.getContext("2d").putImageData(this._image, 0, 0);
    context.drawImage(this._canvas, 0, 0);
  }

  // The dots of a mark that are mostly covered.
  _stamp(sprite) {
    let stamp = this._stamps.get(sprite);
    if (!stamp) {
      const { width, height } = sprite;
      const { data } = sprite.getContext("2d").getImageData(0, 0, width, height);
      const words = new Uint32Array(data.buffer);
      const covered = Array.from(words.keys()).filter((at) => data[4 * at + 3] > 100);
      stamp = {
        colors: Uint32Array.from(covered, (at) => words[at] | 0xff000000),
        dx: Int16Array.from(covered, (at) => at % width),
        dy: Int16Array.from(covered, (at) => Math.floor(at / width)),
      };
      this._stamps.set(sprite, stamp);
    }
    return stamp;
  }
}
