# SPDX-License-Identifier: GPL-3.0-or-later
"""Secure Boot with Microsoft's keys: the medium starts, and the installer says what stands in the way."""

import shutil

from answers import Answers
from lab import install, make_medium
from vm import VM, Disk, Nic, run


def test_refuses_before_any_write(folder):
    disk = Disk("a", "scsi", "20G")
    machine = VM("secure-boot", folder / "vm", [disk], [Nic()], firmware="uefi", memory=1024, secure_boot=True)
    image = machine.image(disk)
    run("qemu-io", "-f", "qcow2", "-c", "write -P 0x58 0 4M", image)
    shutil.copy(image, folder / "before.qcow2")
    try:
        said = install(machine, make_medium(folder / "unattended.iso", Answers(disk="sda")), code=4)
    finally:
        machine.kill()
    assert "Secure Boot is on" in said
    assert "firmware setup" in said
    run("qemu-img", "compare", image, folder / "before.qcow2")
