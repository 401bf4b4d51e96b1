#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The initrd's DHCP script under a real client and server: what becomes of a lease, and of the
# options that tell where answers are. In namespaces of its own; needs busybox with both.
set -eu
cd "$(dirname "$0")/../.."

if [ -z "${DHCP_LAB:-}" ]; then
	if ! unshare -rnmp --fork true 2>/dev/null; then
		echo "skipped: no namespaces for this user"
	elif ! busybox udhcpd --help >/dev/null 2>&1 || ! busybox udhcpc --help >/dev/null 2>&1; then
		echo "skipped: no busybox with udhcpd and udhcpc"
	else
		lab=$(mktemp -d)
		trap 'rm -rf "$lab"' EXIT
		DHCP_LAB=$lab timeout 600 unshare -rnmp --kill-child sh "$0"
	fi
	exit
fi

# From here on nobody sees what is written below /run and /etc.
mount -t tmpfs tmpfs /run
mount -t sysfs sysfs /sys
: >"$DHCP_LAB/resolv.conf"
mount --bind "$DHCP_LAB/resolv.conf" /etc/resolv.conf
ip link add server type veth peer name client
ip addr add 192.0.2.1/24 dev server
ip link set server up
ip link set client up

hex() {
	printf %s "$1" | od -An -tx1 | tr -d ' \n'
}

# shellcheck disable=SC2016 # the installer replaces it
url='https://192.0.2.1/${mac}.xml'
cat >"$DHCP_LAB/conf" <<EOF
start 192.0.2.50
end 192.0.2.50
interface server
lease_file $DHCP_LAB/leases
pidfile $DHCP_LAB/pid
opt subnet 255.255.255.0
opt router 192.0.2.2
opt dns 192.0.2.1
opt domain example.org
opt hostname xen7
opt 240 $(hex "$url")
EOF
: >"$DHCP_LAB/leases"
busybox udhcpd -f "$DHCP_LAB/conf" >"$DHCP_LAB/log" 2>&1 &

# As installer/network/links.c starts it, but to its end.
if ! busybox udhcpc -i client -n -q -t 30 -T 1 -O ntpsrv -O staticroutes -O search -O 240 -O 241 \
	-s "$PWD/initrd/installer/root/usr/lib/xenhost/dhcp.sh" >>"$DHCP_LAB/log" 2>&1; then
	echo "test_dhcp: no lease"
	cat "$DHCP_LAB/log"
	exit 1
fi

expect() {
	grep -qxF "$2" "$1" && return
	echo "test_dhcp: no \"$2\" in $1:"
	cat "$1"
	exit 1
}
expect /run/xenhost/network/client.lease "address=192.0.2.50/24"
expect /run/xenhost/network/client.lease "gateway=192.0.2.2"
expect /run/xenhost/network/client.lease "hostname=xen7"
expect /run/xenhost/network/client.lease "opt240=$(hex "$url")"
expect /etc/resolv.conf "search example.org"
expect /etc/resolv.conf "nameserver 192.0.2.1"
ip -4 route show default | grep -q 192.0.2.2
