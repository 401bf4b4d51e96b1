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
	systemctl -q disable openvswitch-switch.service uuidd.socket lvm2-monitor.service \
		blk-availability.service
	systemctl -q mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
		e2scrub_reap.service grub-common.service systemd-firstboot.service \
		systemd-networkd-persistent-storage.service dpkg-db-backup.timer
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
xl
identity
clean
