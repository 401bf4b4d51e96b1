# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own client (firstboot/pool/xapi.h) against the test pool: the client's part of the conformance cases.

Needs `make` (XENHOST_BUILD names the folder). Every case with "side": "client" is played with both codecs
by build/tests/xapi-client. Beside its steps a case tells "faults", "emergency", "members" (hosts that
have joined before) and "others", the host the client turns "on", whether it has the "right" certificate's
fingerprint, a "wrong" one, its certificate as an "authority" or "none", settings of the "pool", another
"address", the way by the "socket" of its host, how many "calls" hosts must have seen, and "secrets" that must not
be in anything the client says, nor in the name of any task.
The step "join" is that of a host: the "joiner", made of these settings, or else the one that the case is "on". "root"
are files of that host, those of "later" appear three seconds after the start. A case may also name the "pairs" that
test_preflight puts to the client.
"""

import json
import os
import pathlib
import resource
import subprocess
import threading
import unittest
from unittest import mock

import pairs
import world
from database import Database
from http_server import Listener

FOLDER = pathlib.Path(__file__).resolve().parent / "cases"
ROOT = FOLDER.parents[2]
PROGRAM = ROOT / os.environ.get("XENHOST_BUILD", "build") / "tests/xapi-client"
DATA_LIMIT = 64 << 20  # bytes: whatever a server sends, the client does not keep it


def build(case):
    """The hosts of a case."""
    emergency = {name: case[name] for name in ("emergency", "old_emergency") if name in case}
    lab = world.World(timing=case.get("timing", {}))
    pool = lab.host("pool", **emergency, **case.get("pool", {}))
    if case.get("socket"):
        pool.listeners.append(Listener(f"unix:{lab.home.name}/xapi/socket", None, pool.answer))
    for name in case.get("others", []):
        lab.host(name)
    who = joins(case)
    if "joiner" in case:
        lab.host("joiner", **{"root": f"{lab.home.name}/root", **case["joiner"]})
    for name in case.get("members", []):
        member = lab.host(name, **({"root": f"{lab.home.name}/root"} if name == who else {}))
        lab.client(name).login().do("pool.join", pool.address, "root", world.PASSWORD)
        if not world.until(lambda m=member: m.role == "slave" and not m.emergency):
            raise AssertionError(f"{name} does not become a member")
    if who:
        host = lab.agents[who]
        host.listeners.append(Listener(f"unix:{lab.home.name}/joins", None, host.answer))
        write(lab, case.get("root", {}))
        if "later" in case:
            threading.Timer(3, write, (lab, case["later"])).start()
    for agent in lab.agents.values():
        agent.calls.clear()
    for fault in case.get("faults", []):
        lab.faults.add(fault)
    return lab


def joins(case):
    """The name of the host that joins, if one does."""
    if not any(step["do"] == "join" for step in case.get("steps", [])):
        return None
    return "joiner" if "joiner" in case else case["on"]


def write(lab, files):
    """Files of the host that joins."""
    for name, text in files.items():
        path = pathlib.Path(lab.home.name) / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Client(unittest.TestCase):
    """One test a case."""

    def run_program(self, case, lab, codec):
        """What the client printed, a line a step."""
        host = lab.agents["pool" if joins(case) else case.get("on", "pool")]
        trust = case.get("certificate", "right")
        steps = [{n: v for n, v in step.items() if n != "expect"} for step in case["steps"]]
        for step in steps:
            step["args"] = [address(lab, a) for a in step.get("args", [])]
            if step.get("call") == "system.listMethods":
                del step["args"]
            if step["do"] == "join":
                step.update(socket=f"{lab.home.name}/joins", root=f"{lab.home.name}/root")
        order = {
            "address": case.get("address", f"{host.address}:{lab.port}"), "codec": codec,
            "certificate_sha256": {"right": host.fingerprint, "wrong": "AB:" * 31 + "AB"}.get(trust),
            "ca_file": str(host.pem) if trust == "authority" else None,
            "answer_timeout_s": case.get("answer_timeout_s", 20), "steps": steps,
        }  # fmt: skip
        if case.get("socket"):
            order.update(address=None, certificate_sha256=None, socket=f"{lab.home.name}/xapi/socket")
        done = subprocess.run(
            [PROGRAM], input=json.dumps(order), capture_output=True, text=True, timeout=1200, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (DATA_LIMIT, DATA_LIMIT)),
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        for secret in case.get("secrets", []):
            self.assertNotIn(secret, done.stdout + done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(lines.pop(), {})
        self.assertEqual(len(lines), len(steps))
        return lines

    def play(self, case, codec):
        """A case with one codec."""
        lab, records = build(case), []
        real = Database.add

        def kept(database, cls, *more):
            ref = real(database, cls, *more)
            if cls == "task":
                records.append(database.tables[cls][ref])
            return ref

        try:
            with mock.patch.object(Database, "add", kept):
                lines = self.run_program(case, lab, codec)
            for number, (step, got) in enumerate(zip(case["steps"], lines)):
                with self.subTest(codec, step=number, got=got):
                    self.expect(lab, step["expect"], got)
            for name, calls in case.get("calls", {}).items():
                for method, count in calls.items():
                    self.assertEqual(lab.agents[name].calls[method], count, f"{method} at {name}")
            for name, role in case.get("roles", {}).items():
                self.assertEqual(lab.agents[name].role, role, name)
            self.tasks(case, records)
        finally:
            lab.close()

    def tasks(self, case, records):
        """What the hosts called their tasks tells no secret."""
        self.assertGreaterEqual(len(records), case.get("tasks", 0))
        for secret in case.get("secrets", []):
            self.assertNotIn(secret, json.dumps(records))

    def expect(self, lab, wanted, got):
        """A result, or an error with its kind, sentence, hint, code and parameters; how a join ended."""
        self.assertEqual(got.get("state"), wanted.get("state", got.get("state")))
        self.assertRegex("\n".join(got.get("said", [])), wanted.get("said", ".*"))
        if "result" not in wanted:
            self.assertNotIn("result", got)
            for name in ("kind", "code", "params"):
                if name in wanted:
                    self.assertEqual(got.get(name), wanted[name])
            self.assertRegex(got["sentence"], wanted["sentence"])
            self.assertRegex(got.get("hint") or "", wanted.get("hint", ".*"))
            return
        self.assertNotIn("sentence", got)
        said = wanted["result"]
        if not isinstance(said, dict):
            self.assertEqual(got.get("result"), address(lab, said))
            return
        if "~" in said:
            self.assertRegex(got["result"], said["~"])
        if "length" in said:
            self.assertEqual(len(got["result"]), said["length"])
        self.assertRegex(json.dumps(got["result"]), said.get("text", ".*"))


def address(lab, text):
    """The address that "@host" or "@host:port" stands for."""
    if isinstance(text, str) and text.startswith("@"):
        name, port, _ = text[1:].partition(":port")
        return lab.agents[name].address + (f":{lab.port}" if port else "")
    return text


def _test(case):
    if "pairs" in case:
        return lambda self: self.assertLessEqual(set(case["pairs"]), set(pairs.load()))

    def test(self):
        for codec in case.get("codecs", ["json-rpc", "xml-rpc"]):
            self.play(case, codec)

    test.__doc__ = case["about"]
    return test


class Numbers(unittest.TestCase):
    """The list that the cases come from has 48 of them."""

    def test_all_are_there(self):
        """None was left out."""
        found = {json.loads(path.read_text())["case"] for path in FOLDER.glob("*.json")}
        self.assertEqual(found, set(range(1, 49)))


for _path in sorted(FOLDER.glob("*.json")):
    _case = json.loads(_path.read_text())
    if _case.get("side") == "client":
        setattr(Client, f"test_{_path.stem}", _test(_case))


if __name__ == "__main__":
    unittest.main()
