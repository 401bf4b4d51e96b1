#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# base.sh: unpacks and configures everything of Debian that a host carries, without any package of
# ours, into build/cache/dom0-base/KEY, and prints that folder. KEY is a digest of what goes in, so
# a second call takes no time. dom0/image.sh makes the image from a copy of it.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

HERE=$TOP/initrd/dom0
MIRROR_DIR=$CACHE/mirror/dom0
# Written into the initrd and the password file. Fixed, so that the base depends on its packages
# alone; image.sh sets no file of the image younger than the build's own date.
SOURCE_DATE_EPOCH=1735689600

make_base() {
	[ ! -e "$BASE/.xenhost-complete" ] || return 0
	say "unpacking and configuring $(wc -l <"$MIRROR_DIR/packages.lock") packages of $SUITE"
	rm -rf "$BASE" "$BASE.new"
	mkdir -p "${BASE%/*}"
	packages=$(list_packages "$TOP/initrd/packages/dom0.list" | paste -sd, -)
	# Maintainer scripts see no proxy, terminal or locale of the machine that builds.
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
		LC_ALL=C.UTF-8 TZ=UTC DEBIAN_FRONTEND=noninteractive TMPDIR="${BASE%/*}" \
		mmdebstrap --mode=root --variant=apt --architectures="$ARCH" --format=directory \
		--include="$packages" --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt="$HERE/early/etc/dpkg/dpkg.cfg.d/xenhost-lean" \
		--setup-hook="cp -a --no-preserve=ownership '$HERE/early/.' \"\$1/\"" \
		--customize-hook="rm -f \"\$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap\"" \
		"$SUITE" "$BASE.new" "deb [trusted=yes] copy:$MIRROR_DIR ./" >"$BASE.log" 2>&1 || {
		tail -n 40 "$BASE.log" >&2
		die "the base of dom0 could not be made" "all of the output is in $BASE.log"
	}
	touch "$BASE.new/.xenhost-complete"
	mv "$BASE.new" "$BASE"
	# Bases of other packages or settings are half a gigabyte each, and made again in a minute.
	find "${BASE%/*}" -mindepth 1 -maxdepth 1 ! -name "$KEY*" -exec rm -rf {} +
	say "base ready: $(du -sh "$BASE" | cut -f1)"
}

need_root "$@"
need_tools mmdebstrap
"$TOP/initrd/fetch.sh" "$TOP/initrd/packages/dom0.list" "$MIRROR_DIR"
KEY=$(hash_of "$HERE/early" "$HERE/base.sh" "$MIRROR_DIR/packages.lock")
BASE=$CACHE/dom0-base/$KEY
with_lock dom0-base make_base
printf '%s\n' "$BASE"
