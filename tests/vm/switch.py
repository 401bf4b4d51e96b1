# SPDX-License-Identifier: GPL-3.0-or-later
"""A small managed switch with a host behind it: tells its name by LLDP, answers ARP in one VLAN, and
keeps the syslog datagrams that reach it there, with the port that each came in by."""

import select
import socket
import struct
import threading
import time

ADDRESS = "192.0.2.1"
MAC = bytes.fromhex("020000000001")
VLAN = 42
NAME = "leaf-1"
_ETHERTYPE_VLAN, _ETHERTYPE_ARP, _ETHERTYPE_IPV4, _ETHERTYPE_LLDP = 0x8100, 0x0806, 0x0800, 0x88CC


def _lldp(port):
    """IEEE 802.1AB: chassis id (MAC), port id (interface name), time to live, system name."""

    def tlv(kind, value):
        return struct.pack("!H", kind << 9 | len(value)) + value

    body = tlv(1, b"\x04" + MAC) + tlv(2, b"\x05Ethernet%d" % port) + tlv(3, struct.pack("!H", 120))
    body += tlv(5, NAME.encode()) + tlv(0, b"")
    return bytes.fromhex("0180c200000e") + MAC + struct.pack("!H", _ETHERTYPE_LLDP) + body


class Switch:
    """Ports are numbered from 1; `netdev(port)` is what QEMU is told for the NIC that is plugged in."""

    def __init__(self, ports):
        self.syslog = []  # (port, text)
        self._news = threading.Condition()
        self._ports = []
        self._thread = None
        for _ in range(ports):
            near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            near.bind(("127.0.0.1", 0))
            far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            far.bind(("127.0.0.1", 0))
            self._ports.append((near, far.getsockname()))
            far.close()

    def netdev(self, port):
        near, far = self._ports[port - 1]
        here, there = near.getsockname(), far
        return (
            f"dgram,local.type=inet,local.host={there[0]},local.port={there[1]},"
            f"remote.type=inet,remote.host={here[0]},remote.port={here[1]}"
        )

    def start(self):
        if not self._thread:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def wait_for(self, text, seconds):
        """Until a datagram with this text came; gives the port that it came in by, or None."""

        def ports():
            return [port for port, line in self.syslog if text in line]

        with self._news:
            self._news.wait_for(ports, seconds)
            return ports()[-1] if ports() else None

    def _work(self):
        told = 0.0
        sockets = [near for near, _ in self._ports]
        while True:
            ready, _, _ = select.select(sockets, [], [], 0.5)
            for near in ready:
                self._take(sockets.index(near) + 1, near.recv(65536))
            if time.monotonic() - told > 2:
                told = time.monotonic()
                for port in range(1, len(sockets) + 1):
                    self._send(port, _lldp(port))

    def _send(self, port, frame):
        near, far = self._ports[port - 1]
        near.sendto(frame.ljust(60, b"\0"), far)

    def _take(self, port, frame):
        if len(frame) < 18 or struct.unpack("!H", frame[12:14])[0] != _ETHERTYPE_VLAN:
            return
        tag, ethertype = struct.unpack("!HH", frame[14:18])
        if tag & 0xFFF != VLAN:
            return
        if ethertype == _ETHERTYPE_ARP:
            self._answer_arp(port, frame[18:46])
        elif ethertype == _ETHERTYPE_IPV4:
            self._keep_syslog(port, frame[18:])

    def _answer_arp(self, port, request):
        if request[6:8] != b"\0\1" or request[24:28] != socket.inet_aton(ADDRESS):
            return
        head = request[8:14] + MAC + struct.pack("!HHH", _ETHERTYPE_VLAN, VLAN, _ETHERTYPE_ARP)
        self._send(port, head + request[:6] + b"\0\2" + MAC + request[24:28] + request[8:18])

    def _keep_syslog(self, port, packet):
        payload = packet[(packet[0] & 15) * 4 :]
        if packet[9] != socket.IPPROTO_UDP or struct.unpack("!H", payload[2:4])[0] != 514:
            return
        length = struct.unpack("!H", payload[4:6])[0]
        with self._news:
            self.syslog.append((port, payload[8:length].decode(errors="replace")))
            self._news.notify_all()
