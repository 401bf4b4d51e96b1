#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Called by udhcpc and udhcpc6 with an event and the lease in the environment. Sets the address and
# leaves two files per interface in /run/xenhost/network: NAME.lease (key=value, read by
# xenhost-install) and NAME.dns (lines of resolv.conf).
# shellcheck disable=SC2154 # ip, mask, router ... come from the DHCP client

state=/run/xenhost/network
mkdir -p "$state"

# Several interfaces may offer a way out: the first in order wins.
read -r index <"/sys/class/net/$interface/ifindex"
# 16 is the protocol number of routes made by DHCP (rt_protos).
metric=$((100 + index))

routes() {
	ip -4 route flush dev "$interface" proto 16 2>/dev/null
	if [ -n "$staticroutes" ]; then
		# RFC 3442: with these, the router option does not count.
		# shellcheck disable=SC2086 # pairs of network and gateway
		set -- $staticroutes
		while [ $# -ge 2 ]; do
			route "$1" "$2"
			shift 2
		done
		return
	fi
	for gateway in $router; do
		route default "$gateway"
		break
	done
}

route() {
	if [ "$2" = 0.0.0.0 ]; then
		ip -4 route replace "$1" dev "$interface" metric "$metric" proto 16
	else
		ip -4 route replace "$1" via "$2" dev "$interface" onlink metric "$metric" proto 16
	fi
}

resolver() {
	{
		[ -z "${search:-$domain}" ] || echo "search ${search:-$domain}"
		for server in $dns; do
			echo "nameserver $server"
		done
	} >"$state/$interface.$1"
	cat "$state"/*.dns "$state"/*.dns6 >/etc/resolv.conf 2>/dev/null
}

case $1 in
deconfig)
	[ -z "$ipv6" ] && ip -4 addr flush dev "$interface" scope global
	ip link set dev "$interface" up
	rm -f "$state/$interface.lease"
	;;
bound | renew)
	if [ -n "$ipv6" ]; then
		ip -6 addr replace "$ipv6/128" dev "$interface"
		resolver dns6
		exit 0
	fi
	ip -4 addr replace "$ip/$mask" broadcast "${broadcast:-+}" dev "$interface"
	routes
	resolver dns
	{
		echo "address=$ip/$mask"
		echo "gateway=$router"
		echo "hostname=$hostname"
		echo "ntp=$ntpsrv"
		# Options without a name, in hex: optN=...
		env | grep -E '^opt[0-9]+='
	} >"$state/$interface.lease.new"
	# Complete when it is seen: the installer waits for this name.
	mv "$state/$interface.lease.new" "$state/$interface.lease"
	;;
esac
exit 0
