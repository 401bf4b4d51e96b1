#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/network/run.py in namespaces of its own, so that neither the machine's links nor its processes
# are concerned. Argument: a word of the tests that are meant.
set -eu
cd "$(dirname "$0")/../.."

for tool in busybox dnsmasq nsenter python3; do
	PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || {
		echo "skipped: no $tool"
		exit 0
	}
done
if ! unshare -rnmp --fork true 2>/dev/null; then
	echo "skipped: no namespaces for this user"
	exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
PATH=$PATH:/usr/sbin:/sbin PYTHONDONTWRITEBYTECODE=1 timeout 300 unshare -rnmp --fork --kill-child --mount-proc \
	python3 tests/network/run.py "$@" >"$log" 2>&1 || {
	cat "$log"
	exit 1
}
grep -E "^skipped" "$log" || true
tail -n 1 "$log"
