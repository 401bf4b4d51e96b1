# SPDX-License-Identifier: GPL-3.0-or-later
"""From power-on over the network, by firmware and boot loader: to the installer with its answers and plan, or to a
running host."""

import collections.abc
import dataclasses
import hashlib
import pathlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from answers import Answers
from lab import MEDIA, enter_shell, expect_finished
from limits import limit
from netboot import HOST, PLAN, REPORT, UNHEARD, URL, BootServer, End, boot_from_disk
from pexpect import EOF, TIMEOUT
from vm import VM, Disk, Nic, run

MAC = "52:54:00:00:07:01"
HTTP_BOOT = ("-device", "virtio-rng-pci", "-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=n",
             "-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n")  # fmt: skip
UEFI_PXE = ("-device", "virtio-rng-pci", "-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n")
ANSWERS = Answers(match="serial=XHPXE")
AGAIN = "The boot server did not send all of it. Once more in 10 seconds"


def edit(file, *pairs):
    """Puts other words in the place of some that must be there."""
    text = file.read_text(encoding="ascii")
    for old, new in pairs:
        assert old in text, f"no {old!r} in {file}"
        text = text.replace(old, new)
    file.write_text(text, encoding="ascii")


def give_host_file(server, example, name, mac):
    """The example with the machine's own answers, in lines, which these tests read; with screens somebody would be
    asked to confirm."""
    text = (server.tree / example).read_text(encoding="ascii")
    assert " xenhost.install-id=" in text or '"xenhost.install-id=' in text
    text = text.replace("xenhost.install-id=", "xenhost.ui=text xenhost.install-id=")
    (server.tree / name).write_text(text.replace("answers/example.xml", f"answers/{mac}.xml"), encoding="ascii")


def script_of(mac):
    return f"hosts/{mac.replace(':', '-')}.ipxe"


def by_grub(server, mac):
    give_host_file(server, "hosts/example.cfg", f"hosts/{mac}.cfg", mac)


def by_ipxe(server, mac):
    give_host_file(server, "hosts/example.ipxe", script_of(mac), mac)


def as_plain_pxe(server):
    """The card's iPXE is plain PXE then: what tells it apart is taken out of the configuration."""
    edit(server.tree / "dnsmasq.conf", ("dhcp-match=set:ipxe,175\n", ""))


def by_bios_grub(server, mac):
    by_grub(server, mac)
    as_plain_pxe(server)


def by_ipxe_over_tftp(server, mac):
    """Script, kernel and initrd over TFTP; answers and system over HTTP, as ever."""
    by_ipxe(server, mac)
    for name in ("xenhost.ipxe", script_of(mac)):
        edit(
            server.tree / name, (f"set base {URL}", "set base tftp://192.0.2.1"),
            ("xenhost.source=${base}", f"xenhost.source={URL}"), ("answerfile=${base}", f"answerfile={URL}"),
        )  # fmt: skip
    edit(server.tree / "dnsmasq.conf", (f"tag:ipxe,{URL}/xenhost.ipxe", "tag:ipxe,xenhost.ipxe"))


def by_pxelinux(server, mac):
    """PXELINUX of Debian's packages, which are not shipped."""
    loader = pathlib.Path("/usr/lib/PXELINUX/pxelinux.0")
    library = pathlib.Path("/usr/lib/syslinux/modules/bios/ldlinux.c32")
    if not loader.exists() or not library.exists():
        pytest.skip("no pxelinux: apt-get install pxelinux syslinux-common")
    for file in (loader, library):
        (server.tree / file.name).write_bytes(file.read_bytes())
    give_host_file(server, "hosts/example.pxelinux", f"pxelinux.cfg/01-{mac.replace(':', '-')}", mac)
    as_plain_pxe(server)
    edit(server.tree / "dnsmasq.conf", ("grub/bios.0", "pxelinux.0"))


@dataclasses.dataclass(frozen=True)
class Way:
    """From power-on to the installer."""

    prepare: collections.abc.Callable  # makes the boot server's folder ready for the machine of a MAC
    firmware: str = "bios"
    rom: bool = False  # the card has iPXE
    extra: tuple = ()  # words for QEMU
    over_http: tuple = ()  # files that nginx was asked for
    over_tftp: tuple = ()  # files that it was not
    end: End = HOST
    quick: bool = False  # every run goes it, to the plan


BIOS_IPXE = Way(by_ipxe, rom=True, over_http=("vmlinuz",))
WAYS = {
    # UEFI's own PXE: Debian's signed shim and GRUB over TFTP, and its menu; kernel and initrd over HTTP.
    "uefi-grub": Way(by_grub, "uefi", extra=UEFI_PXE, over_tftp=("bootx64.efi",), over_http=("vmlinuz",), quick=True),
    # UEFI HTTP boot: all of it over HTTP.
    "uefi-http": Way(by_grub, "uefi", extra=HTTP_BOOT, over_http=("bootx64.efi", "vmlinuz"), quick=True),
    # A BIOS machine whose firmware's PXE loads GRUB over TFTP.
    "bios-grub": Way(by_bios_grub, rom=True, over_tftp=("grub/bios.0",), over_http=("vmlinuz",), end=UNHEARD),
    "bios-ipxe-tftp": Way(by_ipxe_over_tftp, rom=True, over_tftp=("xenhost.ipxe", "vmlinuz", "initrd.img")),
    # iPXE in the card of a UEFI machine.
    "uefi-ipxe": Way(by_ipxe, "uefi", rom=True, extra=UEFI_PXE, over_http=("vmlinuz",)),
    "pxelinux": Way(by_pxelinux, rom=True, over_tftp=("vmlinuz",)),
}
# To a host each of them takes as long as all of them to the plan.
CELLS = [
    *(pytest.param(name, PLAN, id=f"{name}-plan") for name, way in WAYS.items() if way.quick),
    *(pytest.param(name, way.end, id=f"{name}-{way.end.name}", marks=pytest.mark.rare) for name, way in WAYS.items()),
]


@pytest.fixture
def boot_server(folder, request):
    """With one port, or as many as the test asks for."""
    server = BootServer(folder / request.node.name, ports=getattr(request, "param", 1))
    yield server
    server.close()


def machine(server, name, way, mac=MAC, port=0):
    """A diskful machine that boots over its NIC; 1 GiB is what an installation over the network needs."""
    nic = Nic(mac=mac, netdev=server.netdev(port), boot=1, rom=way.rom)
    vm = VM(name, server.folder / name, [Disk("pxe", size="50G", boot=2)], [nic], firmware=way.firmware, memory=1024)
    vm.prefix = server.prefix()
    return vm


def prepare(server, way, mac=MAC, **answers):
    """The boot server's folder for one machine, and its answers."""
    way.prepare(server, mac)
    text = dataclasses.replace(ANSWERS, **answers).text()
    (server.tree / f"answers/{mac}.xml").write_text(text, encoding="utf-8")


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def expect_installer(vm):
    """It runs with its answers, has opened the source, and made the plan."""
    vm.expect(r"Linux \S+, init at [\d.]+ s", "netboot")
    vm.expect(rf"answers: {URL}/answers/{vm.nics[0].mac}\.xml", "installer")
    vm.expect(r"source: http://192\.0\.2\.1/xenhost", "installer")
    vm.expect(r"XHPXE", "install")


@pytest.mark.parametrize("name, end", CELLS)
def test_way(boot_server, name, end):
    way = WAYS[name]
    prepare(boot_server, way, more=end.more)
    vm = machine(boot_server.start(), name, way)
    try:
        vm.start(extra=way.extra)
        expect_installer(vm)
        end.reach(vm)
    finally:
        vm.kill()
    asked = boot_server.fetched()
    for file in (*way.over_http, "xenhost/manifest.json"):
        assert any(f"/{file} " in line for line in asked), f"{file} did not come over HTTP"
    for file in way.over_tftp:
        assert not any(f"/{file} " in line for line in asked), f"{file} came over HTTP"


def expect_done(server, count=1):
    """So many machines are done, each by its newest run, which is what ends the loop of a boot server."""
    machines = server.fleet("/machines.json?state=done")["machines"]
    assert len(machines) == count, server.fleet("/machines.json")
    return machines


def expect_whole_story(server, machine, mac=MAC, hostname=ANSWERS.hostname):
    """The first installation told all of itself, in order, each event once, and its report."""
    events = server.fleet(f"/events.json/{machine['machine']}/{machine['run']}")
    kinds = [event["event"] for event in events]
    assert kinds[0] == "start" and kinds[-1] == "done", kinds
    assert kinds.count("start") == kinds.count("done") == 1 and "progress" in kinds and "failed" not in kinds, kinds
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1)), "one was lost or doubled"
    report = server.fleet(f"/report/{machine['machine']}/{machine['run']}")
    assert report["schema"] == "xenhost.report/1" and report["success"]
    told = [event["step"] for event in events if event["event"] == "phase"]
    assert told == ["source", "plan", *(step["id"] for step in report["steps"])], told
    assert events[-1]["host"]["hostname"] == hostname
    assert events[-1]["machine"]["macs"] == [mac]


def test_bios_ipxe(boot_server):
    """iPXE in the card of a BIOS machine, over HTTP, to a running host; xenhost-fleet hears of every part of it.
    Then once more over the network, as when nobody told the boot server that the machine is done: nothing is
    written, it says so again, and the host boots."""
    prepare(boot_server, BIOS_IPXE, more=REPORT)
    vm = machine(boot_server.start().watch(), "bios-ipxe", BIOS_IPXE)
    again = None
    try:
        vm.start()
        vm.expect(r"Linux \S+, init at [\d.]+ s", "netboot")
        expect_finished(vm)
        vm.wait_off()
        boot_server.assert_moved_once()
        first = expect_done(boot_server)[0]
        expect_whole_story(boot_server, first)

        # The same disk below, so that every block that is written shows.
        again = machine(boot_server, "bios-ipxe-again", BIOS_IPXE).overlay_of(vm)
        again.start()
        again.expect(r'installation "example-1" is complete on disk', "netboot")
        again.expect(r"report sent to http://192\.0\.2\.1:8090/events", "netboot")
        again.kill()
        assert expect_done(boot_server)[0]["run"] != first["run"], "what was done before is not told again"
        run("qemu-img", "compare", vm.image(vm.disks[0]), again.image(again.disks[0]))
        boot_from_disk(again)
    finally:
        vm.kill()
        if again:
            again.kill()


def install_over_network(vm):
    expect_installer(vm)
    expect_finished(vm)
    vm.wait_off()


def expect_two_stories(server, names):
    """Of two installations at the same time, and of no other."""
    done = {machine["macs"]: machine for machine in expect_done(server, 2)}
    assert set(done) == set(names)
    for mac, machine in done.items():
        expect_whole_story(server, machine, mac, names[mac])
    runs = {(event["machine"]["key"], event["run"]) for event in server.fleet("/events.json")}
    assert runs == {(machine["machine"], machine["run"]) for machine in done.values()}
    assert max(machine["first"] for machine in done.values()) < min(machine["last"] for machine in done.values())


# Two machines to their hosts take a default run more than three minutes, on two cores that are busy as it is.
@pytest.mark.rare
@pytest.mark.parametrize("boot_server", [2], indirect=True, ids=["one-nginx"])
def test_two_at_once(boot_server):
    """Each by its own answers; xenhost-fleet tells them apart."""
    vms, names, addresses = [], {}, {}
    for number in (1, 2):
        mac = f"{MAC[:-1]}{number}"
        names[mac], addresses[mac] = f"xen{number}.example.org", f"192.0.2.{10 + number}"
        prepare(boot_server, BIOS_IPXE, mac, more=REPORT, hostname=names[mac])
        vms.append(machine(boot_server, f"at-once-{number}", BIOS_IPXE, mac, number - 1))
    boot_server.start(*(f"--dhcp-host={mac},{address}" for mac, address in addresses.items())).watch()
    try:
        # Both are looked at all the time: a console that nobody reads holds up its machine.
        with ThreadPoolExecutor() as pool:
            for vm in vms:
                vm.start()
            list(pool.map(install_over_network, vms))
            expect_two_stories(boot_server, names)
            for address in addresses.values():
                boot_server.assert_moved_once(address)
            list(pool.map(boot_from_disk, vms))
        for vm in vms:
            assert vm.run("hostname -f") == names[vm.nics[0].mac]
    finally:
        for vm in vms:
            vm.kill()


@pytest.mark.rare
def test_tftp_server_that_falls_silent(boot_server):
    """In the middle of the initrd, and for good: the machine says so, starts nothing, and asks again."""
    way = WAYS["bios-ipxe-tftp"]
    prepare(boot_server, way)
    vm = machine(boot_server.start(), "silent-tftp", way)
    before = sha256(vm.image(vm.disks[0]))
    try:
        vm.start(firmware_text=True)
        vm.expect(r"initrd\.img\.\.\.[^\n]*%", "netboot")
        boot_server.fall_silent("dnsmasq")
        for _ in range(2):
            vm.expect(AGAIN, "netboot")
    finally:
        vm.kill()
    assert not boot_server.fetched(), "it started"
    assert sha256(vm.image(vm.disks[0])) == before


@pytest.mark.rare
def test_server_that_comes_late(boot_server):
    """What sends kernel and initrd is not up yet when iPXE asks: it asks again, and does not fall through to a
    disk with nothing on it."""
    prepare(boot_server, BIOS_IPXE, more=PLAN.more)
    edit(boot_server.tree / "dnsmasq.conf", (f"tag:ipxe,{URL}/xenhost.ipxe", f"tag:ipxe,{script_of(MAC)}"))
    vm = machine(boot_server.start_dhcp(), "late-server", BIOS_IPXE)
    try:
        # SeaBIOS and iPXE speak on the serial port then, and Linux later on no console.
        vm.start(firmware_text=True)
        vm.expect(AGAIN, "netboot")
        boot_server.start_http()
        end = time.monotonic() + limit("netboot") + limit("installer")
        while not any("/xenhost/manifest.json" in line for line in boot_server.fetched()):
            assert vm.child.isalive() and time.monotonic() < end, boot_server.fetched()
            vm.child.expect([TIMEOUT, EOF], timeout=1)
    finally:
        vm.kill()
    assert sum("/vmlinuz" in line for line in boot_server.fetched()) == 1


@pytest.mark.rare
def test_incomplete_initrd(folder):
    """As a boot server has it whose disk was full: it says so, starts nothing, and stays."""
    initrd = folder / "cut.img"
    initrd.write_bytes((MEDIA / "pxe/initrd.img").read_bytes()[:-50000])
    vm = VM("cut", folder / "cut", [Disk("cut", size="20G")], memory=1024)
    before = sha256(vm.image(vm.disks[0]))
    try:
        append = "console=ttyS0,115200 quiet answerfile=http://192.0.2.1/none xenhost.ui=text"
        vm.start(extra=["-kernel", MEDIA / "vmlinuz", "-initrd", initrd, "-append", append])
        vm.expect("INITRD INCOMPLETE: its last part, the keys, did not arrive", "netboot")
        enter_shell(vm)
        assert "unattended installation" not in vm.run("cat /run/xenhost/installer.log")
    finally:
        vm.kill()
    assert sha256(vm.image(vm.disks[0])) == before
