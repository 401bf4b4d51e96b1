#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# reproducible.sh [TARGET...]: makes media twice from the same downloaded packages, each time with a
# cache of its own and no network, and compares every file that comes out. Default target: iso.
# Ends with "N passed, N failed".
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/lib.sh"

need_root "$@"
[ $# -gt 0 ] || set -- iso
WORK=$BUILD/reproducible

one_build() { # NAME TARGET...
	name=$1
	shift
	dir=$WORK/$name
	mkdir -p "$dir/cache"
	for downloaded in debs mirror; do
		cp -al "$CACHE/$downloaded" "$dir/cache/$downloaded"
	done
	# Mirrors nobody has: what is missing shows, instead of being fetched in silence.
	MIRROR=http://127.0.0.1:1/none SECURITY_MIRROR=http://127.0.0.1:1/none \
		make -C "$TOP" B="$dir" "$@" >"$WORK/$name.log" 2>&1 || {
		tail -n 30 "$WORK/$name.log" >&2
		die "the $name build failed" "all of its output is in $WORK/$name.log"
	}
}

outputs() { # NAME
	(cd "$WORK/$1/media" && find . -type f ! -name '.key' ! -name '*.new' -exec sha256sum {} + | LC_ALL=C sort)
}

say "making sure that everything is downloaded"
make -C "$TOP" "$@" >/dev/null
rm -rf "$WORK"
mkdir -p "$WORK"
if [ -z "${SIGNING_KEY:-}" ]; then
	export SIGNING_KEY="$WORK/key.pem"
	"$BUILD/xenhost-mkpayload" --generate-key "$SIGNING_KEY"
fi
for build in first second; do
	say "the $build build"
	one_build "$build" "$@"
	outputs "$build" >"$WORK/$build.sums"
done
same=$(LC_ALL=C comm -12 "$WORK/first.sums" "$WORK/second.sums" | wc -l)
differ=$(LC_ALL=C comm -3 "$WORK/first.sums" "$WORK/second.sums" | awk '{ print $2 }' | sort -u)
for file in $differ; do
	echo "differs: $file"
done
echo "$same passed, $(printf '%s' "$differ" | grep -c .) failed"
[ -z "$differ" ] || exit 1
rm -rf "$WORK/first" "$WORK/second"
