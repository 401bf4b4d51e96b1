#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# netboot.sh TREE PAYLOAD OUT: what network boot needs beside kernel, initrd and payload: Debian's boot
# loaders out of TREE (pack.sh tree), menus, examples, and xenhost-pxe, which makes a folder to serve
# of them. Goes on the medium as netboot/.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

[ $# -eq 3 ] || die "usage: netboot.sh TREE PAYLOAD OUT"
TREE=$(realpath "$1")
PAYLOAD=$2
OUT=$3
PXE=$TOP/initrd/iso/pxe
BRAND=$(manifest_value "$PAYLOAD" brand)
# All that the menu needs: nothing more is fetched. It has no device in its prefix, so that GRUB looks
# on the server that it came from.
MODULES="pxe net tftp http normal configfile test regexp echo true sleep ls cat help linux serial
	terminal reboot halt minicmd"

in_tree() {
	tool=$1
	shift
	"$TREE/usr/lib64/ld-linux-x86-64.so.2" --library-path "$TREE/usr/lib/x86_64-linux-gnu" \
		"$TREE/$tool" "$@"
}

# menu FILE FORMAT OUT
menu() {
	"$TOP/initrd/iso/entries.sh" "$2" "$BRAND" <"$PXE/$1" |
		"$TOP/initrd/iso/entries.sh" ipxe-boot "$BRAND" >"$OUT/$3"
}

mkdir -p "$OUT/grub" "$OUT/pxelinux.cfg" "$OUT/hosts" "$OUT/answers"
# shellcheck disable=SC2086 # a list of words
in_tree usr/bin/grub-mkimage -d "$TREE/usr/lib/grub/i386-pc" -O i386-pc-pxe -p /grub \
	-o "$OUT/grub/bios.0" $MODULES
cp "$TREE/usr/lib/shim/shimx64.efi.signed" "$OUT/bootx64.efi"
cp "$TREE/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" "$OUT/grubx64.efi"
menu xenhost.ipxe ipxe-menu xenhost.ipxe
menu grub.cfg grub grub/grub.cfg
# Where Debian's signed GRUB looks when it finds no other.
echo 'configfile /grub/grub.cfg' >"$OUT/grub.cfg"
menu pxelinux.cfg pxelinux pxelinux.cfg/default
for file in README dnsmasq.conf nginx.conf hosts/example.cfg hosts/example.ipxe hosts/example.pxelinux; do
	sed "s|@BRAND@|$BRAND|g" "$PXE/$file" >"$OUT/$file"
done
cp "$PXE/answers.xml" "$OUT/answers/example.xml"
cp "$PXE/xenhost-pxe" "$OUT/xenhost-pxe"
chmod 755 "$OUT/xenhost-pxe"
