# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred hosts join one pool at the same moment: all end as members, none twice.

Once by calls of the protocol alone, and once by the program that joins a host.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

import http_server
import world

PROGRAM = pathlib.Path(os.environ.get("XENHOST_BUILD", "build")).resolve() / "xenhost-firstboot"
HOSTS = 100
PATIENCE = 300  # seconds, on a slow machine with other work


class Hundred(unittest.TestCase):
    """Every host has a client of its own that waits for its task and then asks the coordinator."""

    def join(self, lab, joiner, pool, gate):
        """What one operator sees."""
        client = lab.client(joiner.name).login()
        gate.wait(PATIENCE)
        task = client.do("Async.pool.join", pool.address, "root", world.PASSWORD)

        def ended():
            try:
                return client.do("task.get_status", task) != "pending"
            except (world.Failure, OSError, AssertionError):
                return True  # restarting, or has done so: the answer is the coordinator's

        self.assertTrue(world.until(ended, PATIENCE, 0.5))
        coordinator = lab.client("pool")
        coordinator.timeout = PATIENCE  # a hundred handshakes stand before its own
        coordinator.login()

        def usable():
            try:
                return coordinator.do("host.get_enabled", coordinator.do("host.get_by_uuid", joiner.uuid))
            except world.Failure as failure:
                if failure.error[0] != "UUID_INVALID":
                    raise
                return False  # an answer that got lost on a busy machine ended nothing

        return world.until(usable, PATIENCE, 0.5)

    def check(self, pool, joiners):
        """Each is in the pool, and once."""
        self.assertEqual({host.joins for host in joiners}, {1})
        self.assertEqual({(host.role, host.emergency) for host in joiners}, {("slave", None)})
        uuids = [record["uuid"] for record in pool.db.tables["host"].values()]
        self.assertEqual(sorted(uuids), sorted({host.uuid for host in [pool, *joiners]}))
        self.assertEqual(len(pool.db.find("PIF", management=True)), HOSTS + 1)
        self.assertEqual(len(pool.db.tables["network"]), 2)

    def test_all_at_once(self):
        """All joined, each once."""
        with world.World(timing={"fuse": 1.0, "retry": 1.0}) as lab:
            pool = lab.host("pool")
            joiners = [lab.host(f"joiner{i}", "http") for i in range(HOSTS)]
            gate = threading.Barrier(HOSTS)
            with concurrent.futures.ThreadPoolExecutor(HOSTS) as crowd:
                results = list(crowd.map(lambda joiner: self.join(lab, joiner, pool, gate), joiners))
            self.assertEqual(results.count(True), HOSTS)
            self.check(pool, joiners)

    def run_join(self, joiner, pool, gate):
        """Exit code of the program that joins this host, and what it said."""
        gate.wait(PATIENCE)
        done = subprocess.run(
            [PROGRAM, "join", "--pool", pool.listeners[0].address().removeprefix("https://"), "--socket", joiner.path,
             "--fingerprint", pool.fingerprint, "--password-file", "-", "--retry", str(PATIENCE), "--finish", str(PATIENCE)],
            input=world.PASSWORD, capture_output=True, text=True, timeout=3 * PATIENCE, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr

    def test_by_the_program(self):
        """A process a host, each with the socket of its own agent."""
        with world.World(timing={"fuse": 1.0, "retry": 1.0}) as lab, tempfile.TemporaryDirectory() as folder:
            pool = lab.host("pool")
            joiners = [lab.host(f"joiner{i}") for i in range(HOSTS)]
            for i, joiner in enumerate(joiners):
                joiner.path = f"{folder}/{i}"
                joiner.listeners.append(http_server.Listener(f"unix:{joiner.path}", None, joiner.answer))
            gate = threading.Barrier(HOSTS)
            with concurrent.futures.ThreadPoolExecutor(HOSTS) as crowd:
                results = list(crowd.map(lambda joiner: self.run_join(joiner, pool, gate), joiners))
            self.assertEqual({code for code, _ in results}, {0}, results)
            self.check(pool, joiners)


if __name__ == "__main__":
    unittest.main()
