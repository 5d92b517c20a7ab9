# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours are legible and can be told apart, also by those who do not see all of them.

Models: contrast as in WCAG 2.1; colour vision deficiency of G. Machado, M. Oliveira, L. Fernandes,
"A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1;
distance in Oklab (B. Ottosson, 2020).
"""

import itertools
from collections import Counter

import numpy as np
import pytest
from gnuradio.kaifa.pictures.frames import TYPES
from gnuradio.kaifa.pictures.palette import DARK, LIGHT, MARKERS, colour_number

VISION = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# About twice, and more than, what is just noticed (0.02).
LEAST_DISTANCE = {"full": 0.1, "protanopia": 0.06, "deuteranopia": 0.06, "tritanopia": 0.045}


def linear(colour):
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb):
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    opponents = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return opponents @ np.cbrt(cones @ np.clip(rgb, 0, 1))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_everything_is_legible(theme):
    for text in (theme.text, theme.faint_text):
        assert contrast(text, theme.background) >= 4.5
    for mark in (*theme.senders, theme.accent, theme.nobody, theme.others):
        assert contrast(mark, theme.background) >= 3


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_told_apart(theme, vision):
    seen = [oklab(VISION[vision] @ linear(colour)) for colour in theme.senders]
    least = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert least >= LEAST_DISTANCE[vision]


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_greys_are_no_colours_of_senders(theme, vision):
    seen = [oklab(VISION[vision] @ linear(c)) for c in (theme.nobody, theme.others, *theme.senders)]
    nobody, others, *senders = seen
    assert np.linalg.norm(nobody - others) >= 0.15
    for grey in (nobody, others):
        assert min(np.linalg.norm(grey - colour) for colour in senders) >= 0.045


def test_an_address_asks_for_one_colour_for_good():
    assert colour_number("000b12a83102e0c6") == 9


def test_all_colours_are_used_about_alike():
    numbers = Counter(colour_number(f"000b12{i:010x}") for i in range(12_000))
    assert len(numbers) == len(LIGHT.senders) == len(DARK.senders) == 12
    assert all(800 < count < 1200 for count in numbers.values())


def test_every_type_has_a_marker_of_its_own():
    assert set(MARKERS) == set(range(len(TYPES)))
    for part in ("matplotlib", "plotly", "character"):
        assert len({getattr(marker, part) for marker in MARKERS.values()}) == len(TYPES)
