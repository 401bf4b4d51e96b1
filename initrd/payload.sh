#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# payload.sh keys MEDIA: MEDIA/keys/*.pem, the public keys that the installer trusts.
# payload.sh pack MEDIA: MEDIA/payload from MEDIA/dom0, signed with SIGNING_KEY (PEM, Ed25519), and
# MEDIA/packages.lock, every package that went in. Without SIGNING_KEY a development key is made
# once, and the media say so.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -eq 2 ] || die "usage: payload.sh keys|pack MEDIA"
MEDIA=$2
NATIVE=$BUILD/xenhost-mkpayload
DEVELOPMENT=false
if [ -z "${SIGNING_KEY:-}" ]; then
	DEVELOPMENT=true
	SIGNING_KEY=$MEDIA/development-key.pem
fi

signing_key() {
	mkdir -p "$MEDIA"
	if [ "$DEVELOPMENT" = true ] && [ ! -e "$SIGNING_KEY" ]; then
		"$NATIVE" --generate-key "$SIGNING_KEY"
		say "made a development key: set SIGNING_KEY= for media that others shall trust"
	fi
	[ -r "$SIGNING_KEY" ] || die "cannot read the signing key $SIGNING_KEY"
}

keys() {
	signing_key
	"$NATIVE" --public "$SIGNING_KEY" >"$MEDIA/public.new"
	name=xenhost.pem
	[ "$DEVELOPMENT" = false ] || name=development.pem
	if ! cmp -s "$MEDIA/public.new" "$MEDIA/keys/$name"; then
		rm -rf "$MEDIA/keys"
		mkdir -p "$MEDIA/keys"
		cp "$MEDIA/public.new" "$MEDIA/keys/$name"
	fi
	rm -f "$MEDIA/public.new"
}

# The text of the file that LICENCE names, as a member of the manifest.
licence() {
	[ -n "${LICENCE:-}" ] || return 0
	printf '"licence": "%s",\n' "$(sed 's/\\/\\\\/g; s/"/\\"/g' "$LICENCE" | tr '\t\r' '  ' |
		awk '{ printf "%s\\n", $0 }')"
}

info() {
	# shellcheck source=/dev/null
	. "$MEDIA/dom0/versions"
	version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$TOP/debian/changelog")
	build=$(last_commit %h)
	bytes=$(stat -c %s "$MEDIA/dom0/root.ext4")
	# What apt needs to upgrade kernel and Xen beside the old ones.
	smallest=$((bytes + 1024 * 1024 * 1024))
	cat <<-EOF
		{
		"product": {"name": "xenhost", "brand": "xenhost", "version": "$version",
		  "build": "${build:-unknown}"},
		"platform": {"name": "xenhost", "version": "$version"},
		"suite": "$SUITE",
		"created": "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)",
		"development": $DEVELOPMENT,
		"xen": {"version": "$XEN_VERSION", "path": "$XEN_FILE"},
		"kernel": {"version": "$KERNEL_VERSION", "path": "/boot/vmlinuz-$KERNEL_VERSION",
		  "initrd_path": "/boot/initrd.img-$KERNEL_VERSION"},
		"secure_boot": false,
		"pool_engines": ["none"],
		$(licence)
		"smallest_root_bytes": $smallest,
		"packages_sha256": "$(sha256sum <"$CACHE/mirror/dom0/packages.lock" | cut -d' ' -f1)"
		}
	EOF
}

packages_lock() {
	sort -u "$CACHE"/mirror/*/packages.lock >"$MEDIA/packages.lock.new"
	mv "$MEDIA/packages.lock.new" "$MEDIA/packages.lock"
}

pack_with() {
	ROOT=$("$TOP/initrd/buildroot.sh")
	if [ -x "$CACHE/tools/xenhost-mkpayload" ]; then
		root_tool "$ROOT" "$CACHE/tools/xenhost-mkpayload" "$@"
	else
		say "using this machine's zstd: run 'make debs' for reproducible media"
		"$NATIVE" "$@"
	fi
}

pack() {
	[ -e "$MEDIA/dom0/.key" ] || die "$MEDIA/dom0 has no image" "run: make dom0"
	signing_key
	packages_lock
	info >"$MEDIA/info.json"
	key=$(cat "$MEDIA/dom0/.key" "$MEDIA/info.json" "$SIGNING_KEY" "$0" | sha256sum | cut -c1-16)
	[ "$(cat "$MEDIA/payload/.key" 2>/dev/null)" != "$key" ] || return 0
	say "compressing and signing the image"
	rm -rf "$MEDIA/payload.new"
	mkdir -p "$MEDIA/payload.new"
	pack_with --image "$MEDIA/dom0/root.ext4" --info "$MEDIA/info.json" --key "$SIGNING_KEY" \
		--level 9 --out "$MEDIA/payload.new"
	echo "$key" >"$MEDIA/payload.new/.key"
	rm -rf "$MEDIA/payload"
	mv "$MEDIA/payload.new" "$MEDIA/payload"
	say "$MEDIA/payload: $(du -sh "$MEDIA/payload" | cut -f1), signed with $SIGNING_KEY"
}

case $1 in
keys) with_lock payload keys ;;
pack) with_lock payload pack ;;
*) die "usage: payload.sh keys|pack MEDIA" ;;
esac
