#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The screens on a pseudo-terminal of their own. What drives them is Python from Debian's packages;
# where that is not there, `make test` installs it.
set -eu
cd "$(dirname "$0")/../.."
python=/usr/bin/python3
if ! "$python" -c 'import pexpect, pyte, pytest' 2>/dev/null; then
	echo "tui: not run, python3-pexpect, python3-pyte and python3-pytest are not installed"
	exit 0
fi
# They wait more than they compute.
several=
if "$python" -c 'import xdist' 2>/dev/null; then
	several='-n 3'
fi
# shellcheck disable=SC2086
exec "$python" -m pytest -q -p no:cacheprovider $several tests/tui
