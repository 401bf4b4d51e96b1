# SPDX-License-Identifier: GPL-3.0-or-later
"""Slow and broken answers on demand.

A fault is {"method": NAME or "*", "host": NAME or "*", "kind": KIND, "times": N, "skip": N, ...}:
it lets `skip` matching calls pass and strikes the next `times` (1 unless told). Kinds:
    error      the method fails with "error": [CODE, param...]
    delay      the method starts "seconds" later
    hang       the method does not start before the fault is cleared
    html       HTTP 200 with a page instead of an answer
    status     HTTP status 500 with a page
    half       the headers and half of the body, then the end
    reset      the connection is reset instead of an answer
    drip       the answer byte by byte, one every "seconds"
    huge       a body of "bytes" bytes that says it is JSON (or XML)
    deep       a body that nests "levels" deep
    garbage    bytes that are neither JSON nor XML
    bare       the error "error" as a bare array with id 0
    body       the text "body" instead, with the request's id where JSON has one
"""

import json
import re
import socket
import struct
import threading
import time

from model import ApiError

METHOD_KINDS = ("error", "delay", "hang")
WIRE_KINDS = ("html", "status", "half", "reset", "drip", "huge", "deep", "garbage", "bare", "body")
MEMBERS = {"method", "host", "kind", "times", "skip", "seconds", "bytes", "levels", "error", "body"}


class Faults:
    """The faults in force for all hosts of this program."""

    def __init__(self):
        self.rows = []
        self.changed = threading.Condition()

    def add(self, fault):
        """Puts a fault in force; ValueError says what is wrong with it."""
        if fault.get("kind") not in METHOD_KINDS + WIRE_KINDS or set(fault) - MEMBERS:
            raise ValueError(f"not a fault: {fault}")
        with self.changed:
            self.rows.append({"method": "*", "host": "*", "times": 1, "skip": 0, **fault})

    def clear(self):
        """No faults from now on; what hangs goes on."""
        with self.changed:
            self.rows.clear()
            self.changed.notify_all()

    def _take(self, host, method, kinds):
        with self.changed:
            for row in self.rows:
                if row["kind"] not in kinds or row["times"] < 1:
                    continue
                if row["host"] not in ("*", host) or row["method"] not in ("*", method):
                    continue
                if row["skip"] > 0:
                    row["skip"] -= 1
                    continue
                row["times"] -= 1
                return row
        return None

    def strike(self, host, method):
        """Called where a method starts."""
        fault = self._take(host, method, METHOD_KINDS)
        if fault is None:
            return
        if fault["kind"] == "error":
            raise ApiError(*fault["error"])
        if fault["kind"] == "delay":
            time.sleep(fault.get("seconds", 1))
        else:
            with self.changed:
                self.changed.wait_for(lambda: fault not in self.rows)

    def spoil(self, host, method, answer):
        """Called with the finished HTTP answer; gives what goes out instead."""
        fault = self._take(host, method, WIRE_KINDS)
        return answer if fault is None else _SPOILERS[fault["kind"]](fault, answer)


def _html(_, answer):
    return answer._replace(content_type="text/html", body=b"<html><body>Welcome</body></html>")


def _status(_, answer):
    return _html(_, answer)._replace(status=500)


def _half(_, answer):
    def send(connection, raw):
        connection.sendall(raw[: len(raw) - len(answer.body) // 2 - 1])

    return answer._replace(mangle=send)


def _reset(_, answer):
    def send(connection, _raw):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer._replace(mangle=send)


def _drip(fault, answer):
    def send(connection, raw):
        for i in range(len(raw)):
            connection.sendall(raw[i:i + 1])  # fmt: skip
            time.sleep(fault.get("seconds", 1))

    return answer._replace(mangle=send)


def _huge(fault, answer):
    size = fault.get("bytes", 1 << 30)
    is_json = answer.content_type == "application/json"
    start = b'{"jsonrpc":"2.0","id":1,"result":"' if is_json else b"<?xml version='1.0'?><methodResponse>"

    def send(connection, raw):
        head = raw[: len(raw) - len(answer.body)]
        old = b"content-length: %d" % len(answer.body)
        connection.sendall(head.replace(old, b"content-length: %d" % size) + start)
        left = size - len(start)
        while left > 0:
            connection.sendall(b"x" * min(left, 65536))
            left -= 65536

    return answer._replace(mangle=send)


def _deep(fault, answer):
    levels = fault.get("levels", 100000)
    if answer.content_type == "application/json":
        body = b'{"jsonrpc":"2.0","id":1,"result":' + b"[" * levels + b"]" * levels + b"}"
    else:
        inner = b"<value><array><data>" * levels + b"</data></array></value>" * levels
        body = b"<methodResponse><params><param>" + inner + b"</param></params></methodResponse>"
    return answer._replace(body=body)


def _garbage(_, answer):
    return answer._replace(body=bytes(range(256)) * 4)


def _bare(fault, answer):
    error = fault.get("error", ["HOST_STILL_BOOTING"])
    return answer._replace(body=json.dumps({"jsonrpc": "2.0", "error": error, "id": 0}).encode())


def _body(fault, answer):
    body = fault["body"]
    if answer.content_type == "application/json":
        identity = json.dumps(json.loads(answer.body)["id"])
        body = re.sub(r'"id": *\d+\s*}\s*$', f'"id":{identity}}}', body)
    return answer._replace(body=body.encode())


_SPOILERS = {
    "html": _html, "status": _status, "half": _half, "reset": _reset, "drip": _drip,
    "huge": _huge, "deep": _deep, "garbage": _garbage, "bare": _bare, "body": _body,
}  # fmt: skip
