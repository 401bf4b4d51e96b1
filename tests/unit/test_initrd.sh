#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The parts of the media's scripts that can be tried without booting: how init reads the boot line,
# what the list of files may hold, and what repack.sh refuses.
set -u
cd "$(dirname "$0")/../.." || exit 2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
failed=0

expect() { # NAME WANTED GOT
	[ "$2" = "$3" ] && return
	printf 'test_initrd: %s: wanted "%s", got "%s"\n' "$1" "$2" "$3" >&2
	failed=1
}

refused() { # NAME TEXT COMMAND...
	name=$1
	text=$2
	shift 2
	if "$@" >"$WORK/out" 2>&1; then
		expect "$name" "a refusal" "success"
	elif ! grep -q "$text" "$WORK/out"; then
		expect "$name" "$text" "$(cat "$WORK/out")"
	fi
}

boot_line() {
	printf '%s\n' "$1" >"$WORK/cmdline"
	BOOT_LINE=$WORK/cmdline
}

# shellcheck source=initrd/installer/root/usr/lib/xenhost/init.sh
. initrd/installer/root/usr/lib/xenhost/init.sh

boot_line "quiet answerfile=http://a/x?y=1 console=tty0 console=ttyS1,9600n8 shell title=\"two words\""
expect "a value with signs in it" "http://a/x?y=1" "$(boot_value answerfile)"
expect "the last of several" "ttyS1,9600n8" "$(boot_value console)"
expect "blanks within quotes" "two words" "$(boot_value title)"
expect "what is not there" "absent" "$(boot_value atexit || echo absent)"
expect "a flag" "yes" "$(boot_flag shell && echo yes)"
expect "the beginning of a flag" "no" "$(boot_flag she || echo no)"
boot_line "noshell answerfile="
expect "the end of a flag" "no" "$(boot_flag shell || echo no)"
expect "an empty value" "absent" "$(boot_value answerfile || echo absent)"

# An empty battery: the clock is not before the installer was made.
BUILT=$WORK/built
clock_of() {
	echo "$1" >"$BUILT"
	(
		say() { :; }
		date() { [ "$1" != -s ] || printf 'set %s\n' "$2" >&3; [ "$1" != +%s ] || echo 86400; }
		clock_correct 3>&1
	)
}
expect "a clock of 1970" "set @1767225600" "$(clock_of 1767225600)"
expect "a clock that is right" "" "$(clock_of 3600)"

# How it ended, and what the boot line wants, decide what the machine does next.
say() { :; }
leave() { printf '%s %s\n' "$1" "$2"; }
OUTCOME=$WORK/outcome
EFIVARS=$WORK/efivars
mkdir "$EFIVARS"

# after CODE OUTCOME ATEXIT MEDIUM
after() {
	boot_line "quiet $3"
	printf '%s\n' "$2" >"$OUTCOME"
	[ -n "$2" ] || rm "$OUTCOME"
	MEDIUM_DEVICE=$4
	ended "$1"
}
expect "success restarts" "reboot 5" "$(after 0 installed "" /dev/sr0)"
expect "success by the boot line" "poweroff 5" "$(after 0 installed atexit=poweroff "")"
expect "a failure stays" "stay 60" "$(after 3 unchanged "" "")"
expect "a failure that changed nothing may try again" "reboot 60" "$(after 6 unchanged atexit=reboot "")"
expect "a failure that changed a disk does not start over" "stay 60" "$(after 7 changed atexit=reboot "")"
expect "nor does one that left no word" "stay 60" "$(after 7 "" atexit=reboot "")"
expect "it may be switched off" "poweroff 60" "$(after 7 changed atexit=poweroff "")"
expect "a complete host that would come here again stays" "stay 60" "$(after 0 complete "" /dev/sda)"
expect "a complete host whose disc is ejected restarts" "reboot 5" "$(after 0 complete "" /dev/sr0)"
: >"$EFIVARS/BootNext-8be4df61-93ca-11d2-aa0d-00e098032b8c"
expect "a complete host that the firmware starts next" "reboot 5" "$(after 0 complete "" /dev/sda)"
expect "the word is read once" "gone" "$([ -e "$OUTCOME" ] || echo gone)"

# What was chosen on the screen stands above the boot line, once.
NEXT=$WORK/next
echo poweroff >"$NEXT"
expect "a choice on the screen" "poweroff 5" "$(after 0 installed atexit=reboot "")"
expect "it is read once" "reboot 5" "$(after 0 installed "" "")"
echo reboot >"$NEXT"
expect "who was told of a failure may restart" "reboot 60" "$(after 7 changed "" "")"

# Answers are asked for where somebody is said to be there.
begins() {
	boot_line "quiet $1"
	(
		unattended() { echo unattended; }
		attended() { echo attended; }
		start
	)
}
expect "answers leave nobody to ask" unattended "$(begins answerfile=http://192.0.2.1/a.xml)"
expect "unless the boot line says so" attended "$(begins "answerfile=http://192.0.2.1/a.xml xenhost.ask=missing")"
expect "without answers somebody is asked" attended "$(begins "")"

# A hardware report ends by the boot line, else with keys on the consoles.
LOG=$WORK/log
consoles_keys() { echo keys; }
mkdir "$WORK/bin"
printf '#!/bin/sh\nexit "$REPORTED"\n' >"$WORK/bin/xenhost-install"
chmod +x "$WORK/bin/xenhost-install"
# reported CODE WORDS
reported() {
	boot_line "quiet xenhost.hardware-report $2"
	REPORTED=$1 PATH=$WORK/bin:$PATH hardware_report
}
expect "a report that was delivered" "poweroff 5" "$(reported 0 atexit=poweroff)"
expect "one that was not can be read for a minute" "reboot 60" "$(reported 6 atexit=reboot)"
expect "one that somebody waits for" "keys" "$(reported 0 "")"
expect "one for a shell" "keys" "$(reported 6 atexit=shell)"

# Looking never writes: rules that start arrays, volume groups or caches have no place in the initrd.
for rule in 64-md-raid-assembly 69-lvm 69-bcache 60-multipath 66-azure 90-bcache; do
	expect "$rule is left out" "" "$(sed 's/#.*//' initrd/installer/files.list | grep -F "$rule")"
done

: >"$WORK/iso"
refused "an answer file that is not there" "cannot read" \
	initrd/iso/repack.sh "$WORK/iso" "$WORK/none.xml" "$WORK/out.iso"
# shellcheck disable=SC2016 # it is meant as it stands
refused "arguments that GRUB would expand" "quotes, dollars" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso" --append 'a=$b'
refused "an image that is no medium" "not an install medium" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso"

# The boot menu of the medium knows the id that the installation will have.
printf '#!/bin/sh\nwhile [ "$1" != -map ]; do shift; done\ncp "$2" "%s/boot.cfg"\n' "$WORK" >"$WORK/xorriso"
chmod +x "$WORK/xorriso"
{ dd if=/dev/zero bs=$((16 * 2048 + 830)) count=1 && printf 2026112200000000 && dd if=/dev/zero bs=4096 count=1; } \
	>"$WORK/iso" 2>/dev/null
initrd/iso/entries.sh medium "a b/c" <initrd/iso/grub.cfg >"$WORK/grub.cfg"
cat "$WORK/grub.cfg" >>"$WORK/iso"
refused "an entry that is not there" "no menu entry" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso" --default nothing

# medium_id ANSWERS APPEND
medium_id() {
	printf '%s\n' "<installation>$1</installation>" >"$WORK/answers.xml"
	XORRISO=$WORK/xorriso initrd/iso/repack.sh "$WORK/iso" "$WORK/answers.xml" "$WORK/out.iso" --append "$2"
	sed -n 's/^set install_id=//p' "$WORK/boot.cfg"
}
expect "an id of the answers" "rack7-42" "$(medium_id "<install-id>
  rack7-42 </install-id>" "")"
expect "an id in a comment" "b" "$(medium_id "<!-- <install-id>a</install-id>
--><x/><!-- --><install-id>b</install-id>" "")"
expect "an id of the boot arguments" "c" "$(medium_id "<install-id>b</install-id>" "quiet xenhost.install-id=c")"
expect "what is no id" "" "$(medium_id "<install-id>a b;c</install-id>" "")"
expect "no id" "" "$(medium_id "" "quiet")"

# Every menu has every entry of the list.
for menu in medium:grub.cfg grub:pxe/grub.cfg pxelinux:pxe/pxelinux.cfg ipxe-menu:pxe/xenhost.ipxe; do
	initrd/iso/entries.sh "${menu%%:*}" Brand <"initrd/iso/${menu#*:}" >"$WORK/menu"
	while IFS='|' read -r id title arguments; do
		case $id in "#"*) continue ;; esac
		for part in "$id" "$(echo "$title" | sed 's/@BRAND@/Brand/')"; do
			expect "$part in ${menu#*:}" "found" "$(grep -qF -e "$part" "$WORK/menu" && echo found)"
		done
		[ "${menu%%:*}" = ipxe-menu ] ||
			expect "arguments of $id in ${menu#*:}" "found" "$(grep -qF -e "$arguments" "$WORK/menu" && echo found)"
	done <initrd/iso/menu.list
done
expect "what iPXE boots for it" "set arguments xenhost.hardware-report console=ttyS0,115200 console=tty0" \
	"$(initrd/iso/entries.sh ipxe-boot Brand <initrd/iso/pxe/xenhost.ipxe | sed -n '/^:hardware-report$/{n;p}')"

# The folder of a boot server, out of what looks like a mounted medium.
medium=$WORK/medium
mkdir -p "$medium/boot" "$medium/xenhost" "$medium/netboot/grub" "$medium/netboot/pxelinux.cfg" "$medium/netboot/hosts"
for file in boot/vmlinuz boot/initrd.img xenhost/manifest.json xenhost/boot.cfg xenhost/medium.id; do
	echo "$file" >"$medium/$file"
done
for file in README dnsmasq.conf nginx.conf hosts/example.ipxe hosts/example.pxelinux; do
	cp "initrd/iso/pxe/$file" "$medium/netboot/$file"
done
initrd/iso/entries.sh ipxe-menu Brand <initrd/iso/pxe/xenhost.ipxe |
	initrd/iso/entries.sh ipxe-boot Brand >"$medium/netboot/xenhost.ipxe"
initrd/iso/entries.sh grub Brand <initrd/iso/pxe/grub.cfg >"$medium/netboot/grub/grub.cfg"
initrd/iso/entries.sh pxelinux Brand <initrd/iso/pxe/pxelinux.cfg >"$medium/netboot/pxelinux.cfg/default"
initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/tree" --url http://198.51.100.7:8080 --interface lan0
expect "sums of the folder" "" "$(cd "$WORK/tree" && sha256sum -c --quiet SHA256SUMS 2>&1)"
expect "places that nobody filled in" "@BRAND@" \
	"$(grep -rhoE '@[A-Z]+@' "$WORK/tree" | sort -u)"
expect "what is of the medium alone" "" "$(find "$WORK/tree/xenhost" -type f ! -name manifest.json)"
expect "addresses for DHCP" "dhcp-range=198.51.100.100,198.51.100.200,1h" "$(grep ^dhcp-range "$WORK/tree/dnsmasq.conf")"
expect "its interface" "interface=lan0" "$(grep ^interface "$WORK/tree/dnsmasq.conf")"
expect "where nginx listens" "listen 198.51.100.7:8080;" "$(grep -o 'listen .*' "$WORK/tree/nginx.conf")"
expect "what iPXE starts from" "set base http://198.51.100.7:8080" "$(grep '^set base' "$WORK/tree/xenhost.ipxe")"
if PATH=$PATH:/usr/sbin command -v dnsmasq >/dev/null; then
	expect "what dnsmasq says of its file" "dnsmasq: syntax check OK." \
		"$(PATH=$PATH:/usr/sbin dnsmasq --test --conf-file="$WORK/tree/dnsmasq.conf" 2>&1)"
fi
refused "a folder that is there" "is there already" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/tree"
refused "no address" "no address of an HTTP server" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url ftp://h
refused "an address that sed would take apart" "cannot hold" \
	initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url 'http://h/a,b'
rm "$medium/xenhost/manifest.json"
refused "what is no medium" "it has no xenhost/manifest.json" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b"
expect "leftovers" "" "$(ls -d "$WORK"/b "$WORK"/*.new.* 2>/dev/null)"

if command -v grub-script-check >/dev/null; then
	initrd/iso/entries.sh grub "a b/c" <initrd/iso/pxe/grub.cfg >"$WORK/pxe.cfg"
	for config in "$WORK/grub.cfg" "$WORK/pxe.cfg" initrd/iso/early.cfg; do
		refusal=$(grub-script-check "$config" 2>&1)
		expect "$config" "" "$refusal"
	done
fi
exit $failed
