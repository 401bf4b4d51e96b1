# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry "Hardware report only": the report arrives by POST, on a stick and on the console, says what
QEMU was told, and no byte of any disk changes. Further machines start kernel and initrd directly."""

import json
import re
import shutil

from lab import MEDIA, make_medium
from report import QUICK, parts_of
from vm import VM, Disk, Nic, run


def make_stick(path, label="XENHOST", size="64M", filesystem="vfat"):
    """A stick with an MBR and one partition that starts at 1 MiB."""
    run("truncate", "-s", size, path)
    run("sh", "-c", f"echo 'start=2048, type=c' | sfdisk -q {path}")
    sectors = path.stat().st_size // 1024 - 1024
    if filesystem == "vfat":
        run("mkfs.vfat", "-n", label, "--offset=2048", path, sectors)
    else:
        run("mkfs.ext4", "-q", "-L", label, "-E", "offset=1048576", path, f"{sectors}k")
    return path


def files_on(stick, folder):
    folder.mkdir()
    run("mcopy", "-n", "-i", f"{stick}@@1M", "::*", folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def usb(path, name="stick", options=""):
    return [
        "-drive", f"if=none,id={name},format=raw,file={path}{options}",
        "-device", f"usb-storage,id={name}-device,drive={name},removable=on,serial=USB{name.upper()}",
    ]  # fmt: skip


def fill(vm, disk, *command):
    """Makes a disk's image out of a raw one that the command made; {} is its path."""
    raw = vm.folder / f"{disk.name}.raw"
    raw.unlink(missing_ok=True)
    run("truncate", "-s", disk.size, raw)
    for line in command:
        run("sh", "-c", line.format(raw))
    run("qemu-img", "convert", "-O", "qcow2", raw, vm.image(disk))
    raw.unlink()


def disks_are_as_told(vm, said):
    found = {disk["serial"]: disk for disk in said["disks"] if disk["kind"] in ("disk", "multipath")}
    for disk in vm.disks:
        assert disk.serial in found, sorted(map(str, found))
        assert found[disk.serial]["logical_block_bytes"] == disk.block
        assert found[disk.serial]["size_bytes"] == int(disk.size.removesuffix("M")) << 20
    return found


def nics_are_as_told(vm, said):
    assert {nic["mac"] for nic in said["nics"]} == {nic.mac for nic in vm.nics}


def test_the_entry_reports_and_changes_nothing(folder, server):
    # A file system that was not unmounted; a label that makes no stick of a disk; room for a host.
    dirty, named, empty = Disk("a", size="256M"), Disk("b", kind="ahci", size="64M"), Disk("c", kind="nvme", size="20480M")
    vm = VM("report", folder / "report", [dirty, named, empty], [Nic()], memory=1024)
    fill(vm, dirty, "mkfs.ext4 -q -L keepme {0}", "debugfs -w -R 'feature needs_recovery' {0}")
    fill(vm, named, "mkfs.vfat -n XENHOST {0}")
    for disk in vm.disks:
        shutil.copy(vm.image(disk), folder / f"before-{disk.name}.qcow2")
    stick = make_stick(folder / "stick.img")
    append = f"xenhost.report={server.url}/entry {QUICK}"
    medium = make_medium(folder / "report.iso", append=append, entry="hardware-report")
    try:
        vm.start(iso=medium, extra=["-device", "qemu-xhci", *usb(stick), "-smbios", "type=1,serial=LAB 42"])
        vm.expect("hardware report; nothing is written to any disk", "installer")
        vm.expect(r"PASS +Hardware virtualization: svm", "step")
        vm.expect(r"This machine can be a Xen host", "command")
        vm.expect(r"SAVED on the stick /dev/sd[a-z]1: xenhost-LAB-42-\d{8}T\d{6}Z\.json", "command")
        vm.expect(r"SENT to http://10\.0\.2\.2", "step")
        vm.wait_off()
    finally:
        vm.kill()
    for disk in vm.disks:
        run("qemu-img", "compare", vm.image(disk), folder / f"before-{disk.name}.qcow2")
    parts = parts_of(server.uploads / "entry")
    assert set(parts) == {"host", "verdicts", "page", "text"}
    assert files_on(stick, folder / "saved") == dict(parts.values())
    said = json.loads(parts["host"][1])
    found = disks_are_as_told(vm, said)
    assert all(found[disk.serial]["read_only"] for disk in vm.disks)
    nics_are_as_told(vm, said)
    assert said["firmware"]["product_serial"] == "LAB 42"
    assert [nic["lldp_seconds"] for nic in said["nics"]] == [1]
    assert b"keepme" in parts["page"][1]


def test_what_fails_is_told_and_the_rest_is_done(folder, server):
    """In the rescue shell, where sticks come and go."""
    vm = VM("sticks", folder / "sticks", [], [Nic()], memory=1024)
    line = f"shell xenhost.report={server.url}/sticks xenhost.lldp=0 console=ttyS0,115200 quiet"
    kernel = ["-kernel", MEDIA / "vmlinuz", "-initrd", MEDIA / "initrd.img", "-append", line]
    full = make_stick(folder / "full.img", size="3M")
    run("sh", "-c", f"mcopy -i {full}@@1M /dev/zero ::fill 2>/dev/null || true")
    good = make_stick(folder / "good.img", size="64M", filesystem="ext4")
    protected = make_stick(folder / "protected.img")
    upload = server.uploads / "sticks"

    def report(code):
        upload.unlink(missing_ok=True)
        return vm.run("xenhost-install hardware-report", "step", code)

    def plug(path, name, options=""):
        vm.monitor(f"drive_add 0 if=none,id={name},format=raw,file={path}{options}")
        vm.monitor(f"device_add usb-storage,id={name}-device,drive={name},removable=on,serial=USB{name.upper()}")
        vm.run(f"while ! grep -q USB /proc/scsi/scsi && ! ls /dev/disk/by-id/*USB{name.upper()}*part1; do sleep 1; done; udevadm settle", "step")

    def unplug(name):
        vm.monitor(f"device_del {name}-device")
        vm.run(f"while ls /dev/disk/by-id/*USB{name.upper()}* 2>/dev/null; do sleep 1; done", "step")

    try:
        vm.start(extra=["-device", "qemu-xhci", *kernel])
        vm.expect("rescue shell; the installer is started by", "installer")
        vm.send("\r")
        vm.expect(r"installer:\S*# ", "shell")
        vm.quiet_shell()
        plug(full, "full")
        said = report(7)
        assert "NOT SAVED: the stick is full" in said and "Make room for" in said
        assert "SENT to" in said and upload.exists()
        unplug("full")
        plug(protected, "protected", ",readonly=on")
        assert "is write-protected" in report(7) and upload.exists()
        plug(good, "good")
        assert "several sticks are labelled XENHOST" in report(2)
        unplug("protected")
        server.away.set()
        said = report(6)
        server.away.clear()
        assert said.count("again in") == 3 and "NOT SENT" in said and "SAVED on the stick" in said
        assert vm.run("blockdev --getro /dev/disk/by-id/*USBGOOD*part1") == "1"
        assert "/run/xenhost/stick" not in vm.run("cat /proc/mounts")
    finally:
        vm.kill()
    assert not {name for name in files_on(full, folder / "left") if name.startswith("xenhost-")}
    listed = run("debugfs", "-R", "ls -p", f"{good}?offset=1048576")
    assert len(re.findall(r"xenhost-[^/]*\.html", listed)) == 1, listed
