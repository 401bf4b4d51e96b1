# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on demand: every kind of fault, restarts, emergency mode, leaving, the program itself."""

import http.client
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import world

PROGRAM = pathlib.Path(__file__).resolve().parent / "testpool.py"


class Faults(unittest.TestCase):
    """Faults strike the calls they name, as often as they say, and nothing else."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.host("pool")

    def setUp(self):
        self.client = self.world.client("pool").login()

    def strike(self, **fault):
        """What host.get_all answers: HTTP status, content type, body."""
        self.world.faults.clear()
        self.world.faults.add({"method": "host.get_all", **fault})
        _, got, body = self.client.post("/jsonrpc", json.dumps(
            {"jsonrpc": "2.0", "method": "host.get_all", "params": [self.client.session], "id": 1}))  # fmt: skip
        return got["content-type"], body

    def test_answers(self):
        """Bodies that are none, and the next call is answered well."""
        bare = b'{"jsonrpc": "2.0", "error": ["HOST_STILL_BOOTING"], "id": 0}'
        start = b'{"jsonrpc":"2.0","id":1,"result":'
        for fault, wanted in (({"kind": "html"}, b"<html>"), ({"kind": "garbage"}, b"\x00\x01"),
                              ({"kind": "deep", "levels": 9}, start + b"[[[[[[[[[]"), ({"kind": "bare"}, bare),
                              ({"kind": "huge", "bytes": 1 << 20}, start + b'"xxx')):  # fmt: skip
            with self.subTest(fault["kind"]):
                kind, body = self.strike(**fault)
                self.assertEqual(kind, "text/html" if fault["kind"] == "html" else "application/json")
                self.assertEqual(body[: len(wanted)], wanted)
                self.assertEqual(len(body), fault.get("bytes", len(body)))
                self.assertEqual(len(self.client.do("host.get_all")), 1)

    def test_connections(self):
        """Connections that end too early."""
        with self.assertRaises(http.client.IncompleteRead):
            self.strike(kind="half")
        with self.assertRaises((ConnectionResetError, http.client.RemoteDisconnected)):
            self.strike(kind="reset")
        self.assertEqual(len(self.client.do("host.get_all")), 1)

    def test_methods(self):
        """Errors, delays, a method that hangs; skip and times are counted."""
        self.world.faults.clear()
        self.world.faults.add({"method": "host.get_all", "kind": "error", "error": ["TOO_BUSY"],
                               "skip": 1, "times": 2})  # fmt: skip
        self.client.do("host.get_all")
        for _ in range(2):
            with self.assertRaisesRegex(world.Failure, "TOO_BUSY"):
                self.client.do("host.get_all")
        self.client.do("host.get_all")
        self.world.faults.add({"method": "host.get_all", "kind": "delay", "seconds": 0.5})
        started = time.monotonic()
        self.client.do("host.get_all")
        self.assertGreaterEqual(time.monotonic() - started, 0.5)
        self.world.faults.add({"method": "host.get_all", "kind": "hang"})
        impatient = world.Client(self.client.url, timeout=0.5)
        with self.assertRaises(TimeoutError):
            impatient.call("host.get_all", self.client.session)

    def test_nonsense(self):
        """A fault or change with a mistake in it is not passed over."""
        for order in ({"do": "fault", "fault": {"kind": "hlaf"}}, {"do": "levitate"},
                      {"do": "change", "host": "pool", "change": {"set": "hots"}},
                      {"do": "change", "host": "pool", "change": {"set": "host", "values": {"enabld": True}}},
                      {"do": "change", "host": "pool", "change": {"set": "host", "values": {"enabled": 1}}},
                      ):  # fmt: skip
            with self.subTest(order), self.assertRaises(ValueError):
                self.world.command(order)


class Lives(unittest.TestCase):
    """Agents that restart, hosts without their pool, hosts that leave."""

    def setUp(self):
        self.world = world.World()
        self.addCleanup(self.world.close)
        self.pool = self.world.host("pool")

    def member(self, **settings):
        """A host that has joined."""
        host = self.world.host("joiner", **settings)
        self.world.client("joiner").login().do("pool.join", self.pool.address, "root", world.PASSWORD)
        return host

    def settled(self, host):
        """The host is a member and enabled."""
        return world.until(lambda: host.role == "slave" and not host.emergency
                           and self.pool.db.find("host", uuid=host.uuid, enabled=True))  # fmt: skip

    def test_restart(self):
        """Before its restart the joiner answers, then nobody is home, then it is a member."""
        self.world.timing.update(fuse=0.5, restart=0.5)
        joiner = self.member()
        self.world.client("joiner").login().do("pool.get_all")
        self.assertTrue(world.until(lambda: joiner.listeners[0].away))
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.world.client("joiner").login()
        self.assertTrue(self.settled(joiner))
        with self.assertRaisesRegex(world.Failure, "HOST_IS_SLAVE"):
            self.world.client("joiner").login()

    def test_sessions_end_with_a_restart(self):
        """The coordinator forgets its sessions, not its records."""
        client = self.world.client("pool").login()
        before = client.do("host.get_all")
        self.pool.restart(0.1)
        with self.assertRaisesRegex(world.Failure, "SESSION_INVALID"):
            client.do("host.get_all")
        self.assertEqual(client.login().do("host.get_all"), before)

    def test_unknown_to_the_pool(self):
        """Objects that never arrived leave a host that the coordinator does not know; it can be brought back."""
        self.world.faults.add({"method": "testpool.introduce", "kind": "error", "error": ["INTERNAL_ERROR", "x"]})
        joiner = self.member()
        self.assertTrue(world.until(lambda: joiner.emergency == ["HOST_UNKNOWN_TO_MASTER", joiner.uuid]))
        client = self.world.client("joiner")
        with self.assertRaises(AssertionError):  # the bare array is no envelope of 2.0
            client.login()
        _, body = client.raw_call("host.get_all", ["x"])
        self.assertEqual(json.loads(body), {"jsonrpc": "2.0", "error": joiner.emergency, "id": 0})
        joiner.settings["old_emergency"] = True
        _, body = client.raw_call("host.get_all", ["x"])
        self.assertEqual(json.loads(body), {"result": None, "error": joiner.emergency, "id": 0})
        xml = self.world.client("joiner", "xml")
        with self.assertRaisesRegex(world.Failure, "HOST_UNKNOWN_TO_MASTER"):
            xml.login()
        self.assertIs(xml.call("host.is_in_emergency_mode", "x"), True)
        session = xml.call("session.slave_local_login_with_password", "root", world.PASSWORD)
        self.assertEqual(xml.call("pool.emergency_transition_to_master", session), "")
        self.assertTrue(world.until(lambda: joiner.role == "master" and not joiner.listeners[0].away))
        self.assertEqual(len(self.world.client("joiner").login().do("host.get_all")), 1)

    def test_cannot_talk_back(self):
        """A member that the coordinator cannot reach."""
        joiner = self.member(address="127.200.0.1")
        self.assertTrue(world.until(lambda: joiner.emergency == ["HOST_MASTER_CANNOT_TALK_BACK", "127.200.0.1"]))

    def test_newer_than_coordinator(self):
        """A newer build passes the join and stops the start after it."""
        newer = {"set": "host", "values": {"software_version": {"xapi_build": "25.40.1"}}}
        joiner = self.member(changes=[newer])
        wanted = ["HOST_XAPI_VERSION_HIGHER_THAN_COORDINATOR", "25.40.1"]
        self.assertTrue(world.until(lambda: joiner.emergency == wanted))

    def test_coordinator_restarts(self):
        """A coordinator that restarts in the middle of a join ends it; the joiner is untouched and can try again."""
        joiner = self.world.host("joiner")
        client = self.world.client("joiner").login()
        self.world.faults.add({"method": "pool.initial_auth", "host": "pool", "kind": "hang"})
        task = client.do("Async.pool.join", self.pool.address, "root", world.PASSWORD)
        self.assertTrue(world.until(lambda: self.pool.calls["pool.initial_auth"]))
        self.pool.restart(0.1)
        self.assertTrue(world.until(lambda: client.do("task.get_status", task) != "pending"))
        self.assertEqual(client.do("task.get_error_info", task)[0], "JOINING_HOST_CONNECTION_FAILED")
        self.assertEqual((joiner.role, joiner.joins, len(self.pool.db.find("host"))), ("master", 0, 1))
        self.world.faults.clear()
        client.do("pool.join", self.pool.address, "root", world.PASSWORD)
        self.assertTrue(self.settled(joiner))

    def test_licences(self):
        """Without a licence daemon editions that differ cannot be compared; apply_edition makes them alike."""
        self.world.host("joiner", editions=None, values={"edition": "free"})
        client = self.world.client("joiner").login()
        with self.assertRaisesRegex(world.Failure, "V6D_FAILURE"):
            client.do("pool.join", self.pool.address, "root", world.PASSWORD)
        coordinator = self.world.client("pool").login()
        with self.assertRaisesRegex(world.Failure, "INVALID_EDITION"):
            coordinator.do("pool.apply_edition", coordinator.do("pool.get_all")[0], "platinum")
        coordinator.do("pool.apply_edition", coordinator.do("pool.get_all")[0], "free")
        client.do("pool.join", self.pool.address, "root", world.PASSWORD)

    def test_clock(self):
        """A clock that is an hour off."""
        client = self.world.client("pool").login()
        host = client.do("host.get_all")[0]
        before = client.do("host.get_servertime", host)
        client.do("host.add_to_other_config", host, "testpool-clock-offset", "3600")
        after = client.do("host.get_servertime", host)
        self.assertRegex(before, r"\A\d{8}T\d\d:\d\d:\d\dZ\Z")
        seconds = [time.mktime(time.strptime(text, "%Y%m%dT%H:%M:%SZ")) for text in (before, after)]
        self.assertAlmostEqual(seconds[1] - seconds[0], 3600, delta=30)

    def test_stays_disabled(self):
        """A member with pending guidance is live and never enabled."""
        joiner = self.world.host("joiner")
        client = self.world.client("joiner").login()
        self.world.timing["fuse"] = 0.5
        client.do("pool.join", self.pool.address, "root", world.PASSWORD)
        host = self.pool.db.find("host", uuid=joiner.uuid)[0]
        self.pool.db.set("host", host, pending_guidances=["reboot_host"])
        self.assertTrue(world.until(lambda: joiner.role == "slave" and not joiner.emergency))
        time.sleep(0.5)
        self.assertIs(self.pool.db.get("host", host)["enabled"], False)

    def test_eject(self):
        """An ejected host starts over; nothing of it stays in the pool."""
        joiner = self.member()
        self.assertTrue(self.settled(joiner))
        client = self.world.client("pool").login()
        self.assertEqual(len(client.do("SR.get_all")), 3)
        client.do("pool.eject", self.pool.db.find("host", uuid=joiner.uuid)[0])
        self.assertTrue(world.until(lambda: joiner.role == "master" and not joiner.emergency))
        self.assertEqual([len(client.do(f"{c}.get_all")) for c in ("host", "PIF", "PBD", "SR", "host_metrics")],
                         [1, 2, 2, 2, 1])  # fmt: skip

    def test_roles(self):
        """Who may read only reads; who has no role does not get in."""
        self.pool.users["guest"] = {"password": "g", "role": "read-only"}
        self.pool.users["nobody"] = {"password": "n", "role": "none"}
        client = self.world.client("pool").login("guest", "g")
        host = client.do("host.get_all")[0]
        for call in (("pool.join", "127.0.0.1", "root", "x"), ("host.set_name_label", host, "x")):
            with self.assertRaisesRegex(world.Failure, "RBAC_PERMISSION_DENIED"):
                client.do(*call)
        with self.assertRaisesRegex(world.Failure, "SESSION_AUTHORIZATION_FAILED"):
            client.login("nobody", "n")

    def test_old_events(self):
        """event.register and event.next, and a place in them that is lost."""
        client = self.world.client("pool").login()
        with self.assertRaisesRegex(world.Failure, "SESSION_NOT_REGISTERED"):
            client.do("event.next")
        client.do("event.register", ["task"])
        task = client.do("task.create", "a", "b")
        self.assertEqual([(e["operation"], e["ref"]) for e in client.do("event.next")], [("add", task)])
        self.world.command({"do": "events-lost", "host": "pool"})
        with self.assertRaisesRegex(world.Failure, "EVENTS_LOST"):
            client.do("event.next")


class Program(unittest.TestCase):
    """testpool.py as people start it."""

    def start(self, *words):
        """The program and the line it prints."""
        command = [sys.executable, PROGRAM, *words]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)  # pylint: disable=consider-using-with
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        return child, json.loads(child.stdout.readline())["hosts"]

    def test_state_file(self):
        """Two hosts, an expired certificate, orders over the control socket, a role that outlives the program."""
        with tempfile.TemporaryDirectory() as folder:
            port = world.free_port()
            state = pathlib.Path(folder) / "state.json"
            control = f"{folder}/control"
            state.write_text(json.dumps({"port": port, "control": control, "timing": world.QUICK, "hosts": [
                {"name": "pool", "listen": [f"https://127.0.0.1:{port}"], "talk_back": False,
                 "certificate": {"from": "20200101000000Z", "until": "20200201000000Z"}},
                {"name": "joiner", "listen": [f"unix:{folder}/xapi/xapi"], "root": f"{folder}/root",
                 "address": "127.0.0.9"}]}))  # fmt: skip
            child, hosts = self.start("--state", state)
            verify = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"],
                                    input=b"", capture_output=True, check=False)  # fmt: skip
            self.assertIn(b"certificate has expired", verify.stdout + verify.stderr)
            client = world.Client(hosts["joiner"]["listen"][0]).login("root", "")
            with socket.socket(socket.AF_UNIX) as orders:
                orders.connect(control)
                order = {"do": "change", "host": "pool", "change": {"set": "pool", "values": {"ha_enabled": True}}}
                orders.sendall(json.dumps(order).encode() + b"\n")
                self.assertEqual(json.loads(self.lines(orders, 1)[0])["pool"]["role"], "master")
                with self.assertRaisesRegex(world.Failure, "HA_IS_ENABLED"):
                    client.do("pool.join", "127.0.0.1", "root", world.PASSWORD)
                order["change"]["values"]["ha_enabled"] = False
                orders.sendall(json.dumps(order).encode() + b"\n" + b'{"do": "levitate"}\n')
                self.assertIn("levitate", self.lines(orders, 2)[-1])
            client.do("pool.join", "127.0.0.1", "root", world.PASSWORD)
            conf = pathlib.Path(folder) / "root/etc/xensource/pool.conf"
            self.assertEqual(conf.read_text(), "slave:127.0.0.1")
            child.send_signal(signal.SIGTERM)
            self.assertEqual(child.wait(10), 0)
            self.comes_back(state, hosts["joiner"]["uuid"])

    def comes_back(self, state, mine):
        """A member that starts with the files of its last life reports to a coordinator that knows it."""
        document = json.loads(state.read_text())
        document["hosts"][0]["changes"] = [{"host": "known", "values": {"uuid": mine}}]
        state.write_text(json.dumps(document))
        _, hosts = self.start("--state", state)
        self.assertEqual(hosts["joiner"]["role"], "slave")
        pool = world.Client(hosts["pool"]["listen"][0]).login()
        host = pool.do("host.get_by_uuid", mine)
        self.assertTrue(world.until(lambda: pool.do("host.get_address", host) == "127.0.0.9"))

    @staticmethod
    def lines(orders, count):
        """So many answers."""
        with orders.makefile() as answers:
            return [answers.readline() for _ in range(count)]

    def test_command_line(self):
        """One host by its listeners and a password file; mistakes end with exit code 2."""
        with tempfile.TemporaryDirectory() as folder:
            password = pathlib.Path(folder) / "password"
            password.write_text("pass word\n")
            _, hosts = self.start("--listen", "http://127.0.0.1:0", "--password-file", password)
            client = world.Client(hosts["testpool"]["listen"][0]).login("root", "pass word")
            self.assertEqual(len(client.do("pool.get_all")), 1)
            broken = pathlib.Path(folder) / "state.json"
            broken.write_text('{"hosts": [{"name": "a", "colour": "red"}]}')
            done = subprocess.run([sys.executable, PROGRAM, "--state", broken], capture_output=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"colour", done.stderr)


if __name__ == "__main__":
    unittest.main()
