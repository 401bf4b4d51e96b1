#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC1091,SC2034,SC2317 # the rule that is tested is sourced
# The host's boot menu (debian/boot), made for a folder that stands for an installed system: which
# entries, in which order, with which arguments, and which of them GRUB picks after a boot that came
# up, one that did not, and power cuts. Ends with "N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 2
export XENHOST_LIB="$PWD/debian/boot"
ROOT=$(mktemp -d)
export XENHOST_ROOT="$ROOT"
trap 'rm -rf "$ROOT"' EXIT
passed=0
failed=0

check() { # what, command...
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
	fi
}

setup() { # kernels...
	rm -rf "${ROOT:?}"/*
	mkdir -p "$ROOT/boot/grub" "$ROOT/etc/xenhost" "$ROOT/proc"
	echo one >"$ROOT/boot/xen-4.20-amd64.gz"
	for kernel in "$@"; do touch "$ROOT/boot/vmlinuz-$kernel" "$ROOT/boot/initrd.img-$kernel"; done
	cat >"$ROOT/etc/xenhost/boot.conf" <<-EOF
		BRAND='xenhost'
		ROOT_LABEL='root-abcdef'
		DOM0_MEM_MIB='1216'
		DOM0_VCPUS_MAX='4'
		CRASHKERNEL='512M,below=4G'
		SERIAL_XEN='com2'
		DEFAULT_CONSOLE='serial'
	EOF
	menu
}

menu() {
	debian/boot/boot-menu >"$ROOT/grub.cfg"
}

titles() {
	sed -n "s/^menuentry '\(.*\)' --id .*/\1/p" "$ROOT/grub.cfg"
}

same() { # expected, actual
	[ "$1" = "$2" ] || {
		printf 'expected:\n%s\ngot:\n%s\n' "$1" "$2"
		return 1
	}
}

entry() { # id: its lines
	sed -n "/--id $1 {/,/^}/p" "$ROOT/grub.cfg"
}

# The rule before the first entry, run as GRUB would: its language is nearly the shell's.
# Boots the entry that GRUB picks and prints its id; $ROOT/env is GRUB's environment block.
boot() {
	sed -n '1,/^menuentry/p' "$ROOT/grub.cfg" | sed -e '$d' -e 's/^\(	*\)set /\1/' \
		-e 's/^function \([a-z_]*\) {/\1() {/' >"$ROOT/rule.sh"
	(
		serial() { :; }
		terminal_input() { :; }
		terminal_output() { :; }
		insmod() { :; }
		load_env() { [ ! -s "$ROOT/env" ] || . "$ROOT/env"; }
		save_env() { eval "printf \"%s='%s'\\n\" $1 \"\$$1\"" >>"$ROOT/env"; }
		echo() { :; }
		grub_platform=pc prefix=$ROOT xenhost_armed='' xenhost_confirmed=''
		xenhost_confirmed_before='' xenhost_confirmed_kernel=''
		touch "$ROOT/grubenv"
		command echo >>"$ROOT/grubenv"
		# shellcheck disable=SC1091
		. "$ROOT/rule.sh"
		# shellcheck disable=SC2154 # set by the rule
		case $default in
		[0-9]*) id=$(sed -n 's/^menuentry.*--id \([^ ]*\) {/\1/p' "$ROOT/grub.cfg" |
			sed -n "$((default + 1))p") ;;
		*) id=$default ;;
		esac
		arm=$(entry "$id" | sed -n 's/^	xenhost_arm //p')
		[ -z "$arm" ] || xenhost_arm "$arm"
		printf '%s %s\n' "$id" "${xenhost_fallback:-}" | sed 's/ $//'
	)
}

confirmed() { # what the confirm service does to the environment block, with the real names
	arm=$(entry xe-serial | sed -n 's/^	xenhost_arm //p')
	{
		echo "xenhost_confirmed_before='$(sed -n "s/^xenhost_confirmed='\(.*\)'/\1/p" "$ROOT/env" |
			tail -n 1)'"
		echo "xenhost_confirmed='$arm'"
		echo "xenhost_confirmed_kernel='${arm#*_}'"
		echo "xenhost_armed=''"
	} >"$ROOT/env.new"
	mv "$ROOT/env.new" "$ROOT/env"
}

NEW=6.12.117+deb13-amd64
OLD=6.12.90+deb13-amd64

setup $NEW
check "one kernel gives every entry, in order" same "xenhost
xenhost (Serial)
xenhost in Safe Mode
xenhost (Xen 4.20 / Linux $NEW)
xenhost (Serial, Xen 4.20 / Linux $NEW)
xenhost without Xen (Linux $NEW)" "$(titles)"
check "serial entry: port, memory, processors, crash kernel" sh -c "grep -q \
	'multiboot2 /boot/xen-4.20-amd64.gz com2=115200,8n1 console=com2,vga dom0_mem=1216M,max:1216M watchdog ucode=scan dom0_max_vcpus=1-4 crashkernel=512M,below=4G' '$ROOT/grub.cfg'"
check "GRUB speaks on the same port" grep -qx 'serial --unit=1 --speed=115200' "$ROOT/grub.cfg"
check "plain Linux speaks there last" sh -c "grep -q 'console=tty0 console=ttyS1,115200n8' \
	'$ROOT/grub.cfg'"
check "the root is found by label" sh -c "! grep menuentry -A1 '$ROOT/grub.cfg' | grep -v menuentry |
	grep -v -- -- | grep -vq '	search --label --set root root-abcdef'"
if command -v grub-script-check >/dev/null; then
	check "GRUB can read the menu" grub-script-check "$ROOT/grub.cfg"
fi

check "first boot is Xen" same xe-serial "$(boot)"
check "unconfirmed: plain Linux, which says so" same "xe-linux xenhost.fallback=4.20,$NEW" "$(boot)"
check "and again, until somebody looks" same "xe-linux xenhost.fallback=4.20,$NEW" "$(boot)"

setup $NEW
boot >/dev/null
confirmed
check "confirmed: Xen" same xe-serial "$(boot)"
check "two power cuts do no harm" same xe-serial "$(boot)"

touch "$ROOT/boot/vmlinuz-6.99-amd64"
menu
check "a kernel without initrd is no kernel" sh -c "! grep -q 6.99 '$ROOT/grub.cfg'"

setup $OLD
boot >/dev/null
confirmed
cp "$ROOT/env" "$ROOT/../env.$$"
setup $OLD $NEW
mv "$ROOT/../env.$$" "$ROOT/env"
check "a new kernel is tried" same xe-serial "$(boot)"
check "when it fails, plain Linux is the kernel known to work" same \
	"xe-linux-fallback xenhost.fallback=4.20,$NEW" "$(boot)"
check "the old kernel has its fallback entry" sh -c "grep -q \"'xenhost (Xen 4.20 / Linux $OLD)'\" \
	'$ROOT/grub.cfg'"

setup $NEW
boot >/dev/null
confirmed
echo two >"$ROOT/boot/xen-4.20-amd64.gz"
menu
check "another Xen of the same name is tried" same xe-serial "$(boot)"
check "and falls back when it fails" same "xe-linux xenhost.fallback=4.20,$NEW" "$(boot)"

setup $NEW
printf '%s\n' "XEN_EXTRA_ARGS='iommu=no-igfx loglvl=all'" \
	"LINUX_EXTRA_ARGS='xen-pciback.hide=(0000:03:00.0)'" >>"$ROOT/etc/xenhost/boot.conf"
menu
check "Xen gets the answers' arguments beside its own" sh -c \
	"entry='$(entry xe)'; echo \"\$entry\" | grep -q 'watchdog ucode=scan iommu=no-igfx loglvl=all '"
check "Linux gets the answers' arguments in every entry" sh -c \
	"[ \"\$(grep -c 'net.ifnames=0 xen-pciback.hide=(0000:03:00.0)' '$ROOT/grub.cfg')\" = \
	\"\$(grep -c 'root=LABEL' '$ROOT/grub.cfg')\" ]"

setup $NEW
sed -i -e '/SERIAL/d' -e '/DEFAULT/d' -e '/CRASH/d' "$ROOT/etc/xenhost/boot.conf"
menu
check "no serial port: no serial entry, no serial line" sh -c "! grep -qi 'serial\|com2\|ttyS' \
	'$ROOT/grub.cfg' || ! grep -v plymouth '$ROOT/grub.cfg' | grep -qi 'serial\|com2\|ttyS'"
check "no empty arguments" sh -c "! grep -q '[^ ]  \| $' '$ROOT/grub.cfg'"
check "default is the first entry" grep -qx 'set default=0' "$ROOT/grub.cfg"

sed -i '/ROOT_LABEL/d' "$ROOT/etc/xenhost/boot.conf"
check "a missing key is named" sh -c "! debian/boot/boot-menu 2>'$ROOT/err' >/dev/null &&
	grep -q 'does not set ROOT_LABEL' '$ROOT/err'"

echo 'root=LABEL=x ro xenhost.fallback=4.20,6.12' >"$ROOT/proc/cmdline"
check "the notice names what failed" sh -c "debian/boot/boot-notice | grep -q 'Xen 4.20 with Linux 6.12'"
echo 'root=LABEL=x ro' >"$ROOT/proc/cmdline"
check "no notice otherwise" same "" "$(debian/boot/boot-notice)"

if command -v grub-editenv >/dev/null; then
	setup $NEW
	grub-editenv "$ROOT/boot/grub/grubenv" create
	grub-editenv "$ROOT/boot/grub/grubenv" set xenhost_armed=4.20-aa_$NEW xenhost_confirmed=4.20-bb_$OLD
	echo "root=LABEL=x ro xenhost.boot=4.20-aa_$NEW" >"$ROOT/proc/cmdline"
	echo "30.00 20.00" >"$ROOT/proc/uptime"
	debian/boot/xenhost-boot-confirm now >/dev/null
	check "confirm: what runs is confirmed, what was before stays so, nothing is armed" same \
		"xenhost_confirmed=4.20-aa_$NEW
xenhost_confirmed_before=4.20-bb_$OLD
xenhost_confirmed_kernel=$NEW" "$(grub-editenv "$ROOT/boot/grub/grubenv" list | sort)"
	echo "root=LABEL=x ro" >"$ROOT/proc/cmdline"
	check "plain Linux confirms nothing" sh -c "! debian/boot/xenhost-boot-confirm now 2>/dev/null"
	debian/boot/xenhost-boot-confirm retry >/dev/null
	check "the environment block keeps its size" same 1024 "$(stat -c %s "$ROOT/boot/grub/grubenv")"
	echo "root=LABEL=x ro xenhost.boot=4.20-aa_$NEW" >"$ROOT/proc/cmdline"
	echo "601.00 20.00" >"$ROOT/proc/uptime"
	check "too late is not confirmed" sh -c "! debian/boot/xenhost-boot-confirm wait 2>/dev/null"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
