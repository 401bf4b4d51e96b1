#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pre-flight predicts what the server answers for every pair of hosts, and lists all of it.

Needs `make` (XENHOST_BUILD names the folder). The pairs are the server's own, as records of both sides.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import pairs

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("XENHOST_BUILD", "build") / "xenhost-firstboot"
# What join_force passes over.
FORCEABLE = [["HOSTS_NOT_HOMOGENEOUS", "Software version differs"], ["HOSTS_NOT_HOMOGENEOUS", "CPUs differ"]]


class Preflight(unittest.TestCase):
    """`check` over the records of each pair, with and without force."""

    def check(self, whole, force):
        """The findings that stop the join, as the errors that the server would give, and all findings."""
        with tempfile.TemporaryDirectory() as folder:
            arguments = []
            for side, option in (("joiner", "--host-records"), ("pool", "--pool-records")):
                records = pairs.document(side, whole[side])
                # The release of a pair is told by the schema that its records name.
                if whole["release"] != "5.909":
                    for host in records["host"].values():
                        host["software_version"]["db_schema"] = whole["release"]
                path = pathlib.Path(folder) / option.strip("-")
                path.write_text(json.dumps(records))
                arguments += [option, str(path)]
            result = subprocess.run([PROGRAM, "check", "--json", *arguments, *(["--force"] if force else [])],
                                    stdout=subprocess.PIPE, check=False)  # fmt: skip
        findings = json.loads(result.stdout)["findings"]
        self.assertEqual(result.returncode, 1 if any(f["severity"] == "error" for f in findings) else 0)
        stops = [f for f in findings if f["severity"] == "error"]
        return [[f["code"], *f["params"]] for f in stops if f["code"]], findings

    def expect(self, predicted, errors, findings):
        """The same codes in the same order; where parameters were predicted, they are right."""
        self.assertEqual([p[0] for p in predicted], [e[0] for e in errors], findings)
        for mine, theirs in zip(predicted, errors):
            if len(mine) > 1:
                self.assertEqual(mine, [m if t == "*" else t for m, t in zip(mine, theirs)])

    def test_every_pair(self):
        """All errors in order; by force, those that it does not pass over."""
        for name, pair in pairs.load().items():
            for force in (False, True):
                with self.subTest(name, force=force):
                    whole = pairs.records(pair)
                    errors = [e for e in whole["errors"] if not force or e not in FORCEABLE]
                    predicted, findings = self.check(whole, force)
                    self.expect(predicted, errors, findings)

    def test_a_clean_pair(self):
        """Nothing at all, not even a warning."""
        _, findings = self.check(pairs.records(pairs.load()["00-clean"]), False)
        self.assertEqual(findings, [])


if __name__ == "__main__":
    unittest.main()
