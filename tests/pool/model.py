# SPDX-License-Identifier: GPL-3.0-or-later
"""What classes and fields there are (model.txt), what values they take, and what goes wrong."""

import pathlib
import typing

NULL = "OpaqueRef:NULL"


class ApiError(Exception):
    """A failure as the API names it: a code in capitals, then its parameters, all strings."""

    def __init__(self, code, *params):
        super().__init__(code, *params)
        self.code = code
        self.params = [str(p) for p in params]

    def description(self):
        """The list that goes over the wire."""
        return [self.code, *self.params]


class Time(str):
    """A moment as `20261121T19:00:00Z`; XML-RPC gives it a tag of its own."""


class I4(int):
    """A number that XML-RPC writes as <i4>; all others are text there."""


class Field(typing.NamedTuple):
    """One line of model.txt; `type` is a tuple: ("map", ("string",), ("ref", "SR"))."""

    type: tuple
    writable: bool
    default: object


def parse_type(words):
    """Takes one type off the front of a list of words."""
    word = words.pop(0)
    if word == "set":
        return ("set", parse_type(words))
    if word == "map":
        return ("map", parse_type(words), parse_type(words))
    return tuple(word.split(":"))


def empty(kind):
    """What a field holds before anyone has set it."""
    return {
        "set": list, "map": dict, "int": int, "float": float, "bool": bool,
        "ref": lambda: NULL, "time": lambda: Time("19700101T00:00:00Z"),
    }.get(kind[0], str)()  # fmt: skip


def _default(kind, text):
    if text is None:
        return empty(kind)
    if kind[0] == "bool":
        return text == "true"
    return {"int": int, "float": float}.get(kind[0], str)(text)


def _load():
    classes = {}
    for line in (pathlib.Path(__file__).parent / "model.txt").read_text().splitlines():
        if line.startswith("class "):
            fields = classes[line[6:]] = {}
        elif line.startswith("\t"):
            words, _, default = line.strip().partition(" = ")
            name, *words = words.split()
            kind = parse_type(words)
            fields[name] = Field(kind, words == ["rw"], _default(kind, default or None))
    return classes


CLASSES = _load()
_BY_LOWER = {name.lower(): name for name in CLASSES}


def class_named(name):
    """The class of any spelling (events write `pif`), or None."""
    return _BY_LOWER.get(name.lower())


def fits(kind, value):
    """Whether a Python value is one of this type."""
    if kind[0] == "set":
        return isinstance(value, list) and all(fits(kind[1], v) for v in value)
    if kind[0] == "map":
        return isinstance(value, dict) and all(
            isinstance(k, str) and fits(kind[2], v) for k, v in value.items()
        )
    if kind[0] == "int" and isinstance(value, bool):
        return False
    return isinstance(value, {"bool": bool, "int": int, "float": float, "time": Time}.get(kind[0], str))


def coerce(kind, value):
    """Gives back what JSON cannot tell apart: times among strings, floats among numbers."""
    if kind[0] == "time" and isinstance(value, str):
        return Time(value)
    if kind[0] == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind[0] == "set" and isinstance(value, list):
        return [coerce(kind[1], v) for v in value]
    if kind[0] == "map" and isinstance(value, dict):
        return {k: coerce(kind[2], v) for k, v in value.items()}
    return value


def field_of(cls, name):
    """The field, or ValueError: a typing mistake in a state file is not passed over."""
    if name not in CLASSES[cls]:
        raise ValueError(f"class {cls} has no field {name!r}")
    return CLASSES[cls][name]


def check(cls, name, value):
    """The value as the field holds it, or ValueError."""
    kind = field_of(cls, name).type
    value = coerce(kind, value)
    if not fits(kind, value):
        raise ValueError(f"{cls}.{name} is {' '.join(map(str, kind))}, not {value!r}")
    return value


def new_record(cls, values):
    """A complete record with the fields in the order of model.txt."""
    for name in values:
        field_of(cls, name)
    record = {}
    for name, field in CLASSES[cls].items():
        value = values.get(name, field.default)
        if isinstance(value, (list, dict)):
            value = value.copy()
        record[name] = check(cls, name, value)
    return record
