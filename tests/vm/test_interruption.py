# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug is pulled in the middle of the image, and the source goes away and comes back."""

import pytest

from answers import Answers
from lab import MEDIA, install, log_in, make_medium, nothing_bootable
from limits import limit
from vm import VM, Disk, Nic

CHUNKS = "/xenhost/root.img.chunks"


@pytest.fixture(scope="module")
def vm(folder):
    machine = VM("interruption", folder / "vm", [Disk("a", "ahci", "20G", boot=1)], [Nic()], memory=1024)
    yield machine
    machine.kill()


@pytest.fixture(scope="module")
def iso(folder, server):
    answers = Answers(disk="sda", source=f"{server.url}/xenhost", install_id="rack7-42")
    return make_medium(folder / "unattended.iso", answers)


def console(vm):
    return (vm.folder / "serial.log").read_text(encoding="utf-8", errors="replace")


def test_killed_in_the_image_leaves_nothing_bootable(vm, iso, server):
    size = (MEDIA / "payload/root.img.chunks").stat().st_size
    vm.start(iso=iso)
    vm.expect(r"% Write the system", "install")
    assert server.wait_for_bytes(CHUNKS, size // 2, limit("install"))
    vm.kill()
    nothing_bootable(vm)


def test_started_again_installs_though_the_source_goes_away(vm, iso, server):
    size = (MEDIA / "payload/root.img.chunks").stat().st_size
    server.sent.clear()
    server.requests.clear()
    server.cut[CHUNKS] = size // 3

    def go_away():
        assert server.wait_for_bytes(CHUNKS, size // 2, limit("install"))
        server.away.set()
        # Two more tries that fail, then the source is there again.
        server.wait_for_knocks(3, limit("install"))
        server.away.clear()

    helper = server.in_background(go_away)
    install(vm, iso)
    helper.join()
    assert server.cuts >= 2
    resumed = [first for method, path, first in server.requests if path == CHUNKS and first > size // 4]
    assert len(resumed) >= 2, server.requests


def test_unconfirmed_xen_falls_back_to_plain_linux_and_back(vm):
    """The plug is pulled before the first boot of Xen was confirmed."""
    vm.memory = 2560
    vm.start(reboot=True)
    vm.expect(r"Xen version \d+\.\d+", "xen")
    vm.expect(r"Linux version \d+", "linux")
    vm.kill()
    vm.start(reboot=True)
    vm.expect(r"runs WITHOUT Xen", "login")
    vm.expect(r" login: ", "login")
    log_in(vm)
    assert "plain Linux" in vm.run("xenhost-firstboot status")
    vm.run("test ! -e /proc/xen/capabilities")
    assert "inet 10.0.2." in vm.run("ip -4 addr show dev xenbr0")
    vm.run("xenhost-boot-confirm retry")
    vm.send("reboot\n")
    vm.expect(r"Xen version \d+\.\d+", "login")
    vm.kill()


def test_medium_starts_the_complete_host_from_its_disk(vm, iso, server):
    """As on a machine whose firmware starts the medium before the disk."""
    server.requests.clear()
    vm.start(iso=iso, iso_first=True)
    vm.expect(r"its installation rack7-42 is complete", "firmware")
    # Its last boot of Xen was cut off before it was confirmed.
    vm.expect(r"runs WITHOUT Xen", "login")
    vm.kill()
    assert not server.requests


def test_same_install_id_does_not_install_again(vm, folder, server):
    """The boot menu cannot know the id, so that it is the installer that finds the host complete."""
    answers = Answers(disk="sda", source=f"{server.url}/xenhost", install_id="&#114;ack7-42")
    server.requests.clear()
    install(vm, make_medium(folder / "hidden.iso", answers), iso_first=True)
    assert not [path for _, path, _ in server.requests if path == CHUNKS]
    assert 'installation "rack7-42" is complete on disk sda' in console(vm)
