# SPDX-License-Identifier: GPL-3.0-or-later
"""What only our own elements can say: management over a bond in a VLAN, found by its switch; a proxy and
a CA of the house, a syslog server, keys, arguments, scripts of first boot. And services."""

import hashlib
import json
import subprocess

import pytest

import promises
import switch
from answers import Answers
from limits import limit
from switch import Switch
from vm import Disk, Nic

LEAF = Switch(2)
# Only reached by the proxy, since nobody knows this host.
FLEET = "http://fleet.example.org"
TOKEN = "sesame+open"
EARLY, LATE = "52:54:00:00:07:01", "52:54:00:00:07:02"
MACHINE = {
    "name": "own-elements",
    "disks": [Disk("a", "virtio", "20G", boot=1)],
    "nics": [
        Nic(mac="52:54:00:00:07:03", slot="0x12"),
        Nic(mac=EARLY, slot="0x10", netdev=LEAF.netdev(1)),
        Nic(mac=LATE, slot="0x11", netdev=LEAF.netdev(2)),
    ],
    "append": "console=tty0 console=ttyS0,115200 network_device=eth2",
}
KEPT = (
    promises.xen_runs,
    promises.system_is_up,
    promises.nics_have_their_planned_names,
    promises.file_systems_are_as_planned,
    promises.this_boot_is_confirmed,
)
# The first leaves out what is there later: no bond yet.
EARLY_SCRIPT = "#!/bin/sh\necho $XENHOST_MOMENT $(cd /sys/class/net && echo bond?) >/root/early\n"
FAILING_SCRIPT = "#!/bin/bash\necho it went wrong\nexit 3\n"
LATE_SCRIPT = "#!/bin/bash\n{ echo $XENHOST_MOMENT; ip -4 -o addr show dev xenbr0.42; } >>/root/late\n"
# What it leaves in the background lives when the next one runs, which leaves something inside the new system.
START = "#!/bin/sh\nsleep 86400 & echo $! >/run/left\n"
POPULATED = '#!/bin/sh -e\ncd "$1"\nkill -0 $(cat /run/left)\necho "$1" >root/populated\nsleep 86400 &\n'


def offer(server, name, text):
    (server.folder / name).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def key_pair(server):
    key = server.uploads / "ssh"
    if not key.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "fleet", "-f", key], check=True)
    return key.with_suffix(".pub").read_text(encoding="ascii").strip()


def ANSWERS(server):  # pylint: disable=invalid-name
    LEAF.start()
    start = offer(server, "start.sh", START)
    populated = offer(server, "populated.sh", POPULATED)
    early = offer(server, "early.sh", EARLY_SCRIPT)
    offer(server, "failing.sh", FAILING_SCRIPT)
    offer(server, "late.sh", LATE_SCRIPT)
    more = f"""
  <hardware-profile>host</hardware-profile>
  <bond mode="active-backup"><bond-port match="switch={switch.NAME} port=Ethernet2"/></bond>
  <proxy>{server.url}</proxy>
  <ca-certificate>
    {server.certificate()}
  </ca-certificate>
  <report token="{TOKEN}">{FLEET}/report.json</report>
  <syslog-server>{switch.ADDRESS}</syslog-server>
  <ssh-key>{key_pair(server)}</ssh-key>
  <xen-argument>watchdog</xen-argument>
  <kernel-argument>printk.time=1</kernel-argument>
  <script stage="installation-start" type="url" on-failure="stop" sha256="{start}">{FLEET}/start.sh</script>
  <script stage="filesystem-populated" type="url" on-failure="stop" sha256="{populated}">{FLEET}/populated.sh</script>
  <firstboot-script>{FLEET}/failing.sh</firstboot-script>
  <firstboot-script on-failure="stop">{FLEET}/late.sh</firstboot-script>
  <firstboot-script when="before-network" sha256="{early}">{FLEET}/early.sh</firstboot-script>
  <ssh-mode>off</ssh-mode>
  <service name="chronyd" state="disabled"/>
  <service name="nonesuch" state="enabled"/>
"""
    return Answers(
        match="transport=nvme | serial=XHA",
        hostname="own.example.org",
        interface=f'<admin-interface name="eth9" match="mac={EARLY.upper()} link=up" proto="static" '
        f'vlan="{switch.VLAN}"><ip>192.0.2.10</ip><subnet>255.255.255.0</subnet>'
        f"<gateway>{switch.ADDRESS}</gateway></admin-interface>",
        name_servers=("10.0.2.3",),
        more=more,
    )


@pytest.mark.parametrize("promise", KEPT, ids=lambda promise: promise.__name__)
def test_keeps(host, promise):
    promise(host)


def test_address_is_in_the_vlan_over_the_bond(host):
    assert "inet 192.0.2.10/24" in host.run("ip -4 -o addr show dev xenbr0.42")
    assert "master xenbr0" in host.run("ip link show dev bond0")
    assert host.run("cat /sys/class/net/bond0/address") == EARLY
    assert host.run("cat /sys/class/net/bond0/bonding/mode") == "active-backup 1"
    assert sorted(host.run("cat /sys/class/net/bond0/bonding/slaves").split()) == ["eth0", "eth1"]
    assert host.run("cat /sys/class/net/bond0/bonding/active_slave") == "eth0"


def test_log_reaches_its_server_also_when_a_cable_is_pulled(host):
    host.run("logger first-mark")
    assert LEAF.wait_for("first-mark", limit("command")) == 1
    host.vm.monitor("set_link nic1 off")
    host.run("until [ $(cat /sys/class/net/bond0/bonding/active_slave) = eth1 ]; do sleep 0.1; done")
    host.run("logger second-mark")
    assert LEAF.wait_for("second-mark", limit("command")) == 2
    host.vm.monitor("set_link nic1 on")


def test_alternative_of_the_disk_is_warned_of(host):
    assert host.target()["serial"] == "XHA"
    assert any("first of its alternatives" in warning["message"] for warning in host.plan()["warnings"])


def test_proxy_is_used_by_installer_and_apt(host):
    assert f"{FLEET}/populated.sh" in host.server.proxied
    assert host.run("cat /root/populated") != ""
    assert f'Acquire::http::Proxy "{host.server.url}";' in host.run("apt-config dump | grep Proxy")


def test_certificate_is_trusted(host):
    """eth2 is left to whoever manages the pool's networks, which is the test here."""
    host.run("ip addr add 10.0.2.15/24 dev eth2")
    with host.server.with_tls() as url:
        assert host.run(f"curl -s {url}/start.sh | head -n 1", "service") == "#!/bin/sh"
    host.run("ip addr del 10.0.2.15/24 dev eth2")


def test_keys_and_arguments_are_there(host):
    assert host.run("cat /root/.ssh/authorized_keys").splitlines()[-1] == key_pair(host.server)
    assert " watchdog" in host.run("xl info | grep xen_commandline")
    assert "printk.time=1" in host.run("cat /proc/cmdline").split()


def test_scripts_of_first_boot_ran_at_their_moment(host):
    assert host.run("cat /root/early") == "before-network bond?"
    late = host.run("cat /root/late").splitlines()
    assert late[0] == "network-up"
    assert "inet 192.0.2.10/24" in late[1]
    status = host.run("xenhost-firstboot status")
    assert f"script 1 (network-up): FAILED: {FLEET}/failing.sh" in status
    assert f"script 2 (network-up): {FLEET}/late.sh ended well" in status
    assert f"script 3 (before-network): {FLEET}/early.sh ended well" in status
    assert "it went wrong" in host.run("journalctl -b -u xenhost-firstboot-network-up")
    # Once is enough.
    host.run("xenhost-firstboot scripts network-up")
    assert host.run("grep -c network-up /root/late") == "1"
    assert host.run("stat -c %a /var/lib/xenhost/firstboot/scripts") == "700"


def test_services_are_as_asked(host):
    for service in ("ssh", "chrony"):
        assert host.run(f"systemctl is-enabled {service}", status=None) == "disabled"
        assert host.run(f"systemctl is-active {service}", status=None) == "inactive"
    assert "cannot enable the service nonesuch" in host.run("cat /var/log/installer/report.json")


def test_report_was_sent(host):
    report = json.loads((host.server.uploads / "report.json").read_text(encoding="utf-8"))
    assert report["success"]
    assert report["machine"]["hostname"] == "own.example.org"
    assert set(report["machine"]["macs"]) == {nic.mac for nic in host.vm.nics}
    assert host.server.posted["report.json"]["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in host.install_console
    assert host.run(f"grep -rl {TOKEN} /var/log/installer", status=None) == ""
