#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Called by udhcpc and udhcpc6 with an event and the lease in the environment. Sets the address and
# leaves two files per interface in /run/xenhost/network: NAME.lease (key=value, read by
# xenhost-install) and NAME.dns (lines of resolv.conf; NAME.dns6 by DHCPv6, NAME.dnsra by routers).
# Called by xenhost-install with "prefer" for the interface that leads to the source: what it was
# told goes before what all others were; and with "assemble" when it wrote a NAME.dns itself.
# shellcheck disable=SC2154 # ip, mask, router ... come from the DHCP client, family=6 from the installer

state=/run/xenhost/network
mkdir -p "$state"

# One event at a time: whether an interface is preferred does not change while its routes are made.
exec 9>"$state/lock"
flock 9

# Several interfaces may offer a way out: the preferred one wins, else the first in order.
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
	assemble
}

# libc asks three servers at most, and searches in the domains of the last line that names any.
assemble() {
	preferred=
	[ -e "$state/preferred" ] && read -r preferred <"$state/preferred"
	cat "$state/$preferred.dns" "$state/$preferred.dns6" "$state/$preferred.dnsra" \
		"$state"/*.dns "$state"/*.dns6 "$state"/*.dnsra 2>/dev/null |
		awk '$1 == "search" { if (search == "") search = $0; next }
			!seen[$0]++
			END { if (search != "") print search }' >"$state/resolv.conf"
	cat "$state/resolv.conf" >/etc/resolv.conf
}

# The routes of the interface once more, before all others; 99 marks them.
duplicate() {
	ip "-$1" route show dev "$interface" |
		awk '$1 !~ /^(fe80|ff00|multicast)/ {
			via = ""
			for (i = 2; i < NF; i++)
				if ($i == "via") via = $(i + 1)
			print $1, via
		}' | sort -u | while read -r network gateway; do
			# shellcheck disable=SC2086 # words
			ip "-$1" route replace "$network" ${gateway:+via $gateway onlink} dev "$interface" \
				metric 50 proto 99
		done
}

prefer() {
	ip -4 route flush proto 99 2>/dev/null
	ip -6 route flush proto 99 2>/dev/null
	duplicate 4
	duplicate 6
}

is_preferred() {
	[ "$(cat "$state/preferred" 2>/dev/null)" = "$interface" ]
}

case $1 in
deconfig)
	ip link set dev "$interface" up
	# What router advertisements gave stays.
	[ "$family" != 6 ] || exit 0
	ip -4 addr flush dev "$interface" scope global
	rm -f "$state/$interface.lease"
	;;
bound | renew)
	if [ -n "$ipv6" ]; then
		ip -6 addr replace "$ipv6/128" dev "$interface"
		resolver dns6
		! is_preferred || prefer
		exit 0
	fi
	ip -4 addr replace "$ip/$mask" broadcast "${broadcast:-+}" dev "$interface" metric "$metric"
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
	! is_preferred || prefer
	;;
assemble) assemble ;;
prefer)
	echo "$interface" >"$state/preferred"
	prefer
	assemble
	;;
esac
exit 0
