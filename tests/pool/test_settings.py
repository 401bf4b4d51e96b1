# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and default storage of pools, as xenhost-firstboot join gives them over a host's socket."""

import pathlib
import subprocess
import unittest

import database
import model
from test_join import MEMBER, PROGRAM
import test_join
import world


class Settings(unittest.TestCase):
    """Of the pool that a host begins, and of one that it joins."""

    setUpClass = classmethod(test_join.Join.setUpClass.__func__)
    pool, joiner, url = test_join.Join.pool, test_join.Join.joiner, test_join.Join.url
    run_join, expect = test_join.Join.run_join, test_join.Join.expect
    check_member = test_join.Join.check_member

    def run_settings(self, host, *options):
        """Exit code and what was said."""
        words = [PROGRAM, "join", "--socket", host.path, "--wait", "300", *options]
        done = subprocess.run(words, capture_output=True, text=True, timeout=1200, check=False)
        return done.returncode, done.stderr

    def of_pool(self, host, field):
        """A field of the pool's record, as its coordinator has it."""
        return host.db.pool()[1][field]

    def local(self, host):
        """The storage that a host's first boot made."""
        return host.db.find("SR", name_label="Local storage")[0]

    def storage(self, host, name):
        """One more storage repository, such as a script of the answers makes."""
        uuid = database.uuid_of(host.name, name, len(host.db.find("SR")))
        return host.db.add("SR", {**host.db.get("SR", self.local(host)), "uuid": uuid, "name_label": name})

    def test_begun(self):
        """The file's word counts, over what the first boot chose; a second time changes nothing."""
        host = self.joiner()
        nfs = self.storage(host, "nfs 1")
        for _ in range(2):
            done = self.run_settings(host, "--name", "Rack 4", "--default-sr", "nfs 1")
            self.assertEqual(0, done[0], done)
            self.assertIn('the pool is called "Rack 4"', done[1])
            self.assertEqual("Rack 4", self.of_pool(host, "name_label"))
            self.assertEqual(nfs, self.of_pool(host, "default_SR"))
        uuid = host.db.get("SR", self.local(host))["uuid"]
        self.assertEqual(0, self.run_settings(host, "--default-sr", uuid.upper())[0])
        self.assertEqual(self.local(host), self.of_pool(host, "default_SR"))

    def test_which_storage(self):
        """None of that name, or several: the message says which there are."""
        host = self.joiner()
        before = self.of_pool(host, "default_SR")
        done = self.run_settings(host, "--default-sr", "nfs")
        self.assertEqual(8, done[0])
        self.assertIn('the pool has no storage repository "nfs"', done[1])
        self.assertIn(host.db.get("SR", self.local(host))["name_label"], done[1])
        twins = [self.storage(host, "nfs") for _ in range(2)]
        done = self.run_settings(host, "--default-sr", "nfs")
        self.assertEqual(8, done[0])
        self.assertIn("2 storage repositories", done[1])
        for twin in twins:
            self.assertIn(host.db.get("SR", twin)["uuid"], done[1])
        self.assertEqual(before, self.of_pool(host, "default_SR"))

    def test_joined(self):
        """A pool of others keeps the default it has; one without gets it."""
        for has_default in (True, False):
            with self.subTest(has_default):
                pool, joiner = self.pool(f"pool-{has_default}"), self.joiner()
                nfs = self.storage(pool, "nfs 1")
                if not has_default:
                    pool.db.set("pool", pool.db.pool()[0], default_SR=model.NULL)
                before = self.of_pool(pool, "default_SR")
                done = self.run_join(joiner, self.url(pool), "--default-sr", "nfs 1")
                self.expect(done, 0, MEMBER, "keeps its default" if has_default else '"nfs 1"')
                self.assertEqual(before if has_default else nfs, self.of_pool(pool, "default_SR"))
                self.check_member(joiner, pool)

    def test_by_address(self):
        """The host that joins need not be this one; its password serves to the end."""
        pool, joiner = self.pool(), self.joiner()
        nfs = self.storage(pool, "nfs 1")
        pool.db.set("pool", pool.db.pool()[0], default_SR=model.NULL)
        secret = pathlib.Path(self.folder.name) / "secret"
        secret.touch(0o600)
        secret.write_text(f"{world.PASSWORD}\n", encoding="ascii")
        words = [PROGRAM, "join", "--pool", self.url(pool), "--fingerprint", pool.fingerprint,
                 "--password-file", secret, "--host", self.url(joiner), "--host-fingerprint", joiner.fingerprint,
                 "--host-password-file", secret, "--wait", "300", "--finish", "300", "--default-sr", "nfs 1"]  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True, timeout=1200, check=False)
        self.assertEqual(0, done.returncode, done)
        self.assertEqual(nfs, self.of_pool(pool, "default_SR"))
        self.check_member(joiner, pool)

    def test_joined_without_it(self):
        """The host is a member, and what is missing is told."""
        pool, joiner = self.pool(), self.joiner()
        done = self.run_join(joiner, self.url(pool), "--default-sr", "nfs 1")
        self.assertEqual((8, MEMBER), (done[0], done[1]["state"]), done)
        self.assertIn("no storage repository", done[2])

    def test_somebody_elses(self):
        """A member does not name the pool of its coordinator."""
        pool, joiner = self.pool(), self.joiner()
        self.assertEqual(0, self.run_join(joiner, self.url(pool))[0])
        before = self.of_pool(pool, "name_label")
        done = self.run_settings(joiner, "--name", "mine")
        self.assertEqual(8, done[0])
        self.assertIn("taken into another pool", done[1])
        self.assertEqual(before, self.of_pool(pool, "name_label"))

    def test_usage(self):
        """A pool that is joined has its name."""
        joiner = self.joiner()
        done = self.run_settings(joiner, "--pool", "10.0.0.1", "--name", "mine")
        self.assertEqual(2, done[0])

