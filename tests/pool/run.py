#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of the test pool and ends with one line "N passed, N failed".

    run.py [--quick|--long] [NAME...]
        --quick: those that need nothing but Python, openssl and what `make` builds; --long: the others

Every file of tests is a process of its own, several at a time: most of a test is waiting.
"""

import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
LONG = ("test_hundred", "test_npm")  # minutes, or packages from outside
AT_ONCE = 4


def one(name):
    """Runs the tests of one file in this process."""
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromName(name)
    )
    failed = len({test.id().partition(" ")[0] for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 0 if result.wasSuccessful() and result.testsRun else 1


def child(name):
    """Passed, failed and output of one file; a process that dies counts as one failure."""
    done = subprocess.run(
        [sys.executable, FOLDER / "run.py", "--one", name],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
    )  # fmt: skip
    counts = re.findall(r"^(\d+) passed, (\d+) failed$", done.stdout, re.MULTILINE)
    passed, failed = map(int, counts[-1]) if counts else (0, 0)
    return passed, max(failed, int(done.returncode != 0)), done.stdout


def main():
    """Runs what was named, or all."""
    parser = argparse.ArgumentParser(description="Runs the tests of the test pool.")
    parser.add_argument("--quick", action="store_true", help="leave out what takes long or needs a network")
    parser.add_argument("--long", action="store_true", help="only those")
    parser.add_argument("--one", metavar="NAME", help="one file, in this process")
    parser.add_argument("names", nargs="*", help="test files, without .py")
    options = parser.parse_args()
    if options.one:
        return one(options.one)
    found = sorted(path.stem for path in FOLDER.glob("test_*.py"))
    names = options.names or [n for n in found if not (options.quick if n in LONG else options.long)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(child, names))
    for _, _, text in results:
        print(text)
    passed, failed = (sum(result[i] for result in results) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
