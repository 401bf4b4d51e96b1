#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The bench imports Python modules of several folders of the tests: of two with one name it would
# get the wrong one, and `make bench` is too long to run for telling so.
set -eu
cd "$(dirname "$0")/../.."

twice=$(basename -a tests/bench/*.py tests/pool/*.py tests/vm/*.py | sort | uniq -d)
if [ -n "$twice" ]; then
	echo "test_module_names: in more than one of bench, pool and vm:" "$twice" >&2
	exit 1
fi
