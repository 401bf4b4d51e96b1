#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that the test pool answers as a real server did: same members, same types.

    recorded.py FOLDER      datamodel.json and conversations *.http, see docs/TESTPOOL.md

Every recorded request is put to a test pool, with sessions and references of its own in it; the
answers must have one shape. Every recorded answer is given to our client (build/tests/xapi-client,
XENHOST_BUILD names the folder), which must make the same of it. Ends with "N passed, N failed".
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as tree

import envelopes
import generic  # noqa: F401 pylint: disable=unused-import
import model
import world
from registry import METHODS

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / os.environ.get("XENHOST_BUILD", "build") / "tests/xapi-client"
RECORDS = ("uuid", "Status", "jsonrpc", "error", "events", "snapshot")  # dicts with one of these have fixed members


def datamodel_type(text):
    """`(string -> VBD ref) map`, `host ref set`, `enum x` as model.txt has them."""
    words = text.rsplit(" ", 1)
    if words[-1] == "map":
        key, _, value = words[0].strip("()").partition(" -> ")
        return ("map", datamodel_type(key), datamodel_type(value))
    if words[-1] == "set":
        return ("set", datamodel_type(words[0]))
    if words[-1] == "ref":
        return ("ref", words[0])
    if text.startswith("enum "):
        return ("enum", text[5:])
    return ({"datetime": "time"}.get(text, text),)


def compare_model(datamodel):
    """Differences between model.txt and the recorded data model."""
    for cls, fields in model.CLASSES.items():
        theirs = {n: datamodel_type(t.rpartition(" ")[0]) for n, t in datamodel[cls]["fields"].items()}
        ours = {name: field.type for name, field in fields.items()}
        for name in sorted(set(theirs) | set(ours)):
            if theirs.get(name) != ours.get(name):
                yield f"{cls}.{name} is {theirs.get(name)}, here {ours.get(name)}"


def compare_methods(datamodel, listed):
    """Methods that the real server does not have, or with other parameters."""
    for name, entry in METHODS.items():
        cls, _, message = name.partition(".")
        known = datamodel.get(cls, {}).get("messages", {}).get(message)
        if name.startswith("testpool.") or name == "system.listMethods" or name in listed and known is None:
            continue
        if known is None:
            if not entry.emergency and message not in INTERNAL:
                yield f"{name} is no method of the real server"
        elif len(known["params"]) != len(entry.types) + entry.session and not entry.emergency:
            yield f"{name} takes {len(known['params'])} parameters, here {len(entry.types) + entry.session}"


# Between hosts, not for clients: the real server knows them and lists them nowhere.
INTERNAL = ("initial_auth", "hello", "slave_login")


def check_enums(datamodel, pool):
    """Values of our records that are none of their enumerations."""
    for cls, table in pool.tables.items():
        enums = {name: values for cls_ in datamodel.values() for name, values in cls_["enums"].items()}
        for record in table.values():
            for name, field in model.CLASSES[cls].items():
                kind = field.type[-1] if field.type[0] in ("set", "map") else field.type
                value = record[name]
                values = list(value.values()) if isinstance(value, dict) else value
                for one in values if isinstance(values, list) else [values]:
                    if kind[0] == "enum" and one not in enums[kind[1]]:
                        yield f"{cls}.{name} = {one!r}"


def xml_shape(value):
    """The tags of a <value> as nested tuples; text without a tag is "text"."""
    if len(value) == 0:
        return "text"
    kind = value[0]
    if kind.tag == "struct":
        return _dict_shape({m.find("name").text: m.find("value") for m in kind}, xml_shape)
    if kind.tag == "array":
        return ("array", *_unique(xml_shape(v) for v in kind.find("data")))
    return kind.tag


def json_shape(value):
    """The same for JSON."""
    if isinstance(value, dict):
        return _dict_shape(value, json_shape)
    if isinstance(value, list):
        return ("array", *_unique(json_shape(v) for v in value))
    return {bool: "bool", int: "number", float: "number", str: "text", type(None): "null"}[type(value)]


def _dict_shape(members, shape):
    shapes = {name: shape(value) for name, value in members.items()}
    if any(name in shapes for name in RECORDS):
        return ("record", tuple(shapes.items()))
    return ("map", *_unique(shapes.values()))


def _unique(shapes):
    return sorted(set(shapes), key=repr)


def differences(theirs, ours, where="answer"):
    """What differs between two shapes; what is empty on one side fits anything of its kind."""
    if not isinstance(theirs, tuple) or not isinstance(ours, tuple):
        if theirs != ours:
            yield f"{where}: {theirs}, here {ours}"
    elif theirs[0] != ours[0]:
        if {len(theirs), len(ours)} != {1, 2}:
            yield f"{where}: {theirs[0]}, here {ours[0]}"
    elif theirs[0] == "record":
        if [n for n, _ in theirs[1]] != [n for n, _ in ours[1]]:
            yield f"{where}: members {[n for n, _ in theirs[1]]}, here {[n for n, _ in ours[1]]}"
        for (name, a), (_, b) in zip(theirs[1], ours[1]):
            yield from differences(a, b, f"{where}.{name}")
    elif len(theirs) > 1 and len(ours) > 1:
        yield from _elements(theirs[1:], ours[1:], where)


def _elements(theirs, ours, where):
    """Elements of lists and maps: every shape here must fit one of theirs."""
    for mine in ours:
        fits = [list(differences(a, mine, f"{where}[]")) for a in theirs]
        if all(fits):
            yield min(fits, key=len)[0]


class Replay:
    """A test pool made to fit the recordings, and their requests put to it."""

    def __init__(self, lab, password):
        lab.host("pool", users={"root": {"password": password}})
        lab.host("other", users={"root": {"password": "other"}})
        self.lab, self.password = lab, password
        self.client = lab.client("pool")
        member = lab.host("member")
        lab.client("member").login().do("pool.join", lab.agents["pool"].address, "root", password)
        if not world.until(lambda: member.role == "slave" and not member.emergency):
            raise AssertionError("the member does not join")

    def session(self):
        """A session of the pool."""
        return self.client.call("session.login_with_password", "root", self.password)

    def _task(self, session, method):
        task = self.client.call("Async.pool.join", session, self.lab.agents["other"].address, "root", "bad")
        ended = world.until(lambda: self.client.call("task.get_status", session, task) != "pending")
        if not ended:
            raise AssertionError(f"the task for {method} does not end")
        return task

    def parameters(self, method, params, dead):
        """The recorded parameters with references of the test pool."""
        params = list(params)
        session = self.session()
        for i, param in enumerate(params):
            if not isinstance(param, str) or not re.fullmatch(r"OpaqueRef:[0-9a-f-]{36}", param):
                continue
            if i == 0:
                params[i] = session
            elif method.startswith("task."):
                params[i] = self._task(session, method)
            else:
                params[i] = self.lab.agents["pool"].host_ref()
        if method.endswith("pool.join") and len(params) > 3:
            params[1] = self.lab.agents["other"].address
        if dead:
            self.client.call("session.logout", session)
        return params

    def answer(self, name, request, body, dead):
        """Status line, headers and body of what the test pool says to a recorded request."""
        is_json = request.path == "/jsonrpc"
        call = (envelopes.parse_json if is_json else envelopes.parse_xml)(body)
        params = self.parameters(call.method, call.params, dead)
        agent = "member" if name.startswith("member-") else "pool"
        if is_json:
            body = json.dumps({**json.loads(body), "params": params})
        else:
            values = "".join(f"<param>{world.typed(p)}</param>" for p in params)
            body = f"<methodCall><methodName>{call.method}</methodName><params>{values}</params></methodCall>"
        headers = {"Content-Type": request.content_type, "Connection": "close"}
        return self.lab.client(agent).post(request.path, body, headers)


class Conversation:
    """One recorded file."""

    def __init__(self, path):
        text = path.read_bytes().decode()
        asked, answered = text.split(">>>\n", 1)[1].split("<<<\n", 1)
        head, self.body = re.split(r"\r?\n\r?\n", asked, maxsplit=1)
        self.path = head.split(" ")[1]
        self.content_type = re.search(r"(?i)content-type: *([^\r\n]+)", head)[1]
        head, self.answer = re.split(r"\r?\n\r?\n", answered, maxsplit=1)
        lines = head.splitlines()
        self.status = int(lines[0].split(" ")[1])
        self.headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
        self.body = self.body.strip()
        self.answer = self.answer.strip()


def parse(content_type, body):
    """Shape and error (None for a success) of an answer."""
    if content_type == "text/xml":
        value = tree.fromstring(body).find("params/param/value")
        plain = envelopes.parse_value(value)
        error = plain.get("ErrorDescription") if isinstance(plain, dict) else None
        return xml_shape(value), error
    plain = json.loads(body)
    error = plain.get("error")
    if isinstance(error, dict):
        error = [error["message"], *error["data"]]
    return json_shape(plain), error


def compare(name, recorded, replay):
    """Differences between the recorded answer and ours."""
    shape, error = parse(recorded.headers["content-type"], recorded.answer)
    dead = bool(error) and error[0] == "SESSION_INVALID"
    status, headers, body = replay.answer(name, recorded, recorded.body, dead)
    if (status, list(headers)) != (recorded.status, list(recorded.headers)):
        yield f"{recorded.status} {list(recorded.headers)}, here {status} {list(headers)}"
    for header in recorded.headers:
        if header != "content-length" and headers.get(header) != recorded.headers[header]:
            yield f"{header}: {recorded.headers[header]}, here {headers.get(header)}"
    our_shape, our_error = parse(headers["content-type"], body)
    if (error and [error[0], len(error)]) != (our_error and [our_error[0], len(our_error)]):
        yield f"error {error}, here {our_error}"
    yield from differences(shape, our_shape)


def our_client(lab, recorded):
    """What our client makes of a recorded answer that is not what was recorded."""
    pool = lab.agents["pool"]
    is_json = recorded.path == "/jsonrpc"
    method = (envelopes.parse_json if is_json else envelopes.parse_xml)(recorded.body).method
    lab.faults.clear()
    lab.faults.add({"method": method, "host": "pool", "kind": "body", "body": recorded.answer})
    steps = [{"do": "login", "user": "root", "password": pool.users["root"]["password"]}]
    if method != "session.login_with_password":
        steps.append({"do": "call", "call": method})
    order = {"address": f"{pool.address}:{lab.port}", "certificate_sha256": pool.fingerprint,
             "codec": "json-rpc" if is_json else "xml-rpc", "steps": steps}  # fmt: skip
    done = subprocess.run([PROGRAM], input=json.dumps(order), capture_output=True, text=True, timeout=60, check=False)
    got = json.loads(done.stdout.splitlines()[len(steps) - 1])
    _, error = parse(recorded.headers["content-type"], recorded.answer)
    if error and error[0] == "HOST_IS_SLAVE":
        if error[1] not in got.get("sentence", ""):
            yield f"our client does not follow {error}: {got}"
    elif [got.get("code"), *got.get("params", [])] != (error or [None]) or ("result" in got) == bool(error):
        yield f"our client makes {got} of it"


def judge(folder, lab):
    """(name, differences) of all there is to compare."""
    datamodel = json.loads((folder / "datamodel.json").read_text())
    talks = {path.stem: Conversation(path) for path in sorted(folder.glob("*.http"))}
    yield "model.txt", list(compare_model(datamodel))
    logins = [json.loads(t.body)["params"] for n, t in talks.items() if n == "a-login.json2"]
    replay = Replay(lab, logins[0][1])
    listed = [t for n, t in talks.items() if n.startswith("a-listMethods")]
    names = {v.text for t in listed for v in tree.fromstring(t.answer).iter("value") if v.text}
    yield "methods", list(compare_methods(datamodel, names))
    yield "enumerations", list(check_enums(datamodel, lab.agents["pool"].db))
    for name, recorded in talks.items():
        yield name, list(compare(name, recorded, replay))
    for name, recorded in talks.items():
        yield f"client/{name}", list(our_client(lab, recorded))


def main():
    """Compares all of a folder."""
    parser = argparse.ArgumentParser(description="Compares the test pool with recorded conversations.")
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    passed = failed = 0
    with world.World(timing={"wrong_password": 0.0}) as lab:
        for name, found in judge(folder, lab):
            passed, failed = passed + (not found), failed + bool(found)
            for difference in found:
                print(f"{name}: {difference[:400]}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed < 4 else 0


if __name__ == "__main__":
    sys.exit(main())
