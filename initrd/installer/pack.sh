#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# pack.sh: makes the segments of the installer's initrd from files.list.
#
#   pack.sh packages FILE            the names of the Debian packages wanted, for fetch.sh
#   pack.sh tree MIRROR TREE         unpacks what fetch.sh laid in MIRROR; runs no package script
#   pack.sh modules TREE OUT         kernel modules as Debian ships them, and their firmware (cpio)
#   pack.sh tools TREE OUT           udev, shell, tools, data, with their libraries (cpio.zst)
#   pack.sh programs TREE TOOLS OUT FROM...  our programs out of FROM, and init (cpio.zst)
#   pack.sh xen TREE TOOLS OUT       what the test of Xen runs, for the medium (cpio.xz)
#   pack.sh keys OUT PEM...          the public keys that manifests are checked with (cpio)
#   pack.sh join OUT SEGMENT...      all in one file; says what it weighs against the budget
#
# No segment needs root, and none depends on the clock, on inode numbers or on who builds. All files
# bear one fixed date, not that of a commit, so that a segment kept from an older commit is the same
# as one made anew.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../lib.sh"

HERE=$TOP/initrd/installer
LIST=$HERE/files.list
BUDGET_BYTES=$((60 * 1000 * 1000))
LIBDIR=usr/lib/x86_64-linux-gnu
FILE_DATE=@1767225600

# wanted KIND: the words of every directive of that kind, one a line.
wanted() {
	sed 's/#.*//' "$LIST" | awk -v kind="$1" '$1 == kind { for (i = 2; i <= NF; i++) print $i }'
}

# in_tree TOOL ARGS: runs a program of the unpacked suite, so that the machine that builds adds
# nothing of its own to the bytes.
in_tree() {
	in_tree_as "${1##*/}" "$@"
}

# in_tree_as NAME TOOL ARGS: the same for programs that look at the name they are called by.
in_tree_as() {
	name=$1
	tool=$2
	shift 2
	"$TREE/usr/lib64/ld-linux-x86-64.so.2" --argv0 "$name" --library-path \
		"$TREE/$LIBDIR:$TREE/$LIBDIR/systemd" "$TREE/$tool" "$@"
}

# module_info ARGS: what modinfo says of the modules whose names come in.
module_info() {
	xargs "$TREE/usr/lib64/ld-linux-x86-64.so.2" --argv0 modinfo --library-path "$TREE/$LIBDIR" \
		"$TREE/usr/bin/kmod" "$@"
}

kernel_version() {
	set -- "$TREE"/usr/lib/modules/*
	if [ $# -ne 1 ] || [ ! -d "$1" ]; then
		die "there must be exactly one kernel in $TREE/usr/lib/modules"
	fi
	basename "$1"
}

present() {
	[ -e "$1" ] || [ -L "$1" ]
}

# stage PATH...: copies from the tree (or from FROM, which goes first) into the stage, with what
# symbolic links point at.
stage() {
	for path in "$@"; do
		path=${path#/}
		present "$STAGE/$path" && continue
		root=
		for candidate in "$TREE" ${FROM:-}; do
			present "$candidate/$path" && root=$candidate
		done
		[ -n "$root" ] || die "$path is in files.list but in no package" \
			"correct initrd/installer/files.list"
		mkdir -p "$STAGE/${path%/*}"
		cp -dp "$root/$path" "$STAGE/$path"
		[ -L "$root/$path" ] || continue
		target=$(readlink "$root/$path")
		case $target in
		/*) stage "$target" ;;
		*) stage "$(realpath -ms --relative-to=/ "/${path%/*}/$target")" ;;
		esac
	done
}

library_path() {
	for folder in "$LIBDIR" "$LIBDIR/systemd" usr/lib; do
		for root in ${FROM:-} "$TREE"; do
			[ ! -e "$root/$folder/$1" ] || { echo "$folder/$1" && return 0; }
		done
	done
	return 1
}

# stage_libraries [HAVE]: brings every library that staged programs name, until none is missing.
# What the folder HAVE holds need not be brought again.
stage_libraries() {
	: >"$WORK/looked"
	while :; do
		find "$STAGE" -type f \( -perm /111 -o -name '*.so*' \) | sort |
			comm -23 - "$WORK/looked" >"$WORK/look"
		[ -s "$WORK/look" ] || break
		sort -o "$WORK/looked" "$WORK/looked" "$WORK/look"
		xargs readelf -d <"$WORK/look" 2>/dev/null |
			sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | sort -u >"$WORK/needed"
		while read -r library; do
			path=$(library_path "$library") || die "the library $library is in no package" \
				"add the package that has it to initrd/installer/files.list"
			[ -e "${1:-$STAGE}/$path" ] || stage "$path"
		done <"$WORK/needed"
	done
}

# seal OUT [zstd]: the stage as one cpio archive, sorted, with clamped times.
seal() {
	find "$STAGE" -exec touch -hcd "$FILE_DATE" {} +
	chmod -R u+rwX,go+rX,go-w "$STAGE"
	(cd "$STAGE" && find . ! -name . -print0 | LC_ALL=C sort -z |
		cpio -0 -o -H newc --reproducible -R 0:0 --quiet) >"$WORK/cpio"
	case ${2:-} in
	zstd) in_tree usr/bin/zstd -3 -q --no-check -T1 -c "$WORK/cpio" >"$WORK/packed" ;;
	xz) in_tree usr/bin/xz -6 -C crc32 -T1 -c "$WORK/cpio" >"$WORK/packed" ;;
	*) mv "$WORK/cpio" "$WORK/packed" ;;
	esac
	mkdir -p "$(dirname "$1")"
	mv "$WORK/packed" "$1"
	say "$(basename "$1"): $(find "$STAGE" -type f | wc -l) files, $(megabytes "$1")"
}

megabytes() {
	stat -c %s "$1" | awk '{ printf "%.1f MB", $1 / 1e6 }'
}

cmd_packages() {
	{ wanted package && wanted build; } | sort -u >"$1.new"
	if cmp -s "$1.new" "$1"; then
		rm "$1.new"
	else
		mv "$1.new" "$1"
	fi
}

cmd_tree() {
	rm -rf "$2" "$2.new"
	mkdir -p "$2.new/usr/bin" "$2.new/usr/sbin" "$2.new/usr/lib" "$2.new/usr/lib64"
	for folder in bin sbin lib lib64; do
		ln -s "usr/$folder" "$2.new/$folder"
	done
	count=0
	for deb in "$1"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$2.new" -x --no-same-owner --keep-directory-symlink \
			--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
			--exclude='./usr/share/locale/*' --exclude='./usr/share/info/*'
		count=$((count + 1))
	done
	mv "$2.new" "$2"
	say "$count packages unpacked"
}

# find_modules KIND: the modules that the patterns of files.list name, as paths from modules.dep.
find_modules() {
	for pattern in $(wanted "$1"); do
		find kernel \( -path "kernel/$pattern" -o -path "kernel/$pattern/*" \) -name '*.ko*' >"$WORK/found"
		[ -s "$WORK/found" ] || say "note: no module of this kernel fits $pattern"
		cat "$WORK/found"
	done | sort -u
}

# with_dependencies: module paths in, the same and all that they need out.
with_dependencies() {
	awk 'NR == FNR { root[$1]; next }
		{ sub(":", "", $1) }
		$1 in root { for (i = 1; i <= NF; i++) print $i }' - modules.dep | sort -u
}

# Soft dependencies are names, not paths; depmod lists them beside the modules.
soft_dependencies() {
	module_info -F softdep | tr ' ' '\n' | sed '/^$/d; /:$/d; s/_/-/g' | sort -u |
		awk 'NR == FNR { soft[$1]; next }
			{
				sub(":", "", $1); name = $1
				gsub(".*/", "", name); sub("[.]ko.*", "", name); gsub("_", "-", name)
				if (name in soft) print $1
			}' - modules.dep
}

# select_firmware: module paths in, firmware files out. What no package has is counted, not an
# error: modules name files that were never published, and old names beside new ones.
select_firmware() {
	{ module_info -F firmware && wanted firmware; } | sort -u >"$WORK/named"
	wanted nofirmware >"$WORK/refused"
	(
		cd "$TREE/usr/lib/firmware"
		set -f
		while read -r name; do
			while read -r pattern; do
				# shellcheck disable=SC2254 # it is a pattern
				case $name in $pattern) continue 2 ;; esac
			done <"$WORK/refused"
			found=$(set +f && find . -path "./$name" -o -path "./$name.xz" -o -path "./$name.zst")
			[ -n "$found" ] && printf '%s\n' "$found" || echo "$name" >>"$WORK/absent"
		done <"$WORK/named"
	) | sed 's,^[.]/,,' | sort -u
}

cmd_modules() {
	TREE=$(realpath "$1")
	version=$(kernel_version)
	base=usr/lib/modules/$version
	in_tree_as depmod usr/bin/kmod -b "$TREE" "$version"
	(
		cd "$TREE/$base"
		find_modules nomodule >"$WORK/not"
		find_modules module | comm -23 - "$WORK/not" | with_dependencies >"$WORK/first"
		{ cat "$WORK/first" && soft_dependencies <"$WORK/first"; } | with_dependencies >"$WORK/modules"
		mkdir -p "$STAGE/$base"
		xargs cp -p --parents -t "$STAGE/$base" <"$WORK/modules"
		cp -p modules.builtin modules.builtin.modinfo modules.order "$STAGE/$base"
		select_firmware <"$WORK/modules" >"$WORK/firmware"
	)
	ln -s usr/lib "$STAGE/lib"
	in_tree_as depmod usr/bin/kmod -b "$STAGE" "$version"
	# modprobe reads the binary indexes; the texts beside them are for people.
	rm -f "$STAGE/lib" "$STAGE/$base/modules.order" "$STAGE/$base/modules.alias" \
		"$STAGE/$base/modules.symbols" "$STAGE/$base/modules.symbols.bin"
	stage_firmware <"$WORK/firmware"
	say "$(wc -l <"$WORK/modules") modules, $(wc -l <"$WORK/firmware") firmware files," \
		"$(wc -l <"$WORK/absent") names that no package has"
	seal "$2"
}

# Firmware is as large as the drivers; the kernel reads it packed. CRC32 is what it can check.
stage_firmware() {
	while read -r name; do
		file=$TREE/usr/lib/firmware/$name
		mkdir -p "$STAGE/usr/lib/firmware/${name%/*}"
		case $name in
		*.xz | *.zst) cp "$file" "$STAGE/usr/lib/firmware/$name" ;;
		*) in_tree usr/bin/xz -6 -C crc32 -c <"$file" >"$STAGE/usr/lib/firmware/$name.xz" ;;
		esac
	done
}

cmd_tools() {
	TREE=$(realpath "$1")
	stage /usr/lib64/ld-linux-x86-64.so.2
	# shellcheck disable=SC2046 # one word each
	stage $(wanted file)
	for path in $(wanted optional); do
		[ ! -e "$TREE/$path" ] || stage "$path"
	done
	for path in $(wanted data); do
		mkdir -p "$STAGE/${path%/*}"
		cp -dRp "$TREE/$path" "$STAGE/$path"
	done
	find "$STAGE/usr/share" -name '*.gz' -exec gunzip {} +
	certificates
	stage_libraries
	base_folders
	# A tool of its own goes before busybox's of the same name.
	for applet in $(wanted applet); do
		[ -e "$STAGE/usr/bin/$applet" ] || [ -e "$STAGE/usr/sbin/$applet" ] ||
			ln -s busybox "$STAGE/usr/bin/$applet"
	done
	seal "$2" zstd
}

certificates() {
	mkdir -p "$STAGE/etc/ssl/certs"
	find "$TREE/usr/share/ca-certificates" -name '*.crt' | LC_ALL=C sort |
		xargs cat >"$STAGE/etc/ssl/certs/ca-certificates.crt"
}

base_folders() {
	for folder in bin sbin lib lib64; do
		ln -s "usr/$folder" "$STAGE/$folder"
	done
	for folder in dev proc sys run tmp root mnt var/lib etc; do
		mkdir -p "$STAGE/$folder"
	done
	ln -s ../run "$STAGE/var/run"
	ln -s ../run/lock "$STAGE/var/lock"
	ln -s ../tmp "$STAGE/var/tmp"
	ln -s ../run/xenhost "$STAGE/var/log"
}

cmd_programs() {
	TREE=$(realpath "$1")
	tools=$(realpath "$2")
	out=$3
	shift 3
	FROM=$*
	# shellcheck disable=SC2046 # one word each
	stage $(wanted program)
	for path in $(wanted ours); do
		mkdir -p "$STAGE/${path%/*}"
		# shellcheck disable=SC2086 # several folders
		for root in $FROM; do cp -dRp "$root/$path" "$STAGE/${path%/*}/"; done
	done
	mkdir -p "$STAGE/usr" "$STAGE/etc/xenhost"
	cp -Rp "$HERE/root/." "$STAGE/"
	echo "${VERSION:-unknown}" >"$STAGE/etc/xenhost/version"
	echo "${SOURCE_DATE_EPOCH:-0}" >"$STAGE/etc/xenhost/built"
	hardware_database
	stage_libraries_beside "$tools"
	seal "$out" zstd
}

# Our files of the hardware database, compiled; Debian's own say nothing that is asked for here.
# The compiled file holds the paths of its sources: a folder whose name is as long every time, and
# then overwritten, keeps the bytes the same wherever and whenever it is built.
hardware_database() {
	root=$(mktemp -d /tmp/hwdb.XXXXXXXXXX)
	mkdir -p "$root/usr/lib/udev/hwdb.d" "$STAGE/usr/lib/udev"
	ln -s usr/lib "$root/lib"
	for folder in $FROM; do
		cp "$folder"/usr/lib/udev/hwdb.d/*.hwdb "$root/usr/lib/udev/hwdb.d/"
	done
	in_tree usr/bin/systemd-hwdb --root="$root" --usr --strict update
	sed "s|$root|/tmp/hwdb.----------|g" "$root/usr/lib/udev/hwdb.bin" >"$STAGE/usr/lib/udev/hwdb.bin"
	rm -rf "$root"
}

# stage_libraries_beside TOOLS: only what the segment of tools has not.
stage_libraries_beside() {
	mkdir "$WORK/have"
	(cd "$WORK/have" && in_tree usr/bin/zstd -dcq "$1" | cpio -id --quiet)
	stage_libraries "$WORK/have"
}

cmd_xen() {
	TREE=$(realpath "$1")
	tools=$(realpath "$2")
	for pattern in $(wanted xen); do
		for file in "$TREE"$pattern; do
			stage "${file#"$TREE"}"
		done
	done
	stage_libraries_beside "$tools"
	# Its folder bears Xen's version; the test looks below one name.
	set -- "$STAGE"/usr/lib/xen-* "$3"
	ln -s "${1##*/}" "$STAGE/usr/lib/xen"
	seal "$2" xz
}

# biggest SEGMENT: its largest folders, before packing.
biggest() {
	case $1 in
	*.zst) zstd -dcq "$1" ;;
	*) cat "$1" ;;
	esac | cpio -itv --quiet | awk '$5 > 0 {
		count = split($9, part, "/")
		depth = part[2] == "lib" && part[3] == "modules" ? 8 : 4
		name = part[count > depth ? depth : count]
		size[name] += $5
	} END { for (name in size) printf "%.1f %s\n", size[name] / 1e6, name }' |
		sort -rn | awk 'NR <= 5 && $1 >= 0.5 { text = text (NR > 1 ? ", " : "; ") $2 " " $1 }
			END { print text }'
}

cmd_join() {
	out=$1
	shift
	: >"$out.new"
	for part in "$@"; do
		cat "$part" >>"$out.new"
		# The kernel looks for the next archive at multiples of four bytes.
		truncate -s %512 "$out.new"
	done
	mv "$out.new" "$out"
	total=$(stat -c %s "$out")
	for part in "$@"; do
		say "    $(basename "$part" | cut -d. -f1): $(megabytes "$part")$(biggest "$part")"
	done
	[ "$total" -le "$BUDGET_BYTES" ] || die "the initrd weighs $(megabytes "$out"), which is \
$(((total - BUDGET_BYTES) / 1000)) kB over its budget" "take something out of initrd/installer/files.list"
	say "$(basename "$out"): $(megabytes "$out"), $(((BUDGET_BYTES - total) / 1000)) kB under budget"
}

cmd_keys() {
	out=$1
	shift
	mkdir -p "$STAGE/etc/xenhost/keys"
	cp "$@" "$STAGE/etc/xenhost/keys/"
	seal "$out"
}

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
STAGE=$WORK/stage
mkdir -p "$STAGE"
command=${1:-}
case $command in
packages | tree | modules | tools | programs | xen | keys | join)
	shift
	"cmd_$command" "$@"
	;;
*) die "usage: pack.sh packages|tree|modules|tools|programs|xen|keys|join ..." "see the top of pack.sh" ;;
esac
