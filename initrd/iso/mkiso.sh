#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# mkiso.sh TREE MEDIA PAYLOAD OUT: the install medium, for BIOS and UEFI, as a disc and as a stick, out
# of what initrd/installer/build.sh left in MEDIA and the payload. GRUB and the tools that write it are those of the suite, out of TREE (pack.sh tree), so the
# bytes depend on nothing of the machine that builds. It can be changed later with repack.sh.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

[ $# -eq 4 ] || die "usage: mkiso.sh TREE MEDIA PAYLOAD OUT"
TREE=$(realpath "$1")
MEDIA=$2
PAYLOAD=$3
OUT=$4
HERE=$TOP/initrd/iso
LABEL=${LABEL:-XENHOST}
# On BIOS GRUB looks for the medium before it can load anything from it, so all are built in.
MODULES="iso9660 fat ext2 part_msdos part_gpt search search_fs_uuid search_fs_file normal configfile
	chain regexp test echo true sleep ls cat help linux multiboot2 gzio xzio serial terminal reboot halt
	minicmd all_video biosdisk"

in_tree() {
	tool=$1
	shift
	"$TREE/usr/lib64/ld-linux-x86-64.so.2" --library-path "$TREE/usr/lib/x86_64-linux-gnu" \
		"$TREE/$tool" "$@"
}

# The identity of the file system is a date in form only; the time in it comes from the contents, so
# that media with different contents are told apart.
identity() {
	token=$(cat "$MEDIA/initrd.img" "$PAYLOAD/manifest.json" | sha256sum | cut -c1-16)
	day=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d)
	number=$((0x$(printf %s "$token" | cut -c1-12)))
	clock=$(printf '%02d%02d%02d%02d' $((number % 24)) $((number / 24 % 60)) \
		$((number / 1440 % 60)) $((number / 86400 % 100)))
	uuid=$(echo "$day$clock" | sed 's/\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\1-\2-\3-\4-\5-\6-\7/')
}

# UEFI starts Debian's signed shim and GRUB, so that a machine with Secure Boot on gets as far as the
# installer, which tells what to do. That GRUB brings its own modules; those it may load only while
# Secure Boot is off, such as the one that starts Xen, lie on the medium.
boot_loaders() {
	mkdir -p "$STAGE/boot/grub/x86_64-efi" "$WORK/EFI/BOOT" "$WORK/boot/grub"
	sed "/^#/d; s/@UUID@/$uuid/" "$HERE/early.cfg" >"$WORK/early.cfg"
	# shellcheck disable=SC2086 # a list of words
	in_tree usr/bin/grub-mkimage -d "$TREE/usr/lib/grub/i386-pc" -O i386-pc-eltorito \
		-p /boot/grub -c "$WORK/early.cfg" -o "$STAGE/boot/grub/eltorito.img" $MODULES
	cp "$TREE"/usr/lib/grub/x86_64-efi/*.mod "$TREE"/usr/lib/grub/x86_64-efi/*.lst \
		"$STAGE/boot/grub/x86_64-efi/"
	cp "$TREE/usr/lib/shim/shimx64.efi.signed" "$WORK/EFI/BOOT/BOOTX64.EFI"
	cp "$TREE/usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed" "$WORK/EFI/BOOT/grubx64.efi"
	cp "$WORK/early.cfg" "$WORK/boot/grub/grub.cfg"
	find "$WORK/EFI" "$WORK/boot" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
	kilobytes=$(($(cat "$WORK"/EFI/BOOT/* | wc -c) / 1024 + 256))
	truncate -s $((kilobytes / 32 * 32 + 32))K "$WORK/esp"
	in_tree usr/bin/mformat -i "$WORK/esp" -h 2 -s 32 -t $((kilobytes / 32 + 1)) \
		-v EFI -N "$(printf %s "$token" | cut -c1-8)" ::
	in_tree usr/bin/mcopy -s -m -Q -i "$WORK/esp" "$WORK/EFI" "$WORK/boot" ::/
}

menu() {
	title="$BRAND $(manifest_value "$PAYLOAD" version)"
	[ "$(manifest_value "$PAYLOAD" development)" = false ] || title="$title DEVELOPMENT"
	"$HERE/entries.sh" medium "$title" <"$HERE/grub.cfg" >"$STAGE/boot/grub/grub.cfg"
	echo "set token=$token" >"$STAGE/boot/grub/medium.cfg"
	echo "$token" >"$STAGE/xenhost/medium.id"
}

# A second name of a large file costs nothing; where that cannot be, it is copied.
place() {
	cp -lL "$1" "$2" 2>/dev/null || cp -L "$1" "$2"
}

write_medium() {
	in_tree usr/bin/xorriso -no_rc -as mkisofs -quiet -o "$OUT.new" -iso-level 3 -R -J \
		-volid "$LABEL" -sysid LINUX -publisher "$BRAND" -preparer "" \
		--modification-date="$day$clock" --set_all_file_dates "$day$clock" -uid 0 -gid 0 \
		-partition_offset 16 --grub2-mbr "$TREE/usr/lib/grub/i386-pc/boot_hybrid.img" \
		-append_partition 2 0xef "$WORK/esp" \
		-b boot/grub/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table \
		--grub2-boot-info -c boot/boot.cat \
		-eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot \
		"$STAGE" 2>"$WORK/log" || {
		cat "$WORK/log" >&2
		die "the medium could not be written" "is there room in $(dirname "$OUT")?"
	}
	mv "$OUT.new" "$OUT"
	finished "$OUT"
}

WORK=$(mktemp -d -p "$(dirname "$OUT")")
trap 'rm -rf "$WORK"' EXIT
STAGE=$WORK/medium
mkdir -p "$STAGE/boot" "$STAGE/xenhost"
BRAND=$(manifest_value "$PAYLOAD" brand)
identity
boot_loaders
for file in vmlinuz initrd.img xen.gz xen-tools.cpio.xz; do
	place "$MEDIA/$file" "$STAGE/boot/$file"
done
for file in "$PAYLOAD"/*; do
	place "$file" "$STAGE/xenhost/${file##*/}"
done
menu
"$HERE/netboot.sh" "$TREE" "$PAYLOAD" "$STAGE/netboot"
write_medium
sort -u "$CACHE"/mirror/*/packages.lock >"$MEDIA/packages.lock.new"
mv "$MEDIA/packages.lock.new" "$MEDIA/packages.lock"
say "$(basename "$OUT"): $(stat -c %s "$OUT" | awk '{ printf "%.0f MB", $1 / 1e6 }'), token $token"
