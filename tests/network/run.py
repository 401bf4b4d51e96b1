#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's own network against real servers: every way in which one of many links leads to the
source, or none does. Usage: run.py [WORD-OF-A-TEST]; in namespaces of its own, see lab.py."""

import concurrent.futures
import http.server
import ipaddress
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import traceback

from lab import Client, Lab, kernel_has

SOURCE = "198.51.100.9"
URL = f"http://{SOURCE}:8080/xenhost"


class Skipped(Exception):
    pass


def network(lab, client, number, *lines, leads=True, up=True, router=True, space=None):
    """A network with a DHCP server behind port ethN of the client, and the source behind its router. All
    networks have the same addresses."""
    space = space or lab.space(f"net{number}")
    lab.cable(client, f"eth{number}", space, "port", up=up)
    space.run("ip", "addr", "add", "192.0.2.1/24", "dev", "port")
    if leads:
        space.run("ip", "addr", "add", f"{SOURCE}/32", "dev", "lo")
    else:
        space.run("ip", "route", "add", "blackhole", f"{SOURCE}/32")
    # Without a zone no name server.
    options = [*([] if any("address=/" in line for line in lines) else ["port=0"]), f"dhcp-range=192.0.2.{50 + number},192.0.2.{50 + number},1h", *lines]
    if not router:
        options.append("dhcp-option=3")
    space.dnsmasq = space.serve(lab.folder / f"net{number}", *options)
    return space


def mac_of(client, name):
    return client.run("ip", "-o", "link", "show", name).split("link/ether ")[1].split()[0]


def dark(lab, client, numbers):
    space = lab.space("dark")
    for number in numbers:
        lab.cable(client, f"eth{number}", space, f"port{number}", up=False)


def taken(result, client):
    assert result["up"], f"{result['error']}: {result['hint']}\n{client.log.text()}"
    return result


def test_one_link(lab):
    client = lab.space("client")
    network(lab, client, 0)
    run = Client(lab, client, "quiet", URL)
    taken(run.result(), run)
    assert "dev eth0" in run.routes(SOURCE)
    assert "192.0.2.50/24" in run.look("cat", "/run/xenhost/network/eth0.lease")


def test_link_that_comes_late(lab):
    """The source is behind a port whose link comes seconds after another has its address."""
    client = lab.space("client")
    network(lab, client, 0, leads=False)
    late = network(lab, client, 1, up=False)
    run = Client(lab, client, "quiet", URL)
    assert run.log.wait_for(f"eth0: 192.0.2.50/24: {SOURCE} port 8080 does not answer"), run.log.text()
    late.run("ip", "link", "set", "port", "up")
    taken(run.result(), run)
    assert "dev eth1" in run.routes(SOURCE)
    assert "dev eth1" in run.routes("203.0.113.1"), "the default route is another one's"


def test_fifteen_dark_ports(lab):
    """They cost nothing: 16 ports of which 15 are dark are as fast as one port, within 2 s."""
    times = []
    for ports in (1, 16):
        client = lab.space("client")
        space = network(lab, client, ports - 1)
        if ports > 1:
            dark(lab, client, range(ports - 1))
        run = Client(lab, client, "quiet", URL)
        times.append(taken(run.result(), run)["milliseconds"])
        assert f"dev eth{ports - 1}" in run.routes(SOURCE)
        run.process.kill()
        space.dnsmasq.kill()
    assert times[1] <= times[0] + 2000, times
    print(f"    one port {times[0]} ms, sixteen {times[1]} ms")


def test_the_right_one_of_four(lab):
    """Four networks with the same addresses, each with DHCP; one leads to the source."""
    client = lab.space("client")
    for number in range(4):
        network(lab, client, number, leads=number == 2)
    run = Client(lab, client, "quiet", URL)
    taken(run.result(), run)
    assert "dev eth2" in run.routes(SOURCE)
    assert "dev eth2" in run.routes("192.0.2.1"), "what all of them have is looked for on another link"


def test_booted_over(lab):
    """Both lead there: the one that the machine was booted over wins, though it comes later."""
    client = lab.space("client")
    network(lab, client, 0)
    late = network(lab, client, 1, up=False)
    run = Client(lab, client, "quiet", URL, boot=mac_of(client, "eth1"))
    assert run.log.wait_for("eth0: leads to"), run.log.text()
    late.run("ip", "link", "set", "port", "up")
    taken(run.result(), run)
    assert "dev eth1" in run.routes(SOURCE)


def test_reasons(lab):
    """When none leads there, each says why."""
    client = lab.space("client")
    dark(lab, client, [0])
    mute = lab.space("mute")
    lab.cable(client, "eth1", mute, "port")
    network(lab, client, 2, leads=False, router=False)
    network(lab, client, 3, "address=/answers.lab.test/", "dhcp-option=6,192.0.2.1")
    network(lab, client, 4, "dhcp-option=6,192.0.2.99")
    network(lab, client, 5, f"address=/answers.lab.test/{SOURCE}", "dhcp-option=6,192.0.2.1", leads=False)
    run = Client(lab, client, "quiet", "http://answers.lab.test/xenhost", patience=4)
    result = run.result()
    assert not result["up"] and result["error"] == "no network interface leads to answers.lab.test", result
    states = dict(text.split(" (", 1) for text in result["hint"].split("; "))
    for name, says in (
        ("eth0", "no link, is the cable in?"),
        ("eth1", "link, but no answer to DHCP"),
        ("eth2", "192.0.2.52/24: DNS: nobody named a name server"),
        ("eth3", "192.0.2.53/24: DNS: there is no answers.lab.test"),
        ("eth4", "192.0.2.54/24: DNS: no name server answers for answers.lab.test (asked 192.0.2.99)"),
        ("eth5", "192.0.2.55/24: answers.lab.test port 80 does not answer"),
    ):
        assert says in states[name], f"{name}: {states[name]}, not {says}"
    assert "veth" in states["eth0"] and mac_of(client, "eth0") in states["eth0"], states["eth0"]


def test_no_router(lab):
    client = lab.space("client")
    network(lab, client, 0, leads=False, router=False)
    run = Client(lab, client, "quiet", URL, patience=2)
    assert "the DHCP server names no router" in run.result()["hint"]
    # The same, and the source is beside us: no router is needed.
    run = Client(lab, client, "quiet", "http://192.0.2.1/")
    taken(run.result(), run)


def test_no_link_at_all(lab):
    client = lab.space("client")
    dark(lab, client, range(3))
    run = Client(lab, client, "quiet", URL, patience=1)
    result = run.result()
    assert result["error"] == "no network interface got an address"
    assert result["hint"].count("no link, is the cable in?") == 3


class Web(http.server.BaseHTTPRequestHandler):
    """Answers a GET with many bytes, a POST with few."""

    size = 100000

    def reply(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        # In one write with the body, as nginx does it with tcp_nopush: a full first packet.
        self._headers_buffer.append(b"\r\n" + body)
        self.flush_headers()

    def do_GET(self):
        self.reply(b"y" * self.size)

    def do_POST(self):
        self.reply(str(len(self.rfile.read(int(self.headers["Content-Length"])))).encode())

    def log_message(self, *_):
        pass


def web(space, address, port=8080):
    server = http.server.ThreadingHTTPServer((address, port), Web, bind_and_activate=False)
    server.socket.close()
    server.socket = space.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.socket.bind((address, port))
    server.server_activate()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def black_hole(lab):
    """A switch on the way loses what is larger than 1300 bytes, and tells nobody."""
    client, switch, server = lab.space("client"), lab.space("switch"), lab.space("server")
    switch.run("ip", "link", "add", "bridge", "type", "bridge")
    switch.run("ip", "link", "set", "bridge", "up")
    lab.cable(client, "eth0", switch, "downlink")
    lab.cable(server, "port", switch, "uplink")
    for port in ("downlink", "uplink"):
        switch.run("ip", "link", "set", port, "master", "bridge")
    switch.run("ip", "link", "set", "downlink", "mtu", "1300")
    # Else the kernel hands on packets larger than any that is seen on a wire.
    for space, port in ((client, "eth0"), (server, "port")):
        space.run("ip", "link", "set", port, "gso_max_segs", "1")
    server.run("ip", "link", "set", "port", "up")
    server.run("ip", "addr", "add", "192.0.2.1/24", "dev", "port")
    server.serve(lab.folder / "net", "port=0", "dhcp-range=192.0.2.50,192.0.2.50,1h")
    return client, web(server, "192.0.2.1")


def test_large_packets_get_lost(lab):
    """On the way to us: the first try stalls, the next asks for smaller ones."""
    client, server = black_hole(lab)
    run = Client(lab, client, "quiet", "http://192.0.2.1:8080/x", fetch=0)
    result = taken(run.result(), run)
    server.shutdown()
    assert not result["error"] and result["fetched"] == Web.size, result


def test_large_packets_of_ours_get_lost(lab):
    """On the way to the server: the kernel tries smaller ones."""
    client, server = black_hole(lab)
    run = Client(lab, client, "quiet", "http://192.0.2.1:8080/x", fetch=50000)
    result = taken(run.result(), run)
    server.shutdown()
    assert not result["error"] and result["fetched"] == len("50000"), result


def two_servers(lab, first, second):
    """One network, two DHCP servers; each is an address, whether it leads to the source, and further lines."""
    client, switch = lab.space("client"), lab.space("switch")
    switch.run("ip", "link", "add", "port", "type", "bridge")
    switch.run("ip", "link", "set", "port", "up")
    lab.cable(client, "eth0", switch, "downlink")
    switch.run("ip", "link", "set", "downlink", "master", "port")
    for number, (leads, *lines) in enumerate((first, second), 1):
        server = lab.space(f"server{number}")
        lab.cable(server, "uplink", switch, f"server{number}")
        switch.run("ip", "link", "set", f"server{number}", "master", "port")
        server.run("ip", "addr", "add", f"192.0.2.{number}/24", "dev", "uplink")
        server.run("ip", "link", "set", "uplink", "up")
        if leads:
            server.run("ip", "addr", "add", f"{SOURCE}/32", "dev", "lo")
        else:
            server.run("ip", "route", "add", "blackhole", f"{SOURCE}/32")
        server.serve(lab.folder / f"server{number}", "port=0", f"dhcp-range=192.0.2.{number}0,192.0.2.{number}0,1h", *lines)
    return client


# Seconds before a DHCP server offers anything, so that the other one is the first.
LATE = "dhcp-reply-delay=3"


def test_two_dhcp_servers(lab):
    client = two_servers(lab, (True,), (True,))
    run = Client(lab, client, "quiet", URL)
    taken(run.result(), run)
    assert run.look("ip", "-4", "addr", "show", "dev", "eth0").count("inet ") == 1


def test_a_rogue_dhcp_server_comes_second(lab):
    client = two_servers(lab, (True,), (False, LATE))
    run = Client(lab, client, "quiet", URL)
    taken(run.result(), run)
    assert "192.0.2.10/24" in run.look("ip", "-4", "addr", "show", "dev", "eth0")
    assert "via 192.0.2.1 " in run.routes(SOURCE)


def test_a_rogue_dhcp_server_comes_first(lab):
    """Its lease leads nowhere: that is said, with the address by which to find it."""
    client = two_servers(lab, (False,), (True, LATE))
    run = Client(lab, client, "quiet", URL, patience=4)
    result = run.result()
    assert not result["up"] and "192.0.2.10/24" in result["hint"], result
    assert f"{SOURCE} port 8080 does not answer" in result["hint"], result


def test_dns_that_fails_half_the_time(lab):
    """Every second question is dropped."""
    client = lab.space("client")
    space = network(lab, client, 0, "dhcp-option=6,192.0.2.1")
    questions = space.socket(socket.AF_INET, socket.SOCK_DGRAM)
    questions.bind(("192.0.2.1", 53))
    asked = []

    def answer():
        while True:
            question, who = questions.recvfrom(4096)
            asked.append(question)
            # The kind of question stands four bytes before its end; 1 is that for an IPv4 address.
            if len(asked) % 4 < 2:
                continue
            address = question[-4:-2] == b"\0\1"
            head = question[:2] + b"\x81\x80\0\1" + (b"\0\1" if address else b"\0\0") + bytes(4)
            record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(SOURCE) if address else b""
            questions.sendto(head + question[12:] + record, who)

    threading.Thread(target=answer, daemon=True).start()
    run = Client(lab, client, "quiet", "http://answers.lab.test/xenhost")
    taken(run.result(), run)
    assert len(asked) > 2


def test_router_advertisements_alone(lab):
    """IPv6 without any DHCP."""
    client, space = lab.space("client"), lab.space("net")
    lab.cable(client, "eth0", space, "port")
    space.run("ip", "-6", "addr", "add", "2001:db8:1::1/64", "dev", "port", "nodad")
    space.run("ip", "-6", "addr", "add", "2001:db8:9::9/128", "dev", "lo", "nodad")
    space.serve(lab.folder / "net", "port=0", "enable-ra", "dhcp-range=2001:db8:1::,ra-only,64,1h", "ra-param=port,4,60")
    run = Client(lab, client, "quiet", "http://[2001:db8:9::9]/xenhost")
    taken(run.result(), run)
    assert "dev eth0" in run.routes("2001:db8:9::9")


def test_name_servers_of_routers(lab):
    """IPv6 without any DHCP, where a router advertisement names the name server (RFC 8106)."""
    client, space = lab.space("client"), lab.space("net")
    lab.cable(client, "eth0", space, "port")
    space.run("ip", "-6", "addr", "add", "2001:db8:1::1/64", "dev", "port", "nodad")
    space.run("ip", "-6", "addr", "add", "2001:db8:9::9/128", "dev", "lo", "nodad")
    space.serve(
        lab.folder / "net", "enable-ra", "dhcp-range=2001:db8:1::,ra-only,64,1h", "ra-param=port,4,60",
        "dhcp-option=option6:dns-server,[2001:db8:1::1]", "dhcp-option=option6:domain-search,lab.test",
        "address=/answers.lab.test/2001:db8:9::9",
    )  # fmt: skip
    run = Client(lab, client, "quiet", "http://answers.lab.test/xenhost")
    taken(run.result(), run)
    assert run.look("cat", "/etc/resolv.conf").split() == ["nameserver", "2001:db8:1::1", "search", "lab.test"]


def test_dhcpv6(lab):
    if not (lab.folder / "bin/udhcpc6").exists():
        raise Skipped("this busybox has no udhcpc6")
    client, space = lab.space("client"), lab.space("net")
    lab.cable(client, "eth0", space, "port")
    space.run("ip", "-6", "addr", "add", "2001:db8:1::1/64", "dev", "port", "nodad")
    space.run("ip", "-6", "addr", "add", "2001:db8:9::9/128", "dev", "lo", "nodad")
    space.serve(
        lab.folder / "net", "enable-ra", "dhcp-range=2001:db8:1::50,2001:db8:1::60,64,1h", "ra-param=port,4,60",
        "dhcp-option=option6:dns-server,[2001:db8:1::1]", "address=/answers.lab.test/2001:db8:9::9",
    )  # fmt: skip
    run = Client(lab, client, "quiet", "http://answers.lab.test/xenhost")
    taken(run.result(), run)
    words = run.look("cat", "/etc/resolv.conf").split()
    assert ipaddress.ip_address(words[words.index("nameserver") + 1]) == ipaddress.ip_address("2001:db8:1::1"), words


def test_static(lab):
    client = lab.space("client")
    dark(lab, client, [0])
    network(lab, client, 1)
    line = "network_device=eth1 network_config=static:ip=192.0.2.7;netmask=255.255.255.0;gateway=192.0.2.1;dns=192.0.2.1"
    run = Client(lab, client, line, URL)
    taken(run.result(), run)
    assert "src 192.0.2.7" in run.routes(SOURCE)


def test_static_v6(lab):
    client, space = lab.space("client"), lab.space("net")
    lab.cable(client, "eth0", space, "port")
    space.run("ip", "-6", "addr", "add", "2001:db8:1::1/64", "dev", "port", "nodad")
    space.run("ip", "-6", "addr", "add", "2001:db8:9::9/128", "dev", "lo", "nodad")
    line = "network_device=eth0 network_config=static:ip=2001:db8:1::7;netmask=64;gateway=2001:db8:1::1"
    run = Client(lab, client, line, "http://[2001:db8:9::9]/xenhost")
    taken(run.result(), run)
    assert "src 2001:db8:1::7" in run.routes("2001:db8:9::9")


def test_another_source(lab):
    """Answers and system behind different links: the second is found when it is asked for."""
    client = lab.space("client")
    network(lab, client, 0)
    other = network(lab, client, 1, leads=False)
    other.run("ip", "addr", "add", "203.0.113.9/32", "dev", "lo")
    # Behind the first one nothing answers for that address, and says so.
    run = Client(lab, client, "quiet", URL, "http://203.0.113.9/xenhost")
    taken(run.result(), run)
    taken(run.result(), run)
    assert "dev eth1" in run.routes("203.0.113.9"), run.log.text()


def test_vlan(lab):
    client, space = lab.space("client"), lab.space("net")
    lab.cable(client, "eth0", space, "trunk")
    try:
        space.run("ip", "link", "add", "link", "trunk", "name", "port", "type", "vlan", "id", "42")
    except RuntimeError as error:
        raise Skipped("this kernel has no VLANs") from error
    space.run("ip", "link", "set", "port", "up")
    space.run("ip", "addr", "add", "192.0.2.1/24", "dev", "port")
    space.run("ip", "addr", "add", f"{SOURCE}/32", "dev", "lo")
    space.serve(lab.folder / "net", "port=0", "interface=port", "dhcp-range=192.0.2.50,192.0.2.50,1h")
    run = Client(lab, client, "network_config=dhcp:vlan=42", URL)
    taken(run.result(), run)
    assert "dev eth0.42" in run.routes(SOURCE)


def test_bond(lab):
    """LACP against another bond, as a switch has it."""
    if not kernel_has(["type", "bond"]):
        raise Skipped("this kernel has no bonds")
    client, space = lab.space("client"), lab.space("net")
    space.run("ip", "link", "add", "port", "type", "bond", "mode", "802.3ad", "miimon", "100", "lacp_rate", "fast")
    for number in range(2):
        lab.cable(client, f"eth{number}", space, f"port{number}", up=False)
        space.run("ip", "link", "set", f"port{number}", "master", "port")
    space.run("ip", "link", "set", "port", "up")
    space.run("ip", "addr", "add", "192.0.2.1/24", "dev", "port")
    space.run("ip", "addr", "add", f"{SOURCE}/32", "dev", "lo")
    space.serve(lab.folder / "net", "port=0", "interface=port", "dhcp-range=192.0.2.50,192.0.2.50,1h")
    run = Client(lab, client, "network_config=dhcp:bond=eth0,eth1", URL)
    taken(run.result(), run)
    assert "dev bond0" in run.routes(SOURCE)
    # All ports are in one aggregator only if the other side answered.
    status = run.look("cat", "/proc/net/bonding/bond0")
    assert status.count("Aggregator ID: 1") >= 2, status


def run_one(name, test):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="xenhost-network."))
    lab = Lab(folder)
    try:
        test(lab)
        print(f"ok {name}", flush=True)
        return 0
    except Skipped as reason:
        print(f"skipped {name}: {reason}", flush=True)
        return 0
    except Exception:  # pylint: disable=broad-except
        print(f"FAILED {name}\n{traceback.format_exc()}", flush=True)
        return 1
    finally:
        lab.close()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_") and word in name]
    # Most of their time they wait for what does not answer.
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        failed = sum(pool.map(run_one, *zip(*tests)))
    print(f"{len(tests) - failed} of {len(tests)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    # The first process of a namespace of processes: whatever is left dies with it.
    if subprocess.run(["ip", "link", "set", "lo", "up"], check=False).returncode:
        sys.exit("run.py: not in a namespace of its own")
    sys.exit(main())
