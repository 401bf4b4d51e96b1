#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# image.sh OUTDIR: adds our packages and settings to a copy of dom0's base and makes of it
# OUTDIR/root.ext4, with OUTDIR/versions (Xen's and the kernel's, as shell variables) and
# OUTDIR/boot/{xen,vmlinuz,initrd.img}. The same input gives the same bytes.
# DEBS is the folder with our .deb packages; without it the image carries Debian alone.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

[ $# -eq 1 ] || die "usage: image.sh OUTDIR"
need_root "$@"
need_tools tar chroot
OUT=$1
HERE=$TOP/initrd/dom0
DEBS=${DEBS:-}
# Ours that a host carries; the others are for media and for laptops.
OUR_PACKAGES="xenhost-boot xenhost-hwinfo xenhost-firstboot"
# Fixed, so that two builds agree; the installer gives every host new ones.
IMAGE_UUID=6b1f4d52-0d8e-4c51-9f0a-7d2f3c5a9e10
HASH_SEED=0c7a2b1e-5c44-4f0b-8d3d-2f9be6a1c7d4
# Room for the journal and what apt needs before the file system is grown.
SLACK_MIB=160
JOURNAL_MIB=64

ROOT=$("$TOP/initrd/buildroot.sh")
BASE=$("$HERE/base.sh")
TREE=$CACHE/dom0-tree

our_debs() {
	for package in $OUR_PACKAGES; do
		found=$(find "$DEBS" -name "${package}_*.deb" | head -n 1)
		[ -z "$found" ] || printf '%s\n' "$found"
	done
}

# Maintainer scripts want /proc; the mount ends with its namespace.
in_tree() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$TREE" "$@"
}

install_debs() {
	[ -n "$DEBS" ] || return 0
	debs=$(our_debs)
	[ -n "$debs" ] || return 0
	mkdir -p "$TREE/tmp/debs"
	# shellcheck disable=SC2086 # one word each
	cp $debs "$TREE/tmp/debs/"
	say "installing $(echo "$debs" | wc -l) packages of ours"
	in_tree sh -c 'DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io --force-confnew \
		-i /tmp/debs/*.deb' >"$CACHE/dom0-tree.log" 2>&1 || {
		tail -n 20 "$CACHE/dom0-tree.log" >&2
		die "our packages cannot be installed on dom0's base" \
			"a library they need may be missing in initrd/packages/dom0.list"
	}
}

make_tree() {
	say "copying the base"
	rm -rf "$TREE"
	cp -a "$BASE" "$TREE"
	rm -f "$TREE/.xenhost-complete"
	cp -a --no-preserve=ownership --remove-destination "$HERE/overlay/." "$TREE/"
	printf '#!/bin/sh\nexit 101\n' >"$TREE/usr/sbin/policy-rc.d"
	chmod 755 "$TREE/usr/sbin/policy-rc.d"
	install_debs
	rm -f "$TREE/usr/sbin/policy-rc.d"
	cp "$HERE/configure.sh" "$TREE/configure.sh"
	in_tree env SUITE="$SUITE" sh /configure.sh
	rm -f "$TREE/configure.sh"
}

make_image() {
	used=$(du -sm --apparent-size "$TREE" | cut -f1)
	files=$(find "$TREE" -xdev | wc -l)
	# Small files round up to whole blocks: 2 KiB each on average.
	size=$((used + files / 512 + SLACK_MIB + JOURNAL_MIB))
	size=$(((size + 127) / 128 * 128))
	say "writing the image: $used MiB in $files files, $size MiB"
	rm -f "$OUT/root.ext4.new"
	tar -C "$TREE" --sort=name --numeric-owner --xattrs --mtime="@$SOURCE_DATE_EPOCH" \
		--clamp-mtime --format=posix --pax-option=delete=atime,delete=ctime -cf - . |
		root_tool "$ROOT" "$ROOT/usr/sbin/mke2fs" -q -F -t ext4 -b 4096 -m 1 -U "$IMAGE_UUID" -L xenhost-root \
			-O metadata_csum,metadata_csum_seed,64bit,^orphan_file \
			-J size=$JOURNAL_MIB -d - \
			-E hash_seed="$HASH_SEED",lazy_itable_init=1,lazy_journal_init=0,root_owner=0:0 \
			"$OUT/root.ext4.new" "${size}M"
	mv "$OUT/root.ext4.new" "$OUT/root.ext4"
}

describe() {
	xen=$(cd "$TREE/boot" && find . -name 'xen-*.gz' | sort -V | tail -n 1)
	xen=${xen#./xen-}
	kernel=$(cd "$TREE/boot" && find . -name 'vmlinuz-*' | sort -V | tail -n 1)
	kernel=${kernel#./vmlinuz-}
	[ -n "$xen$kernel" ] || die "the image has no Xen or no kernel"
	mkdir -p "$OUT/boot"
	cp "$TREE/boot/vmlinuz-$kernel" "$OUT/boot/vmlinuz"
	cp "$TREE/boot/initrd.img-$kernel" "$OUT/boot/initrd.img"
	gzip -dc "$TREE/boot/xen-$xen" >"$OUT/boot/xen"
	cp "$TREE/var/lib/dpkg/status" "$OUT/dpkg-status"
	printf 'XEN_FILE=/boot/xen-%s\nXEN_VERSION=%s\nKERNEL_VERSION=%s\n' "$xen" \
		"$(echo "$xen" | sed 's/-amd64\.gz$//')" "$kernel" >"$OUT/versions"
}

build() {
	[ "$(cat "$OUT/.key" 2>/dev/null)" != "$KEY" ] || return 0
	mkdir -p "$OUT"
	rm -f "$OUT/.key"
	make_tree
	make_image
	describe
	echo "$KEY" >"$OUT/.key"
	finished "$OUT"
	say "$OUT/root.ext4: $(du -h "$OUT/root.ext4" | cut -f1) of $(stat -c %s "$OUT/root.ext4") bytes"
}

# shellcheck disable=SC2046 # one word each
KEY=$({
	hash_of "-$ROOT $BASE $SOURCE_DATE_EPOCH" "$HERE/overlay" "$HERE/configure.sh" "$HERE/image.sh"
	[ -z "$DEBS" ] || sha256sum $(our_debs)
} | sha256sum | cut -c1-16)
with_lock dom0-tree build
