# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of values on a command line; each function says what is wrong with its text."""

import argparse

from .recording import InputError

MULTIPLES = {"k": 1e3, "M": 1e6, "G": 1e9}
# Beyond what any option takes; the receiver knows the range of each.
MOST_NUMBER = 1e12
MOST_COUNT = (1 << 31) - 1


class Parser(argparse.ArgumentParser):
    """Raises InputError where a command line is wrong."""

    def error(self, message):
        raise InputError(f"{message} (--help shows how)")


def number(text):
    """A number in Hz, seconds or dB, perhaps with k, M or G behind it."""
    multiple = MULTIPLES.get(text[-1:])
    value = float(text[:-1]) * multiple if multiple else float(text)
    if not abs(value) <= MOST_NUMBER:
        raise argparse.ArgumentTypeError(
            f"{text:.20} is out of range, expected at most {MOST_NUMBER:g}"
        )
    return value


def count(text):
    """A whole number that fits the int of a block."""
    if not (text.isdecimal() and len(text) <= len(str(MOST_COUNT)) and int(text) <= MOST_COUNT):
        raise argparse.ArgumentTypeError(
            f"'{text:.20}' cannot be used, expected a whole number from 0 to {MOST_COUNT}"
        )
    return int(text)


def filled(text):
    """A name that is not empty."""
    if not text:
        raise argparse.ArgumentTypeError("is empty, expected a name or -")
    return text


class Say(argparse.Action):
    """Does what there is to do without a source, prints what comes of it, and ends."""

    def __init__(self, *names, say, **more):
        super().__init__(*names, nargs=0, **more)
        self._say = say

    def __call__(self, parser, *_rest):
        print(self._say(), end="")
        parser.exit()
