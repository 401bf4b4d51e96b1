# SPDX-License-Identifier: GPL-3.0-or-later
"""BIOS, virtio disk, XenServer's layout, local SR on LVM, address by DHCP; a guest, an upgrade and a reboot."""

import pytest

import guest
import promises
import upgrade
from answers import Answers
from lab import boot_host
from vm import Disk, Nic

MACHINE = {"name": "bios-virtio", "disks": [Disk("a", "virtio", "60G", boot=1)], "nics": [Nic("virtio-net-pci")]}
ANSWERS = Answers(disk="/dev/disk/by-id/virtio-XHA", layout="xenserver")


@pytest.mark.parametrize("promise", promises.EVERY_HOST, ids=lambda promise: promise.__name__)
def test_keeps(host, promise):
    promise(host)


def test_layout_is_that_of_xenserver(host):
    mib = [(part["number"], part["size_bytes"] >> 20) for part in host.planned_partitions()]
    assert mib[:5] == [(5, 4096), (2, 18432), (1, 18432), (4, 512), (6, 1024)]
    assert mib[5][0] == 3


def test_guest_keeps_its_disk(host, server):
    """Between two starts of its own, a reboot of the host, and an upgrade of the host's kernel and Xen."""
    group = host.run("vgs --noheadings -o vg_name").strip()
    host.run(f"lvcreate -q -y -L 64M -n proof {group}")
    guest.prepare(host.vm, server, f"phy:/dev/{group}/proof,xvda,w")
    address, found, mark = guest.run(host.vm)
    assert address.startswith("10.0.2.")
    assert found == ""
    address, found, again = guest.run(host.vm)
    assert found == mark

    upgrade.offer(server)
    before = host.run("xenhost-boot-confirm status | grep running:")
    upgraded = upgrade.apply(host, server)
    assert "linux-image-" in upgraded
    assert "xen-hypervisor-" in upgraded
    host.vm.send("reboot\n")
    boot_host(host.vm)
    assert host.run("xenhost-boot-confirm status | grep running:") != before
    promises.this_boot_is_confirmed(host)
    address, found, _ = guest.run(host.vm)
    assert address.startswith("10.0.2.")
    assert found == again
