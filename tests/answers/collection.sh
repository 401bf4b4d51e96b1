#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks a folder of answer files that others wrote against the verdicts of its INDEX.tsv: a first
# line of names, then a line a file; column 1 its name, the last one what the other installers make
# of it: OK, REJECT or XML-ERROR. Where ours differs on purpose, collection.differences says so.
# Usage: tests/answers/collection.sh FOLDER
set -eu
here=$(dirname "$0")
folder=${1:?name the folder of answer files}
answers=${XENHOST_BUILD:-build}/xenhost-answers
tab=$(printf '\t')
[ -r "$folder/INDEX.tsv" ] || { echo "no INDEX.tsv in $folder" >&2; exit 2; }

# What check makes of a file, in the words of the index.
judge() {
	code=0
	found=$("$answers" check "$1") || code=$?
	case $code in
	0) echo OK ;;
	1) case $found in *"error: not well-formed XML"*) echo XML-ERROR ;; *) echo REJECT ;; esac ;;
	*) echo "exit-$code" ;;
	esac
}

# The reason why this file is judged otherwise, which must be what check says of it.
is_deliberate() {
	"$answers" check "$1" >"$out" || :
	while IFS=$tab read -r name words reason; do
		case $name in '#'* | '') continue ;; esac
		[ "$name" = "$(basename "$1")" ] || continue
		grep -q "error: $words" "$out" || continue
		echo "$(basename "$1"): $reason"
		return 0
	done <"$here/collection.differences"
	return 1
}

out=$(mktemp)
trap 'rm -f "$out"' EXIT
files=0 differ=0 wrong=0
exec 3<"$folder/INDEX.tsv"
read -r _ <&3
while read -r line <&3; do
	file=$folder/${line%%"$tab"*} want=${line##*"$tab"}
	got=$(judge "$file")
	files=$((files + 1))
	[ "$got" = "$want" ] && continue
	if [ "$want" = OK ] && is_deliberate "$file"; then
		differ=$((differ + 1))
		continue
	fi
	echo "$(basename "$file"): $got, not $want" >&2
	"$answers" check "$file" >&2 || :
	wrong=$((wrong + 1))
done
echo "$files answer files: $((files - differ - wrong)) as the others judge them," \
	"$differ otherwise on purpose, $wrong wrong"
[ "$files" -gt 0 ] && [ "$wrong" -eq 0 ]
