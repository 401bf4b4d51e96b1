# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of Xen Orchestra, the npm package xen-api, against the test pool over both its transports.

The packages of npm/package-lock.json are installed into build/npm when they are not there yet;
without npm or its registry these tests fail, they are never skipped.
"""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

import world

HERE = pathlib.Path(__file__).resolve().parent / "npm"
BUILD = pathlib.Path(os.environ.get("XENHOST_BUILD", HERE.parents[2] / "build")).resolve() / "npm"


def install():
    """Packages exactly as locked; no script of theirs is run."""
    BUILD.mkdir(parents=True, exist_ok=True)
    stamp = BUILD / "node_modules" / ".testpool-lock"
    lock = (HERE / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, BUILD / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=BUILD, check=True)
    stamp.write_text(lock)


class XenApi(unittest.TestCase):
    """connect, list, watch and callAsync pool.join."""

    @classmethod
    def setUpClass(cls):
        install()

    def run_client(self, transport):
        """What the client saw of a pool and a host that joins it."""
        with world.World(timing={"fuse": 0.5}) as lab:
            pool, joiner = lab.host("pool"), lab.host("joiner")
            urls = [host.listeners[0].address() for host in (pool, joiner)]
            done = subprocess.run(
                ["node", HERE / "clients.mjs", transport, *urls, pool.address],
                cwd=BUILD, input=world.PASSWORD, capture_output=True, text=True, timeout=120, check=False,
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
