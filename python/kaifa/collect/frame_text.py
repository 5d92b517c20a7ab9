# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame records told at a glance, as kaifa_rx writes them.

A regular expression made of the JSON Schema: a text that it matches is a record that follows the
schema, every name once, in order, without spaces and escapes. It takes less than half of the time
that reading the JSON and holding it against the schema takes. What it does not match may be right
all the same and is left to those.
"""

import json
import re

_OCTETS = "^([0-9a-f]{2})*$"
_DIGITS = "(?:0|[1-9][0-9]{0,14})"
_FRACTION = r"(?:\.[0-9]{1,20})?(?:e-[0-9]{2})?"
_PLAIN_TEXT = r"[ !#-\[\]-~]*"  # printable, neither quotation mark nor backslash


def frame_pattern(properties, captured):
    """A compiled expression for an object with these properties (a part of a JSON Schema), all of
    them there; groups hold the text of those whose names are `captured`, in the order of the
    schema. Of octets in hexadecimal that are captured it does not ask that the digits are even in
    number."""
    return re.compile(_object(properties, captured), re.ASCII)


def _object(properties, captured=()):
    fields = []
    for name, schema in properties.items():
        if name in captured:
            quick = _value(schema, "[0-9a-f]*")
            fields.append(f'"{name}":({quick})')
        else:
            fields.append(f'"{name}":(?:{_value(schema)})')
    return r"\{" + ",".join(fields) + r"\}"


def _value(schema, octets="(?:[0-9a-f]{2})*"):
    if "const" in schema:
        return re.escape(json.dumps(schema["const"]))
    if "enum" in schema:
        return "|".join(re.escape(json.dumps(choice)) for choice in schema["enum"])
    kinds = schema["type"]
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return "|".join(_of_kind(kind, schema, octets) for kind in kinds)


def _of_kind(kind, schema, octets):
    if kind == "null":
        return "null"
    if kind == "boolean":
        return "true|false"
    if kind == "array":
        item = _value(schema["items"])
        return rf"\[(?:{item}(?:,{item})*)?\]"
    if kind == "object":
        return _object(schema["properties"])
    if kind == "string":
        return f'"{_text(schema, octets)}"'
    if "maximum" in schema:
        return _up_to(str(schema["maximum"]))
    sign = "" if schema.get("minimum") == 0 else "-?"
    return sign + _DIGITS + (_FRACTION if kind == "number" else "")


def _text(schema, octets):
    pattern = schema.get("pattern")
    if pattern is None:
        return _PLAIN_TEXT
    if pattern == _OCTETS:
        return octets
    return pattern.removeprefix("^").removesuffix("$").replace("(", "(?:")


def _up_to(most):
    """Integers from 0 to `most`, in decimal digits."""
    ways = [_DIGITS.replace("14", str(len(most) - 2))] if len(most) > 1 else []
    for place, digit in enumerate(most):
        least = 1 if place == 0 and len(most) > 1 else 0
        if int(digit) > least:
            rest = f"[0-9]{{{len(most) - place - 1}}}"
            ways.append(f"{most[:place]}[{least}-{int(digit) - 1}]{rest}")
    return "|".join([*ways, most])
