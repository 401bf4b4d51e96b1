#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# entries.sh FORMAT BRAND < CONFIGURATION: the configuration of a boot loader with the entries of menu.list in
# place of its line @ENTRIES@, and BRAND for @BRAND@. FORMAT is one of
#
#   medium     GRUB on the medium; lines as grub.cfg of this folder makes them
#   grub       GRUB over the network
#   pxelinux   PXELINUX
#   ipxe-menu  iPXE: the items of a menu
#   ipxe-boot  iPXE: what each item boots; the line is @BOOT@
#
# @URL@, and GRUB's @FILES@ for it, stay for who knows it.
set -eu
HERE=$(dirname "$0")
MARK=@ENTRIES@
NETWORK="xenhost.source=@URL@/xenhost/ quiet"

medium() {
	printf 'menuentry "%s" --id %s {\n\tlinux $linux_line%s $append\n\tinitrd /boot/initrd.img\n}\n' \
		"$2" "$1" "${3:+ $3}"
}

grub() {
	printf 'menuentry "%s" --id %s {\n\tlinux @FILES@/vmlinuz %s%s\n\tinitrd @FILES@/initrd.img\n}\n' \
		"$2" "$1" "$NETWORK \$bootif" "${3:+ $3} \$append"
}

pxelinux() {
	printf 'label %s\n\tmenu label %s\n\tkernel vmlinuz\n\tappend initrd=initrd.img %s%s\n' \
		"$1" "$2" "$NETWORK" "${3:+ $3}"
}

ipxe_menu() {
	echo "item $1 $2"
}

ipxe_boot() {
	printf ':%s\nset arguments %s\ngoto start\n' "$1" "$3"
}

format=$1
brand=$2
case $format in
medium | grub | pxelinux) ;;
ipxe-menu) format=ipxe_menu ;;
ipxe-boot) format=ipxe_boot MARK=@BOOT@ ;;
*)
	echo "entries.sh: there is no format $format" >&2
	exit 2
	;;
esac
while IFS= read -r line; do
	if [ "$line" = "$MARK" ]; then
		grep -v '^#' "$HERE/menu.list" | while IFS='|' read -r id title arguments; do
			"$format" "$id" "$title" "$arguments"
		done
	else
		printf '%s\n' "$line"
	fi
done | sed "s|@BRAND@|$brand|g"
