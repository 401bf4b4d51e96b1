#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# debs.sh OUTDIR: builds our .deb packages from the working tree, tracked and new files alike, in the
# clean build root. Objects stay there between runs, so a change in one file compiles one file.
# XENHOST_DEBS=boot builds xenhost-boot alone, which needs no compiler.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -eq 1 ] || die "usage: debs.sh OUTDIR"
need_root "$@"
need_tools git tar chroot
OUT=$1

sources() {
	# shellcheck disable=SC2086 # one word each
	git -c safe.directory="$TOP" -C "$TOP" ls-files -co --exclude-standard \
		-- ${OUR_INPUT%%initrd*} ${OUR_INPUT#*initrd } LICENSE initrd/iso/pxe |
		while read -r file; do [ ! -f "$TOP/$file" ] || printf '%s\n' "$file"; done | sort -u
}

key() {
	{
		printf '%s\n' "$ROOT" "$SOURCE_DATE_EPOCH" "${XENHOST_DEBS:-all}"
		sources | (cd "$TOP" && tr '\n' '\0' | xargs -0 sha256sum)
	} | sha256sum | cut -c1-16
}

copy_sources() {
	mkdir -p "$SRC"
	sources >"$SRC.files"
	# Flags are no dependency of an object, so new rules start from nothing.
	if ! cmp -s "$TOP/Makefile" "$SRC/Makefile" || ! cmp -s "$TOP/debian/rules" "$SRC/debian/rules"; then
		rm -rf "$SRC/build"
	fi
	(cd "$SRC" && find . -path ./build -prune -o -type f -print | sed 's,^\./,,' | sort) |
		comm -13 "$SRC.files" - | (cd "$SRC" && tr '\n' '\0' | xargs -0 rm -f)
	tar -C "$TOP" -T "$SRC.files" -cf - | tar -C "$SRC" --no-same-owner -xf -
}

compile() {
	options="noautodbgsym nocheck"
	only=
	[ "${XENHOST_DEBS:-all}" != boot ] || only=-pxenhost-boot
	chroot "$ROOT" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TZ=UTC \
		HOME=/root SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" DEB_BUILD_OPTIONS="$options" \
		DH_OPTIONS="$only" \
		sh -c 'cd /build/xenhost && dpkg-buildpackage -b -nc -us -uc -ui' >"$LOG" 2>&1 || {
		grep -E 'error: |rror [0-9]|: undefined|cannot find' "$LOG" | head -n 20 >&2
		tail -n 15 "$LOG" >&2
		die "our packages do not build" "all of the output is in $LOG"
	}
}

build() {
	[ "$(cat "$OUT/.key" 2>/dev/null)" != "$KEY" ] || return 0
	say "building our packages"
	mkdir -p "$CACHE"
	rm -f "$ROOT/build"/*.deb
	copy_sources
	compile
	rm -rf "$OUT"
	mkdir -p "$OUT"
	cp "$ROOT/build"/*.deb "$OUT/"
	# The tool that packs images, built with the suite's libraries: the host's never show in media.
	mkdir -p "$CACHE/tools"
	[ ! -e "$SRC/build/xenhost-mkpayload" ] ||
		cp "$SRC/build/xenhost-mkpayload" "$CACHE/tools/xenhost-mkpayload"
	echo "$KEY" >"$OUT/.key"
	finished "$OUT" "$CACHE/tools"
	say "$(find "$OUT" -name '*.deb' | wc -l) packages in $OUT"
}

ROOT=$("$TOP/initrd/buildroot.sh")
SRC=$ROOT/build/xenhost
LOG=$CACHE/debs.log
KEY=$(key)
with_lock debs build
