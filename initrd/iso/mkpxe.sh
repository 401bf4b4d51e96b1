#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# mkpxe.sh MEDIA PAYLOAD OUT: what a boot server offers over HTTP (kernel and initrd over TFTP too, if
# need be): kernel, initrd, the payload as xenhost/, and sample configurations, which name PXE_URL as
# the address of the folder.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

[ $# -eq 3 ] || die "usage: mkpxe.sh MEDIA PAYLOAD OUT"
MEDIA=$1
PAYLOAD=$2
OUT=$3
PXE_URL=${PXE_URL:-http://SERVER/xenhost}
BRAND=$(manifest_value "$PAYLOAD" brand)

# sample FILE FORMAT OUT
sample() {
	"$TOP/initrd/iso/entries.sh" "$2" "$BRAND" <"$TOP/initrd/iso/pxe/$1" |
		"$TOP/initrd/iso/entries.sh" ipxe-boot "$BRAND" | sed "s,@URL@,${PXE_URL%/},g" >"$3"
}

# A second name of a large file costs nothing; where that cannot be, it is copied.
place() {
	cp -lLf "$1" "$2" 2>/dev/null || cp -Lf "$1" "$2"
}

rm -rf "$OUT.new"
mkdir -p "$OUT.new/xenhost" "$OUT.new/pxelinux.cfg"
place "$MEDIA/vmlinuz" "$OUT.new/vmlinuz"
place "$MEDIA/initrd.img" "$OUT.new/initrd.img"
for file in "$PAYLOAD"/*; do
	place "$file" "$OUT.new/xenhost/${file##*/}"
done
sample xenhost.ipxe ipxe-menu "$OUT.new/xenhost.ipxe"
sample grub.cfg grub "$OUT.new/grub.cfg"
sample pxelinux.cfg pxelinux "$OUT.new/pxelinux.cfg/default"
rm -rf "$OUT"
mv "$OUT.new" "$OUT"
finished "$OUT"
say "$OUT: offer it as $PXE_URL and boot xenhost.ipxe, grub.cfg or pxelinux.cfg out of it"
