#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# buildroot.sh: a clean root of $SUITE with compilers, debhelper and image tools, below
# build/cache/buildroot/KEY, where KEY is a digest of what goes in. Prints that folder.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/lib.sh"

LIST=$TOP/initrd/packages/buildroot.list
MIRROR_DIR=$CACHE/mirror/buildroot

make_root() {
	[ ! -e "$ROOT/.xenhost-complete" ] || return 0
	say "making the build root: $(wc -l <"$MIRROR_DIR/packages.lock") packages of $SUITE"
	rm -rf "$ROOT" "$ROOT.new"
	mkdir -p "${ROOT%/*}"
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
		LC_ALL=C.UTF-8 TZ=UTC DEBIAN_FRONTEND=noninteractive TMPDIR="${ROOT%/*}" \
		mmdebstrap --mode=root --variant=apt --architectures="$ARCH" --format=directory \
		--include="$(list_packages "$LIST" | paste -sd, -)" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$SUITE" "$ROOT.new" "deb [trusted=yes] copy:$MIRROR_DIR ./" >"$ROOT.log" 2>&1 || {
		tail -n 40 "$ROOT.log" >&2
		die "the build root could not be made" "all of the output is in $ROOT.log"
	}
	touch "$ROOT.new/.xenhost-complete"
	mv "$ROOT.new" "$ROOT"
	find "${ROOT%/*}" -mindepth 1 -maxdepth 1 ! -name "${ROOT##*/}*" -exec rm -rf {} +
	say "build root ready: $(du -sh "$ROOT" | cut -f1)"
}

need_root "$@"
need_tools mmdebstrap
"$TOP/initrd/fetch.sh" "$LIST" "$MIRROR_DIR"
ROOT=$CACHE/buildroot/$(hash_of "$TOP/initrd/buildroot.sh" "$MIRROR_DIR/packages.lock")
with_lock buildroot make_root
printf '%s\n' "$ROOT"
