#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of the test pool and ends with one line "N passed, N failed".

    run.py [--quick|--long] [NAME...]
        --quick: those that need nothing but Python and openssl; --long: the others
"""

import argparse
import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
LONG = ("test_hundred", "test_npm")  # minutes, or packages from outside


def main():
    """Runs what was named, or all."""
    parser = argparse.ArgumentParser(description="Runs the tests of the test pool.")
    parser.add_argument("--quick", action="store_true", help="leave out what takes long or needs a network")
    parser.add_argument("--long", action="store_true", help="only those")
    parser.add_argument("names", nargs="*", help="test files, without .py")
    options = parser.parse_args()
    found = sorted(path.stem for path in FOLDER.glob("test_*.py"))
    names = options.names or [n for n in found if not (options.quick if n in LONG else options.long)]
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len({test.id().partition(" ")[0] for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
