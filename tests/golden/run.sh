#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Plans every machine x answers of `cases` and compares what comes out, byte by byte: the plan as
# text and JSON, or the refusal with its exit code. --write takes what comes out as what is right:
# read the difference before it is committed.
set -u
cd "$(dirname "$0")/../.." || exit 2
program=${XENHOST_BUILD:-build}/xenhost-install
golden=tests/golden
write=${1:-}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

plan() { # machine, answers, options...
	machine=$1
	answers=$2
	shift 2
	"$program" plan --machine "tests/machines/$machine.json" \
		--answers "tests/answers/golden/$answers.xml" --source "$golden/manifest.json" \
		--seed 00112233445566778899aabbccddeeff --time 2026-11-21T00:00:00Z "$@"
}

compare() { # file
	if [ "$write" = --write ]; then
		cp "$work/$1" "$golden/$1"
	elif diff -u "$golden/$1" "$work/$1"; then
		passed=$((passed + 1))
	else
		echo "FAILED: $golden/$1 (make golden takes the new one; read the difference)"
		failed=$((failed + 1))
	fi
}

wrong() { # message
	echo "FAILED: $1"
	failed=$((failed + 1))
}

one_plan() { # machine, answers
	name=$1+$2
	if ! plan "$1" "$2" >"$work/$name.txt" 2>"$work/errors" ||
		! plan "$1" "$2" --json >"$work/$name.json" 2>>"$work/errors"; then
		wrong "$name: $(cat "$work/errors")"
		return
	fi
	awk -v name="$name" 'length($0) > 76 { print name ": line " NR " is too wide"; bad = 1 }
		END { exit bad }' "$work/$name.txt" || wrong "$name does not fit a window of 76"
	compare "$name.txt"
	compare "$name.json"
}

one_refusal() { # machine, answers, exit code
	name=$1+$2
	plan "$1" "$2" >"$work/output" 2>"$work/$name.refused"
	status=$?
	if [ "$status" != "$3" ]; then
		wrong "$name: exit code $status, expected $3: $(cat "$work/$name.refused")"
		return
	fi
	[ ! -s "$work/output" ] || wrong "$name: a refusal printed a plan"
	compare "$name.refused"
}

while read -r machine answers expected; do
	case $machine in
	'' | '#'*) ;;
	*)
		case $expected in
		plan) one_plan "$machine" "$answers" ;;
		*) one_refusal "$machine" "$answers" "$expected" ;;
		esac
		;;
	esac
done <"$golden/cases"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
