#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The planner is a function of its arguments: whatever its objects, and the objects of ours that
# they pull in, take from outside must stand in tests/purity.allowed.
# Usage: tests/purity.sh [BUILD-FOLDER], after a build with the default compiler.
set -eu
cd "$(dirname "$0")/.."
b=${1:-build}

# Prints one line a forbidden symbol, with who uses it; arguments: the objects to start from.
judge() {
	starts=$*
	# shellcheck disable=SC2046,SC2086  # object names hold no blanks
	nm -A -P $starts $(find "$b/common" "$b/hwdb" "$b/answerfiles" "$b/installer" "$b/firstboot" \
		-name '*.o') |
	STARTS=$starts awk '
	BEGIN {
		while ((getline line < "tests/purity.allowed") > 0) {
			sub(/#.*/, "", line)
			n = split(line, words, " ")
			for (i = 1; i <= n; i++) allowed[words[i]] = 1
		}
	}
	{
		object = $1; sub(/:$/, "", object)
		if ($3 == "U" || $3 == "w") wants[object] = wants[object] " " $2
		else if ($3 ~ /^[A-Z]$/) owner[$2] = object
	}
	END {
		n = split(ENVIRON["STARTS"], queue, " ")
		for (i = 1; i <= n; i++) seen[queue[i]] = 1
		for (at = 1; at <= n; at++) {
			m = split(wants[queue[at]], symbols, " ")
			for (i = 1; i <= m; i++) {
				s = symbols[i]
				if (s in owner) {
					if (!(owner[s] in seen)) {
						seen[owner[s]] = 1
						queue[++n] = owner[s]
						why[owner[s]] = queue[at] " needs " s
					}
				} else if (!(s in allowed)) {
					print queue[at] ": " s (queue[at] in why ? " (" why[queue[at]] ")" : "")
				}
			}
		}
	}' | sort -u
}

planned=$(find "$b/installer/plan" -name '*.o' | sort)
[ -n "$planned" ] || { echo "purity: $b/installer/plan holds no objects" >&2; exit 1; }

# The check itself is checked: I/O at first hand, and I/O behind a function of ours.
trap 'rm -rf "$b/purity"' EXIT
mkdir -p "$b/purity"
cat >"$b/purity/direct.c" <<'END'
int open(const char *path, int flags, ...);
int planted(void) { return open("/dev/sda", 0); }
END
cat >"$b/purity/behind.c" <<'END'
int fsroot_open(const char *path, void *ret);
int planted(void) { return fsroot_open("/", (void *)0); }
END
for kind in direct behind; do
	${CC:-cc} -c -o "$b/purity/$kind.o" "$b/purity/$kind.c"
	if ! judge "$b/purity/$kind.o" | grep -Eq ': (open|syscall)'; then
		echo "purity: the check itself is broken: $kind I/O is not seen" >&2
		exit 1
	fi
done

# shellcheck disable=SC2086  # a list
found=$(judge $planned)
if [ -n "$found" ]; then
	echo "the planner reaches outside its arguments:" >&2
	printf '%s\n' "$found" >&2
	exit 1
fi
