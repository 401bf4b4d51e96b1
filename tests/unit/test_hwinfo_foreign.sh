#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# xenhost-hwinfo and recorded machines that somebody else made: folders and archives whose links
# lead out of them, with pipes, devices, and files that are no text, far too long or unreadable.
set -eu
cd "$(dirname "$0")/../.."
hwinfo=${XENHOST_BUILD:-build}/xenhost-hwinfo
captured=tests/machines/captured
dir=$(mktemp -d)
trap 'chmod -R u+rwx "$dir"; rm -rf "$dir"' EXIT

fail() {
	echo "test_hwinfo_foreign: $*" >&2
	exit 1
}

# expect CODE ARGUMENTS...: output to $dir/out and $dir/err; nothing takes longer than its patience
expect() {
	want=$1
	shift
	got=0
	timeout 600 "$hwinfo" "$@" >"$dir/out" 2>"$dir/err" || got=$?
	[ "$got" -eq "$want" ] || fail "$* ended with $got, not $want: $(cat "$dir/err")"
}

says() { # FILE WORDS
	grep -qF -e "$2" "$dir/$1" || fail "no \"$2\" in: $(cat "$dir/$1")"
}

silent() { # FILE WORDS
	! grep -qF -e "$2" "$dir/$1" || fail "\"$2\" in: $(cat "$dir/$1")"
}

# A folder of a machine with one NIC on PCI, the first of a slot; paths are below $m.
new_machine() {
	m=$dir/machine
	rm -rf "$m"
	pci=$m/sys/devices/pci0000:00/0000:00:03.0
	mkdir -p "$m/proc" "$m/sys/bus/pci/devices" "$m/sys/class/net" "$m/sys/class/dmi/id" \
		"$pci/net/eth0"
	echo 0x8086 >"$pci/vendor"
	echo 0x10d3 >"$pci/device"
	echo 0x020000 >"$pci/class"
	echo 1 >"$pci/net/eth0/type"
	echo 52:54:00:12:34:56 >"$pci/net/eth0/address"
	ln -s ../../../devices/pci0000:00/0000:00:03.0 "$m/sys/bus/pci/devices/0000:00:03.0"
	ln -s ../../devices/pci0000:00/0000:00:03.0/net/eth0 "$m/sys/class/net/eth0"
	ln -s ../.. "$pci/net/eth0/device"
	echo 'The Maker' >"$m/sys/class/dmi/id/sys_vendor"
}

new_machine
expect 0 show --root "$m" --json
says out '"device_id": "10d3"'
says out '"class_name": "Ethernet controller"'
says out '"kernel_name": "eth0"'
says out 'The Maker'
# What nobody told is unknown, and no number.
for unknown in packages cores threads total_bytes subsystem_vendor_id subsystem_device_id; do
	says out "\"$unknown\": null"
done
expect 0 show --root "$m"
says out 'Memory      unknown'
silent out '0 threads'

# Links out of the folder, absolute and by "..", to files, to folders and to a device of PCI.
mkdir "$dir/outside"
echo 'Not Yours' >"$dir/outside/sys_vendor"
cp -r "$pci" "$dir/outside/pci"
echo 0x5eed >"$dir/outside/pci/device"
for outside in "$dir/outside" ../../../../../../../../../../../../../../../../../..$dir/outside; do
	new_machine
	ln -sf "$outside/sys_vendor" "$m/sys/class/dmi/id/sys_vendor"
	ln -s "$outside/sys_vendor" "$m/sys/class/dmi/id/product_name"
	ln -s "$outside/pci" "$m/sys/bus/pci/devices/0000:00:04.0"
	expect 0 show --root "$m" --json
	silent out 'Not Yours'
	silent out 5eed
	says out 'The list of PCI devices is incomplete'
	expect 0 capture "$dir/copy" --root "$m"
	! grep -rq -e 'Not Yours' -e 5eed "$dir/copy" || fail "a capture of links holds their targets"
	rm -r "$dir/copy"
done
new_machine
rm -r "$m/sys/class/dmi/id"
ln -s "$dir/outside" "$m/sys/class/dmi/id"
expect 0 show --root "$m" --json
silent out 'Not Yours'

# Links that lead to each other, and pipes where files are expected: nothing waits for them.
new_machine
ln -sf product_name "$m/sys/class/dmi/id/sys_vendor"
ln -sf sys_vendor "$m/sys/class/dmi/id/product_name"
rm "$pci/vendor"
mkfifo "$pci/vendor" "$pci/config" "$m/proc/cpuinfo" "$m/sys/class/dmi/id/bios_vendor"
expect 0 show --root "$m" --json
says out 'The list of PCI devices is incomplete'
expect 0 capture "$dir/copy" --root "$m"
rm -r "$dir/copy"

# No text, several lines, endless, empty, a folder, unreadable (root reads it all the same).
new_machine
printf 'Mak\377er\033[31m\nsecond\001line\n' >"$m/sys/class/dmi/id/sys_vendor"
truncate -s 1T "$m/sys/class/dmi/id/product_name" "$m/proc/cpuinfo" "$pci/numa_node"
: >"$m/sys/class/dmi/id/bios_vendor"
mkdir "$m/sys/class/dmi/id/board_name"
echo secret >"$m/sys/class/dmi/id/product_serial"
chmod 0 "$m/sys/class/dmi/id/product_serial"
expect 0 show --root "$m" --json
python3 -c 'import json, sys
system = json.load(open(sys.argv[1], encoding="utf-8"))["firmware"]
assert "Mak" in json.dumps(system), system' "$dir/out" || fail "not read: $(cat "$dir/out")"
expect 0 show --root "$m"
! LC_ALL=C grep -q "$(printf '[\001\033\377]')" "$dir/out" || fail "control characters on the terminal"
expect 0 report --html "$dir/page.html" "$m"
if command -v xmllint >/dev/null; then
	xmllint --noout "$dir/page.html" || fail "the page is not well-formed"
fi

# A configuration space of 64 bytes, as everybody but root sees it: unknown, not absent.
new_machine
printf '\206\200\323\020\007\004\020\000\000\000\000\002\000\000\000\000' >"$pci/config"
truncate -s 64 "$pci/config"
expect 0 show --root "$m" --json
says out '"sriov": null'
says out '"acs": null'

# Archives: cut off, no archive, with devices, with links; and what they point to stays as it was.
archive=$captured/qemu-bios-ahci-nvme.tar.gz
head -c 9000 "$archive" >"$dir/cut.tar.gz"
echo nonsense >"$dir/no.tar.gz"
: >"$dir/empty.tar.xz"
for bad in cut.tar.gz no.tar.gz empty.tar.xz; do
	expect 2 show "$dir/$bad"
	says err 'Give a tarball made by'
done
new_machine
touch "$dir/precious"
chmod 0640 "$dir/precious"
ln -s "$dir/precious" "$m/sys/class/dmi/id/product_name"
ln -s "$dir/outside" "$m/sys/class/tpm"
tar -czf "$dir/links.tar.gz" -C "$m" .
expect 0 show "$dir/links.tar.gz" --json
says out 'The Maker'
[ "$(stat -c %a "$dir/precious")" = 640 ] || fail "a file outside an archive got other rights"
[ "$(stat -c %a "$dir/outside")" = 755 ] || fail "a folder outside an archive got other rights"
[ -f "$dir/outside/sys_vendor" ] || fail "a file outside an archive was removed"

# What forbids its removal is removed all the same; nothing of any archive stays behind.
TMPDIR=$dir python3 - "$dir" <<'END'
import sys, tarfile

def member(archive, name, kind, mode):
    one = tarfile.TarInfo(name)
    one.type, one.mode, one.devmajor, one.devminor = kind, mode, 1, 3
    archive.addfile(one)

with tarfile.open(f"{sys.argv[1]}/devices.tar.gz", "w:gz") as archive:
    member(archive, "proc", tarfile.DIRTYPE, 0o755)
    member(archive, "sys/class/dmi/id/sys_vendor", tarfile.CHRTYPE, 0o644)
with tarfile.open(f"{sys.argv[1]}/closed.tar.gz", "w:gz") as archive:
    for name in ("proc", "sys/class", "sys", "proc/closed/inner", "proc/closed"):
        member(archive, name, tarfile.DIRTYPE, 0 if "closed" in name else 0o555)
END
expect 2 show "$dir/devices.tar.gz"
says err 'Give a tarball made by'
expect 0 show "$dir/closed.tar.gz" --json
! ls -d /tmp/xenhost-machine-*/proc/closed 2>/dev/null || fail "what was unpacked stays behind"
