#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# systemd's own judgement of the services we ship: every line means something to it, and the one that
# listens on a network can do little else. Whether what they start exists is for the packages' tests.
set -eu
cd "$(dirname "$0")/../.."

if ! command -v systemd-analyze >/dev/null; then
	echo "skipped: no systemd-analyze"
	exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "test_units: $*" >&2
	exit 1
}

count=0
find debian initrd -name '*.service' >"$dir/units"
while read -r unit; do
	sed 's|^\(Exec[A-Za-z]*=[-+!:@]*\)/[^ ]*|\1/bin/true|' "$unit" >"$dir/${unit##*/}"
	count=$((count + 1))
done <"$dir/units"
[ "$count" -gt 5 ] || fail "only $count services found"
for unit in "$dir"/*.service; do
	# A template is looked at as one of its instances.
	case $unit in
	*@.service)
		mv "$unit" "${unit%@.service}@tty2.service"
		unit=${unit%@.service}@tty2.service
		;;
	esac
	said=$(SYSTEMD_UNIT_PATH=$dir: systemd-analyze verify --man=no "$unit" 2>&1 | grep -F "$dir" || true)
	[ -z "$said" ] || fail "${unit##*/}: $said"
done

# In tenths; it was 36 before it was shut in.
systemd-analyze security --offline=true --no-pager --threshold=22 "$dir/xenhost-fleet.service" >"$dir/said" 2>&1 ||
	fail "$(grep -F '→' "$dir/said" || cat "$dir/said")"
sed -i 's/^Restrict.*/Typo=yes/' "$dir/xenhost-fleet.service"
systemd-analyze verify --man=no "$dir/xenhost-fleet.service" 2>&1 | grep -q "Unknown.*Typo" ||
	fail "a line that means nothing is not noticed"
