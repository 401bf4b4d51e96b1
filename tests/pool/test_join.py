# SPDX-License-Identifier: GPL-3.0-or-later
"""Our client joins hosts of the test pool: xenhost-firstboot join, run as a user would run it."""

import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import unittest

import http_server
import world

BUILD = pathlib.Path(os.environ.get("XENHOST_BUILD", "build")).resolve()
PROGRAM = BUILD / "xenhost-firstboot"
MEMBER, UNTOUCHED = "member", "untouched"


class Join(unittest.TestCase):
    """Each test has a pool and a lone host of its own, in one world."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.World()
        cls.addClassCleanup(cls.world.close)
        cls.folder = tempfile.TemporaryDirectory(prefix="xenhost-join-")
        cls.addClassCleanup(cls.folder.cleanup)

    def pool(self, name="pool", **settings):
        """A coordinator."""
        return self.world.host(f"{self.id()}/{name}", **settings)

    def joiner(self, **settings):
        """A lone host that also has the local socket of its root."""
        count = len(self.world.agents)
        host = self.world.host(f"{self.id()}/{count}", **settings)
        host.path = f"{self.folder.name}/{count}.sock"
        host.listeners.append(http_server.Listener(f"unix:{host.path}", None, host.answer))
        return host

    def url(self, host):
        """Where somebody finds a host."""
        return host.listeners[0].address().removeprefix("https://")

    def run_join(self, joiner, address, *options, password=world.PASSWORD, pin=True):
        """Exit code, result and what was said on the way."""
        words = [PROGRAM, "join", "--pool", address, "--socket", joiner.path, "--json",
                 "--password-file", "-", "--wait", "300", "--finish", "300", *options]  # fmt: skip
        if pin:
            words += ["--fingerprint", joiner.fingerprint]
        done = subprocess.run(words, input=f"{password}\n", capture_output=True, text=True, timeout=1200)
        self.assertNotIn(world.PASSWORD, done.stdout + done.stderr)
        return done.returncode, json.loads(done.stdout or "{}"), done.stderr

    def expect(self, done, code, state, words):
        """The end that a user sees; every failure has a hint."""
        self.assertEqual((code, state), (done[0], done[1]["state"]), done)
        self.assertIn(words, done[2])
        if code:
            self.assertTrue(done[1]["hint"])

    def check_member(self, joiner, pool):
        """In the pool, once, and enabled."""
        self.assertEqual(("slave", 1), (joiner.role, joiner.joins))
        self.assertEqual(1, len(pool.db.find("host", uuid=joiner.uuid, enabled=True)))

    def check_untouched(self, joiner):
        """Nobody asked the host to join anything."""
        self.assertEqual(("master", 0), (joiner.role, joiner.joins))

    def test_joins(self):
        """Over both transports, and again as a member, which changes nothing."""
        for transport in ("json-rpc", "xml-rpc"):
            with self.subTest(transport):
                pool, joiner = self.pool(transport), self.joiner()
                done = self.run_join(joiner, self.url(pool), "--transport", transport)
                self.expect(done, 0, MEMBER, "the host is a member of the pool")
                self.check_member(joiner, pool)
                again = self.run_join(joiner, self.url(pool), "--transport", transport)
                self.expect(again, 0, MEMBER, "a member of the pool already")
                self.assertTrue(again[1]["already"])
                self.check_member(joiner, pool)

    def test_wrong_password(self):
        """Refused once, not tried again."""
        pool, joiner = self.pool(), self.joiner()
        done = self.run_join(joiner, self.url(pool), "--retry", "30", password="wrong one")
        self.expect(done, 8, UNTOUCHED, "the password is wrong")
        self.check_untouched(joiner)

    def test_wrong_certificate(self):
        """No password for somebody else."""
        pool, joiner = self.pool(), self.joiner()
        before = len(pool.sessions)
        done = self.run_join(joiner, self.url(pool), "--fingerprint", "00" * 32, pin=False)
        self.expect(done, 6, UNTOUCHED, "not the one asked for")
        unknown = self.run_join(joiner, self.url(pool), pin=False)
        self.expect(unknown, 6, UNTOUCHED, "not trusted")
        self.assertIn(joiner.fingerprint, unknown[1]["hint"])
        self.assertEqual(before, len(pool.sessions))
        self.check_untouched(joiner)

    def test_authority(self):
        """A self-signed certificate is its own authority, where its name fits."""
        pool, joiner = self.pool(), self.joiner()
        done = self.run_join(joiner, self.url(pool), "--ca-file", str(self.world.pem), pin=False)
        self.assertEqual(6, done[0])  # it is for 127.0.0.1, and that is not where this pool is
        self.check_untouched(joiner)

    def test_authority_vouches(self):
        """Its name and days fit: nothing else is needed."""
        with world.World() as lab:
            pool = lab.host("pool", address="127.0.0.1")
            joiner = lab.host("joiner")
            joiner.path = f"{self.folder.name}/vouched.sock"
            joiner.listeners.append(http_server.Listener(f"unix:{joiner.path}", None, joiner.answer))
            done = self.run_join(joiner, self.url(pool), "--ca-file", str(lab.pem), pin=False)
            self.expect(done, 0, MEMBER, "the host is a member of the pool")
            self.check_member(joiner, pool)

    def test_days_of_a_certificate(self):
        """Of an authority's certificate the days count."""
        for start, end, words in (
            ("20200101000000Z", "20210101000000Z", "expired"),
            ("20390101000000Z", "20400101000000Z", "not yet valid"),
        ):
            with self.subTest(words):
                pool = self.world.host(words, address="127.0.0.1", certificate={"from": start, "until": end},
                                       listen=[f"https://127.0.0.1:{world.free_port()}"])  # fmt: skip
                joiner = self.joiner()
                done = self.run_join(joiner, self.url(pool), "--ca-file", str(pool.pem), pin=False)
                self.expect(done, 6, UNTOUCHED, words)
                self.assertEqual(0, pool.calls["session.login_with_password"])
                self.check_untouched(joiner)

    def test_nowhere(self):
        """Addresses that lead to nobody."""
        joiner = self.joiner()
        for address, words in (
            ("no-such-host.invalid", "cannot be resolved"),
            ("127.0.0.1:9", "refuses the connection"),
            ("not/an/address", "is not the address of a host"),
        ):
            with self.subTest(address):
                done = self.run_join(joiner, address)
                self.expect(done, 3 if "/" in address else 6, UNTOUCHED, words)
        self.check_untouched(joiner)

    def test_nonsense(self):
        """A coordinator that does not answer as one."""
        for kind, code, words in (
            ("html", 6, "does not answer as a XAPI does"),
            ("half", 6, "broke off"),
            ("reset", 6, "broke off"),
            ("huge", 6, "more bytes than expected"),
            ("deep", 6, "does not answer as a XAPI does"),
            ("garbage", 6, "does not answer as a XAPI does"),
            ("status", 6, "500"),
            ("bare", 8, "HOST_STILL_BOOTING"),
        ):
            with self.subTest(kind):
                pool, joiner = self.pool(kind), self.joiner()
                self.world.faults.add({"host": pool.name, "kind": kind, "times": 9})
                done = self.run_join(joiner, self.url(pool))
                self.world.faults.clear()
                self.expect(done, code, UNTOUCHED, words)
                self.check_untouched(joiner)

    def test_retries_what_passes(self):
        """A coordinator that is busy for a while."""
        pool, joiner = self.pool(), self.joiner()
        fault = {"host": pool.name, "method": "pool.get_all_records", "kind": "error", "error": ["TOO_BUSY"]}
        self.world.faults.add(fault)
        done = self.run_join(joiner, self.url(pool), "--retry", "60")
        self.expect(done, 0, MEMBER, "trying again")
        self.check_member(joiner, pool)

    def test_refusal(self):
        """A check of the server: the code in words, and the host as it was."""
        pool, joiner = self.pool(changes=[{"set": "pool", "values": {"ha_enabled": True}}]), self.joiner()
        done = self.run_join(joiner, self.url(pool), "--retry", "60")
        self.expect(done, 8, UNTOUCHED, "HA_IS_ENABLED")
        self.check_untouched(joiner)

    def test_another_world(self):
        """A pool of another version, vendor, processor, backend, time: refused before anything is asked of the host."""
        software = "software_version"
        for values, words, here, there, fix in (
            ({software: {"platform_version": "3.2.1"}}, "HOSTS_NOT_COMPATIBLE",
             "XCP-ng, platform 3.2.1", "XCP-ng, platform 3.4.0", "install the pool's product and version"),
            ({software: {"product_brand": "XenServer"}}, "HOSTS_NOT_COMPATIBLE",
             "XenServer, platform 3.4.0", "XCP-ng, platform 3.4.0", "install the pool's product and version"),
            ({"cpu_info": {"vendor": "AuthenticAMD"}}, "HOSTS_NOT_HOMOGENEOUS",
             "AuthenticAMD", "GenuineIntel", "choose a pool with processors of this maker"),
            ({software: {"network_backend": "bridge"}}, "OPERATION_NOT_ALLOWED",
             "bridge", "openvswitch", "xe-switch-network-backend openvswitch"),
            ({"other_config": {"testpool-clock-offset": "-3600"}}, "clock of this host is", "2", "2", "chronyc makestep"),
        ):  # fmt: skip
            with self.subTest(words):
                pool, joiner = self.pool(str(values)), self.joiner(changes=[{"set": "host", "values": values}])
                done = self.run_join(joiner, self.url(pool))
                self.expect(done, 8, UNTOUCHED, words)
                self.assertRegex(done[2], f"(blocker|needs-force): .* \\(host: {here}.*; pool: {there}.*\\); fix: .*{fix}")
                self.assertIn(f"(host: {here}", done[1]["message"])
                self.assertEqual(0, joiner.calls["Async.pool.join"])
                self.check_untouched(joiner)

    def test_secrets_stay(self):
        """No argument, no environment; not even where the server says the password aloud."""
        pool, joiner = self.pool(), self.joiner()
        error = ["INTERNAL_ERROR", f"login as root with {world.PASSWORD} failed"]
        self.world.faults.add({"host": joiner.name, "method": "pool.join", "kind": "error", "error": error})
        seen = []

        def look():
            world.until(lambda: pool.calls["session.login_with_password"])
            for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    if joiner.path.encode() in path.read_bytes():
                        seen.append(path.read_bytes() + (path.parent / "environ").read_bytes())
                except OSError:
                    pass

        self.world.faults.add({"host": pool.name, "method": "session.login_with_password", "kind": "delay", "seconds": 2})
        watcher = threading.Thread(target=look)
        watcher.start()
        done = self.run_join(joiner, self.url(pool))  # looks for the password in what is said
        watcher.join()
        self.expect(done, 8, UNTOUCHED, "INTERNAL_ERROR")
        self.assertTrue(seen)
        self.assertNotIn(world.PASSWORD.encode(), b"".join(seen))

    def test_unknown_refusal(self):
        """A code that nobody knows is shown as it is."""
        pool, joiner = self.pool(), self.joiner()
        error = ["BRAND_NEW_CODE", "one", "two"]
        self.world.faults.add({"host": joiner.name, "method": "pool.join", "kind": "error", "error": error})
        done = self.run_join(joiner, self.url(pool))
        self.expect(done, 8, UNTOUCHED, "BRAND_NEW_CODE(one, two)")

    def test_members_address(self):
        """The address of a member leads to its coordinator, by the fingerprint that the member tells."""
        pool, member, joiner = self.pool(), self.joiner(), self.joiner()
        self.assertEqual(0, self.run_join(member, self.url(pool))[0])
        done = self.run_join(joiner, self.url(member))
        self.expect(done, 0, MEMBER, "the host is a member of the pool")
        self.assertEqual(self.url(pool), done[1]["coordinator"])
        self.assertIn(f"{self.url(member)} is a member of a pool; going on with its coordinator, {self.url(pool)}", done[2])
        self.check_member(joiner, pool)

    def test_another_pool(self):
        """A member of one pool does not join another, nor does its coordinator in its place."""
        first, second, joiner = self.pool("first"), self.pool("second"), self.joiner()
        self.assertEqual(0, self.run_join(joiner, self.url(first))[0])
        done = self.run_join(joiner, self.url(second))
        self.expect(done, 8, UNTOUCHED, "in another pool already")
        self.assertEqual(0, first.joins)

    def test_coordinator_restarts(self):
        """It goes away while the host becomes a member."""
        pool, joiner = self.pool(), self.joiner()
        fault = {"host": pool.name, "method": "host.get_enabled", "kind": "reset", "times": 2}
        self.world.faults.add(fault)
        done = self.run_join(joiner, self.url(pool))
        self.expect(done, 0, MEMBER, "does not answer now")

    def test_coordinator_restarts_in_the_middle(self):
        """Before the host was taken: it stays as it was, and may try again until the coordinator is back."""
        for retry, code, state in (("0", 8, UNTOUCHED), ("60", 0, MEMBER)):
            with self.subTest(retry):
                pool, joiner = self.pool(retry), self.joiner()
                self.world.faults.add({"method": "pool.initial_auth", "host": pool.name, "kind": "hang"})

                def restart(pool=pool):
                    world.until(lambda: pool.calls["pool.initial_auth"])
                    self.world.faults.clear()
                    pool.restart(0.1)

                restarter = threading.Thread(target=restart)
                restarter.start()
                done = self.run_join(joiner, self.url(pool), "--retry", retry)
                restarter.join()
                self.expect(done, code, state, "JOINING_HOST_CONNECTION_FAILED")
                (self.check_untouched if code else lambda host, pool=pool: self.check_member(host, pool))(joiner)

    def test_lost_answer(self):
        """The host's agent ends before it has told that the join was done."""
        pool, joiner = self.pool(), self.joiner()
        self.world.faults.add({"host": joiner.name, "method": "task.get_record", "kind": "reset", "times": 3})
        done = self.run_join(joiner, self.url(pool))
        self.expect(done, 0, MEMBER, "may be restarting as a member")
        self.check_member(joiner, pool)

    def test_never_enabled(self):
        """A member that stays disabled has not arrived."""
        pool, joiner = self.pool(), self.joiner()
        pool.lab.timing["enable"], before = 600, pool.lab.timing["enable"]
        try:
            done = self.run_join(joiner, self.url(pool), "--finish", "4")
        finally:
            pool.lab.timing["enable"] = before
        self.expect(done, 8, "disabled", "not enabled")
        self.assertIn("pool-eject", done[1]["hint"])

    def test_no_agent(self):
        """No toolstack on this host."""
        pool, joiner = self.pool(), self.joiner()
        joiner.path = f"{self.folder.name}/nobody.sock"
        started = time.monotonic()
        done = self.run_join(joiner, self.url(pool), "--wait", "2")
        self.expect(done, 6, UNTOUCHED, "the toolstack of this host does not serve")
        self.assertLess(time.monotonic() - started, 300)

    def test_usage(self):
        """What is missing or wrong on the command line."""
        pool, joiner = self.pool(), self.joiner()
        self.assertEqual(2, self.run_join(joiner, self.url(pool), password="")[0])
        self.assertEqual(2, self.run_join(joiner, self.url(pool), "--nonsense")[0])
        self.assertEqual(2, self.run_join(joiner, self.url(pool), "--retry", "soon")[0])
        self.assertEqual(3, self.run_join(joiner, self.url(pool), "--fingerprint", "abc", pin=False)[0])


if __name__ == "__main__":
    unittest.main()
