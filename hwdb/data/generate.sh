#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# generate.sh [KERNEL-TREE DEBS]: writes hwdb/data/20-xenhost-kernel.hwdb, what the kernel of the
# installed host drives: the PCI aliases of its storage and network modules, and which Debian package
# has the firmware that they name. Run by hand ("make hwdb-data") when the suite's kernel changes;
# read the difference, then commit it. The same kernel and packages give the same bytes.
#
# Without arguments both come from the suite's archive through initrd/fetch.sh. KERNEL-TREE holds
# lib/modules/VERSION (as in a linux-image package), DEBS the firmware packages.
set -eu
# shellcheck source=initrd/lib.sh
. "$(dirname "$0")/../../initrd/lib.sh"

OUT=$TOP/hwdb/data/20-xenhost-kernel.hwdb
# Folders below kernel/drivers whose modules drive storage or networks of servers.
FOLDERS="ata block infiniband/hw message net/ethernet net/vmxnet3 nvme pci/controller/vmd.ko* scsi"

fetch_packages() {
	mkdir -p "$CACHE"
	{
		echo linux-image-amd64
		list_packages "$TOP/initrd/packages/dom0.list" | grep '^firmware-'
	} >"$WORK/hwdb.list"
	"$TOP/initrd/fetch.sh" "$WORK/hwdb.list" "$CACHE/mirror/hwdb"
	DEBS=$CACHE/mirror/hwdb
	TREE=$WORK/kernel
	mkdir "$TREE"
	for deb in "$DEBS"/linux-image-[0-9]*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$TREE" -x
	done
}

# modules: lines "module path" of what is in FOLDERS, with the names that aliases use.
modules() {
	# shellcheck disable=SC2086 # a list of folders and patterns
	(cd "$BASE/kernel/drivers" && find $FOLDERS -name '*.ko*' -printf '%f %p\n') |
		awk '{ sub("[.]ko.*", "", $1); gsub("-", "_", $1); print }' | LC_ALL=C sort
}

# firmware_files: lines "file package" of every firmware package, without the packers' suffix.
firmware_files() {
	for deb in "$DEBS"/firmware-*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -t |
			sed -n "s,^[./]*usr/lib/firmware/\(.*[^/]\)\$,\1 $(dpkg-deb -f "$deb" Package),p"
	done | sed 's/[.]\(xz\|zst\) / /' | LC_ALL=C sort -u
}

# aliases: lines "module pattern".
aliases() {
	while read -r module path; do
		modinfo -F alias "$BASE/kernel/drivers/$path" | sed -n "s/^pci:/$module pci:/p"
	done <"$WORK/modules"
}

named_firmware() {
	while read -r module path; do
		modinfo -F firmware "$BASE/kernel/drivers/$path" | sed "s/^/$module /"
	done <"$WORK/modules" | LC_ALL=C sort -u
}

# sort_aliases: "tier modules pattern" for each pattern once. Of several records that fit a device the
# last one counts, so a driver of a whole class (tier 1) goes first and one of a certain card (tier 3)
# last. A pattern that a wider one of the same tier and drivers covers is left out.
sort_aliases() {
	awk '{
		pattern = $2
		tier = pattern ~ /^pci:v[*0-9A-F]*d[*]/ ? 1 : pattern ~ /sv\*sd\*/ ? 2 : 3
		sub(/[*a-z]*$/, "*", pattern)
		while (sub(/(sv|sd|bc|sc|i)[*]+$/, "*", pattern)) sub(/[*]+$/, "*", pattern)
		print tier, pattern, $1
	}' | LC_ALL=C sort -u | awk '
	function flush() { if (pattern != "") print tier, names, pattern }
	$2 == pattern { names = names "," $3; next }
	{ flush(); tier = $1; pattern = $2; names = $3 }
	END { flush() }'
}

# drop_covered: a card by name that the same drivers take by device anyway says nothing new.
drop_covered() {
	awk '{
		line[NR] = $0; tier[NR] = $1; names[NR] = $2; pattern[NR] = $3
		if ($1 == 2 && length($3) == 23) wide[$2, substr($3, 1, 22)] = 1
	}
	END {
		for (i = 1; i <= NR; i++)
			if (tier[i] != 3 || !((names[i], substr(pattern[i], 1, 22)) in wide))
				print line[i]
	}' | LC_ALL=C sort -u
}

write_records() {
	cat <<-END
		# SPDX-License-Identifier: GPL-3.0-or-later
		# Made by hwdb/data/generate.sh; do not edit. What the modules of $KERNEL claim.
		# XENHOST_STATE=driven says that a driver claims the device, and no more.
	END
	awk -v kernel="$KERNEL" '
	FILENAME == ARGV[1] { package[$1] = $2; next }
	FILENAME == ARGV[2] {
		count[$1]++
		if (!($2 in package)) { absent[$1] = absent[$1] (absent[$1] ? ", " : "") $2; next }
		found[$1]++
		if (index(" " from[$1] " ", " " package[$2] " ") == 0)
			from[$1] = from[$1] (from[$1] ? " " : "") package[$2]
		next
	}
	function close_record(    n, i, name, packages, lacking, needs) {
		if (drivers == "") return
		n = split(drivers, name, ",")
		for (i = 1; i <= n; i++) {
			if (found[name[i]]) packages = packages (packages ? " " : "") from[name[i]]
			else if (count[name[i]]) { needs++; lacking = absent[name[i]] }
		}
		gsub(",", " ", drivers)
		# With another driver for the same device there is a way without that firmware.
		print " XENHOST_STATE=" (needs == n ? "needs-firmware" : "driven")
		print " XENHOST_DRIVER=" drivers
		if (packages) print " XENHOST_FIRMWARE_PACKAGE=" packages
		if (needs == n)
			print " XENHOST_NOTE=The driver asks for " lacking ", which no package of a host has"
		print " XENHOST_SOURCE=Debian " kernel
	}
	$1 " " $2 != group {
		close_record()
		group = $1 " " $2
		drivers = $2
		print ""
	}
	{ print $3 }
	END { close_record() }' "$WORK/packages" "$WORK/firmware" "$WORK/sorted"
}

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
need_tools modinfo dpkg-deb
if [ $# -eq 2 ]; then
	TREE=$1
	DEBS=$2
else
	fetch_packages
fi
BASE=$(find "$TREE/lib/modules" "$TREE/usr/lib/modules" -mindepth 1 -maxdepth 1 2>/dev/null | sort -u | tail -n 1)
[ -d "$BASE/kernel/drivers" ] || die "there is no kernel in $TREE"
KERNEL=linux-image-$(basename "$BASE")
modules >"$WORK/modules"
firmware_files >"$WORK/packages"
named_firmware >"$WORK/firmware"
aliases | sort_aliases | drop_covered >"$WORK/sorted"
write_records >"$WORK/new"
mv "$WORK/new" "$OUT"
say "$OUT: $(grep -c '^pci:' "$OUT") patterns of $(wc -l <"$WORK/modules") modules"
