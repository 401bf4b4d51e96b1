#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs every stage of `make test` and ends with one line "N passed, N failed".
# A stage that prints such lines itself is counted by them, one that says SKIPPED not at all; any
# other counts as one test.
# Usage: tests/run.sh [--all]     (--all adds double builds and the rarer machines)
set -u
cd "$(dirname "$0")/.." || exit 2
all=${1:-}
logs=build/tests/logs
mkdir -p "$logs"
passed=0
failed=0
failures=

stage() { # name, command...
	name=$1
	shift
	printf '%-14s ' "$name"
	started=$(date +%s)
	if "$@" >"$logs/$name.log" 2>&1; then status=0; else status=$?; fi
	seconds=$(($(date +%s) - started))
	counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*/\1 \2/p' "$logs/$name.log" |
		awk '{ good += $1; bad += $2 } END { if (NR) print good, bad }')
	good=${counts% *}
	bad=${counts#* }
	if [ -z "$counts" ] && [ "$status" -eq 0 ] && grep -q '^SKIPPED' "$logs/$name.log"; then
		printf '%s\n' "$(sed -n '/^SKIPPED/{p;q;}' "$logs/$name.log")"
		return
	fi
	if [ -z "$counts" ]; then
		good=$((status == 0))
		bad=$((status != 0))
	elif [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
		bad=1
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	if [ "$bad" -eq 0 ]; then
		printf 'ok      %4ds  %s passed\n' "$seconds" "$good"
	else
		printf 'FAILED  %4ds  %s passed, %s failed; the end of %s:\n' \
			"$seconds" "$good" "$bad" "$logs/$name.log"
		tail -n 60 "$logs/$name.log" | sed 's/^/    /'
		failures="$failures $name"
	fi
}

run() {
	[ -n "${V:-}" ] && echo "$@"
	"$@"
}

# Without these no later stage can run, so their failure ends the run.
for need in "packages initrd/host-packages.sh" "build make -j2 all"; do
	# shellcheck disable=SC2086 # a name and its command
	stage $need
	[ -z "$failures" ] || {
		echo "$passed passed, $failed failed"
		exit 1
	}
done
# Two at a time, each one's lines together.
stage check run make -j2 -O --no-print-directory check
stage asan run make -j2 -O --no-print-directory asan
stage pool run make --no-print-directory pool-clients
stage test-xapi run make --no-print-directory test-xapi
stage tidy run make --no-print-directory tidy
stage fuzz run make --no-print-directory fuzz
stage media run make --no-print-directory iso pxe
case $failures in
*media*) echo "no media, so no virtual machine was started" ;;
*) stage vm run tests/vm/run.sh ${all:+"$all"} ;;
esac
[ -z "$all" ] || stage reproducible run initrd/reproducible.sh

# Which ones, once more at the end, where they are seen first: pytest's names, a fuzz target's finding.
for name in $failures; do
	echo "failed: $name ($logs/$name.log)"
	grep -hE '^(FAILED|ERROR)[: ]|^test_[^ ]*: |^SUMMARY: |error:' \
		"$logs/$name.log" | cut -c 1-200 | tail -n 12 | sed 's/^/    /'
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
