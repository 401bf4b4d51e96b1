# SPDX-License-Identifier: GPL-3.0-or-later
"""BIOS, a disk behind a SAS RAID controller, and a serial console that is only on COM2."""

import pytest

from answers import Answers
from promises import EVERY_HOST
from vm import Disk, Nic

MACHINE = {
    "name": "sas-com2",
    "com": 2,
    "append": "console=tty0 console=ttyS1,115200",
    "disks": [Disk("a", "megasas", "20G", boot=1)],
    "nics": [Nic("e1000")],
}
ANSWERS = Answers(disk="sda", hostname="sas.example.org")


@pytest.mark.parametrize("promise", EVERY_HOST, ids=lambda promise: promise.__name__)
def test_keeps(host, promise):
    promise(host)


def test_everything_speaks_on_the_second_port(host):
    """What was seen of GRUB, Xen and the login came over COM2; they are also configured for it."""
    assert "console=com2" in host.run("xl info xen_commandline")
    assert "unit=1" in host.run("grep serial /boot/grub/grub.cfg")
