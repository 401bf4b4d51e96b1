# SPDX-License-Identifier: GPL-3.0-or-later
"""BIOS, a plain SAS controller (OVMF has no driver for it), and Open vSwitch as the host's bridge."""

import pytest

import promises
from answers import Answers
from vm import Disk, Nic

pytestmark = pytest.mark.rare

MACHINE = {
    "name": "openvswitch-sas",
    "disks": [Disk("a", "mptsas", "20G", boot=1)],
    "nics": [Nic("vmxnet3")],
}
ANSWERS = Answers(
    match="transport=sas",
    guest_storage=True,
    hostname="ovs.example.org",
    more="<network-backend>openvswitch</network-backend>",
)
OTHERWISE = {promises.management_network_is_up, promises.first_boot_files_are_there}


@pytest.mark.parametrize(
    "promise", [check for check in promises.EVERY_HOST if check not in OTHERWISE], ids=lambda check: check.__name__
)
def test_keeps(host, promise):
    promise(host)


def test_open_vswitch_carries_the_management_network(host):
    assert host.run("cat /etc/xensource/network.conf") == "openvswitch"
    assert host.run("ovs-vsctl list-ports xenbr0") == "eth0"
    assert "inet 10.0.2." in host.run("ip -4 -o addr show dev xenbr0")
