#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The parts of the media's scripts that can be tried without booting: how init reads the boot line,
# what the list of files may hold, and what repack.sh refuses.
set -u
cd "$(dirname "$0")/../.." || exit 2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
failed=0

expect() { # NAME WANTED GOT
	[ "$2" = "$3" ] && return
	printf 'test_initrd: %s: wanted "%s", got "%s"\n' "$1" "$2" "$3" >&2
	failed=1
}

refused() { # NAME TEXT COMMAND...
	name=$1
	text=$2
	shift 2
	if "$@" >"$WORK/out" 2>&1; then
		expect "$name" "a refusal" "success"
	elif ! grep -q "$text" "$WORK/out"; then
		expect "$name" "$text" "$(cat "$WORK/out")"
	fi
}

boot_line() {
	printf '%s\n' "$1" >"$WORK/cmdline"
	BOOT_LINE=$WORK/cmdline
}

# shellcheck source=initrd/installer/root/usr/lib/xenhost/init.sh
. initrd/installer/root/usr/lib/xenhost/init.sh

boot_line "quiet answerfile=http://a/x?y=1 console=tty0 console=ttyS1,9600n8 shell title=\"two words\""
expect "a value with signs in it" "http://a/x?y=1" "$(boot_value answerfile)"
expect "the last of several" "ttyS1,9600n8" "$(boot_value console)"
expect "blanks within quotes" "two words" "$(boot_value title)"
expect "what is not there" "absent" "$(boot_value atexit || echo absent)"
expect "a flag" "yes" "$(boot_flag shell && echo yes)"
expect "the beginning of a flag" "no" "$(boot_flag she || echo no)"
boot_line "noshell answerfile="
expect "the end of a flag" "no" "$(boot_flag shell || echo no)"
expect "an empty value" "absent" "$(boot_value answerfile || echo absent)"

# Looking never writes: rules that start arrays, volume groups or caches have no place in the initrd.
for rule in 64-md-raid-assembly 69-lvm 69-bcache 60-multipath 66-azure 90-bcache; do
	expect "$rule is left out" "" "$(sed 's/#.*//' initrd/installer/files.list | grep -F "$rule")"
done

: >"$WORK/iso"
refused "an answer file that is not there" "cannot read" \
	initrd/iso/repack.sh "$WORK/iso" "$WORK/none.xml" "$WORK/out.iso"
refused "an entry that is not there" "no menu entry" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso" --default nothing
# shellcheck disable=SC2016 # it is meant as it stands
refused "arguments that GRUB would expand" "quotes, dollars" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso" --append 'a=$b'
refused "an image that is no medium" "not an install medium" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso"
exit $failed
