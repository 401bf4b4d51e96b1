# SPDX-License-Identifier: GPL-3.0-or-later
"""From power-on over the network to the installer with its answers, by firmware and boot loader; once to a
running host. Ends of the ways that do not install: the answers ask for a confirmation that nobody gives,
which is after the source was opened and the plan made, and before anything is written."""

import dataclasses
import hashlib
import pathlib
import time

import pytest
from answers import Answers
from lab import MEDIA, boot_host, enter_shell
from limits import limit
from netboot import REPORT, URL, BootServer
from pexpect import EOF, TIMEOUT
from vm import VM, Disk, Nic, VmError, plain, run

MAC = "52:54:00:00:07:01"
CONSOLE = "console=tty0 console=ttyS0,115200"
HTTP_BOOT = ["-device", "virtio-rng-pci", "-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=n",
             "-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n"]  # fmt: skip
UEFI_PXE = ["-device", "virtio-rng-pci", "-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n"]
ANSWERS = Answers(match="serial=XHPXE")


@pytest.fixture
def boot_server(folder, request):
    server = BootServer(folder / request.node.name)
    yield server
    server.close()


def machine(server, name, firmware, rom=False, netdevs=None, memory=1024):
    """A diskful machine that boots over its first NIC; 1 GiB is what an installation over the network needs."""
    nics = [
        Nic(mac=f"{MAC[:-1]}{index + 1}", netdev=netdev, boot=1 if index == 0 else 0, rom=rom and index == 0)
        for index, netdev in enumerate(netdevs or [server.netdev()])
    ]
    vm = VM(name, server.folder / name, [Disk("pxe", size="50G", boot=2)], nics, firmware=firmware, memory=memory)
    vm.prefix = server.prefix()
    return vm


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def give_answers(server, confirm, name="example.xml"):
    text = dataclasses.replace(ANSWERS, more="" if confirm else REPORT).text()
    if confirm:
        text = text.replace("</installation>", "<ui-confirmation-prompt>true</ui-confirmation-prompt></installation>")
    (server.tree / "answers" / name).write_text(text, encoding="utf-8")


def expect_plan(vm, server):
    """The installer runs with its answers, has opened the source, and made the plan."""
    vm.expect(r"Linux \S+, init at [\d.]+ s", "netboot")
    vm.expect(rf"answers: {URL}/answers/", "installer")
    vm.expect(r"source: http://192\.0\.2\.1/xenhost", "installer")
    vm.expect(r"XHPXE", "install")
    vm.expect(r"ask for confirmation, but there is nobody to ask", "install")
    vm.expect(r"INSTALLATION FAILED \(exit code 3\)", "install")
    assert any("/xenhost/manifest.json" in line for line in server.fetched())


def give_host_file(server, example, name):
    """The example, in lines, which these tests read; with screens somebody would be asked to confirm."""
    text = (server.tree / example).read_text(encoding="ascii")
    assert " xenhost.install-id=" in text or '"xenhost.install-id=' in text
    text = text.replace("xenhost.install-id=", "xenhost.ui=text xenhost.install-id=")
    (server.tree / name).write_text(text, encoding="ascii")


def through_grub(server):
    give_answers(server, confirm=True, name=f"{MAC}.xml")
    give_host_file(server, "hosts/example.cfg", f"hosts/{MAC}.cfg")


def through_ipxe(server, confirm=True):
    give_answers(server, confirm)
    give_host_file(server, "hosts/example.ipxe", f"hosts/{MAC.replace(':', '-')}.ipxe")


def test_uefi_grub(boot_server):
    """UEFI's own PXE: Debian's signed shim and GRUB over TFTP, and its menu; kernel and initrd over HTTP."""
    through_grub(boot_server)
    vm = machine(boot_server.start(), "uefi-grub", "uefi")
    try:
        expect_plan(vm.start(extra=UEFI_PXE), boot_server)
    finally:
        vm.kill()


def test_uefi_http(boot_server):
    """UEFI HTTP boot: all of it over HTTP."""
    through_grub(boot_server)
    vm = machine(boot_server.start(), "uefi-http", "uefi")
    try:
        expect_plan(vm.start(extra=HTTP_BOOT), boot_server)
    finally:
        vm.kill()
    assert any("/bootx64.efi" in line for line in boot_server.fetched())
    assert any("/vmlinuz" in line for line in boot_server.fetched())


def expect_done(server):
    """The one machine is done, by its newest run, which is what ends the loop of a boot server."""
    machines = server.fleet("/machines.json?state=done")["machines"]
    assert len(machines) == 1, server.fleet("/machines.json")
    return machines[0]


def expect_whole_story(server, machine):
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
    assert events[-1]["host"]["hostname"] == ANSWERS.hostname
    assert events[-1]["machine"]["macs"] == [f"{MAC[:-1]}1"]


def test_bios_ipxe(boot_server):
    """iPXE in the card of a BIOS machine, over HTTP, to a running host; xenhost-fleet hears of every part of it.
    Then once more over the network, as when nobody told the boot server that the machine is done: nothing is
    written, it says so again, and the host boots."""
    through_ipxe(boot_server, confirm=False)
    vm = machine(boot_server.start().watch(), "bios-ipxe", "bios", rom=True)
    again = None
    try:
        vm.start()
        vm.expect(r"Linux \S+, init at [\d.]+ s", "netboot")
        seen = vm.expect([r"installation finished", r"INSTALLATION FAILED \(exit code (\d+)\)"], "install")
        if seen:
            raise VmError(f"the installation failed:\n{plain(vm.child.before)[-4000:]}")
        vm.wait_off()
        size = (boot_server.tree / "xenhost/root.img.chunks").stat().st_size
        moved = sum(int(line.split('" ')[1].split()[1]) for line in boot_server.fetched() if "root.img.chunks" in line)
        assert moved <= 1.02 * size, f"{moved} bytes moved of {size}"
        first = expect_done(boot_server)
        expect_whole_story(boot_server, first)

        # The same disk below, so that every block that is written shows.
        again = machine(boot_server, "bios-ipxe-again", "bios", rom=True).overlay_of(vm)
        again.start()
        again.expect(r'installation "example-1" is complete on disk', "netboot")
        again.expect(r"report sent to http://192\.0\.2\.1:8090/events", "netboot")
        again.kill()
        assert expect_done(boot_server)["run"] != first["run"], "what was done before is not told again"
        run("qemu-img", "compare", vm.image(vm.disks[0]), again.image(again.disks[0]))
        again.nics[0].boot = 0
        again.memory = 2560
        boot_host(again)
    finally:
        vm.kill()
        if again:
            again.kill()


@pytest.mark.rare
def test_bios_grub(boot_server):
    """A BIOS machine whose firmware's PXE loads GRUB over TFTP."""
    through_grub(boot_server)
    # The card's iPXE is plain PXE here: what tells it apart is taken out of the configuration.
    config = boot_server.tree / "dnsmasq.conf"
    config.write_text(config.read_text(encoding="ascii").replace("dhcp-match=set:ipxe,175\n", ""), encoding="ascii")
    vm = machine(boot_server.start(), "bios-grub", "bios", rom=True)
    try:
        expect_plan(vm.start(), boot_server)
    finally:
        vm.kill()


@pytest.mark.rare
def test_bios_ipxe_over_tftp(boot_server):
    """Script, kernel and initrd over TFTP; the system over HTTP, as ever."""
    through_ipxe(boot_server)
    for file in (boot_server.tree / "xenhost.ipxe", *(boot_server.tree / "hosts").glob("*.ipxe")):
        text = file.read_text(encoding="ascii").replace(f"set base {URL}", "set base tftp://192.0.2.1")
        text = text.replace("xenhost.source=${base}", f"xenhost.source={URL}")
        file.write_text(text.replace("answerfile=${base}", f"answerfile={URL}"), encoding="ascii")
    config = boot_server.tree / "dnsmasq.conf"
    text = config.read_text(encoding="ascii").replace(f"tag:ipxe,{URL}/xenhost.ipxe", "tag:ipxe,xenhost.ipxe")
    config.write_text(text, encoding="ascii")
    vm = machine(boot_server.start(), "bios-ipxe-tftp", "bios", rom=True)
    try:
        expect_plan(vm.start(), boot_server)
    finally:
        vm.kill()
    assert not any("/vmlinuz" in line for line in boot_server.fetched())


@pytest.mark.rare
def test_server_that_comes_late(boot_server):
    """What sends kernel and initrd is not up yet when iPXE asks: it asks again, and does not fall through to a
    disk with nothing on it."""
    through_ipxe(boot_server)
    config = boot_server.tree / "dnsmasq.conf"
    text = config.read_text(encoding="ascii").replace(f"tag:ipxe,{URL}/xenhost.ipxe", f"tag:ipxe,hosts/{MAC.replace(':', '-')}.ipxe")
    config.write_text(text, encoding="ascii")
    vm = machine(boot_server.start_dhcp(), "late-server", "bios", rom=True)
    try:
        # SeaBIOS and iPXE speak on the serial port then, and Linux later on no console.
        vm.start(firmware_text=True)
        vm.expect("The boot server did not send all of it. Once more in 10 seconds", "netboot")
        boot_server.start_http()
        end = time.monotonic() + limit("netboot") + limit("installer")
        while not any("/xenhost/manifest.json" in line for line in boot_server.fetched()):
            assert vm.child.isalive() and time.monotonic() < end, boot_server.fetched()
            vm.child.expect([TIMEOUT, EOF], timeout=1)
    finally:
        vm.kill()
    assert sum("/vmlinuz" in line for line in boot_server.fetched()) == 1


@pytest.mark.rare
def test_uefi_ipxe(boot_server):
    """iPXE in the card of a UEFI machine."""
    through_ipxe(boot_server)
    vm = machine(boot_server.start(), "uefi-ipxe", "uefi", rom=True)
    try:
        expect_plan(vm.start(extra=UEFI_PXE), boot_server)
    finally:
        vm.kill()


@pytest.mark.rare
def test_pxelinux(boot_server):
    """PXELINUX of Debian's packages, which are not shipped."""
    loader = pathlib.Path("/usr/lib/PXELINUX/pxelinux.0")
    library = pathlib.Path("/usr/lib/syslinux/modules/bios/ldlinux.c32")
    if not loader.exists() or not library.exists():
        pytest.skip("no pxelinux: apt-get install pxelinux syslinux-common")
    give_answers(boot_server, confirm=True)
    for file in (loader, library):
        (boot_server.tree / file.name).write_bytes(file.read_bytes())
    name = f"pxelinux.cfg/01-{MAC.replace(':', '-')}"
    (boot_server.tree / name).write_bytes((boot_server.tree / "hosts/example.pxelinux").read_bytes())
    config = boot_server.tree / "dnsmasq.conf"
    text = config.read_text(encoding="ascii").replace("dhcp-match=set:ipxe,175\n", "")
    config.write_text(text.replace("grub/bios.0", "pxelinux.0"), encoding="ascii")
    vm = machine(boot_server.start(), "pxelinux", "bios", rom=True)
    try:
        expect_plan(vm.start(), boot_server)
    finally:
        vm.kill()


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
