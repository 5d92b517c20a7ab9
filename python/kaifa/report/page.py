# SPDX-License-Identifier: GPL-3.0-or-later
"""The page out of its parts: one HTML file that fetches nothing."""

import base64
import hashlib
import json
from pathlib import Path

from ..pictures.frames import TYPES
from ..pictures.palette import DARK, LIGHT, MARKERS
from ..schema import schema_text

FOLDER = Path(__file__).parent
LIBRARY = FOLDER / "vendor" / "d3.min.js"
# Each file uses those before it.
SCRIPTS = (
    "element", "format", "unpack", "busiest", "frames", "view", "mesh", "mesh_roles", "marks",
    "tip", "time_ticks", "points", "scatter", "scatter_input", "overview", "graph_layout", "graph",
    "csv", "grid", "tables", "octets", "frame_control", "details", "controls", "live", "main",
)  # fmt: skip
# Nothing may be loaded from anywhere, and only the page's own scripts and style count, whatever the
# data hold.
POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {style}; img-src data:; "
    "connect-src {connect}; base-uri 'none'; form-action 'none'"
)


def page(data):
    """The page as text, with the octets of pack.packed() in it."""
    return _page(data, live=False)[0]


def live_page():
    """A page that asks `events` for records: (text, its Content-Security-Policy)."""
    return _page(b"", live=True)


def _page(data, live):
    library = LIBRARY.read_text(encoding="utf-8")
    script = "\n".join(_part(f"{name}.js") for name in SCRIPTS)
    script = f"(() => {{\n{script}\n}})();"
    style = _part("style.css")
    policy = POLICY.format(
        scripts=f"{_hash(library)} {_hash(script)}",
        style=_hash(style),
        connect="'self'" if live else "'none'",
    )
    parts = {
        "POLICY": policy,
        "STYLE": style,
        "CONFIG": _json_for_html(_config(live)),
        "DATA": base64.b64encode(data).decode(),
        "LIBRARY": library,
        "SCRIPT": script,
    }
    return _filled(_part("page.html"), parts), policy


def _hash(text):
    """Source of a content security policy that allows this script or style alone."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _filled(template, parts):
    # In one pass, so that nothing in a part is taken for the place of another.
    pieces = []
    for piece in template.split("@"):
        pieces.append(parts.get(piece, piece))
    return "".join(pieces)


def _config(live):
    properties = json.loads(schema_text())["$defs"]["frame"]["properties"]
    return {
        "live": live,
        "types": TYPES,
        "shapes": [MARKERS[number].matplotlib for number in range(len(TYPES))],
        "colors": {
            "light": LIGHT.senders,
            "dark": DARK.senders,
            "nobody": {"light": LIGHT.nobody, "dark": DARK.nobody},
            "others": {"light": LIGHT.others, "dark": DARK.others},
        },
        "meanings": {name: field.get("description", "") for name, field in properties.items()},
    }


def _json_for_html(value):
    return json.dumps(value).replace("<", "\\u003c")


def _part(name):
    return (FOLDER / "page" / name).read_text(encoding="utf-8")
