#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# xenhost-hwinfo as people call it: captured machines against what is known of them, captures of
# captures, exit codes, what goes to stdout. Usage: tests/unit/test_hwinfo_cli.sh [--write]
# (--write takes what comes out as what is right: read the difference before it is committed)
set -eu
cd "$(dirname "$0")/../.."
hwinfo=${XENHOST_BUILD:-build}/xenhost-hwinfo
machines=tests/machines
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "test_hwinfo_cli: $*" >&2
	exit 1
}

# expect CODE ARGUMENTS...: output to $dir/out and $dir/err
expect() {
	want=$1
	shift
	got=0
	"$hwinfo" "$@" >"$dir/out" 2>"$dir/err" || got=$?
	[ "$got" -eq "$want" ] || fail "$* ended with $got, not $want: $(cat "$dir/err")"
}

says() { # FILE WORDS
	grep -qF -e "$2" "$dir/$1" || fail "no \"$2\" in: $(cat "$dir/$1")"
}

same() { # EXPECTED FILE
	if [ "$write" = --write ]; then
		cp "$dir/$2" "$1"
	else
		diff -u "$1" "$dir/$2" || fail "$1 differs (--write takes the new one)"
	fi
}

# Real machines, captured: what was found there is found again, from the tarball and the folder.
write=${1:-}
for tarball in "$machines"/captured/*.tar.gz; do
	name=${tarball%.tar.gz}
	expect 0 show "$tarball" --json
	same "$name.json" out
	expect 0 "$tarball"
	same "$name.txt" out
	rm -rf "$dir/folder" "$dir/again" "$dir/masked"
	mkdir "$dir/folder"
	tar -xzf "$tarball" -C "$dir/folder"
	expect 0 show --root "$dir/folder" --json
	same "$name.json" out
	# A capture of a capture is the same machine.
	expect 0 capture "$dir/again" --root "$dir/folder"
	[ ! -s "$dir/out" ] || fail "capture prints to stdout"
	expect 0 show "$dir/again" --json
	cmp -s "$dir/out" "$name.json" || fail "a capture of $name is another machine"
	# Without its serial numbers, addresses and UUIDs it is still the same model, and neither a
	# file nor a name holds one of them.
	expect 0 capture "$dir/masked" --root "$dir/folder" --mask
	expect 0 diff "$name.json" "$dir/masked" --model
	sed -nE 's/.*"([a-z_]*(serial|mac|uuid|wwn))": "(.{4,})",?$/\3/p' "$name.json" >"$dir/own"
	[ -s "$dir/own" ] || continue
	! grep -raiFf "$dir/own" "$dir/masked" || fail "a masked capture of $name holds these"
	! find "$dir/masked" -printf '%P %l\n' | grep -Ff "$dir/own" ||
		fail "names in a masked capture of $name hold these"
	masked="${masked:-} $name"
done
[ -n "$masked" ] || fail "no machine has anything of its own"

# The groups that a kernel made are those that are predicted while its IOMMU is off.
groups() {
	sed -n '/"group_list"/,/"unexpected"/p' "$dir/out" | grep -v '"type"'
}
for name in qemu-intel-iommu qemu-amd-iommu qemu-sriov; do
	rm -rf "$dir/folder"
	mkdir "$dir/folder"
	tar -xzf "$machines/captured/$name.tar.gz" -C "$dir/folder"
	expect 0 show --root "$dir/folder" --json
	says out '"groups_predicted": false'
	says out '"unexpected": []'
	groups >"$dir/kernel"
	rm -r "$dir/folder/sys/kernel/iommu_groups" "$dir/folder/sys/class/iommu"
	expect 0 show --root "$dir/folder" --json
	says out '"groups_predicted": true'
	groups >"$dir/predicted"
	diff -u "$dir/kernel" "$dir/predicted" || fail "$name: other groups than the kernel's"
done

# Every line of every machine fits a terminal.
for machine in "$machines"/*.json "$machines"/captured/*.json; do
	expect 0 show "$machine"
	awk -v name="$machine" 'length($0) > 80 { print name ": " $0; bad = 1 } END { exit bad }' \
		"$dir/out" || fail "$machine does not fit 80 columns"
	expect 0 show "$machine" --json
	[ "$write" != --write ] || cp "$dir/out" "$machine"
	cmp -s "$dir/out" "$machine" || fail "$machine is not printed as it was read"
done
write=

# Firmware that knows no Secure Boot tells so by having only other variables.
mkdir -p "$dir/old/proc" "$dir/old/sys/firmware/efi/efivars"
printf '\6\0\0\0\0\0' >"$dir/old/sys/firmware/efi/efivars/Lang-8be4df61-93ca-11d2-aa0d-00e098032b8c"
for way in "" --mask; do
	expect 0 capture "$dir/old$way.tar.gz" --root "$dir/old" $way
	expect 0 show "$dir/old$way.tar.gz" --json
	says out '"secure_boot": "absent"'
done

# The running machine is the same machine once captured. Mounts may come and go meanwhile.
tries=3
while :; do
	expect 0 --json
	cp "$dir/out" "$dir/live.json"
	rm -f "$dir/live.tar.gz"
	expect 0 capture "$dir/live.tar.gz"
	expect 0 show "$dir/live.tar.gz" --json
	! cmp -s "$dir/out" "$dir/live.json" || break
	tries=$((tries - 1))
	[ $tries -gt 0 ] || fail "captured and live differ: $(diff "$dir/live.json" "$dir/out")"
done
expect 2 capture "$dir/live.tar.gz"
says err "exists already"
expect 2 capture "$dir/nowhere/live.tar.gz"
says err "Cannot write $dir/nowhere/live.tar.gz: No such file or directory"
expect 2 capture "$dir/live.zip"
says err "End the name in .tar.gz"
[ ! -e "$dir/live.zip" ] || fail "a refused capture made a folder"
mkdir "$dir/full"
: >"$dir/full/file"
expect 2 capture "$dir/full"
says err "Name a folder that does not exist yet or is empty"
[ "$(ls "$dir/full")" = file ] || fail "a refused capture wrote something"

# check: fit machines, and each thing that makes one unfit.
expect 0 check "$machines/uefi-nvme.json"
says out "This machine can be a Xen host."
says out "Memory errors: nothing to look at; required: at most 0"
expect 0 check "$machines/sas-san.json" --json
says out '"schema": "xenhost.findings/1"'
unfit() { # SED-EXPRESSION WORDS
	sed "$1" "$machines/uefi-nvme.json" >"$dir/unfit.json"
	expect 1 check "$dir/unfit.json"
	says out "$2"
	expect 1 check "$dir/unfit.json" --json
	says out '"severity": "error"'
}
unfit 's/"virtualization": "vmx"/"virtualization": null/' "no hardware virtualization"
unfit 's/"nested_paging": true/"nested_paging": false/' "without nested paging"
unfit 's/"total_bytes": [0-9]*/"total_bytes": 536870912/' "512.0 MiB of memory; 1 GiB is needed"
unfit 's/"removable": false/"removable": true/' "No disk that the system could be installed on"
expect 1 check "$machines/usb-only.json"
says out "No disk that the system could be installed on"
sed '/"nics": \[/,/^  \],/c\  "nics": [],' "$machines/uefi-nvme.json" >"$dir/unfit.json"
expect 1 check "$dir/unfit.json"
says out "No network interface"
sed 's/"driver": "nvme"/"driver": null/; s/"link": true/"link": false/' \
	"$machines/uefi-nvme.json" >"$dir/odd.json"
expect 0 check "$dir/odd.json"
says out "has no driver"
says out "No network interface has a link"

# Profiles: shipped ones, a lab's own, its mistakes, and JUnit's XML beside the text.
expect 0 check "$machines/uefi-nvme.json" --profile pool-member
says out 'fits the profile "pool-member"'
expect 1 check "$machines/tiny.json" --profile pool-member
says out 'does not fit the profile "pool-member"'
printf '[profile]\nextends = host\n[rule memory]\nvalue = 1TiB\n' >"$dir/big.ini"
expect 1 check "$machines/uefi-nvme.json" --profile "$dir/big.ini" --junit "$dir/junit.xml" --json
says out '"result": "fail"'
says junit.xml '<failure message="The machine has 64.0 GiB of memory'
printf '[rule x]\nfact = cpu.coers\noperator = known\n' >"$dir/wrong.ini"

# diff: a machine is like itself; what changed is named, what passes does not count.
sed 's/"driver": "nvme"/"driver": "other"/; s/"link": true/"link": false/' \
	"$machines/uefi-nvme.json" >"$dir/other.json"
expect 0 diff "$machines/uefi-nvme.json" "$machines/uefi-nvme.json"
says out "Nothing differs."
expect 1 diff "$machines/uefi-nvme.json" "$dir/other.json"
says out "driver: nvme -> other"
expect 1 diff "$machines/uefi-nvme.json" "$dir/other.json" --json
says out '"schema": "xenhost.diff/1"'
says out '"class": "passing"'
sed 's/"link": true/"link": false/' "$machines/uefi-nvme.json" >"$dir/other.json"
expect 0 diff "$machines/uefi-nvme.json" "$dir/other.json"
says out "Of the moment, not counted"
sed 's/"mac": "..:../"mac": "02:99/' "$machines/uefi-nvme.json" >"$dir/other.json"
expect 1 diff "$machines/uefi-nvme.json" "$dir/other.json"
expect 0 diff --model "$machines/uefi-nvme.json" "$dir/other.json"
says out "One model"

# report: a page of its own, never over another file.
expect 0 report --html "$dir/page.html" "$machines/uefi-nvme.json" "$machines/usb-only.json"
[ ! -s "$dir/out" ] || fail "report prints to stdout"
says page.html "Cannot be a Xen host as it is"
[ "$(grep -c '<article>' "$dir/page.html")" -eq 2 ] || fail "not two machines on the page"
expect 2 report --html "$dir/page.html" "$machines/tiny.json"
says err "does not exist yet"

# burn-in: cancelled by Ctrl-C it ends its tools and still reports; its result goes to its machine.
if command -v stress-ng >/dev/null; then
	"$hwinfo" burn-in --minutes 10 --json >"$dir/burnin.json" 2>"$dir/err" &
	pid=$!
	tries=300
	until pgrep -P "$pid" stress-ng >/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "burn-in starts no stress-ng: $(cat "$dir/err")"
		sleep 0.1
	done
	kill -TERM "$pid"
	got=0
	wait "$pid" || got=$?
	[ "$got" -eq 130 ] || fail "a cancelled burn-in ended with $got: $(cat "$dir/err")"
	says burnin.json '"schema": "xenhost.burnin/1"'
	says burnin.json '"cancelled": true'
	says burnin.json '"measured": "cancelled"'
	! pgrep -P "$pid" >/dev/null || fail "a cancelled burn-in leaves programs behind"
else
	echo "test_hwinfo_cli: SKIPPED burn-in, there is no stress-ng (apt-get install stress-ng)"
fi
cat >"$dir/result.json" <<'EOF'
{"schema": "xenhost.burnin/1", "started": "2026-01-02T03:04:05Z", "serial": "7XKQ2M3",
"uuid": null, "name": null, "seconds": 3600, "wanted_seconds": 3600, "cancelled": false,
"rows": [{"name": "disks", "title": "Disks read", "result": "fail", "measured": "sda: <error>",
"hint": "Replace it"}, {"name": "network", "title": "Network", "result": "unknown",
"measured": "no --peer was named", "hint": null}]}
EOF
sed 's/7XKQ2M3/another/' "$dir/result.json" >"$dir/other-result.json"
sed 's/"fail"/"bad"/' "$dir/result.json" >"$dir/bad-result.json"
expect 0 report --html "$dir/burnt.html" "$machines/two-socket.json" "$machines/tiny.json" \
	--burn-in "$dir/result.json"
says burnt.html "60 of 60 minutes"
says burnt.html "sda: &lt;error&gt;"
[ "$(grep -c '<h3>Burn-in</h3>' "$dir/burnt.html")" -eq 1 ] || fail "a burn-in of two machines"

# Wrong calls and unreadable machines: exit 2, a sentence, a hint, nothing on stdout.
wrong() { # WORDS ARGUMENTS...
	words=$1
	shift
	expect 2 "$@"
	says err "$words"
	says err "hint: "
	[ ! -s "$dir/out" ] || fail "$* prints to stdout"
}
echo '{"schema": "xenhost.plan/1"}' >"$dir/plan.json"
echo '{"schema": ' >"$dir/half.json"
echo 'no tarball' >"$dir/none.tar.gz"
mkdir "$dir/empty"
# What does not fit is not left there in part. The limit on files stands for a full disk.
for what in "capture $dir/tight.tar.gz" "report --html $dir/tight.html $machines/uefi-nvme.json"; do
	code=0
	# shellcheck disable=SC2086
	(trap '' XFSZ && ulimit -f 2 && exec "$hwinfo" $what >/dev/null 2>"$dir/err") || code=$?
	[ "$code" = 2 ] || fail "$what without room ended with $code"
	[ -z "$(ls "$dir"/tight* 2>/dev/null)" ] || fail "$what left a part"
done
for what in show "show --json" "check $machines/uefi-nvme.json" "database --stats" --help --version; do
	code=0
	# shellcheck disable=SC2086
	"$hwinfo" $what >/dev/full 2>"$dir/err" || code=$?
	[ "$code" = 2 ] || fail "$what on a full disk ended with $code"
	says err "standard output cannot be written"
done
wrong "--frobnicate" show --frobnicate
wrong "too many" show live live
wrong "not both" show live --root /
wrong "does not know" show --mask
wrong "capture needs the name" capture
wrong "diff needs a machine" diff
wrong "too many" diff live live live
wrong "/nowhere" diff "$machines/tiny.json" /nowhere
wrong "report needs --html" report "$machines/tiny.json"
wrong "/nowhere" report --html "$dir/nowhere.html" /nowhere
wrong "is the burn-in of another machine: another" report --html "$dir/nowhere.html" \
	"$machines/two-socket.json" --burn-in "$dir/other-result.json"
wrong "rows[0].result is none: bad" report --html "$dir/nowhere.html" \
	"$machines/two-socket.json" --burn-in "$dir/bad-result.json"
wrong "no result of a burn-in" report --html "$dir/nowhere.html" "$machines/two-socket.json" \
	--burn-in "$machines/tiny.json"
wrong "/nowhere" report --html "$dir/nowhere.html" --burn-in /nowhere
wrong "burn-in needs --minutes" burn-in
wrong "0.05 to 10080" burn-in --minutes 0
wrong "0.05 to 10080" burn-in --minutes long
wrong "does not know" show --minutes 5
wrong "database needs either" database
wrong "database needs either" database --stats --lookup pci:v1
wrong "too many" database pci:v1
wrong "does not know" show --stats
wrong "--lookup" database --lookup
wrong "1 to 3600 seconds" show --lldp 0
wrong "1 to 3600 seconds" show --lldp soon
wrong "does not know" check --lldp 5
wrong "recorded machine" show "$machines/tiny.json" --lldp 5
wrong "/nowhere" show /nowhere
wrong "wrong.ini:2: There is no fact \"coers\"" check live --profile "$dir/wrong.ini"
wrong "There is no profile \"hots\"" check live --profile hots
wrong "/nowhere/x.xml" check "$machines/uefi-nvme.json" --junit /nowhere/x.xml
wrong "does not know" show --profile host
wrong "xenhost.plan/1" show "$dir/plan.json"
wrong "half.json" check "$dir/half.json"
wrong "none.tar.gz" show "$dir/none.tar.gz"
wrong "There is no machine here" show --root "$dir/empty"
expect 0 --help
says out "Usage: xenhost-hwinfo"
expect 0 --version
says out "xenhost-hwinfo "
