#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# configure.sh: run by image.sh inside the dom0 tree, after our packages are in. Decides which units
# a host starts, and removes what must differ between hosts or between builds.
set -eu

sources() {
	rm -f /etc/apt/sources.list /etc/apt/sources.list.d/0000*
	cat >/etc/apt/sources.list.d/debian.sources <<-EOF
		Types: deb
		URIs: http://deb.debian.org/debian
		Suites: $SUITE $SUITE-updates
		Components: main contrib non-free-firmware
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

		Types: deb
		URIs: http://deb.debian.org/debian-security
		Suites: $SUITE-security
		Components: main contrib non-free-firmware
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	EOF
}

# Every unit costs time at boot. Those left out here are for desktops, for disks a host may not
# have, or wait for an administrator to enable them.
units() {
	systemctl -q enable systemd-networkd.service systemd-resolved.service xenhost-keymap.service
	# rsyslog serves only the hosts whose answers name a syslog server.
	systemctl -q disable rsyslog.service openvswitch-switch.service uuidd.socket lvm2-monitor.service \
		blk-availability.service
	systemctl -q mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
		e2scrub_reap.service grub-common.service systemd-firstboot.service \
		systemd-networkd-persistent-storage.service dpkg-db-backup.timer \
		modprobe@drm.service modprobe@fuse.service sys-fs-fuse-connections.mount \
		systemd-binfmt.service proc-sys-fs-binfmt_misc.automount \
		systemd-network-generator.service systemd-udev-load-credentials.service \
		systemd-hibernate-clear.service systemd-journald-audit.socket
	# Discovering partitions would mount and swap on disks nobody chose.
	mkdir -p /etc/systemd/system-generators
	for generator in gpt-auto hibernate-resume run ssh system-update tpm2; do
		ln -sf /dev/null "/etc/systemd/system-generators/systemd-$generator-generator"
	done
}

# A host has hundreds of devices, and each goes through every rule at every boot. These are for
# desktops, or repeat what others do.
udev_rules() {
	mkdir -p /etc/udev/rules.d
	for rules in 60-autosuspend 60-bridge-network-interface 60-drm 60-evdev 60-fido-id \
		60-persistent-alsa 60-persistent-input 60-persistent-v4l 60-sensor 70-camera 70-joystick \
		70-memory 70-mouse 70-touchpad 75-probe_mtd 78-sound-card 90-iocost 96-e2scrub; do
		ln -sf /dev/null "/etc/udev/rules.d/$rules.rules"
	done
}

xl() {
	sed -i -e 's/^#\{0,1\}autoballoon=.*/autoballoon="off"/' \
		-e 's/^#\{0,1\} *vif.default.bridge=.*/vif.default.bridge="xenbr0"/' /etc/xen/xl.conf
	grep -q '^autoballoon="off"$' /etc/xen/xl.conf
	grep -q '^vif.default.bridge="xenbr0"$' /etc/xen/xl.conf
}

# Made anew by the installer or at first boot, so that no two hosts share them.
identity() {
	rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /etc/hostname
	: >/etc/machine-id
	printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' >/etc/hosts
	ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
}

clean() {
	apt-get clean
	rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old \
		/var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/apt /var/log/*.log \
		/var/lib/systemd/random-seed /tmp/* /run/* /var/tmp/*
	find /var/log -type f -exec truncate -s 0 {} +
	find /usr /etc -name '__pycache__' -prune -exec rm -rf {} +
	# Without these systemd rebuilds its databases at first boot, for minutes on a slow machine.
	: >/etc/.updated
	: >/var/.updated
}

sources
units
udev_rules
xl
identity
clean
