# shellcheck shell=sh disable=SC2034 # what is set here is read by others
# SPDX-License-Identifier: GPL-3.0-or-later
# What every script that makes media shares: where things are, how to speak, root, hashes.
# Sourced, never run. Callers set nothing but may override SUITE, MIRROR and the other
# variables of the first block; everything made goes below $BUILD.

TOP=$(cd "$(dirname "$0")" && while [ ! -f initrd/lib.sh ] && [ "$PWD" != / ]; do cd ..; done; pwd)
BUILD=${BUILD:-$TOP/build}
CACHE=$BUILD/cache
SUITE=${SUITE:-trixie}
MIRROR=${MIRROR:-http://deb.debian.org/debian}
SECURITY_MIRROR=${SECURITY_MIRROR:-http://deb.debian.org/debian-security}
ARCH=amd64
ME=$(basename "$0" .sh)
STARTED=$(date +%s)

# What media are made of, beside Debian: a commit to anything else makes nothing again.
OUR_INPUT="common hwdb answerfiles installer firstboot fleet debian initrd docs/man docs/completions Makefile"

# last_commit FORMAT: of the last commit to what media are made of.
last_commit() {
	# shellcheck disable=SC2086 # one word each
	git -c safe.directory="$TOP" -C "$TOP" log -1 --abbrev=12 --format="$1" -- $OUR_INPUT 2>/dev/null || true
}

# Without a date of its own a build carries that of its commit, so that two builds of one commit
# agree; a tree without commits gets a fixed one.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
	SOURCE_DATE_EPOCH=$(last_commit %ct)
	SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767225600}
fi
export SOURCE_DATE_EPOCH SUITE MIRROR SECURITY_MIRROR BUILD
export LC_ALL=C.UTF-8 TZ=UTC
umask 022

say() {
	printf '[%3ds] %s: %s\n' "$(($(date +%s) - STARTED))" "$ME" "$*" >&2
}

die() {
	printf '%s: %s\n' "$ME" "$1" >&2
	[ -z "${2:-}" ] || printf '%s: %s\n' "$ME" "$2" >&2
	exit 1
}

# Package trees hold files of many owners, so they are made as root. sudo drops the environment, so
# what steers the build goes along by name.
need_root() {
	[ "$(id -u)" -ne 0 ] || return 0
	command -v sudo >/dev/null ||
		die "this step needs root" "run it as root, or install sudo"
	for name in PATH BUILD SUITE MIRROR SECURITY_MIRROR SOURCE_DATE_EPOCH SIGNING_KEY REFRESH DEBS \
		XENHOST_DEBS; do
		eval "value=\${$name:-}"
		[ -z "$value" ] || set -- "$name=$value" "$@"
		[ -z "$value" ] || passed=$((${passed:-0} + 1))
	done
	# The program goes between the variables and its own arguments.
	i=0
	count=$#
	while [ "$i" -lt "$count" ]; do
		[ "$i" -ne "$passed" ] || set -- "$@" "$0"
		set -- "$@" "$1"
		shift
		i=$((i + 1))
	done
	[ "$count" -ne "$passed" ] || set -- "$@" "$0"
	exec sudo env "$@"
}

need_tools() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null ||
			die "$tool is missing" "run initrd/host-packages.sh, which installs it"
	done
}

# list_packages FILE: the names in a list, without comments, one a line, sorted.
list_packages() {
	sed 's/#.*//' "$1" | tr -s ' \t' '\n' | sed '/^$/d' | sort -u
}

# hash_of FILE|FOLDER|-TEXT ...: one digest over names, modes and contents.
hash_of() {
	for item in "$@"; do
		case $item in
		-*) printf '%s\n' "$item" ;;
		*) (cd "$TOP" && find "${item#"$TOP/"}" -type f ! -name '*.swp' -printf '%p %m ' \
			-exec sha256sum {} \; | sort) ;;
		esac
	done | sha256sum | cut -c1-16
}

# with_lock NAME COMMAND...: two makes at once wait for each other instead of mixing files.
with_lock() {
	lock=$CACHE/locks/$1
	shift
	mkdir -p "$CACHE/locks"
	: >>"$lock"
	finished "$lock"
	(
		flock -n 9 || { say "waiting for another build ($lock)" && flock 9; }
		"$@"
	) 9>"$lock"
}

# finished FILE...: files made as root below $BUILD, and their folders, go back to whoever called
# sudo.
finished() {
	[ -n "${SUDO_UID:-}" ] || return 0
	chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@"
	for file in "$@"; do
		while file=$(dirname "$file") && [ "$file" != / ] && [ "$file" != . ]; do
			case $(cd "$file" && pwd) in
			"$BUILD" | "$BUILD"/*) chown "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$file" ;;
			*) break ;;
			esac
		done
	done
}

# root_tool ROOT PROGRAM ARGUMENTS...: a program of a package tree with that tree's libraries, on
# this machine's files, so that the versions installed here never show in what is made.
root_tool() {
	tree=$1
	program=$2
	shift 2
	MKE2FS_CONFIG="$tree/etc/mke2fs.conf" "$tree/lib64/ld-linux-x86-64.so.2" \
		--library-path "$tree/usr/lib/x86_64-linux-gnu" "$program" "$@"
}

# manifest_value PAYLOAD KEY: a plain value of the manifest, the first of that name.
manifest_value() {
	sed -n "s/^ *\"$2\": *\"\{0,1\}\([^\",]*\).*/\1/p" "$1/manifest.json" | head -n 1
}
