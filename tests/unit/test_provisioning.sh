#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The answers that docs/PROVISIONING.md shows, filled in as the systems there would: each is right, and
# the scripts are such as a shell takes, and tell nobody of a failure.
set -eu
cd "$(dirname "$0")/../.."
build=${XENHOST_BUILD:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "test_provisioning: $*" >&2
	exit 1
}

# blocks KIND: each fenced block of that kind to $dir/KIND.N
blocks() {
	awk -v kind="$1" -v out="$dir/$1." '
		{ line = $0; sub(/^ +/, "", line) }
		line == "```" kind && !inside { inside = 1; n++; next }
		line == "```" && inside { inside = 0; close(out n); next }
		inside { print > (out n) }' docs/PROVISIONING.md
}

# shellcheck disable=SC2016 # names in dollars are the templates'
fill() {
	sed -e "s/<%= @host.params\[[^]]*\] || 'sda' %>/sda/; s/<%= @host.name %>/xen1.example.org/" \
		-e 's|<%= @host.root_pass %>|$6$SALT$0123456789abcdefghijklmnopqrstuvwxyz./ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijkl|' \
		-e "s|<%= foreman_url('\([a-z]*\)') %>|http://192.0.2.2/unattended/\1?token=5d1c|" \
		-e 's|\$default_password_crypted|$6$SALT$0123456789abcdefghijklmnopqrstuvwxyz./ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijkl|' \
		-e 's/\$disk/sda/; s/\$hostname/xen1.example.org/; s/\$system_name/xen1/' "$1"
}

blocks xml
blocks sh
count=0
for file in "$dir"/xml.*; do
	fill "$file" >"$dir/answers.xml"
	! grep -n '<%\|\$[a-z]' "$dir/answers.xml" || fail "a place that nobody filled in"
	"$build/xenhost-answers" check "$dir/answers.xml" >"$dir/out" 2>&1 || fail "$(cat "$dir/answers.xml" "$dir/out")"
	! grep -q warning: "$dir/out" || fail "$(cat "$dir/out")"
	count=$((count + 1))
done
[ "$count" = 2 ] || fail "$count answers were found, not those of Foreman and Cobbler"
count=0
for file in "$dir"/sh.*; do
	fill "$file" >"$dir/script"
	sh -n "$dir/script" || fail "$(cat "$dir/script")"
	count=$((count + 1))
done
[ "$count" = 4 ] || fail "$count scripts were found"

# A machine that failed is not told to be done: the scripts ask nobody then.
guarded=0
mkdir "$dir/bin"
printf '#!/bin/sh\necho "$*" >>"%s/asked"\n' "$dir" >"$dir/bin/wget"
chmod 755 "$dir/bin/wget"
for file in "$dir"/sh.*; do
	grep -q '^\[ "\$1" = 0 \]' "$file" || continue
	fill "$file" >"$dir/script"
	PATH=$dir/bin:$PATH sh "$dir/script" 1
	[ ! -e "$dir/asked" ] || fail "after a failure it tells: $(cat "$dir/asked")"
	PATH=$dir/bin:$PATH sh "$dir/script" 0
	grep -q '^-qO- http://192.0.2.2/' "$dir/asked" || fail "after success it tells nobody"
	rm "$dir/asked"
	guarded=$((guarded + 1))
done
[ "$guarded" = 3 ] || fail "$guarded scripts look at how the installation ended"
