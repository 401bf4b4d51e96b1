# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test-xapi` does with endpoints, tried with hosts of the test pool in their place."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import world

PROGRAM = pathlib.Path(__file__).resolve().parent / "real.py"


class Real(unittest.TestCase):
    """Both sides by TLS over TCP, as somebody has them."""

    def run_with(self, *hosts):
        """Exit code and output."""
        with tempfile.TemporaryDirectory() as folder:
            secret = pathlib.Path(folder) / "secret"
            secret.write_text(f"{world.PASSWORD}\n")
            names = ("COORDINATOR_FINGERPRINT", "JOINER_FINGERPRINT")
            environment = {**os.environ, "PASSWORD_FILE": str(secret), **{n: h.fingerprint for n, h in zip(names, hosts)}}
            done = subprocess.run(
                [sys.executable, PROGRAM, *(host.listeners[0].address() for host in hosts)],
                env=environment, capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
        self.assertNotIn(world.PASSWORD, done.stdout + done.stderr)
        return done.returncode, done.stdout

    def test_joins(self):
        """Read by both codecs, checked, joined, asked again."""
        with world.World() as lab:
            code, text = self.run_with(lab.host("pool"), lab.host("joiner"))
            self.assertEqual(lab.agents["joiner"].role, "slave", text)
        self.assertEqual((code, text.splitlines()[-1]), (0, "5 passed, 0 failed"), text)

    def test_refused(self):
        """What stands against the join ends it before."""
        with world.World() as lab:
            pool = lab.host("pool", changes=[{"set": "pool", "values": {"ha_enabled": True}}])
            code, text = self.run_with(pool, lab.host("joiner"))
            self.assertEqual(lab.agents["joiner"].joins, 0)
        self.assertEqual((code, text.splitlines()[-1]), (1, "2 passed, 1 failed"), text)
        self.assertIn("blocker: ha-pool", text)

    def test_skipped(self):
        """Nobody gave any: skipped is not passed."""
        code, text = self.run_with()
        self.assertEqual(code, 0)
        self.assertTrue(text.startswith("SKIPPED: nothing was tested"))
        self.assertFalse(re.search("passed|ok", text))


if __name__ == "__main__":
    unittest.main()
