#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# fetch.sh LIST OUTDIR: makes OUTDIR a local apt repository of exactly the packages named in LIST,
# apt, the essential packages and all they depend on (recommends not followed), in $SUITE with its
# updates and security fixes. Every .deb is checked against the digests the archive signed.
#
# OUTDIR gets the .deb files, Packages, Release and packages.lock (name version arch sha256).
# Use it as: deb [trusted=yes] copy:OUTDIR ./
# Downloads are shared in build/cache/debs. A finished OUTDIR is used again without any network
# as long as LIST and SUITE are the same; REFRESH=1 asks the mirrors for newer packages.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -eq 2 ] || die "usage: fetch.sh LIST OUTDIR"
LIST=$1
OUT=$2
[ -r "$LIST" ] || die "cannot read the package list $LIST"
POOL=$CACHE/debs
STATE=$CACHE/apt-$SUITE
KEYRING=${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
KEY=$(printf '%s\n' "1 $SUITE amd64" "$(list_packages "$LIST")" | sha256sum | cut -c1-16)

# One build asks several times: what is some minutes old counts as refreshed.
good_enough() {
	[ -z "${REFRESH:-}" ] || [ -n "$(find "$1" -mmin -10 2>/dev/null)" ]
}

is_complete() {
	good_enough "$OUT/.complete" && [ "$(cat "$OUT/.complete" 2>/dev/null)" = "$KEY" ]
}

apt_setup() {
	components="main contrib non-free-firmware"
	mkdir -p "$STATE/lists/partial" "$STATE/empty" "$POOL/partial"
	{
		for where in "$MIRROR $SUITE" "$MIRROR $SUITE-updates" \
			"$SECURITY_MIRROR $SUITE-security"; do
			echo "deb [signed-by=$KEYRING] $where $components"
		done
	} >"$STATE/sources.list"
	cat >"$STATE/apt.conf" <<-EOF
		Dir::State "$STATE";
		Dir::State::status "/dev/null";
		Dir::Cache "$STATE";
		Dir::Cache::archives "$POOL";
		Dir::Etc::SourceList "$STATE/sources.list";
		Dir::Etc::SourceParts "$STATE/empty";
		Dir::Etc::Parts "$STATE/empty";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "$STATE/empty";
		APT::Architecture "$ARCH";
		APT::Architectures "$ARCH";
		APT::Install-Recommends "false";
		APT::Sandbox::User "";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Debug::NoLocking "true";
	EOF
	export APT_CONFIG="$STATE/apt.conf"
}

# The list of what exists is asked for once, so that all package lists of a build agree.
apt_lists() {
	if good_enough "$STATE/updated" && [ -z "${gone:-}" ] &&
		cmp -s "$STATE/sources.list" "$STATE/updated"; then
		return 0
	fi
	say "reading the package lists of $SUITE from $MIRROR"
	apt-get -qq update --error-on=any || die "cannot read the package lists of $SUITE" \
		"check the network, or set MIRROR= and SECURITY_MIRROR= to reachable mirrors"
	cp "$STATE/sources.list" "$STATE/updated"
}

# One stanza of the archive's index for each package chosen, and the names of the files.
choose() {
	# shellcheck disable=SC2046 # one word each
	apt-get install -y -s '?essential' apt $(list_packages "$LIST") >"$WORK/simulated" 2>&1 || {
		tail -n 20 "$WORK/simulated" >&2
		die "$LIST cannot be installed together in $SUITE"
	}
	sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' "$WORK/simulated" | sort -u >"$WORK/chosen"
	xargs apt-cache show <"$WORK/chosen" >"$WORK/stanzas"
	# A version of main that security carries too is shown twice.
	awk 'BEGIN { RS = ""; ORS = "\n\n"; FS = "\n" }
		{
			name = version = ""
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^Package: /) name = substr($i, 10)
				if ($i ~ /^Version: /) version = substr($i, 10)
				if ($i ~ /^Filename: /) {
					count = split($i, part, "/")
					$i = "Filename: ./" part[count]
				}
			}
			if (seen[name "=" version]++)
				next
			text = $1
			for (i = 2; i <= NF; i++)
				if ($i !~ /^(Description|Tag|Homepage)/ && $i !~ /^ /)
					text = text "\n" $i
			print text
		}' "$WORK/stanzas" >"$NEW/Packages"
	awk '/^Package: / { p = $2 } /^Version: / { v = $2 } /^Architecture: / { a = $2 }
		/^SHA256: / { s = $2 }
		/^Filename: / { f = substr($2, 3) }
		/^$/ { print p, v, a, s, f }' "$NEW/Packages" | LC_ALL=C sort >"$WORK/wanted"
	[ "$(wc -l <"$WORK/wanted")" -eq "$(wc -l <"$WORK/chosen")" ] ||
		die "the package index does not hold what apt chose for $LIST" "run again with REFRESH=1"
}

# apt checks digests and keeps unfinished files apart, so an interrupted download never counts.
download() {
	total=$(wc -l <"$WORK/wanted")
	say "$(basename "$LIST"): $total packages"
	# shellcheck disable=SC2046 # one word each
	apt-get install -y --download-only -o APT::Keep-Downloaded-Packages=true \
		'?essential' apt $(list_packages "$LIST") 2>&1 |
		awk -v log_file="$WORK/download.log" -v what="$(basename "$LIST")" '
			/^Need to get/ { print "        " $0 > "/dev/stderr" }
			/^Get:/ { if (++n % 25 == 0) print "        " what ": " n " downloaded" > "/dev/stderr" }
			{ print > log_file }'
	while read -r name version arch sum file; do
		stored=${name}_$(printf %s "$version" | sed 's/:/%3a/')_$arch.deb
		[ -f "$POOL/$stored" ] || {
			missing=$file
			return 1
		}
		ln "$POOL/$stored" "$NEW/$file" 2>/dev/null || cp "$POOL/$stored" "$NEW/$file"
		echo "$sum  $NEW/$file" >>"$WORK/sums"
	done <"$WORK/wanted"
	sha256sum --quiet -c "$WORK/sums" >&2 || {
		sha256sum -c "$WORK/sums" 2>/dev/null | sed -n 's/: FAILED$//p' |
			while read -r bad; do find "$POOL" -samefile "$bad" -delete; done
		die "damaged packages were found in $POOL and removed" "run again to download them"
	}
}

release() {
	cut -d' ' -f1-4 "$WORK/wanted" >"$NEW/packages.lock"
	{
		printf 'Origin: Debian\nSuite: %s\nCodename: %s\n' "$SUITE" "$SUITE"
		printf 'Architectures: %s all\nSHA256:\n' "$ARCH"
		printf ' %s %s Packages\n' "$(sha256sum <"$NEW/Packages" | cut -d' ' -f1)" \
			"$(stat -c %s "$NEW/Packages")"
	} >"$NEW/Release"
	echo "$KEY" >"$NEW/.complete"
}

fetch() {
	is_complete && return 0
	need_tools apt-get apt-cache sha256sum
	[ -r "$KEYRING" ] || die "$KEYRING is missing" "install debian-archive-keyring"
	NEW=$OUT.new
	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	rm -rf "$NEW"
	mkdir -p "$NEW"
	apt_setup
	apt_lists
	choose
	# The archive drops versions that a security update replaced, so old lists name files that are
	# gone: newer lists are asked for once.
	download || {
		say "$missing is not there: reading the package lists again"
		gone=yes
		apt_lists
		rm -f "$NEW"/*.deb "$WORK/sums"
		choose
		download || {
			tail -n 5 "$WORK/download.log" >&2
			die "$missing could not be downloaded" "check the network and run again: what came is kept"
		}
	}
	release
	rm -rf "$OUT"
	mv "$NEW" "$OUT"
	finished "$OUT" "$POOL" "$STATE"
	say "$OUT: $(wc -l <"$OUT/packages.lock") packages, $(du -sh "$OUT" | cut -f1)"
}

is_complete || with_lock fetch fetch
