# SPDX-License-Identifier: GPL-3.0-or-later
"""UEFI, NVMe disk chosen by what it is, small layout, local SR on a file system, fixed address."""

import pyte
import pytest

import guest
from answers import Answers
from promises import EVERY_HOST
from vm import Disk, Nic, plain

MACHINE = {
    "name": "uefi-nvme",
    "firmware": "uefi",
    "disks": [Disk("a", "nvme", "20G", boot=1)],
    "nics": [Nic("e1000e", address="10.0.2.77")],
    "append": "console=tty0 console=ttyS0,115200 xenhost.ui=screens",
}
ANSWERS = Answers(
    match="transport=nvme size>=16G serial=XH*",
    sr_type="ext",
    interface='<admin-interface name="eth0" proto="static"><ip>10.0.2.77</ip>'
    "<subnet-mask>255.255.255.0</subnet-mask><gateway>10.0.2.2</gateway></admin-interface>",
    name_servers=("10.0.2.3",),
    hostname="nvme.example.org",
    timezone="America/New_York",
    keymap="us",
)


@pytest.mark.parametrize("promise", EVERY_HOST, ids=lambda promise: promise.__name__)
def test_keeps(host, promise):
    promise(host)


def was_shown(console, words):
    """On a screen: what stood there before is not sent again, so that words come in pieces."""
    stream = pyte.Stream(view := pyte.Screen(80, 24))
    for at in range(0, len(console), 64):
        stream.feed(console[at : at + 64])
        if any(words in line for line in view.display):
            return True
    return False


def test_it_was_installed_on_screens(host):
    """Which leave all lines behind."""
    for words in ("Installing", "It goes on by itself", "% Write the system"):
        assert was_shown(host.install_console, words), words
    assert "installation finished" in plain(host.install_console)


def test_address_is_the_one_asked_for(host):
    assert "inet 10.0.2.77/24" in host.run("ip -4 addr show dev xenbr0")
    assert "10.0.2.3" in host.run("resolvectl dns")


def test_removable_path_boots_and_esp_holds_only_a_stub(host):
    files = host.run("cd /boot/efi && find . -type f -printf '%P %s\\n'")
    assert "EFI/BOOT/BOOTX64.EFI" in files
    total = sum(int(line.rsplit(" ", 1)[1]) for line in files.splitlines())
    assert total < 16 << 20


def test_guest_runs_from_a_file_on_the_local_storage(host, server):
    folder = host.run("findmnt -rno TARGET -t ext4 | grep ^/run/sr-mount/")
    host.run(f"truncate -s 64M {folder}/proof.raw")
    guest.prepare(host.vm, server, f"format=raw,vdev=xvda,access=rw,target={folder}/proof.raw")
    address, found, mark = guest.run(host.vm)
    assert address.startswith("10.0.2.")
    assert found == ""
    assert guest.run(host.vm)[1] == mark
