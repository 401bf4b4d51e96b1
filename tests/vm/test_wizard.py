# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard of first boot on the serial console of an installed host, by keys.

Between installation and first start another disk has taken the place of the one that storage was to be made on,
with somebody's data on it. So the wizard comes by itself. It moves management into a VLAN over a bond, whose
switch the test plays, gives name, zone and time server, and makes the storage. Later it is called by hand, and
makes other storage in place of that.

Worth an installation of its own, which is most of what it takes: the screens are tested elsewhere over a folder;
only here does somebody see that they come on a console below Xen, that its keys arrive, and that network and
storage change below a running system as the files say.
"""

import json
import pathlib
import sys

import pyte

import switch
from answers import PASSWORD, Answers
from lab import log_in, wait_for_units
from limits import limit
from switch import Switch
from vm import Disk, Nic, run

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tui"))

# pylint: disable=wrong-import-position
import screen as tui
from walk import WIZARD_WAY, walk

LEAF = Switch(2)
SPARE = Disk("b", "virtio", "3G")
MACHINE = {
    "name": "wizard",
    "disks": [Disk("a", "virtio", "20G", boot=1), SPARE],
    "nics": [
        Nic(slot="0x10"),
        Nic(mac="52:54:00:00:09:01", slot="0x11", netdev=LEAF.netdev(1)),
        Nic(mac="52:54:00:00:09:02", slot="0x12", netdev=LEAF.netdev(2)),
    ],
}
ANSWERS = Answers(
    disk="/dev/disk/by-id/virtio-XHA",
    guest_storage=False,
    guest_disks=("/dev/disk/by-id/virtio-XHB",),
    hostname="",
)
TO_TEST = [words for words, _ in WIZARD_WAY].index("Testing the network")
# From a login: the line of the storage alone.
TO_OTHER_STORAGE = [
    ("Services", ("SHIFT-TAB", "UP", "UP", "ENTER")),
    ("EVERYTHING ON A MARKED DISK IS ERASED", ("DOWN", "SPACE")),
    ("WILL BE ERASED: vdb.", ("TAB", "DOWN", "SPACE")),
    ("(*) ext: files", ("^N",)),
    ("LVM storage repository, 1 virtual disk,", ("ENTER",)),
    ('Nothing happens until the word "erase" stands here', ("erase", "TAB", "ENTER")),
]


class Console(tui.Screen):
    """What a person sees on the serial console of a machine that runs already."""

    def __init__(self, machine):  # pylint: disable=super-init-not-called
        self.view = pyte.Screen(80, 24)
        self.stream = pyte.Stream(self.view)
        self.received = 0
        self.child = machine.child
        tui.PATIENCE = limit("service")


def between(machine):
    """Another disk with the same serial number, and a file system on it."""
    raw = machine.folder / "other.raw"
    run("truncate", "-s", SPARE.size, raw)
    run("mkfs.ext4", "-q", "-L", "old-data", raw)
    run("qemu-img", "convert", "-O", "qcow2", raw, machine.image(SPARE))
    raw.unlink()
    LEAF.start()


def boot(machine):
    """To a root shell, by way of the wizard: nobody calls it, it takes the place of the login prompt."""
    machine.start(reboot=True)
    machine.paced = True
    machine.expect(r"GNU GRUB|Loading Xen|Xen \d+\.\d+", "firmware")
    machine.expect(r"Xen version \d+\.\d+", "xen")
    machine.expect(r"Linux version \d+", "linux")
    screen = Console(machine)
    tui.PATIENCE = limit("login")
    screen.see("This host", "[ !! ] Storage", "is not empty", "no toolstack for pools (XAPI)")
    tui.PATIENCE = limit("service")
    walk(screen, PASSWORD, way=WIZARD_WAY[:TO_TEST])
    screen.see("Testing the network", "eth0 has a link", "10.0.2.15", "10.0.2.2 is there")
    walk(screen, PASSWORD, way=WIZARD_WAY[TO_TEST:])
    # The question stands for 90 seconds, so nothing is waited for that takes some of them.
    screen.see("The new network is in use. Shall it stay?", "eth1 has a link", f"{switch.ADDRESS} is there")
    screen.press("ENTER")
    screen.see("The host is set up", "on xenbr0.42", "volume group VG_XenStorage-")
    screen.press("ENTER")
    screen.see("wizard login:")
    log_in(machine)
    machine.run("kill -RTMIN+21 1", "service")
    wait_for_units(machine)


def check_network(host):
    assert "inet 192.0.2.10/24" in host.run("ip -4 -o addr show dev xenbr0.42")
    assert host.run("cat /sys/class/net/bond0/bonding/mode") == "active-backup 1"
    assert sorted(host.run("cat /sys/class/net/bond0/bonding/slaves").split()) == ["eth1", "eth2"]
    assert host.run("ip -4 -o addr show | grep 10.0.2.", status=None) == ""
    assert f"via {switch.ADDRESS}" in host.run("ip -4 route show default")


def test_it_did_what_was_said(host):
    check_network(host)
    assert host.run("hostname -f") == "wizard.example.net"
    assert host.run("readlink /etc/localtime").endswith("/Europe/Berlin")
    assert f"server {switch.ADDRESS} " in host.run("cat /etc/chrony/sources.d/*")
    assert switch.ADDRESS in host.run("chronyc -n sources", "service")
    assert "/dev/vdb" in host.run("pvs --noheadings -o pv_name,vg_name | grep VG_XenStorage-")
    # It had failed, and what it failed with was made up for.
    assert host.run("systemctl is-failed xenhost-firstboot", status=1) == "inactive"


def test_it_left_what_others_expect(host):
    data = host.run("grep -h . /etc/firstboot.d/data/*.conf").splitlines()
    for line in ("LABEL='eth1'", "MODE='static'", "IP='192.0.2.10'", "VLAN='42'", "DOMAIN='example.net'"):
        assert line in data
    assert "XSPARTITIONS='/dev/disk/by-id/virtio-XHB'" in data
    assert "XSTYPE='lvm'" in data
    done = {"ran-network-init", "ran-storage-init", "ran-generate-iscsi-iqn"}
    assert done <= set(host.run("ls /var/lib/misc").split())
    name = host.run("sed -n s/InitiatorName=//p /etc/iscsi/initiatorname.iscsi")
    assert f"IQN='{name}'" in data and name.startswith("iqn.")
    host.run("test ! -e /var/lib/xenhost/firstboot/network-before.json")
    status = json.loads(host.run("xenhost-firstboot status --json"))
    assert {task["name"]: task["state"] for task in status["tasks"]} == {
        "nic-names": "done",
        "local-storage": "done",
        "iscsi-name": "done",
    }
    assert status["pool_engines"] == ["none"]


def test_it_makes_other_storage_by_hand(host):
    """Storage of ext files, on a disk whose volumes are switched on."""
    group = host.run("vgs --noheadings -o vg_name | grep VG_XenStorage-").strip()
    host.run(f"lvcreate -q -y -L 64M -n VHD-0b1f7d52-7d3b-4e0a-8a5d-3c2f9c0c7a11 {group}")
    host.run("rm /etc/firstboot.d/data/default-storage.conf /var/lib/xenhost/firstboot/state.json")
    host.vm.send("xenhost-firstboot\n")
    screen = Console(host.vm)
    walk(screen, PASSWORD, way=TO_OTHER_STORAGE)
    screen.see("The host is set up", "volume group XSLocalEXT-")
    screen.press("ENTER")
    uuid = host.run("vgs --noheadings -o vg_name | grep XSLocalEXT-").strip().removeprefix("XSLocalEXT-")
    assert host.run("vgs --noheadings | wc -l") == "1"
    host.run(f"echo mine >/run/sr-mount/{uuid}/proof")
