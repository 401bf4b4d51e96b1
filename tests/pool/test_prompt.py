# SPDX-License-Identifier: GPL-3.0-or-later
"""A coordinator that nobody has vouched for, and somebody at a terminal who is asked: check and join in a pty."""

import json
import os
import pathlib
import pty
import re
import select
import subprocess
import tempfile
import time
import unittest

import http_server
import world

PROGRAM = pathlib.Path(os.environ.get("XENHOST_BUILD", "build")).resolve() / "xenhost-firstboot"
PATIENCE = 90  # seconds
LOGIN = "session.login_with_password"


class Terminal:
    """A program with a terminal for its input and its messages; its output is a pipe."""

    def __init__(self, words):
        self.master, slave = pty.openpty()
        self.child = subprocess.Popen(  # pylint: disable=consider-using-with
            words, stdin=slave, stderr=slave, stdout=subprocess.PIPE, start_new_session=True
        )
        os.close(slave)
        self.text = ""
        self.seen = 0  # what was waited for already

    def read(self, seconds):
        """False when the program has let go of the terminal."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            block = os.read(self.master, 65536)
        except OSError:
            block = b""
        self.text += block.decode(errors="replace").replace("\r\n", "\n")
        return bool(block)

    def answer(self, question, words):
        """Waits for a question and types a line."""
        end = time.monotonic() + PATIENCE
        while question not in self.text[self.seen :]:
            if not self.read(1) or time.monotonic() > end:
                raise AssertionError(f"{question!r} does not come:\n{self.text}")
        self.seen = len(self.text)
        os.write(self.master, f"{words}\n".encode())

    def end(self):
        """Exit code and what was put out."""
        end = time.monotonic() + PATIENCE
        while self.read(1):
            if time.monotonic() > end:
                self.child.kill()
                raise AssertionError(f"it does not end:\n{self.text}")
        with self.child.stdout as stream:
            output = stream.read().decode()
        code = self.child.wait(PATIENCE)
        os.close(self.master)
        return code, output


class Prompt(unittest.TestCase):
    """The certificate first, then the password, which stays unseen."""

    def setUp(self):
        self.world = world.World()
        self.addCleanup(self.world.close)
        folder = tempfile.TemporaryDirectory(prefix="xenhost-prompt-")  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.socket = f"{folder.name}/xapi"

    def hosts(self, **settings):
        """A coordinator and a lone host."""
        pool, joiner = self.world.host("pool", **settings), self.world.host("joiner")
        joiner.listeners.append(http_server.Listener(f"unix:{self.socket}", None, joiner.answer))
        return pool, joiner

    def start(self, command, pool, *more):
        """Our program without anything that proves who the coordinator is."""
        address = f"{pool.address}:{self.world.port}"
        return Terminal([PROGRAM, command, "--pool", address, "--socket", self.socket, "--json", *more])

    def test_yes(self):
        """What is shown is the certificate; confirmed, it is held to, and the host joins."""
        pool, joiner = self.hosts()
        terminal = self.start("join", pool)
        terminal.answer("(yes/no)", "yes")
        self.assertEqual(pool.calls[LOGIN], 0)
        terminal.answer("Password of root", world.PASSWORD)
        code, output = terminal.end()
        self.assertEqual(code, 0, terminal.text)
        self.assertIn(f"SHA-256  {pool.fingerprint}", terminal.text)
        self.assertRegex(terminal.text, "valid    2020-01-01 to 2040-01-01")
        self.assertNotIn(world.PASSWORD, terminal.text + output)
        self.assertEqual(json.loads(output)["certificate"], pool.fingerprint.replace(":", "").lower())
        self.assertEqual(joiner.role, "slave")

    def test_no(self):
        """Anything but "yes" ends it, and no password was asked for."""
        for words in ("no", "y", ""):
            with self.subTest(words):
                self.world.agents.clear()
                pool, joiner = self.hosts()
                terminal = self.start("join", pool)
                terminal.answer("(yes/no)", words)
                code, output = terminal.end()
                self.assertEqual((code, output), (130, ""), terminal.text)
                self.assertIn("was not confirmed", terminal.text)
                self.assertIn("Nothing secret was sent", terminal.text)
                self.assertNotIn("Password", terminal.text)
                self.assertEqual((pool.calls[LOGIN], joiner.role, joiner.joins), (0, "master", 0))

    def test_expired(self):
        """Its days are shown; it is somebody's decision then."""
        pool, _ = self.hosts(certificate={"from": "20200101000000Z", "until": "20210101000000Z"})
        terminal = self.start("join", pool)
        terminal.answer("(yes/no)", "no")
        self.assertEqual(terminal.end()[0], 130)
        self.assertIn("valid    2020-01-01 to 2021-01-01", terminal.text)

    def test_check(self):
        """The pre-flight asks the same, and changes nothing."""
        pool, joiner = self.hosts()
        terminal = self.start("check", pool)
        terminal.answer("(yes/no)", "yes")
        terminal.answer("Password of root", world.PASSWORD)
        code, output = terminal.end()
        self.assertEqual(code, 0, terminal.text)
        self.assertEqual(json.loads(output)["findings"], [])
        self.assertEqual(joiner.joins, 0)

    def test_wrong_password(self):
        """Typed wrong: refused once."""
        pool, joiner = self.hosts()
        terminal = self.start("join", pool)
        terminal.answer("(yes/no)", "yes")
        terminal.answer("Password of root", "mistyped")
        code, _ = terminal.end()
        self.assertEqual((code, pool.calls[LOGIN], joiner.joins), (8, 1, 0), terminal.text)
        self.assertNotIn("mistyped", terminal.text)

    def test_nobody_there(self):
        """No certificate to show."""
        pool, joiner = self.hosts()
        for listener in pool.listeners:
            listener.close()
        terminal = self.start("join", pool)
        code, _ = terminal.end()
        self.assertEqual((code, joiner.joins), (6, 0), terminal.text)
        self.assertTrue(re.search("refuses the connection", terminal.text), terminal.text)

    def test_authority(self):
        """A certificate that its authority vouches for needs nobody's word."""
        pool, joiner = self.hosts()
        self.assertEqual(pool.address, "127.0.0.1")  # which its certificate is for
        terminal = self.start("join", pool, "--ca-file", str(self.world.pem))
        terminal.answer("Password of root", world.PASSWORD)
        code, _ = terminal.end()
        self.assertEqual((code, joiner.role), (0, "slave"), terminal.text)
        self.assertNotIn("(yes/no)", terminal.text)


if __name__ == "__main__":
    unittest.main()
