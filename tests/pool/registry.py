# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of methods: who may call them, with what, and how values become parameters."""

import typing

import model
from model import ApiError, Time


class Method(typing.NamedTuple):
    """`session`: the first parameter is one. `emergency`: answered in emergency mode and by members too.

    `task`: it has an Async twin. `reads`: the role read-only may call it.
    """

    function: object
    types: list
    required: int
    session: bool = True
    task: bool = False
    emergency: bool = False
    reads: bool = False


METHODS = {}


def method(name, *types, **traits):
    """Puts a function into the table; types end in "?" where the parameter may be left out."""

    def register(function):
        kinds = [model.parse_type(t.rstrip("?").split()) for t in types]
        required = sum(not t.endswith("?") for t in types)
        METHODS[name] = Method(function, kinds, required, **traits)
        return function

    return register


_LETTERS = {bool: "B", int: "I", float: "F", str: "S", Time: "S"}


def _rpc(value):
    """A value as the real server prints it in messages."""
    if type(value) in _LETTERS:
        return f"{_LETTERS[type(value)]}({str(value).lower() if isinstance(value, bool) else value})"
    if isinstance(value, list):
        return f"[{';'.join(map(_rpc, value))}]"
    if isinstance(value, dict):
        return "{" + ";".join(f"{k}:{_rpc(v)}" for k, v in value.items()) + "}"
    return "N"


def convert(kind, value, xml):
    """One parameter as its type asks for it; XML-RPC writes integers as text."""
    name = kind[0]
    if name == "set" and isinstance(value, list):
        return [convert(kind[1], v, xml) for v in value]
    if name == "map" and isinstance(value, dict):
        return {k: convert(kind[2], v, xml) for k, v in value.items()}
    if name == "int" and xml and isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    if name == "float" and not xml and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if name == "time" and isinstance(value, str):
        return Time(value)
    if name == "any" or model.fits(kind, value):
        return value
    expected = {"ref": "string", "enum": "string", "set": "list", "map": "dict"}.get(name, name)
    raise ApiError("INTERNAL_ERROR", f"Failure(\"Expected {expected}, got '{_rpc(value)}'\")")


def arguments(name, entry, params, xml):
    """The parameters after the session, converted; the counts in the error exclude the session."""
    received = len(params) - entry.session
    if not entry.required <= received <= len(entry.types):
        raise ApiError("MESSAGE_PARAMETER_COUNT_MISMATCH", name, entry.required, received)
    given = params[1:] if entry.session else params
    return [convert(kind, value, xml) for kind, value in zip(entry.types, given)]
