#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# xenhost-firstboot check as people call it, with the records of both sides in files; and the
# handbook against the table of checks. Usage: tests/unit/test_firstboot_cli.sh [--write]
# (--write renews docs/POOL.md)
set -eu
cd "$(dirname "$0")/../.."
firstboot=${XENHOST_BUILD:-build}/xenhost-firstboot
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "test_firstboot_cli: $*" >&2
	exit 1
}

# expect CODE ARGUMENTS...: output to $dir/out and $dir/err
expect() {
	want=$1
	shift
	got=0
	"$firstboot" "$@" >"$dir/out" 2>"$dir/err" || got=$?
	[ "$got" -eq "$want" ] || fail "$* ended with $got, not $want: $(cat "$dir/err")"
}

says() { # FILE WORDS
	grep -qF -e "$2" "$dir/$1" || fail "no \"$2\" in: $(cat "$dir/$1")"
}

# sides [KEY VALUE]: $dir/host.json and $dir/pool.json of the clean pair; KEY of the pool's software
# is VALUE there
sides() {
	python3 - "$dir" "$@" <<'END'
import json
import sys

folder, change = sys.argv[1], sys.argv[2:]
with open("tests/pool/preflight/clean.json", encoding="utf-8") as file:
    sides = json.load(file)
for host in sides["pool"]["host"].values():
    if change:
        host["software_version"][change[0]] = change[1]
for name, side in (("host", sides["joining"]), ("pool", sides["pool"])):
    with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
        json.dump(side, file)
END
}

files() { # ARGUMENTS...: check's arguments for both files
	printf -- '--pool-records %s/pool.json --host-records %s/host.json' "$dir" "$dir"
}

# shellcheck disable=SC2046  # a list of words
{
	sides
	expect 0 check $(files)
	says out "nothing stands against the join"
	expect 0 check $(files) --json
	says out '"findings": []'

	sides git_id other
	expect 1 check $(files)
	says out "needs-force: software: the pool runs another build of the software"
	says out "1 needs-force: this host cannot join the pool"
	expect 0 check $(files) --force
	says out "can join the pool by force"
	expect 1 check $(files) --json
	says out '"verdict": "needs-force"'
	says out '"code": "HOSTS_NOT_HOMOGENEOUS"'

	sides platform_version 3.2.1
	expect 1 check $(files) --force
	says out "blocker: platform:"

	# What is wrong with the records is a finding; what is wrong with the call is not.
	echo '{"pool": {"p": 7}}' >"$dir/pool.json"
	expect 1 check $(files)
	says out "does not hold the records of a host"
	echo '{"pool": ' >"$dir/pool.json"
	expect 1 check $(files) --json
	says out '"where": "records"'
	rm "$dir/pool.json"
	expect 2 check $(files)
	says err "pool.json cannot be read"
}
expect 2 check --pool-records "$dir/host.json"
expect 2 check --unknown
says err "--unknown"
expect 2 check --pool-records
expect 2 check extra
expect 0 --help
says out "check"

# The handbook and the table are one.
expect 0 check --list
sed '/^<!-- checks: begin -->$/,/^<!-- checks: end -->$/!d;//d' docs/POOL.md >"$dir/documented"
if ! cmp -s "$dir/out" "$dir/documented"; then
	[ "${1:-}" = --write ] || fail "docs/POOL.md is not the table: run tests/unit/test_firstboot_cli.sh --write"
	sed -e '/^<!-- checks: begin -->$/r '"$dir/out" \
		-e '/^<!-- checks: begin -->$/,/^<!-- checks: end -->$/{/^<!--/!d}' docs/POOL.md >"$dir/new"
	cat "$dir/new" >docs/POOL.md
fi
