#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# mkpxe.sh TREE MEDIA PAYLOAD OUT: the folder that a boot server offers, as xenhost-pxe makes it of an
# install medium; PXE_URL is the address that its files name.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

[ $# -eq 4 ] || die "usage: mkpxe.sh TREE MEDIA PAYLOAD OUT"
MEDIA=$2
PAYLOAD=$3
OUT=$4
PXE_URL=${PXE_URL:-http://192.0.2.1}

# A second name of a large file costs nothing; where that cannot be, it is copied.
place() {
	cp -lLf "$1" "$2" 2>/dev/null || cp -Lf "$1" "$2"
}

WORK=$(mktemp -d -p "$(dirname "$OUT")")
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$WORK/boot" "$WORK/xenhost" "$WORK/netboot"
for file in vmlinuz initrd.img; do
	place "$MEDIA/$file" "$WORK/boot/$file"
done
for file in "$PAYLOAD"/*; do
	place "$file" "$WORK/xenhost/${file##*/}"
done
"$TOP/initrd/iso/netboot.sh" "$1" "$PAYLOAD" "$WORK/netboot"
rm -rf "$OUT"
"$WORK/netboot/xenhost-pxe" "$WORK" "$OUT" --url "$PXE_URL"
finished "$OUT"
say "$OUT: its README tells what each file is for; machines reach it as $PXE_URL"
