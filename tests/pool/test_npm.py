# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of Xen Orchestra, the npm package xen-api, against the test pool over both its transports.

Without npm or its registry these tests fail, they are never skipped.
"""

import json
import subprocess
import unittest

import npm_client
import world

PATIENCE = 900  # seconds, on a slow machine with other work


class XenApi(unittest.TestCase):
    """connect, list, watch and callAsync pool.join."""

    @classmethod
    def setUpClass(cls):
        npm_client.install()

    def run_client(self, transport):
        """What the client saw of a pool and a host that joins it."""
        with world.World(timing={"fuse": 0.5}) as lab:
            pool, joiner = lab.host("pool"), lab.host("joiner")
            urls = [host.listeners[0].address() for host in (pool, joiner)]
            done = subprocess.run(
                ["node", npm_client.HERE / "clients.mjs", transport, *urls, pool.address],
                cwd=npm_client.BUILD, input=world.PASSWORD, capture_output=True, text=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual((joiner.role, joiner.joins), ("slave", 1))
            return json.loads(done.stdout)

    def check(self, transport, number):
        """Everything it saw is as it must be."""
        seen = self.run_client(transport)
        self.assertEqual(seen["wrongPassword"][:2], ["SESSION_AUTHENTICATION_FAILED", "root"])
        self.assertEqual((seen["listed"], seen["coordinator"]), (["pool"], "pool"))
        self.assertLessEqual({"host", "pool", "PIF", "SR", "network", "VM", "SM"}, set(seen["types"]))
        self.assertEqual((seen["address"], seen["number"]), ("string", number))
        self.assertTrue(seen["watched"])
        self.assertEqual(seen["refused"], ["SESSION_AUTHENTICATION_FAILED", "root", "Authentication failure"])
        self.assertIn(seen["result"], ("", None))
        self.assertEqual(seen["joined"], ["joiner", "renamed"])
        self.assertIn(seen["redirectedTo"], ("renamed", seen["poolUuid"]))

    def test_json_rpc(self):
        """JSON-RPC, where numbers are numbers."""
        self.check("json-rpc", 0)

    def test_xml_rpc(self):
        """XML-RPC, where numbers are text."""
        self.check("xml-rpc", "0")

    def test_auto(self):
        """The transport it finds by itself."""
        self.check("auto", 0)


if __name__ == "__main__":
    unittest.main()
