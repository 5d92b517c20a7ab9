# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the doxygen comments of the public headers into Python's docstrings.

Usage: docstrings.py HEADER... > docstrings.h

Writes a string DOC_<class>_<function> for each function that has a comment, and DOC_<class>.
"""

import re
import sys
from pathlib import Path

COMMENT = re.compile(
    r"(?P<comment>/\*!.*?\*/|(?:[ ]*//![^\n]*\n)+)\s*(?P<what>(?:class|static|virtual)[^;{]*)",
    re.S,
)
# What doxygen calls it, and what Python's reader shall see.
WORDS = [
    (r"\\(brief|details|p)\b ?", ""),
    (r"\\ingroup .*\n", ""),
    (r"\\param (\w+)", r"\1:"),
    (r"\\throws std::invalid_argument \(Python: ValueError\)", "Raises ValueError,"),
]


def text_of(comment):
    """The words of a comment."""
    text = re.sub(r"^\s*(/\*!|\*/|//!|\*(?!/))[ ]?", "", comment.strip(), flags=re.M)
    text = text.replace("*/", "")
    for pattern, replacement in WORDS:
        text = re.sub(pattern, replacement, text)
    return re.sub(r"\n\s*\n+", "\n\n", text).strip()


def docstrings(header):
    """(name, text) of everything with a comment in a header."""
    owner = None
    for match in COMMENT.finditer(header):
        declared = match["what"].split(" : ")[0].split("(")[0].split()[-1]
        if match["what"].startswith("class"):
            owner = declared
            yield owner, text_of(match["comment"])
        else:
            yield f"{owner}_{declared}", text_of(match["comment"])


def main():
    print("// Made from the public headers by docstrings.py.")
    for path in sys.argv[1:]:
        for name, text in docstrings(Path(path).read_text()):
            print(f'constexpr char DOC_{name}[] = R"doc({text})doc";')


if __name__ == "__main__":
    main()
