# SPDX-License-Identifier: GPL-3.0-or-later
"""How far colours stand out from each other (WCAG 2.2)."""


def contrast(one, other):
    """Contrast ratio of two colours as #rrggbb (WCAG 2.2)."""
    light, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
