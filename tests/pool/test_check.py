#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xenhost-firstboot check` against hosts that answer: what it reads, what it refuses, and how often it asks.

Needs `make` (XENHOST_BUILD names the folder).
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import agent
import world

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("XENHOST_BUILD", "build") / "xenhost-firstboot"
MOST_REQUESTS = 12
MOST_MEMORY_KIB = 16 * 1024
# A process starts with the peak of the one that started it, so a small one starts the program.
STARTER = """import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], {})
_, status, used = os.wait4(child, 0)
print(used.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))"""


class Check(unittest.TestCase):
    """A pool behind TLS and a joining host behind its local socket."""

    def setUp(self):
        self.requests = {}
        real = agent.Agent.answer

        def counted(host, request):
            self.requests.setdefault(host.name, []).append(request.body)
            return real(host, request)

        patch = mock.patch.object(agent.Agent, "answer", counted)
        patch.start()
        self.addCleanup(patch.stop)
        self.world = world.World()
        self.addCleanup(self.world.close)
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def enterContext(self, manager):  # pylint: disable=invalid-name
        """Python has it from 3.11 on."""
        self.addCleanup(manager.__exit__, None, None, None)
        return manager.__enter__()

    def hosts(self, joiner=(), pool=(), **settings):
        """The two hosts, which differ by these changes."""
        self.pool = self.world.host("alpha", changes=list(pool), **settings)
        self.socket = self.folder / "xapi"
        self.joiner = self.world.host("gamma", listen=[f"unix:{self.socket}"], changes=list(joiner))

    def check(self, *more, password=world.PASSWORD, fingerprint=None, address=None):
        """What ended the program: code, output, what it said."""
        port = self.world.port
        command = [PROGRAM, "check", "--pool", address or f"{self.pool.address}:{port}", "--socket", self.socket,
                   "--password-file", "-", "--fingerprint", fingerprint or self.pool.fingerprint, *more]  # fmt: skip
        result = subprocess.run(command, input=password, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                encoding="utf-8", timeout=600, check=False)  # fmt: skip
        return result.returncode, result.stdout, result.stderr

    def join(self, host):
        """The host becomes a member, as the server does it."""
        client = self.world.client(host.name).login()
        client.do("pool.join", self.pool.address, "root", world.PASSWORD)
        self.assertTrue(world.until(lambda: host.role == "slave" and not host.emergency))

    def said(self, host):
        """All that a host was sent."""
        return b"".join(self.requests.get(host, []))

    def test_nothing_found(self):
        """Both are read with few requests, and sessions end."""
        self.hosts(members=63)
        code, out, err = self.check("--json")
        self.assertEqual(code, 0, err)
        self.assertEqual([f["where"] for f in json.loads(out)["findings"]], ["pool-limit"])
        for host in ("alpha", "gamma"):
            self.assertLessEqual(len(self.requests[host]), MOST_REQUESTS)
            self.assertIn(b"session.logout", self.requests[host][-1])
        self.assertNotIn(b"VM", self.said("alpha"))

    def test_it_is_small(self):
        """Libraries and all, however many hosts there are."""
        self.hosts(members=63)
        command = [sys.executable, "-I", "-S", "-c", STARTER, str(PROGRAM), "check", "--pool",
                   f"{self.pool.address}:{self.world.port}", "--socket", str(self.socket), "--password-file", "-",
                   "--fingerprint", self.pool.fingerprint]  # fmt: skip
        result = subprocess.run(command, input=world.PASSWORD, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                encoding="utf-8", timeout=600, check=False)  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLessEqual(int(result.stderr.split()[-1]), MOST_MEMORY_KIB)

    def test_saved_records_give_the_same(self):
        """What one run saw can be judged elsewhere."""
        self.hosts(pool=[{"set": "pool", "values": {"ha_enabled": True}}])
        saved = [self.folder / "host.json", self.folder / "pool.json"]
        code, out, _ = self.check("--save-host", saved[0], "--save-pool", saved[1])
        self.assertEqual(code, 1)
        self.assertIn("blocker: ha-pool", out)
        self.assertEqual([path.stat().st_mode & 0o777 for path in saved], [0o600, 0o600])
        again = subprocess.run([PROGRAM, "check", "--host-records", saved[0], "--pool-records", saved[1]],
                               stdout=subprocess.PIPE, encoding="utf-8", check=False)  # fmt: skip
        self.assertEqual((again.returncode, again.stdout), (code, out))
        self.assertNotIn(world.PASSWORD, "".join(path.read_text() for path in saved))

    def test_clock_an_hour_off(self):
        """Neither agent looks at it."""
        values = {"other_config": {"testpool-clock-offset": "-3600"}}
        self.hosts(joiner=[{"set": "host", "values": values}])
        code, out, _ = self.check()
        self.assertEqual(code, 1)
        self.assertRegex(out, "blocker: clock: the clock of this host is 3(5[5-9]|6[0-4])[0-9] s behind the pool's")

    def test_a_member(self):
        """Once joined there is nothing to compare; another pool is told of the one it is in."""
        self.hosts(talk_back=False)
        self.join(self.joiner)
        code, out, err = self.check()
        self.assertEqual((code, out), (0, "this host is a member of the pool already\n"), err)
        self.pool = self.world.host("omega")
        code, out, _ = self.check()
        self.assertEqual(code, 1)
        self.assertIn("blocker: member-elsewhere: this host is a member of another pool, whose coordinator is 127.", out)

    def test_a_members_address(self):
        """The member names its coordinator, which is then read."""
        self.hosts()
        member = self.world.host("beta")
        self.join(member)
        code, out, err = self.check(address=f"{member.address}:{self.world.port}")
        self.assertEqual(code, 0, err)
        self.assertIn("nothing stands against the join", out)
        self.assertIn(f"is a member of a pool; this is about its coordinator, {self.pool.address}:", err)

    def test_wrong_password(self):
        """The pool refuses; nobody tries again."""
        self.hosts()
        code, out, err = self.check(password="other\n")
        self.assertEqual((code, out), (8, ""))
        self.assertIn("the user name or the password is wrong", err)
        self.assertNotIn("other", err)
        self.assertEqual(self.said("alpha").count(b"login_with_password"), 1)

    def test_wrong_fingerprint(self):
        """Nothing is sent to a stranger."""
        self.hosts()
        code, _, err = self.check(fingerprint="00" * 32)
        self.assertEqual(code, 6)
        self.assertIn("certificate is not trusted", err)
        self.assertNotIn("alpha", self.requests)

    def test_unreachable(self):
        """A closed port, and a host without an agent."""
        self.hosts()
        code, _, err = self.check(address="127.0.0.1:1")
        self.assertEqual(code, 6)
        self.assertIn("the pool cannot be looked at", err)
        self.socket = self.folder / "missing"
        code, _, err = self.check()
        self.assertEqual(code, 2)
        self.assertIn("no management agent (xapi) runs here", err)
        self.assertIn("--host-records", err)

    def test_broken_answers(self):
        """A page, half an answer, nonsense, silence: an error of the network, and no findings."""
        self.hosts()
        for kind in ("html", "half", "garbage", "reset"):
            with self.subTest(kind):
                self.world.faults.add({"method": "event.from", "host": "alpha", "kind": kind, "times": 3})
                code, out, err = self.check()
                self.assertEqual((code, out), (6, ""), err)
                self.world.faults.clear()

    def test_emergency(self):
        """A coordinator that just boots says so."""
        self.hosts(emergency=["HOST_STILL_BOOTING"])
        code, _, err = self.check()
        self.assertEqual(code, 8)
        self.assertIn("HOST_STILL_BOOTING", err)


if __name__ == "__main__":
    unittest.main()
