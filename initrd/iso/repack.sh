#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# repack.sh ISO ANSWERS OUT [--append ARGUMENTS] [--default ENTRY] [--timeout SECONDS]
#
# The same install medium with an answer file in it, which it then uses by itself: whoever boots OUT
# installs, without a question. ANSWERS may be "-" for none, to give boot arguments only. ENTRY is one
# of install, serial, serial2, shell, test-xen, unattended. Needs xorriso and seconds, not the build.
set -eu

fail() {
	printf 'repack: %s\n' "$1" >&2
	exit 2
}

[ $# -ge 3 ] || fail "usage: repack.sh ISO ANSWERS OUT [--append ARGUMENTS] [--default ENTRY] [--timeout SECONDS]"
ISO=$1
ANSWERS=$2
OUT=$3
shift 3
append=
timeout=3
default=install
[ "$ANSWERS" = - ] || default=unattended
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || fail "$1 needs a value"
	case $1 in
	--append) append=$2 ;;
	--default) default=$2 ;;
	--timeout) timeout=$2 ;;
	*) fail "unknown option $1" ;;
	esac
	shift 2
done
[ -r "$ISO" ] || fail "cannot read $ISO"
[ "$ANSWERS" = - ] || [ -r "$ANSWERS" ] || fail "cannot read $ANSWERS"
# The text goes into a GRUB script between double quotes.
case $append in
*[\"\$\\\`]*) fail "--append cannot hold quotes, dollars or backslashes" ;;
esac

# answers_id: the install-id of the answer file, comments left out.
answers_id() {
	awk '{ text = text $0 "\n" }
	END {
		while (start = index(text, "<!--")) {
			rest = substr(text, start + 4)
			end = index(rest, "-->")
			text = substr(text, 1, start - 1) (end ? substr(rest, end + 3) : "")
		}
		if (match(text, /<install-id>[^<]*</)) {
			id = substr(text, RSTART + 12, RLENGTH - 13)
			gsub(/[ \t\r\n]/, "", id)
			print id
		}
	}' "$ANSWERS"
}

# The boot menu starts a host that was installed with this id from its disk. As in the installer, the
# boot arguments win over the answers; what is no id is for the installer to complain about.
install_id=$(printf '%s\n' "$append" | tr ' ' '\n' | sed -n 's/^xenhost\.install-id=//p' | tail -n 1)
[ -n "$install_id" ] || [ "$ANSWERS" = - ] || install_id=$(answers_id)
case $install_id in
*[!A-Za-z0-9._-]*) install_id= ;;
esac

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
printf 'set append="%s"\nset default=%s\nset timeout=%s\nset install_id=%s\n' \
	"$append" "$default" "$timeout" "$install_id" >"$WORK/boot.cfg"
# Its own token, so that the medium it was made from can be present too. The identity of the file
# system, by which GRUB finds it, stays: 16 digits at a fixed place of ISO 9660's volume descriptor.
token=$({ cat "$WORK/boot.cfg" && dd if="$ISO" bs=2048 skip=16 count=1 2>/dev/null &&
	{ [ "$ANSWERS" = - ] || cat "$ANSWERS"; }; } | sha256sum | cut -c1-16)
identity=$(dd if="$ISO" bs=1 skip=$((16 * 2048 + 830)) count=16 2>/dev/null | tr -cd 0-9)
[ ${#identity} -eq 16 ] || fail "$ISO is not an install medium"
# Its menu lies on it as plain text.
grep -aqF -e "--id $default {" "$ISO" || fail "$ISO has no menu entry $default"
echo "$token" >"$WORK/medium.id"
echo "set token=$token" >"$WORK/medium.cfg"
# Owner and mode are set on the medium; the answer file may hold passwords and is not for everyone.
set -- -map "$WORK/boot.cfg" /xenhost/boot.cfg -map "$WORK/medium.id" /xenhost/medium.id \
	-map "$WORK/medium.cfg" /boot/grub/medium.cfg
[ "$ANSWERS" = - ] || set -- "$@" -map "$ANSWERS" /answers.xml -chmod 0400 /answers.xml --
rm -f "$OUT"
${XORRISO:-xorriso} -no_rc -report_about WARNING -indev "$ISO" -outdev "$OUT" \
	-boot_image any replay -overwrite on "$@" -chown_r 0 / -- -chgrp_r 0 / -- \
	-volume_date all_file_dates "$identity" -volume_date uuid "$identity" -commit 2>"$WORK/log" || {
	cat "$WORK/log" >&2
	fail "$OUT could not be written"
}
