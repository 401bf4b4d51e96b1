#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# build.sh DEBS KEYS OUT: the installer's kernel and initrd, OUT/vmlinuz and OUT/initrd.img, and for
# the test of Xen OUT/xen.gz and OUT/xen-tools.cpio.xz. All comes out of Debian's packages, our packages in DEBS, and the public keys KEYS/*.pem. Every part is made again
# only when something changed that goes into it: a change of ours alone takes a second or two.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

[ $# -eq 3 ] || die "usage: build.sh DEBS KEYS OUT"
DEBS=$1
KEYS=$2
OUT=$3
HERE=$TOP/initrd/installer
PACK=$HERE/pack.sh
PARTS=$BUILD/initrd
TREE=$PARTS/tree
MIRROR_FOLDER=$CACHE/mirror/installer
OURS="xenhost-install xenhost-hwinfo xenhost-answers"

# part NAME KEY COMMAND...: runs it unless it made PARTS/NAME from the same input already.
part() {
	name=$1
	key=$2
	shift 2
	[ ! -e "$PARTS/$name" ] || [ "$(cat "$PARTS/$name.key" 2>/dev/null)" != "$key" ] || return 0
	rm -f "$PARTS/$name.key"
	"$@"
	echo "$key" >"$PARTS/$name.key"
}

# directives KIND...: those lines of files.list, so that a new module repacks no tools.
directives() {
	for kind in "$@"; do
		sed 's/#.*//' "$HERE/files.list" | grep -E "^$kind " || true
	done
}

debian_parts() {
	"$PACK" packages "$PARTS/packages.list"
	"$TOP/initrd/fetch.sh" "$PARTS/packages.list" "$MIRROR_FOLDER"
	lock=$(hash_of "$MIRROR_FOLDER/packages.lock" "$PACK")
	part tree "$lock" "$PACK" tree "$MIRROR_FOLDER" "$TREE"
	part modules.cpio "$(hash_of "-$lock" \
		"-$(directives module nomodule firmware nofirmware)")" \
		"$PACK" modules "$TREE" "$PARTS/modules.cpio"
	tools_key=$(hash_of "-$lock" "-$(directives file optional data applet)")
	part tools.cpio.zst "$tools_key" "$PACK" tools "$TREE" "$PARTS/tools.cpio.zst"
	part xen-tools.cpio.xz "$(hash_of "-$tools_key" "-$(directives xen)")" \
		"$PACK" xen "$TREE" "$PARTS/tools.cpio.zst" "$PARTS/xen-tools.cpio.xz"
}

our_debs() {
	for package in $OURS; do
		found=$(find "$DEBS" -name "${package}_*.deb" 2>/dev/null | sort | tail -n 1)
		[ -n "$found" ] || die "$package is not in $DEBS" "run: make debs"
		echo "$found"
	done
}

unpack_ours() {
	rm -rf "$PARTS/ours"
	mkdir -p "$PARTS/ours"
	for deb in $1; do
		dpkg-deb -x "$deb" "$PARTS/ours"
	done
	VERSION=$(dpkg-deb -f "$(echo "$1" | head -n 1)" Version)
	export VERSION
	"$PACK" programs "$TREE" "$PARTS/tools.cpio.zst" "$PARTS/programs.cpio.zst" "$PARTS/ours"
}

our_parts() {
	debs=$(our_debs)
	# shellcheck disable=SC2086 # a list of files
	part programs.cpio.zst "$(hash_of "-$tools_key" "-$(directives program ours)" "$HERE/root" $debs)" \
		unpack_ours "$debs"
	part keys.cpio "$(hash_of "$KEYS" "$PACK")" "$PACK" keys "$PARTS/keys.cpio" "$KEYS"/*.pem
}

build() {
	need_tools dpkg-deb cpio readelf
	mkdir -p "$PARTS" "$OUT"
	debian_parts
	our_parts
	set --
	for name in modules.cpio tools.cpio.zst programs.cpio.zst keys.cpio; do
		set -- "$@" "$PARTS/$name"
	done
	part joined "$(cat "$PARTS"/*.cpio*.key | sha256sum)" join_parts "$@"
}

# deliver FROM TO: never written in place, since trees for network boot share the file.
deliver() {
	cp "$1" "$2.new"
	mv "$2.new" "$2"
}

join_parts() {
	"$PACK" join "$OUT/initrd.img" "$@"
	deliver "$TREE"/boot/vmlinuz-* "$OUT/vmlinuz"
	deliver "$TREE"/boot/xen-*-amd64.gz "$OUT/xen.gz"
	deliver "$PARTS/xen-tools.cpio.xz" "$OUT/xen-tools.cpio.xz"
	: >"$PARTS/joined"
	finished "$PARTS" "$OUT/initrd.img" "$OUT/vmlinuz"
}

with_lock initrd build
