# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's part of the protocol's conformance cases: tests/pool/cases/*.json.

A case has "steps", or "pairs" that test_pairs joins. Steps are put to the host "on" ("pool" unless told)
in every envelope of "over":
    {"call": METHOD, "params": [...], "result" | "error" | "answer" | "until": ..., "save": NAME}
    {"post": PATH, "body": ..., "status": N, "type": ..., "answer": REGEX}
    {"match": "$NAME.member", ...}, {"same": [A, B]}
"$NAME.member" is what was saved, "@host" a host's address. What is expected is a value, {"~": REGEX},
{"length": N}, {"has": [...]} or {"lacks": [...]}; "*" in an error fits any text.
"""

import json
import pathlib
import re
import time
import unittest

import pairs
import world

FOLDER = pathlib.Path(__file__).resolve().parent / "cases"


class Script:
    """The steps of a case in one envelope, against a pool of its own."""

    def __init__(self, test, case, envelope):
        self.test, self.envelope = test, envelope
        self.saved = {}
        self.world = world.World(timing=case.get("timing", {}))
        self.world.host("pool")
        for name in case.get("members", []):
            member = self.world.host(name)
            joined = self.world.client(name).login()
            joined.do("pool.join", self.world.agents["pool"].address, "root", world.PASSWORD)
            test.assertTrue(world.until(lambda m=member: m.role == "slave" and not m.emergency))
        if "joiner" in case:
            self.world.host("joiner", changes=case["joiner"])

    def value(self, text):
        """What "$NAME.member" and "@host" stand for, inside lists too."""
        if isinstance(text, list):
            return [self.value(t) for t in text]
        if not isinstance(text, str):
            return text
        if text.startswith("@"):
            return self.world.agents[text[1:]].address
        if text.startswith("$"):
            name, *path = text[1:].split(".")
            found = self.saved[name]
            for step in path:
                found = found[int(step) if isinstance(found, list) else step]
            return found
        return re.sub(r"/\$(\w+)", lambda m: "/" + self.saved[m[1]], text)

    def expect(self, wanted, got):
        """A value, or what is said of it."""
        if not isinstance(wanted, dict):
            wanted = self.value(wanted)
            if isinstance(wanted, float) and self.envelope != "xml":
                got = float(got)
            self.test.assertEqual(got, wanted)
        elif "~" in wanted:
            self.test.assertRegex(got, f"\\A(?:{wanted['~']})\\Z")
        elif "length" in wanted:
            self.test.assertEqual(len(got), wanted["length"])
        for name in wanted.get("has", []) if isinstance(wanted, dict) else []:
            self.test.assertIn(self.value(name), got)
        for name in wanted.get("lacks", []) if isinstance(wanted, dict) else []:
            self.test.assertNotIn(name, got)

    def step(self, step):
        """Carries out one step in its envelope or envelopes."""
        if "match" in step:
            self.expect(step, self.value(step["match"]))
        elif "same" in step:
            self.test.assertEqual(*self.value(step["same"]))
        elif "post" in step:
            self.post(step)
        else:
            for envelope in step.get("over", [self.envelope]):
                self.call(step, envelope)

    def post(self, step):
        """A request whose bytes are told."""
        client = self.world.client(step.get("on", "pool"))
        headers = {"Content-Type": "text/plain", **step.get("headers", {})}
        body = step["body"]
        if "Content-Length" in headers and headers["Content-Length"] is None:
            headers = {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"}
            body = iter([b"x"])
        status, got, answer = client.post(step["post"], body, headers, step.get("method", "POST"))
        self.test.assertEqual(status, step["status"])
        if "type" in step:
            self.test.assertEqual(got["content-type"], step["type"])
        self.test.assertRegex(answer.decode(), f"\\A(?s:{step.get('answer', '.*')})\\Z")

    def call(self, step, envelope):
        """A call and what must come of it."""
        client = self.world.client(step.get("on", "pool"), envelope)
        params = self.value(step["params"])
        started = time.monotonic()
        with world.Awake() as awake:
            headers, body = client.raw_call(step["call"], params, step.get("headers"))
        self.duration(step, time.monotonic() - started, awake.seconds)
        for name, wanted in step.get("answer_headers", {}).items():
            self.expect(wanted, headers.get(name))
        self.test.assertRegex(body.decode(), f"\\A(?s:{step.get('answer', '.*')})\\Z")
        if "lacks" in step:
            self.test.assertNotRegex(body.decode(), step["lacks"])
        if "error" in step:
            with self.test.assertRaises(world.Failure) as failure:
                client.unwrap(step["call"], body)
            self.error(self.value(step["error"]), failure.exception.error)
            return
        result = client.unwrap(step["call"], body)
        if "until" in step:
            ended = world.until(lambda: client.call(step["call"], *params) != "pending")
            self.test.assertTrue(ended)
            result = client.call(step["call"], *params)
        self.expect(step.get("result", step.get("until", result)), result)
        if "save" in step:
            self.saved[step["save"]] = result

    def duration(self, step, took, awake):
        """Not before and not after."""
        low, high = step.get("seconds", (0, 60))
        self.test.assertTrue(low <= took and awake <= high, f"{step['call']} took {took:.2f} s, {awake:.2f} awake")

    def error(self, wanted, got):
        """Code and parameters."""
        self.test.assertEqual(len(got), len(wanted), got)
        self.test.assertEqual(["*" if w == "*" else g for w, g in zip(wanted, got)], wanted)


class Cases(unittest.TestCase):
    """One test a case."""

    def play(self, case):
        """All envelopes of a case."""
        for envelope in case.get("over", ["2.0"]):
            with self.subTest(envelope):
                script = Script(self, case, envelope)
                try:
                    for number, step in enumerate(case["steps"]):
                        with self.subTest(step=number, what=step.get("call") or step.get("post")):
                            script.step(step)
                finally:
                    script.world.close()


def _test(case):
    if "steps" in case:
        return lambda self: self.play(case)
    return lambda self: self.assertLessEqual(set(case["pairs"]), set(pairs.load()))


for _path in sorted(FOLDER.glob("*.json")):
    _case = json.loads(_path.read_text())
    if _case.get("side", "server") == "server":
        _function = _test(_case)
        _function.__doc__ = _case["about"]
        setattr(Cases, f"test_{_path.stem}", _function)


if __name__ == "__main__":
    unittest.main()
