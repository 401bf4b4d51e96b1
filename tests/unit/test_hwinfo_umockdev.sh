#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# xenhost-hwinfo on a running machine that has other devices than this one: umockdev puts them in
# the place of /sys for libpci, and for the modaliases that libudev's hardware database is asked
# for. A recorded folder goes neither way. Needs umockdev-run, systemd-hwdb, and a mount namespace
# of its own for a database of its own.
set -eu
cd "$(dirname "$0")/../.."
hwinfo=$(realpath "${XENHOST_BUILD:-build}/xenhost-hwinfo")

for tool in umockdev-run systemd-hwdb unshare; do
	command -v "$tool" >/dev/null || {
		echo "test_hwinfo_umockdev: skipped, $tool is not installed"
		exit 0
	}
done
if [ "${1:-}" != --inside ]; then
	unshare --user --map-root-user --mount true 2>/dev/null || unshare --mount true 2>/dev/null || {
		echo "test_hwinfo_umockdev: skipped, no namespace may be made here"
		exit 0
	}
	user=--map-root-user
	[ "$(id -u)" -ne 0 ] || user=
	exec unshare $user --mount "$0" --inside
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "test_hwinfo_umockdev: $*" >&2
	exit 1
}

card() { # ADDRESS DEVICE-ID INTERFACE MAC
	cat <<-END
		P: /devices/pci0000:00/$1
		E: SUBSYSTEM=pci
		E: PCI_SLOT_NAME=$1
		A: vendor=0x8086\n
		A: device=0x$2\n
		A: class=0x020000\n
		A: subsystem_vendor=0x8086\n
		A: subsystem_device=0x0001\n
		A: resource=0x0 0x0 0x0\n
		A: irq=0\n

		P: /devices/pci0000:00/$1/net/$3
		E: SUBSYSTEM=net
		E: INTERFACE=$3
		A: address=$4\n
		A: type=1\n
		A: carrier=1\n
		L: device=../../../$1

	END
}

# Compiles what is on standard input as the files of a lab: FILE
learn() {
	mkdir -p "$dir/etc/udev/hwdb.d"
	cat >"$dir/etc/udev/hwdb.d/$1"
	systemd-hwdb --strict --root "$dir" update
}

# One line a PCI device: its address, names and what the database says of it.
look() {
	umockdev-run -d "$dir/machine" -- "$hwinfo" show --json >"$dir/out"
	python3 - "$dir/out" <<'END'
import json, sys
host = json.load(open(sys.argv[1], encoding="utf-8"))
for pci in host["pci"]:
    nics = [n["kernel_name"] + " " + n["mac"] for n in host["nics"] if n["pci_address"] == pci["address"]]
    support = pci["support"] or {"state": "unknown", "note": None}
    print(pci["address"], pci["device_id"], *nics, support["state"], support["note"])
END
}

mkdir "$dir/etc"
card 0000:00:1d.0 1521 lab0 52:54:00:aa:bb:01 >"$dir/machine"
card 0000:00:1e.0 feed lab1 52:54:00:aa:bb:02 >>"$dir/machine"
learn 50-lab.hwdb <<'END'
pci:v00008086d00001521*
 XENHOST_STATE=works
 XENHOST_NOTE=a day of traffic
 XENHOST_SOURCE=this test
END
mount --bind "$dir/etc/udev" /etc/udev

expected='0000:00:1d.0 1521 lab0 52:54:00:aa:bb:01 works a day of traffic
0000:00:1e.0 feed lab1 52:54:00:aa:bb:02 unknown None'
[ "$(look)" = "$expected" ] || fail "not these: $(look)"

# Counted by the names of pci.ids, of which the card is one.
"$hwinfo" database --stats >"$dir/out" 2>"$dir/err" || fail "no statistics: $(cat "$dir/err")"
[ "$(awk '$1 == "works" { print $2, $3 }' "$dir/out")" = "1 0" ] || fail "not counted: $(cat "$dir/out")"
[ ! -s "$dir/err" ] || fail "database --stats warns: $(cat "$dir/err")"
learn 50-lab.hwdb </dev/null
"$hwinfo" database --stats >"$dir/out" 2>"$dir/err"
grep -q "has nothing of xenhost's yet" "$dir/err" || fail "nobody says that nothing is installed"
learn 50-lab.hwdb <<'END'
pci:v00008086d00001521*
 XENHOST_STATE=works
 XENHOST_NOTE=a day of traffic
 XENHOST_SOURCE=this test
END

# What a vendor adds later counts the next time.
learn 60-vendor.hwdb <<'END'
pci:v00008086d0000FEED*bc02*
 XENHOST_STATE=avoid
 XENHOST_NOTE=recalled
 XENHOST_SOURCE=this test
END
expected='0000:00:1d.0 1521 lab0 52:54:00:aa:bb:01 works a day of traffic
0000:00:1e.0 feed lab1 52:54:00:aa:bb:02 avoid recalled'
[ "$(look)" = "$expected" ] || fail "not these: $(look)"
umockdev-run -d "$dir/machine" -- "$hwinfo" check >"$dir/out" 2>"$dir/err" || [ $? -eq 1 ]
grep -q recalled "$dir/out" || fail "check does not say it: $(cat "$dir/out" "$dir/err")"
