# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's own network where a cable and DHCP are not enough: a tagged VLAN over an LACP bond, fixed
addresses, IPv6 alone, and the clock of an empty battery before servers that speak https only. From power-on
over the network; the boot loader uses one port of the bond and no tag."""

import dataclasses
import pathlib
import sys

import pytest
import trunk
from answers import Answers
from lab import expect_finished
from limits import limit
from netboot import HOST, PLAN, URL, boot_from_disk, expect_not_sent, expect_unheard, report_to
from trunk import Trunk
from vm import VM, Disk, Nic

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tui"))

# pylint: disable=wrong-import-position
import screen as tui
from walk import part, walk

MACS = ["52:54:00:00:08:01", "52:54:00:00:08:02"]
ANSWERS = Answers(match="serial=XHTRUNK")
EMPTY_BATTERY = ["-rtc", "base=1970-01-02T00:00:00"]
CA = "/etc/xenhost/ca/lab.pem"
SILENT = "203.0.113.9"
BOND = '<bond mode="lacp"><bond-port name="eth1"/></bond>'
INTERFACE6 = f"""<admin-interface name="eth0" proto="none" protov6="static" vlan="{trunk.VLAN}">
    <ipv6>2001:db8:42::8/64</ipv6><gatewayv6>{trunk.ADDRESS6}</gatewayv6></admin-interface>"""


@pytest.fixture
def server(folder, request):
    server = Trunk(folder / request.node.name, ports=2)
    yield server
    server.close()


def machine(server, name):
    # Without a speed a card is in no aggregator.
    model = "virtio-net-pci,speed=10000,duplex=full"
    nics = [Nic(model=model, mac=mac, netdev=server.netdev(port), boot=int(port == 0), rom=port == 0) for port, mac in enumerate(MACS)]
    vm = VM(name, server.folder / name, [Disk("trunk", size="50G", boot=2)], nics, memory=1024)
    vm.prefix = server.prefix()
    return vm


def boot_line(server, *words, screens="text"):
    """A script for the machine's iPXE, and the folder's own server for what it fetches."""
    words = ["initrd=initrd.img", "quiet", "console=tty0", "console=ttyS0,115200", f"xenhost.ui={screens}", *words]
    text = f"#!ipxe\nkernel {URL}/vmlinuz {' '.join(words)}\ninitrd {URL}/initrd.img\nboot\n"
    (server.tree / f"hosts/{MACS[0].replace(':', '-')}.ipxe").write_text(text, encoding="ascii")


def expect_bond(server):
    """The switch and the machine made one link of the two, and the switch knows it by the first MAC."""
    lag = server.lag()
    assert set(lag) == {"tap0", "tap1"}
    for state, partner in lag.values():
        assert state.startswith("current attached"), lag
        assert partner == MACS[0], lag


@pytest.mark.parametrize("end", [pytest.param(PLAN, id="plan"), pytest.param(HOST, id="host", marks=pytest.mark.rare)])
def test_v6_alone_fixed_and_tagged_over_lacp_in_1970(server, end):
    """The time is told by a web server, and answers and source are under https. The host has no IPv4 either."""
    base = f"https://[{trunk.ADDRESS6}]"
    server.put_into_initrd(CA[1:], server.serve_tls(trunk.ADDRESS6))
    answers = dataclasses.replace(ANSWERS, interface=INTERFACE6, more=BOND + end.more)
    (server.tree / "answers/trunk.xml").write_text(answers.text(), encoding="utf-8")
    boot_line(
        server, f"answerfile={base}/answers/trunk.xml", f"xenhost.source={base}/xenhost/", f"xenhost.time=http://[{trunk.ADDRESS6}]/",
        f'network_config="static:ip=2001:db8:42::7;netmask=64;gateway={trunk.ADDRESS6};bond=eth0,eth1;vlan={trunk.VLAN}"',
    )  # fmt: skip
    vm = machine(server.start(), "v6-lacp-1970")
    try:
        vm.start(extra=EMPTY_BATTERY)
        vm.expect(r"this machine's clock said 1970-01-02 \S+ it is set to when this installer was made", "netboot")
        vm.expect(r"the clock said .* UTC by http://\[2001:db8:42::1\]/", "installer")
        vm.expect(r"answers: https://\[2001:db8:42::1\]/answers/", "installer")
        vm.expect(r"source: https://\[2001:db8:42::1\]/xenhost", "installer")
        vm.expect(r"XHTRUNK", "install")
        expect_bond(server)
        end.reach(vm)
        if end is HOST:
            addresses = vm.run(f"ip -o addr show dev xenbr0.{trunk.VLAN} scope global")
            assert "inet6 2001:db8:42::8/64" in addresses and "inet " not in addresses, addresses
            expect_bond(server)
    finally:
        vm.kill()
    asked = [line.split()[0] for line in server.fetched() if "/vmlinuz" not in line and "/initrd.img" not in line]
    assert "2001:db8:42::7" in asked
    assert any('"GET /xenhost/manifest.json' in line and line.startswith("2001:db8:42::7 ") for line in server.fetched())


@pytest.mark.rare
def test_host_behind_vlan_and_lacp(server):
    """DHCP in the VLAN, which names a time server; to a running host, whose management network is the same.
    Where its report shall go there is nobody who answers, from the beginning to the end."""
    base = f"https://{trunk.ADDRESS4}"
    server.put_into_initrd(CA[1:], server.serve_tls(trunk.ADDRESS4))
    server.tell_time()
    interface = f'<admin-interface name="eth0" proto="dhcp" vlan="{trunk.VLAN}"/>'
    answers = dataclasses.replace(ANSWERS, interface=interface, more=BOND + report_to(f"http://{SILENT}"))
    server.swallow(SILENT)
    (server.tree / "answers/trunk.xml").write_text(answers.text(), encoding="utf-8")
    boot_line(
        server, f"answerfile={base}/answers/trunk.xml", f"xenhost.source={base}/xenhost/", "xenhost.last-call=0",
        f'network_config="dhcp:bond=eth0,eth1;vlan={trunk.VLAN}"',
    )  # fmt: skip
    server.start("--interface=vlan", "--dhcp-range=198.51.100.50,198.51.100.60,1h", f"--dhcp-option=42,{trunk.ADDRESS4}")
    vm = machine(server, "lacp-host")
    try:
        vm.start(extra=EMPTY_BATTERY)
        vm.expect(r"this machine's clock said 1970-01-02", "netboot")
        expect_not_sent(vm, f"http://{SILENT}")
        expect_finished(vm)
        expect_bond(server)
        vm.wait_off()
        assert any(line.startswith("198.51.100.5") and "root.img.chunks" in line for line in server.fetched())
        assert "asked by 198.51.100.5" in (server.folder / "time.log").read_text(encoding="ascii")
        boot_from_disk(vm)
        expect_unheard(vm, "the server does not answer")
        assert f"inet {trunk.ADDRESS4.rpartition('.')[0]}.5" in vm.run(f"ip -4 -o addr show dev xenbr0.{trunk.VLAN}")
        assert vm.run("cat /sys/class/net/bond0/bonding/mode") == "802.3ad 4"
        expect_bond(server)
    finally:
        vm.kill()


@pytest.mark.rare
def test_bond_chosen_on_the_screens(server):
    """The first leads nowhere: its VLAN is none of the switch's. The second, of another kind, is made in its place."""
    boot_line(server, screens="screens")
    vm = machine(server.start(), "bond-screens")
    tui.PATIENCE = limit("netboot") + limit("installer")
    with tui.Screen([str(word) for word in (*vm.prefix, *vm.command(extra=["-no-reboot"]))]) as screen:
        screen.see("Press Enter to install from this console.")
        screen.press("ENTER")
        walk(screen, "", way=part(end="this install medium"))
        screen.see("Where the system comes from")
        screen.press("TAB", f"{URL}/xenhost/", "^N")
        screen.see("Network for the source", "(*)  -  eth0")
        screen.press("RIGHT", "DOWN", "SPACE", "TAB", "DOWN", "SPACE", "TAB", "TAB", "99")
        screen.see("(*) active-backup", "[99 ")
        screen.press("^N")
        screen.see("Password of root", "Source: not found")
        screen.press("^B")
        screen.see("Network for the source", "( ) [x] eth1")
        screen.press("TAB", "UP", "SPACE", "TAB", "TAB", "END", "BS", "BS")
        screen.see("(*) LACP", "VLAN         [  ")
        screen.press("^N")
        screen.see("Password of root", "Source: found")
        expect_bond(server)
