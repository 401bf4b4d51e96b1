# SPDX-License-Identifier: GPL-3.0-or-later
"""UEFI, a disk of 4096-byte sectors, four NICs of four kinds, and a fifth one put in later."""

import pytest

from answers import Answers
from promises import EVERY_HOST
from vm import Disk, Nic

MACHINE = {
    "name": "4kn-nics",
    "firmware": "uefi",
    "disks": [Disk("a", "nvme", "20G", block=4096, boot=1)],
    "nics": [
        Nic("e1000e", "52:54:00:00:04:05", net=2, slot="0x10"),
        Nic("vmxnet3", "52:54:00:00:04:03", net=3, slot="0x11"),
        Nic("virtio-net-pci", "52:54:00:00:04:09", net=4, slot="0x12"),
        Nic("rtl8139", "52:54:00:00:04:01", net=5, slot="0x13"),
    ],
}
ANSWERS = Answers(match="serial=XHA", hostname="nics.example.org", guest_storage=True)


def between(vm):
    """A card in a slot before all others, as if it had been put in after the installation."""
    vm.nics.append(Nic("i82559er", "52:54:00:00:04:02", net=6, slot="0x0f"))


@pytest.mark.parametrize("promise", EVERY_HOST, ids=lambda promise: promise.__name__)
def test_keeps(host, promise):
    promise(host)


def test_sectors_are_those_of_the_disk(host):
    assert host.run("blockdev --getss /dev/nvme0n1") == "4096"


def test_names_follow_the_slots(host):
    names = {nic["name"]: nic["mac"] for nic in host.plan()["network"]["nics"]}
    assert names == {
        "eth0": "52:54:00:00:04:05",
        "eth1": "52:54:00:00:04:03",
        "eth2": "52:54:00:00:04:09",
        "eth3": "52:54:00:00:04:01",
    }


def test_new_card_takes_no_name_of_the_others(host):
    links = host.run("ip -o link")
    new = [line for line in links.splitlines() if "52:54:00:00:04:02" in line]
    assert len(new) == 1, links
    assert new[0].split(": ")[1] not in ("eth0", "eth1", "eth2", "eth3")
