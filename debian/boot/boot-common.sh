# shellcheck shell=sh disable=SC2034 # what is set here is read by others
# SPDX-License-Identifier: GPL-3.0-or-later
# What the programs of xenhost-boot share: reading boot.conf (xenhost-boot.conf(5)) with its
# defaults, and the environment block through which GRUB and the running host speak to each other.
# Sourced, never run. XENHOST_ROOT is another root folder, for tests.

XENHOST_ROOT=${XENHOST_ROOT:-}
BOOT_CONF=$XENHOST_ROOT/etc/xenhost/boot.conf
GRUBENV=$XENHOST_ROOT/boot/grub/grubenv

fail() {
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	[ -z "${2:-}" ] || printf '%s: %s\n' "${0##*/}" "$2" >&2
	exit 1
}

# Sets every key of boot.conf. Which are required is up to the caller.
boot_conf_read() {
	BRAND='' ROOT_LABEL='' FIRMWARE='' BOOT_DISKS='' DOM0_MEM_MIB='' DOM0_VCPUS_MAX=''
	XEN_ARGS='watchdog ucode=scan'
	LINUX_ARGS='nolvm hpet=disable net.ifnames=0'
	XEN_EXTRA_ARGS='' LINUX_EXTRA_ARGS=''
	CRASHKERNEL='' SERIAL_XEN='' SERIAL_XEN_OPTIONS='' SERIAL_SPEED='' SERIAL_GRUB=''
	SERIAL_LINUX='' DEFAULT_CONSOLE='' TIMEOUT='' CONFIRM_SECONDS=''
	# shellcheck disable=SC1090 # written by the installer
	. "$BOOT_CONF"
	XEN_ARGS="$XEN_ARGS${XEN_EXTRA_ARGS:+ $XEN_EXTRA_ARGS}"
	LINUX_ARGS="$LINUX_ARGS${LINUX_EXTRA_ARGS:+ $LINUX_EXTRA_ARGS}"
	BRAND=${BRAND:-xenhost}
	DEFAULT_CONSOLE=${DEFAULT_CONSOLE:-vga}
	TIMEOUT=${TIMEOUT:-5}
	CONFIRM_SECONDS=${CONFIRM_SECONDS:-600}
	[ -n "$SERIAL_XEN" ] || return 0
	port=${SERIAL_XEN#com}
	SERIAL_SPEED=${SERIAL_SPEED:-115200}
	SERIAL_XEN_OPTIONS=${SERIAL_XEN_OPTIONS:-$SERIAL_SPEED,8n1}
	SERIAL_GRUB=${SERIAL_GRUB:---unit=$((port - 1))}
	SERIAL_LINUX=${SERIAL_LINUX:-ttyS$((port - 1))}
}

# boot_conf_require KEY...: ends the program when one of them is empty.
boot_conf_require() {
	for key in "$@"; do
		eval "value=\${$key}"
		[ -n "$value" ] || fail "$BOOT_CONF does not set $key" "see xenhost-boot.conf(5)"
	done
}

# grubenv_get NAME: its value, or nothing.
grubenv_get() {
	[ -s "$GRUBENV" ] || return 0
	sed -n "s/^$1=//p" "$GRUBENV"
}

# GRUB writes into this file's blocks in place, so it must exist, in full, before the first boot.
grubenv_make() {
	[ -s "$GRUBENV" ] || {
		mkdir -p "${GRUBENV%/*}"
		grub-editenv "$GRUBENV" create
	}
}
