# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred hosts join one pool at the same moment: all end as members, none twice."""

import concurrent.futures
import threading
import unittest

import world

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
            except (world.Failure, OSError):
                return True  # restarting: the answer is the coordinator's

        self.assertTrue(world.until(ended, PATIENCE, 0.5))
        coordinator = lab.client("pool").login()

        def usable():
            try:
                return coordinator.do("host.get_enabled", coordinator.do("host.get_by_uuid", joiner.uuid))
            except world.Failure as failure:
                if failure.error[0] != "UUID_INVALID":
                    raise
                return False  # an answer that got lost on a busy machine ended nothing

        return world.until(usable, PATIENCE, 0.5)

    def test_all_at_once(self):
        """All joined, each once."""
        with world.World(timing={"fuse": 1.0, "retry": 1.0}) as lab:
            pool = lab.host("pool")
            joiners = [lab.host(f"joiner{i}", "http") for i in range(HOSTS)]
            gate = threading.Barrier(HOSTS)
            with concurrent.futures.ThreadPoolExecutor(HOSTS) as crowd:
                results = list(crowd.map(lambda joiner: self.join(lab, joiner, pool, gate), joiners))
            self.assertEqual(results.count(True), HOSTS)
            self.assertEqual({host.joins for host in joiners}, {1})
            self.assertEqual({(host.role, host.emergency) for host in joiners}, {("slave", None)})
            uuids = [record["uuid"] for record in pool.db.tables["host"].values()]
            self.assertEqual(sorted(uuids), sorted({host.uuid for host in [pool, *joiners]}))
            self.assertEqual(len(pool.db.find("PIF", management=True)), HOSTS + 1)
            self.assertEqual(len(pool.db.tables["network"]), 2)


if __name__ == "__main__":
    unittest.main()
