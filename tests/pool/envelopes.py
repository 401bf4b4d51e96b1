# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers as bytes: XML-RPC and JSON-RPC 1.0 and 2.0, as the real server writes them."""

import json
import typing
import xml.etree.ElementTree as tree

from model import I4, Time


class Malformed(Exception):
    """Not a request at all: HTTP 500, no API error."""


class Request(typing.NamedTuple):
    """What was asked, and how the answer must be wrapped: "xml", "1.0" or "2.0"."""

    method: str
    params: list
    envelope: str
    id: object = None


def _escape(text):
    kept = "".join(c for c in text if c in "\t\n\r" or c >= " ")
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        kept = kept.replace(char, entity)
    return kept


def xml_value(value):
    """One <value>: strings and integers bare, the others in their tags."""
    if value is None:
        inner = "<nil/>"
    elif isinstance(value, bool):
        inner = f"<boolean>{int(value)}</boolean>"
    elif isinstance(value, I4):
        inner = f"<i4>{int(value)}</i4>"
    elif isinstance(value, int):
        inner = str(value)
    elif isinstance(value, float):
        inner = f"<double>{value:.16g}</double>"
    elif isinstance(value, Time):
        inner = f"<dateTime.iso8601>{value}</dateTime.iso8601>"
    elif isinstance(value, str):
        inner = _escape(value)
    elif isinstance(value, (list, tuple)):
        inner = f"<array><data>{''.join(map(xml_value, value))}</data></array>"
    else:
        members = (
            f"<member><name>{_escape(k)}</name>{xml_value(v)}</member>" for k, v in value.items()
        )
        inner = f"<struct>{''.join(members)}</struct>"
    return f"<value>{inner}</value>"


def _only(element, tag):
    if [child.tag for child in element] != [tag]:
        raise Malformed(f"<{element.tag}> must hold one <{tag}>")
    return element[0]


def _xml_struct(element):
    members = {}
    for member in element:
        name, value = member.find("name"), member.find("value")
        if member.tag != "member" or name is None or value is None:
            raise Malformed("a struct holds members with a name and a value")
        members[name.text or ""] = parse_value(value)
    return members


def parse_value(element):
    """The Python value of a <value>, whichever of its spellings was used."""
    if element.tag != "value" or len(element) > 1:
        raise Malformed(f"<{element.tag}> where a value was expected")
    if len(element) == 0:
        return element.text or ""
    kind = element[0]
    if kind.tag == "array":
        return [parse_value(v) for v in _only(kind, "data")]
    if kind.tag == "struct":
        return _xml_struct(kind)
    return _scalar(kind.tag, kind.text or "")


def _scalar(tag, text):
    try:
        return _SCALARS[tag](text)
    except KeyError as e:
        raise Malformed(f"<{tag}> with {text!r} is nothing XML-RPC knows") from e
    except ValueError as e:
        raise Malformed(f"<{tag}> holds {text!r}") from e


_SCALARS = {
    "int": int, "i4": int, "i8": int, "double": float, "string": str, "dateTime.iso8601": Time,
    "boolean": lambda text: {"0": False, "1": True}[text.strip()], "nil": lambda _: None,
}  # fmt: skip


def parse_xml(body):
    """An XML-RPC call. <params/> may be empty but must be there."""
    try:
        root = tree.fromstring(body)
    except (tree.ParseError, ValueError, LookupError) as e:
        raise Malformed(f"not XML: {e}") from e
    name, params = root.find("methodName"), root.find("params")
    if root.tag != "methodCall" or name is None or params is None:
        raise Malformed("not a methodCall with methodName and params")
    return Request((name.text or "").strip(), [parse_value(_only(p, "value")) for p in params], "xml")


def parse_json(body):
    """A JSON-RPC call; without "jsonrpc" it is one of version 1.0."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError) as e:
        raise Malformed(f"not JSON: {e}") from e
    if not isinstance(call, dict) or not isinstance(call.get("method"), str):
        raise Malformed("not a request with a method")
    params = call.get("params", [])
    if not isinstance(params, list):
        raise Malformed("params must be an array")
    identity = call.get("id")
    if not isinstance(identity, (int, str)) or isinstance(identity, bool):
        raise Malformed("id must be a number or a string")
    if call.get("jsonrpc", "2.0") != "2.0":
        raise Malformed("jsonrpc must be 2.0")
    return Request(call["method"], params, "2.0" if "jsonrpc" in call else "1.0", identity)


def _json(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _xml(value):
    inner = f"<methodResponse><params><param>{xml_value(value)}</param></params></methodResponse>"
    return ('<?xml version="1.0"?>' + inner).encode()


def success(request, value):
    """The answer to a call that worked. system.listMethods has no envelope in XML."""
    if request.envelope == "xml":
        if request.method == "system.listMethods":
            return _xml(value)
        return _xml({"Status": "Success", "Value": "" if value is None else value})
    value = "" if value is None else value
    if request.envelope == "1.0":
        return _json({"result": value, "error": None, "id": request.id})
    return _json({"jsonrpc": "2.0", "result": value, "id": request.id})


def failure(request, error):
    """The answer to a call that failed with an ApiError."""
    if request.envelope == "xml":
        return _xml({"Status": "Failure", "ErrorDescription": error.description()})
    if request.envelope == "1.0":
        return _json({"result": None, "error": error.description(), "id": request.id})
    body = {"code": 1, "message": error.code, "data": error.params}
    return _json({"jsonrpc": "2.0", "error": body, "id": request.id})


def bare_failure(request, error, old=False):
    """What emergency mode answers: the error as a bare array and id 0, whatever was asked.

    `old`: as releases of 2020 to 2023 do, in the envelope of version 1.0.
    """
    if request.envelope == "xml":
        return failure(request, error)
    if old:
        return _json({"result": None, "error": error.description(), "id": 0})
    return _json({"jsonrpc": "2.0", "error": error.description(), "id": 0})
