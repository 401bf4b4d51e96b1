# SPDX-License-Identifier: GPL-3.0-or-later
"""A system that comes from an NFS server, which the kernel's own client reads: what no unit test can mount."""

import re

import pytest
from answers import Answers
from lab import MEDIA
from netboot import ADDRESS, BootServer
from nfs_server import NfsServer
from pexpect import EOF, TIMEOUT
from vm import VM, Disk, Nic, VmError, plain

CHUNKS = "root.img.chunks"
ANSWERS = Answers(match="serial=XHNFS")
AWAY = r"the source went away while it was read: NFS server 192\.0\.2\.1: /xenhost/root\.img\.chunks cannot be read"

pytestmark = [
    pytest.mark.rare,
    pytest.mark.skipif(not NfsServer.can_run(), reason="needs root, and apt-get install nfs-ganesha nfs-ganesha-vfs"),
]


@pytest.fixture
def boot_server(folder, request):
    # No firmware asked for an address before: dnsmasq would look for three seconds whether it is free.
    server = BootServer(folder / request.node.name).start("--no-ping")
    yield server
    server.close()


@pytest.fixture
def nfs(boot_server):
    server = NfsServer(boot_server, xenhost=MEDIA / "payload", answers=boot_server.tree / "answers")
    yield server
    server.kill()


def start(boot_server, source):
    """A machine that reads its answers over NFS too, and streams the system until half of it came."""
    text = ANSWERS.text().replace('<source type="local"/>', source)
    (boot_server.tree / "answers/nfs.xml").write_text(text, encoding="utf-8")
    nic = Nic(mac="52:54:00:00:09:01", netdev=boot_server.netdev())
    vm = VM("nfs", boot_server.folder / "vm", [Disk("nfs")], [nic], memory=1024)
    vm.prefix = boot_server.prefix()
    append = "console=tty0 console=ttyS0,115200 quiet xenhost.ui=text xenhost.last-call=0"
    append += f" answerfile=nfs://{ADDRESS}:/answers/nfs.xml"
    return vm.start(extra=["-kernel", MEDIA / "vmlinuz", "-initrd", MEDIA / "pxe/initrd.img", "-append", append])


def stream(vm, nfs):
    """Until half of the system came."""
    vm.expect(rf"answers: nfs://{ADDRESS}:/answers/nfs\.xml", "netboot")
    vm.expect(rf"source: nfs://{ADDRESS}/xenhost,", "installer")
    vm.expect(r"% Write the system", "install")
    half = (MEDIA / "payload" / CHUNKS).stat().st_size // 2
    while nfs.sent() < half:
        assert vm.child.expect([TIMEOUT, EOF, "INSTALLATION FAILED"], timeout=1) == 0, plain(vm.child.before)[-4000:]


def expect_finished(vm):
    if vm.expect([r"installation finished", r"INSTALLATION FAILED \(exit code (\d+)\)"], "install"):
        raise VmError(f"the installation failed:\n{plain(vm.child.before)[-4000:]}")
    vm.wait_off()


def test_server_that_starts_anew(boot_server, nfs):
    """The stream goes on where it was once the server is there again. To the server each machine is a client
    with a name of its own."""
    vm = start(boot_server, f'<source type="nfs">{ADDRESS}:/xenhost</source>')
    try:
        stream(vm, nfs)
        assert any(re.search(r"Linux NFSv4\.1 [0-9a-f-]{36}/", name) for name in nfs.clients()), nfs.clients()
        nfs.kill()
        vm.expect(AWAY, "install")
        nfs.start()
        expect_finished(vm)
    finally:
        vm.kill()
    assert not boot_server.fetched(), "all of it came by NFS"


def test_server_that_hangs(boot_server, nfs):
    """The next mirror, which is of another kind, goes on at the same byte."""
    vm = start(boot_server, f"<xenhost-source>nfs://{ADDRESS}/xenhost http://{ADDRESS}/xenhost/</xenhost-source>")
    try:
        stream(vm, nfs)
        nfs.hang()
        vm.expect(AWAY, "install")
        expect_finished(vm)
    finally:
        vm.kill()
    size = (MEDIA / "payload" / CHUNKS).stat().st_size
    moved = sum(int(line.split('" ')[1].split()[1]) for line in boot_server.fetched() if CHUNKS in line)
    assert size // 4 < moved < size * 3 // 4, f"{moved} bytes of {size} came from the mirror"
