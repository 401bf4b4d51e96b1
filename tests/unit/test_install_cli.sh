#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# xenhost-install and xenhost-firstboot on the command line: what each wrong usage is told, by which
# exit code, and that a plan can be repeated.
set -u
cd "$(dirname "$0")/../.." || exit 2
install=${XENHOST_BUILD:-build}/xenhost-install
firstboot=${XENHOST_BUILD:-build}/xenhost-firstboot
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

# expect CODE TEXT COMMAND...: both output streams together must hold the text.
expect() {
	code=$1
	text=$2
	shift 2
	"$@" >"$work/out" 2>&1 </dev/null
	got=$?
	if [ "$got" != "$code" ] || ! grep -qF -e "$text" "$work/out"; then
		echo "FAILED: $* gave $got, not $code with \"$text\":"
		cat "$work/out"
		failed=1
	fi
}

plan() {
	"$install" plan --machine tests/machines/bios-virtio.json \
		--answers tests/answers/golden/virtio.xml --source tests/golden/manifest.json "$@"
}

expect 2 "there is no terminal" "$install"
expect 2 "no command \"instal\"" "$install" instal
expect 2 "xenhost-install: standard output cannot be written: No space left" \
	sh -c "$(printf '%s plan --machine tests/machines/bios-virtio.json --answers tests/answers/golden/virtio.xml --source tests/golden/manifest.json >/dev/full' "$install")"
expect 0 "Exit codes" "$install" --help
expect 2 "--answers and --machine" "$install" plan
expect 2 "\"--sed\" is unknown" "$install" plan --sed 1
expect 2 "\"more\" is not expected" "$install" plan more
expect 2 "--json does not belong to \"run\"" "$install" run --json
expect 2 "--events does not belong to \"plan\"" "$install" plan --events json
expect 2 "Events are written as json" "$install" run --events text
expect 2 "32 hex digits" plan --seed 12
expect 2 "seconds since 1970" plan --time yesterday
expect 2 "none.xml" "$install" plan --machine tests/machines/bios-virtio.json --answers "$work/none.xml"

expect 3 "no variable of a URL" "$install" plan --machine tests/machines/bios-virtio.json \
	--answers "$work/\${mak}.xml"
mac=$(grep -o '"mac": "[^"]*"' tests/machines/bios-virtio.json | head -n 1 | cut -d '"' -f 4)
cp tests/answers/golden/virtio.xml "$work/$mac.xml"
expect 0 "Install " "$install" plan --machine tests/machines/bios-virtio.json \
	--answers "$work/\${mac}.xml" --source tests/golden/manifest.json

# What is read and checked, but cannot be carried out, ends before anything is planned.
for what in 'raid|<raid device="md127"><disk>sda</disk><disk>sdb</disk></raid><primary-disk>md127' \
	'primary-disk@swraid|<primary-disk swraid="yes">sda,missing'; do
	sed "s|<primary-disk[^>]*>[^<]*|${what#*|}|" tests/answers/golden/virtio.xml >"$work/mirror.xml"
	expect 3 "error: not yet supported: ${what%%|*}" "$install" plan --answers "$work/mirror.xml" \
		--machine tests/machines/bios-virtio.json --source tests/golden/manifest.json
done

echo "<installation" >"$work/bad.xml"
expect 3 "bad.xml:2:1: error" "$install" plan --machine tests/machines/bios-virtio.json \
	--answers "$work/bad.xml"
# A source on the boot line of the machine, or as an option, is one; with neither nothing is done.
grep -v '<source' tests/answers/golden/virtio.xml >"$work/sourceless.xml"
sed "s|\"command_line\": \"[^\"]*\"|\"command_line\": \"xenhost.source=$PWD/tests/golden\"|" \
	tests/machines/bios-virtio.json >"$work/told.json"
expect 0 "Install " "$install" plan --machine "$work/told.json" --answers "$work/sourceless.xml"
expect 0 "Install " "$install" plan --machine tests/machines/bios-virtio.json \
	--answers "$work/sourceless.xml" --source tests/golden/manifest.json
expect 3 "<source> is missing" "$install" plan --machine tests/machines/bios-virtio.json \
	--answers "$work/sourceless.xml"
cp "$work/bad.xml" "$work/manifest.json"
expect 5 "manifest.json" "$install" plan --machine tests/machines/bios-virtio.json \
	--answers tests/answers/golden/virtio.xml --source "$work/manifest.json"

plan --json --seed 00112233445566778899aabbccddeeff --time 0 >"$work/first"
plan --json --seed 00112233445566778899AABBCCDDEEFF --time 1970-01-01T00:00:00Z >"$work/second"
cmp "$work/first" "$work/second" || failed=1
plan --json --time 0 >"$work/third"
if cmp -s "$work/first" "$work/third"; then
	echo "FAILED: two random seeds gave the same plan"
	failed=1
fi

expect 2 "needs a terminal" "$firstboot"
expect 2 "unknown, or without a good value: --nonsense" "$firstboot" join --nonsense
expect 2 "no command \"jion\"" "$firstboot" jion
expect 0 "every boot" "$firstboot" --help
exit $failed
