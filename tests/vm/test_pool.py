# SPDX-License-Identifier: GPL-3.0-or-later
"""From the medium to a member of a pool, unattended. Pool and toolstack are the test program of
tests/pool on both sides, so what holds here holds for the protocol: see outside.py."""

import json

import pytest

import outside
import promises
from answers import Answers
from vm import Disk, Nic

# Would be found wherever it stayed.
PASSWORD = "Pool+Sesame%17"
MACHINE = {
    "name": "pool",
    "disks": [Disk("a", "virtio", "20G", boot=1)],
    "nics": [Nic()],
}
POOL = {}


@pytest.fixture(scope="module", autouse=True)
def coordinator(folder):
    """Stands before the host is installed, whose answers name it."""
    POOL["coordinator"] = coordinator = outside.Coordinator(folder, PASSWORD)
    yield coordinator
    coordinator.stop()


def ANSWERS(server):  # pylint: disable=invalid-name
    pool = POOL["coordinator"]
    outside.carrying_xapi(server.folder / "carrying-xapi")
    (server.folder / "joined.sh").write_text("#!/bin/sh\necho $XENHOST_MOMENT >/root/joined\n", encoding="ascii")
    return Answers(
        match="transport=virtio",
        source=f"{server.url}/carrying-xapi",
        hostname="joins.example.org",
        scripts=[("filesystem-populated", outside.installer_script(server, pool.port))],
        more=f"""
  <pool coordinator="{outside.ADDRESS}:{pool.port}" certificate-sha256="{pool.fingerprint}" wait="600" retry="5">
    <password>{PASSWORD}</password>
  </pool>
  <firstboot-script when="joined">{server.url}/joined.sh</firstboot-script>""",
    )


def inventory(host, key):
    return host.run(f"grep ^{key}= /etc/xensource-inventory").partition("=")[2].strip("'")


def test_network_is_what_a_pool_wants(host):
    """Open vSwitch, which pools have unless somebody chose otherwise."""
    assert host.run("cat /etc/xensource/network.conf") == "openvswitch"
    assert host.run("ovs-vsctl list-ports xenbr0") == "eth0"


@pytest.mark.parametrize("promise", (promises.xen_runs, promises.system_is_up), ids=lambda promise: promise.__name__)
def test_keeps(host, promise):
    promise(host)


def test_status_says_joined(host, coordinator):
    status = json.loads(host.run("xenhost-firstboot status --json"))
    assert status["pool"]["state"] == "member"
    assert status["pool"]["coordinator"] == f"{outside.ADDRESS}:{coordinator.port}"
    assert status["pool"]["certificate"].lower() == coordinator.fingerprint.replace(":", "").lower()
    assert status["pool"]["host_uuid"] == inventory(host, "INSTALLATION_UUID")
    assert host.run("cat /etc/xensource/pool.conf") == f"slave:{outside.ADDRESS}"


def test_journal_and_greeting_say_so(host):
    assert "the host is a member of the pool" in host.run("journalctl -b -u xenhost-firstboot-pool")
    for file in ("/etc/motd.d/xenhost", "/etc/issue.d/xenhost-host.issue"):
        assert "pool: member of the pool" in host.run(f"cat {file}")
    assert host.run("systemctl is-active xenhost-firstboot-pool") == "active"


def test_scripts_of_members_ran(host):
    assert host.run("cat /root/joined") == "joined"


def test_others_see_the_host_in_the_pool(host, coordinator):
    """By the client that Xen Orchestra has."""
    seen = {entry["uuid"]: entry for entry in coordinator.hosts()}
    assert len(seen) == 2
    me = seen[inventory(host, "INSTALLATION_UUID")]
    assert (me["name"], me["live"], me["enabled"], me["coordinator"]) == (host.answers.hostname, True, True, False)
    assert me["address"] in host.run("ip -4 -o addr show dev xenbr0")


def test_joining_again_changes_nothing(host, coordinator):
    host.run("systemctl restart xenhost-firstboot-pool", "service")
    host.run("xenhost-firstboot join", "service")
    assert len(coordinator.hosts()) == 2


def test_password_is_nowhere_on_the_disk(host):
    """Nor in what was said, nor in a block that is free again. The last test: it switches the host off."""
    assert PASSWORD not in host.install_console
    host.vm.send("poweroff\n")
    host.vm.wait_off("service")
    serial = (host.vm.folder / "serial.log").read_text(encoding="utf-8", errors="replace")
    assert PASSWORD not in serial
    image = host.vm.image(host.vm.disks[0])
    # What is on the disk is found.
    assert outside.holds(image, f"COORDINATOR='{outside.ADDRESS}:{POOL['coordinator'].port}'")
    assert not outside.holds(image, PASSWORD)
