# SPDX-License-Identifier: GPL-3.0-or-later
"""The medium beside installing: as a stick, and its entry that tries Xen without writing anything."""

import shutil

from lab import make_medium
from vm import VM, Disk, Nic, run


def test_starts_from_a_stick(folder):
    stick = make_medium(folder / "stick.iso", append="console=ttyS0,115200", entry="shell")
    machine = VM("stick", folder / "stick", [Disk("a", size="20G")], [Nic()], firmware="uefi", memory=1024)
    usb = ["-device", "qemu-xhci", "-drive", f"if=none,id=stick,format=raw,readonly=on,file={stick}"]
    usb += ["-device", "usb-storage,drive=stick,removable=on,bootindex=0"]
    try:
        machine.start(extra=usb)
        machine.expect("rescue shell; the installer is started by", "installer")
    finally:
        machine.kill()


def test_xen_is_tried_and_nothing_written(folder):
    disk = Disk("a", size="20G")
    medium = make_medium(folder / "test-xen.iso", entry="test-xen")
    machine = VM("test-xen", folder / "test-xen", [disk], [Nic()], firmware="uefi", memory=2048)
    run("qemu-io", "-f", "qcow2", "-c", "write -P 0x58 0 4M", machine.image(disk))
    shutil.copy(machine.image(disk), folder / "before.qcow2")
    try:
        machine.start(iso=medium)
        machine.expect(r"Xen version \d+\.\d+", "xen")
        machine.expect(r"OK\s+the guest's kernel starts and runs a program", "login")
        machine.expect("TEST OK", "command")
    finally:
        machine.kill()
    run("qemu-img", "compare", machine.image(disk), folder / "before.qcow2")
