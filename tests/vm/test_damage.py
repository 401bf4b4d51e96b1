# SPDX-License-Identifier: GPL-3.0-or-later
"""A source that is damaged, missing or unreachable: what is said, the exit code, and that the machine
does not start something half installed."""

import json
import subprocess

import pytest

from answers import Answers
from conftest import free_port
from lab import MEDIA, Key, enter_shell, make_medium, nothing_bootable
from test_hardware_report import make_stick, usb
from vm import VM, Disk, Nic, run

CHUNKS = "/xenhost/root.img.chunks"
MAC = "52:54:00:00:01:01"
WRONG = '<?xml version="1.0"?>\n<installation sr-type="zfs"/>\n'


@pytest.fixture(scope="module")
def vm(folder, server):
    """The machine in the installer's shell; its disk looks bootable before. Answers lie on a TFTP server
    of QEMU and on a stick too."""
    port = free_port()
    nic = Nic(mac=MAC, netdev=f"user,net=10.0.2.0/24,tftp={server.folder},hostfwd=tcp:127.0.0.1:{port}-:22", ssh_port=port)
    machine = VM("damage", folder / "vm", [Disk("a", size="20G", boot=1)], [nic], memory=1024)
    (folder / "wrong.xml").write_text(WRONG, encoding="ascii")
    stick = make_stick(folder / "stick.img", label="TOOLS")
    run("mcopy", "-i", f"{stick}@@1M", folder / "wrong.xml", "::a b.xml")
    shell = make_medium(folder / "shell.iso", append="console=ttyS0,115200", entry="shell")
    try:
        machine.start(iso=shell, extra=["-device", "qemu-xhci", *usb(stick)])
        machine.expect("rescue shell; the installer is started by", "installer")
        enter_shell(machine)
        machine.run("blockdev --setrw /dev/vda && printf '\\353\\376' | dd of=/dev/vda conv=notrunc 2>/dev/null")
        machine.run("printf '\\125\\252' | dd of=/dev/vda bs=1 seek=510 conv=notrunc,fsync 2>/dev/null")
        yield machine
    finally:
        machine.kill()


@pytest.fixture
def install(vm, server):
    """Runs the installer with a source that is wrong in one way; gives what it said."""
    server.damage.clear()
    server.missing.clear()

    def run(status, **more):
        answers = Answers(match="serial=XHA", source=f"{server.url}/xenhost", **more)
        (server.folder / "answers.xml").write_text(answers.text(), encoding="utf-8")
        return vm.run(f"xenhost-install run --answers {server.url}/answers.xml 2>&1", "install", status)

    return run


def first_bytes(vm):
    return vm.run("dd if=/dev/vda bs=1M count=1 2>/dev/null | md5sum")


def data_chunks():
    chunks = json.loads((MEDIA / "payload/manifest.json").read_text(encoding="utf-8"))["image"]["chunks"]
    return [chunk for chunk in chunks if chunk["kind"] == "data"]


def test_no_answers_on_the_server(vm, server):
    before = first_bytes(vm)
    said = vm.run(f"xenhost-install run --answers {server.url}/none.xml 2>&1", "install", 6)
    assert "404" in said
    assert first_bytes(vm) == before


@pytest.mark.parametrize("place", ("tftp://10.0.2.2/${mac}.xml", "label://TOOLS/a%20b.xml"))
def test_answers_from_elsewhere(vm, server, place):
    """They are read, in the name of this machine; what is wrong in them ends the installation."""
    (server.folder / f"{MAC}.xml").write_text(WRONG, encoding="ascii")
    said = vm.run(f"xenhost-install run --answers '{place}' 2>&1", "install", 3)
    assert f'{place.replace("${mac}", MAC)}:2:15: error: installation@sr-type cannot be "zfs"' in said, said


def test_no_server(vm):
    said = vm.run("xenhost-install run --answers http://10.0.2.2:9/answers.xml 2>&1", "install", 6)
    assert "10.0.2.2" in said


def test_damaged_manifest(vm, server, install):
    before = first_bytes(vm)
    server.damage["/xenhost/manifest.json"] = [500]
    said = install(5)
    assert "manifest.json" in said
    assert "signature" in said
    assert first_bytes(vm) == before


def test_missing_image(vm, server, install):
    """Whose key the answers name can look at the machine then; nobody else."""
    key, stranger, port = Key(server.uploads), Key(vm.folder), vm.nics[0].ssh_port
    before = first_bytes(vm)
    server.missing.add(CHUNKS)
    said = install(6, more=f"<ssh-key>{key.public}</ssh-key>")
    assert "root.img.chunks" in said
    assert first_bytes(vm) == before
    fingerprint = vm.run("dropbearkey -y -f /run/xenhost/ssh/host_key | sed -n 's/^Fingerprint: //p'")
    assert "remote hands: ssh root@10.0.2.15" in said, said[-3000:]
    assert f"the key of this server is ED25519 {fingerprint}" in said, said[-3000:]
    assert "root.img.chunks" in key.run(port, "tail -n 40 /run/xenhost/install.log")
    refused = subprocess.run(stranger.login(port, "root@127.0.0.1", "true"), check=False, capture_output=True)
    assert refused.returncode == 255


@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_damaged_chunk(vm, server, install, where):
    data = data_chunks()
    chunk = {"first": data[0], "middle": data[len(data) // 2], "last": data[-1]}[where]
    server.damage[CHUNKS] = [chunk["file_offset"] + chunk["file_bytes"] // 2]
    said = install(5)
    assert "root.img.chunks" in said
    assert str(chunk["file_offset"]) in said or f"chunk {data.index(chunk) + 1} of" in said, said[-3000:]


def test_certificate_of_a_stranger(vm, server):
    """A server that speaks TLS with a certificate nobody vouches for."""
    before = first_bytes(vm)
    with server.with_tls() as url:
        said = vm.run(f"xenhost-install run --answers {url}/answers.xml 2>&1", "install", 6)
    assert "certificate" in said
    assert first_bytes(vm) == before


def test_target_that_fills_up(vm, server, install):
    """A stage script leaves no room on the target, so what comes after it cannot be written."""
    script = 'dd if=/dev/zero of="$1/filled" bs=1M 2>/dev/null; sync; true\n'
    (server.folder / "fill.sh").write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    said = install(7, scripts=(("filesystem-populated", f"{server.url}/fill.sh"),))
    assert "No space left on device" in said, said[-3000:]


def test_nothing_bootable_is_left(vm):
    vm.run("sync")
    vm.kill()
    nothing_bootable(vm)


def test_cable_out(folder):
    iso = make_medium(
        folder / "cable.iso", append="console=ttyS0,115200 answerfile=http://10.0.2.2/a.xml", entry="install"
    )
    machine = VM("cable", folder / "cable", [Disk("a", size="20G")], [Nic(link=False)], memory=1024)
    try:
        machine.start(iso=iso)
        machine.expect(r"no network interface got an address", "install")
        machine.expect(r"eth0 \(52:54:00:00:01:01, virtio_net\): no link", "command")
        machine.expect(r"INSTALLATION FAILED \(exit code 6\)", "command")
    finally:
        machine.kill()
