#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the tests with virtual machines, two at a time; ends with one line "N passed, N failed".
# Usage: tests/vm/run.sh [--all] [-k NAME] [other arguments of pytest]
set -u
cd "$(dirname "$0")" || exit 2
report=${XENHOST_BUILD:-../../build}/tests/vm
mkdir -p "$report"
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -n "${XENHOST_VM_JOBS:-2}" --dist loadfile \
	--junit-xml="$report/junit.xml" "$@" .
status=$?
# Skipped tests count as neither.
/usr/bin/python3 - "$report/junit.xml" <<'PYTHON'
import sys
import xml.etree.ElementTree

suite = xml.etree.ElementTree.parse(sys.argv[1]).getroot().find("testsuite")
failed = int(suite.get("failures")) + int(suite.get("errors"))
passed = int(suite.get("tests")) - failed - int(suite.get("skipped"))
print(f"{passed} passed, {failed} failed")
PYTHON
exit $status
