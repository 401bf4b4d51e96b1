#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The man pages and completions know every option of their programs, refer to pages that there are,
# and lose no line: troff drops one that begins with a dot and no macro of its own.
set -eu
cd "$(dirname "$0")/../.."
build=${XENHOST_BUILD:-build}
failed=0

wrong() {
	echo "test_man_pages: $*" >&2
	failed=1
}

options() {
	sed 's/\\-/-/g' | grep -oE -e '--[a-z][a-z0-9-]*' | sort -u
}

for page in docs/man/*; do
	name=$(basename "${page%.*}")
	lost=$(grep -nE '^\.' "$page" | grep -vE '^[0-9]+:\.(\\"|[A-Z]{1,2}( |$)|(br|nf|fi|sp|in)( |$))' || :)
	[ -z "$lost" ] || wrong "$page loses line $lost"
	for other in $(grep -oE 'xenhost-[a-z.-]+ ?\([0-9]\)' "$page" | tr -d ' ' | sort -u); do
		[ -e "docs/man/$(echo "$other" | tr '(' . | tr -d ')')" ] || wrong "$page: there is no $other"
	done
	[ -x "$build/$name" ] || continue
	for option in $("$build/$name" --help | options); do
		options <"$page" | grep -qx -e "$option" || wrong "$page lacks $option"
		options <"docs/completions/$name" | grep -qx -e "$option" ||
			wrong "docs/completions/$name lacks $option"
	done
done
exit $failed
