# SPDX-License-Identifier: GPL-3.0-or-later
"""Every pair of hosts is joined for real: the server refuses with the expected error, or the host joins."""

import concurrent.futures
import unittest

import pairs
import world


class Pairs(unittest.TestCase):
    """pool.join and pool.join_force between two hosts of their own for every pair."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.World()
        cls.addClassCleanup(cls.world.close)
        cls.pairs = pairs.load()

    def join(self, name, pair, method):
        """The error of joining the two hosts, or None."""
        pool = self.world.host(f"{name}/{method}/pool", changes=pair["pool"])
        joiner = self.world.host(f"{name}/{method}/joiner", "http", changes=pair["joiner"], release=pair["release"])
        client = self.world.client(joiner.name).login()
        try:
            client.do(method, pool.address, "root", world.PASSWORD)
        except world.Failure as e:
            return joiner, pool, e.error
        return joiner, pool, None

    def expect(self, name, pair, method, errors):
        """Refused with the first error, or in the pool and enabled."""
        joiner, pool, error = self.join(name, pair, method)
        if not errors:
            self.assertIsNone(error)
            self.assertTrue(world.until(lambda: joiner.role == "slave" and not joiner.emergency))
            mine = world.until(lambda: pool.db.find("host", uuid=joiner.uuid, enabled=True))
            self.assertEqual(len(mine), 1)
            return
        labels = {"joiner": joiner.db.labels, "pool": pool.db.labels}
        wanted = [self.spelled(word, labels) for word in errors[0]]
        self.assertIsNotNone(error, f"joined in spite of {wanted}")
        self.assertEqual(len(wanted), len(error), error)
        self.assertEqual(wanted, ["*" if w == "*" else e for w, e in zip(wanted, error)])
        self.assertEqual((joiner.role, joiner.joins), ("master", 0))
        self.assertFalse(pool.db.find("host", name_label=joiner.name))

    @staticmethod
    def spelled(word, labels):
        """References instead of "@side/label"."""
        side, _, label = word[1:].partition("/")
        return labels[side][label][1] if word.startswith("@") else word

    def all(self, rows):
        """Several pairs at a time: most of it is waiting for agents to restart."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            futures = {row[0]: pool.submit(self.expect, *row) for row in rows}
        for name, future in futures.items():
            with self.subTest(name):
                future.result()

    def test_join(self):
        """join gives the first of the pair's errors."""
        self.all([(n, p, "pool.join", p["errors"]) for n, p in self.pairs.items()])

    def test_join_force(self):
        """join_force passes over what can be forced and nothing else."""
        told = [(n, p) for n, p in self.pairs.items() if p["tries_force"]]
        self.all([(n, p, "pool.join_force", p["forced"]) for n, p in told])
        self.assertGreater(len(told), 3)

    def test_all_33(self):
        """There is a pair for every check, and one clean pair."""
        self.assertEqual({p["check"] for p in self.pairs.values() if "check" in p}, set(range(34)))


if __name__ == "__main__":
    unittest.main()
