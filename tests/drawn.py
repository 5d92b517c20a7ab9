# SPDX-License-Identifier: GPL-3.0-or-later
"""What GNU Radio's windows have drawn, read from their dots."""

import numpy as np

# Of a time sink with a sync word: the symbols seen, the samples of each, and its first strobe.
SYMBOLS, SAMPLES, FIRST = 9, 8, 3
NEAR_DOTS = 9  # of a strobe's mark


def dots(widget):
    """The dots of a widget: array of rows, columns, and red, green and blue."""
    image = widget.grab().toImage().convertToFormat(4)  # RGB32
    octets = image.bits().asarray(image.byteCount())
    return np.array(octets, np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1]


def blue(picture):
    """Where a picture has the blue of the first curve, or of one drawn with soft edges."""
    red, green, last = (picture[..., i].astype(int) for i in range(3))
    return (last > 180) & (red < 140) & (green < 140)


def canvas(picture):
    """(left, right, top, bottom) of the white field of a plot."""
    white = (picture > 250).all(axis=2)
    columns, rows = (np.flatnonzero(white.mean(axis=i) > 0.3) for i in (0, 1))
    return columns[0], columns[-1], rows[0], rows[-1]


def tones(widget, limit_khz):
    """The highest places of a histogram left, about and right of its middle, in kHz.

    limit_khz: of its axis, which is a tenth wider.
    """
    high = blue(dots(widget)).sum(axis=0)
    drawn = np.flatnonzero(high)
    if len(drawn) < 100:
        return None
    khz = np.linspace(-1.1 * limit_khz, 1.1 * limit_khz, drawn[-1] - drawn[0] + 1)
    high = high[drawn[0] : drawn[-1] + 1]
    parts = (khz < -10, np.abs(khz) < 5, khz > 10)
    if any(high[part].max() < 20 for part in parts):
        return None
    return [round(float(khz[part][high[part].argmax()]), 1) for part in parts]


def swing(widget):
    """How high a curve is where a time sink begins and in its middle, as shares of its field."""
    picture = dots(widget)
    left, right, top, bottom = canvas(picture)
    curve = blue(picture)[top:bottom, left:right]
    high = np.array([np.ptp(np.flatnonzero(each)) if each.any() else 0 for each in curve.T])
    high = high / (bottom - top)
    width = len(high)
    return [float(high[: width // 50].max()), float(np.median(high[width // 3 : -width // 20]))]


def symbols(widget):
    """(bits of the symbols that a time sink shows, by the sign of the curve at their strobes;
    at how many of them there is a mark)."""
    picture = dots(widget)
    left, right, top, bottom = canvas(picture)
    field = picture[top:bottom, left:right]
    curve = blue(field)
    columns = np.flatnonzero(curve.any(axis=0))
    if not len(columns):
        return None
    steps = SYMBOLS * SAMPLES - 1
    bits, marks = "", 0
    for symbol in range(SYMBOLS):
        x = columns[0] + round((FIRST + symbol * SAMPLES) / steps * (columns[-1] - columns[0]))
        near = field[:, max(x - NEAR_DOTS, 0) : x + NEAR_DOTS]
        rows = np.flatnonzero(curve[:, x - 1 : x + 2].any(axis=1))
        if not len(rows):
            return None
        y = int(np.median(rows))
        bits += "1" if y < (bottom - top) / 2 else "0"
        mark = (near[max(y - 2 * NEAR_DOTS, 0) : y + 2 * NEAR_DOTS] < 60).all(axis=2)
        marks += int(mark.sum() > NEAR_DOTS)
    return [bits, marks]
