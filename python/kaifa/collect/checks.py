# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what came from a broker against the JSON Schema of records, ten thousand times a second.

A general validator takes a millisecond a record. This one knows the words that our schema uses.
"""

import re
from operator import itemgetter

from .schema import receiver_kinds

MOST_NUMBER = 2**62
MOST_KNOWN = 1000
_TYPES = {
    "string": {str},
    "integer": {int},
    "number": {int, float},
    "boolean": {bool},
    "array": {list},
    "object": {dict},
    "null": {type(None)},
}


class Bad(Exception):
    """What came is not what was expected; the text says what."""


def make_checks():
    """{kind of record: function that takes a dict and returns it in the order of the schema,
    without fields that the schema does not know; Bad if it does not follow the schema}."""
    return {name: _record_check(kind["properties"]) for name, kind in receiver_kinds().items()}


def _record_check(properties):
    names = tuple(properties)
    # Of one name, itemgetter gives the value bare.
    all_values = itemgetter(*names) if len(names) > 1 else lambda record: (record[names[0]],)
    checks = [_check(schema) for schema in properties.values()]
    # Few combinations of types come up, again and again: for each, what is left to be asked.
    known = {}

    def clean(record):
        try:
            values = all_values(record)
        except KeyError:  # an older program did not know the field yet
            values = tuple([record.get(name) for name in names])
        types = tuple(map(type, values))
        questions = known.get(types)
        if questions is None:
            questions = _questions(names, checks, values)
            if len(known) < MOST_KNOWN:
                known[types] = questions
        for index, holds in questions:
            if not holds(values[index]):
                _refuse(names[index], values[index])
        return record if tuple(record) == names else dict(zip(names, values, strict=True))

    return clean


def _questions(names, checks, values):
    """What is to be asked of values of these types: pairs of index and function. Bad if one has
    another type than it can have."""
    questions = []
    for index, (value, (types, further)) in enumerate(zip(values, checks, strict=True)):
        if type(value) not in types:
            _refuse(names[index], value)
        if further is not None and value is not None:
            questions.append((index, further))
    return questions


def _refuse(name, value):
    raise Bad(f"field {name} is {str(value)[:40]!r}, which its schema does not allow")


def _check(schema):
    """The types that a value can have, and what is to be asked of it besides, or None."""
    if "const" in schema:
        return {type(schema["const"])}, schema["const"].__eq__
    if "enum" in schema:
        return {type(value) for value in schema["enum"]}, frozenset(schema["enum"]).__contains__
    names = schema.get("type", list(_TYPES))
    types = set().union(*(_TYPES[name] for name in ([names] if isinstance(names, str) else names)))
    return types, _further(schema, types)


def _further(schema, types):
    if "pattern" in schema:
        return _pattern(schema["pattern"])
    if list in types:
        item_types, item = _check(schema.get("items", {}))
        return lambda value: all(type(i) in item_types and (not item or item(i)) for i in value)
    if dict in types:
        if "properties" in schema:
            return _object(schema["properties"])
        value_types, value_holds = _check(schema.get("additionalProperties", {}))
        return lambda value: all(
            type(v) in value_types and (not value_holds or value_holds(v)) for v in value.values()
        )
    if int in types:
        return _range(schema)
    return None


def _pattern(pattern):
    if pattern == "^([0-9a-f]{2})*$":  # long, and slow to hold against this
        return _is_hex
    return re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII).fullmatch


def _is_hex(text):
    try:
        return bytes.fromhex(text).hex() == text
    except ValueError:
        return False


def _object(properties):
    check = _record_check(properties)

    def holds(value):
        try:
            return len(check(value)) == len(value)
        except Bad:
            return False

    return holds


def _range(schema):
    least = schema.get("minimum", -MOST_NUMBER)
    most = schema.get("maximum", MOST_NUMBER)
    # NaN and infinity are in no range.
    return lambda value: least <= value <= most
