#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# image-formats.sh: the tree of dom0 in each format a root system could be shipped in: how large it
# is, what packing costs, and what laying it down on a disk costs. Needs `make payload`; prints a
# table for docs/MEDIA.md. CPU seconds are of all processes of a step; the machine need not be idle.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../../initrd/lib.sh"

need_root "$@"
need_tools mksquashfs unsquashfs mkfs.erofs fsck.erofs zstd tar
TREE=$CACHE/dom0-tree
PAYLOAD=$BUILD/media/payload
[ -e "$PAYLOAD/root.img.chunks" ] || die "there is no payload" "run: make payload"
WORK=$BUILD/bench-formats
trap 'rm -rf "$WORK"' EXIT
rm -rf "$WORK"
mkdir -p "$WORK"

measure() { # command...: sets $took to "wall / cpu"
	times >"$WORK/before"
	started=$(date +%s.%N)
	"$@" >"$WORK/log" 2>&1 || {
		tail -n 5 "$WORK/log" >&2
		die "failed: $*"
	}
	ended=$(date +%s.%N)
	times >"$WORK/after"
	took=$(cat "$WORK/before" "$WORK/after" | awk -v from="$started" -v to="$ended" '
		NR % 2 == 0 {
			split($0, part, /[ms \t]+/)
			cpu[NR / 2] = part[1] * 60 + part[2] + part[3] * 60 + part[4]
		}
		END { printf "%.1f / %.1f", to - from, cpu[2] - cpu[1] }')
}

row() { # name file pack unpack
	printf '| %s | %d MB | %s | %s |\n' "$1" "$(($(stat -c %s "$2") / 1000000))" "$3" "$4"
}

squashfs() {
	measure mksquashfs "$TREE" "$WORK/s" -comp zstd -Xcompression-level "$1" -no-progress -quiet
	pack=$took
	measure sh -c "unsquashfs -no-progress -quiet -d '$WORK/out' '$WORK/s' && sync -f '$WORK/out'"
	row "squashfs, zstd $1" "$WORK/s" "$pack" "$took"
	rm -rf "$WORK/out" "$WORK/s"
}

tar_zstd() {
	measure sh -c "tar -C '$TREE' --xattrs -cf - . | zstd -q -3 -T0 -o '$WORK/t'"
	pack=$took
	mkdir "$WORK/out"
	measure sh -c "zstd -dc '$WORK/t' | tar -C '$WORK/out' --xattrs -xf - && sync -f '$WORK/out'"
	row "tar, zstd 3" "$WORK/t" "$pack" "$took"
	rm -rf "$WORK/out" "$WORK/t"
}

erofs() {
	measure mkfs.erofs -zlz4hc,9 "$WORK/e" "$TREE"
	pack=$took
	measure sh -c "fsck.erofs --extract='$WORK/out' '$WORK/e' && sync -f '$WORK/out'"
	row "erofs, lz4hc" "$WORK/e" "$pack" "$took"
	rm -rf "$WORK/out" "$WORK/e"
}

ext4_chunks() {
	mkdir "$WORK/p"
	measure "$BUILD/xenhost-mkpayload" --image "$BUILD/media/dom0/root.ext4" \
		--info "$BUILD/media/info.json" --key "$BUILD/media/development-key.pem" --out "$WORK/p"
	pack=$took
	measure sh -c "zstd -dc '$WORK/p/root.img.chunks' | dd of='$WORK/out' bs=4M iflag=fullblock conv=fsync"
	row "ext4 image in chunks, zstd 3" "$WORK/p/root.img.chunks" "$pack" "$took"
	rm -rf "$WORK/out" "$WORK/p"
}

say "$(du -sm "$TREE" | cut -f1) MiB in $(find "$TREE" -xdev | wc -l) files"
echo "| format | size | pack, wall / CPU s | lay down, wall / CPU s |"
echo "|---|---|---|---|"
squashfs 3
squashfs 15
tar_zstd
erofs
ext4_chunks
