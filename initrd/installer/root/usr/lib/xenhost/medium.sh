# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The install medium: the disc or stick that carries the token which the boot line names. It is
# mounted read-only and never copied, so that small machines can be installed.

MEDIUM=/run/xenhost/medium
MEDIUM_DEVICE=

# medium_find: waits up to 30 s, since USB sticks and virtual drives appear late.
medium_find() {
	token=$(boot_value xenhost.medium) || return 0
	modprobe -qa isofs sr_mod
	mkdir -p "$MEDIUM"
	tries=60
	while [ $tries -gt 0 ]; do
		for device in $(blkid -c /dev/null -t TYPE=iso9660 -o device); do
			medium_try "$device" "$token" && return 0
		done
		sleep 0.5
		tries=$((tries - 1))
	done
	say "the install medium was not found; it may have been taken out, or its drive needs a driver"
}

# medium_try DEVICE TOKEN: two media of one build may be present; the token tells them apart.
medium_try() {
	mount -t iso9660 -o ro,nosuid,nodev "$1" "$MEDIUM" 2>/dev/null || return 1
	if [ "$(cat "$MEDIUM/xenhost/medium.id" 2>/dev/null)" = "$2" ]; then
		MEDIUM_DEVICE=$1
		say "install medium: $1"
		return 0
	fi
	umount "$MEDIUM"
	return 1
}

medium_eject() {
	case $MEDIUM_DEVICE in
	/dev/sr*) umount "$MEDIUM" 2>/dev/null && eject "$MEDIUM_DEVICE" 2>/dev/null ;;
	esac
}
