# SPDX-License-Identifier: GPL-3.0-or-later
"""xenhost-fleet as its package runs it, under the systemd of a host that we installed: shut in, with the token
that the package drew, and as docs/FLEET.md says with https and a password."""

import json
import re
import shutil

import pytest

from answers import Answers
from lab import BUILD, MEDIA, TOP
from vm import Disk, Nic

MACHINE = {"name": "fleet", "disks": [Disk("a", "virtio", "20G", boot=1)], "nics": [Nic()]}
ANSWERS = Answers(disk="vda", hostname="fleet.example.org")
EVENT = {
    "schema": "xenhost.event/1", "event": "start", "id": "m1/r1/1", "machine": {"key": "m1"}, "run": "r1", "sequence": 1,
    "time": "2026-11-22T09:00:12Z",
}  # fmt: skip
POST = "curl -s -o /dev/null -w '%{http_code}' --data-binary @/root/event"
LIBRARY = "libmicrohttpd12t64"


@pytest.fixture(scope="module")
def package(host, server):
    """Installed as dpkg does it, with the one library that a host has no other use for."""
    for deb in (*(MEDIA / "debs").glob("xenhost-fleet_*.deb"), *(BUILD / "cache/mirror/buildroot").glob(f"{LIBRARY}_*.deb")):
        name = deb.name.partition("_")[0] + ".deb"
        shutil.copy(deb, server.folder / name)
        host.run(f"curl -sf -o /root/{name} {server.url}/{name}")
    host.run(f"dpkg -i /root/{LIBRARY}.deb /root/xenhost-fleet.deb", "upgrade")
    (server.folder / "event").write_text(json.dumps(EVENT), encoding="ascii")
    host.run(f"curl -sf -o /root/event {server.url}/event")


def machines(host, options="", url="http://127.0.0.1:8090"):
    return json.loads(host.run(f"curl -sf {options} --retry 60 --retry-delay 1 --retry-connrefused {url}/machines.json", "service"))["machines"]


@pytest.mark.rare
def test_service(host, package):
    state = host.run("systemctl is-active xenhost-fleet; systemctl is-enabled xenhost-fleet", status=None)
    assert state.split() == ["inactive", "disabled"], "nobody has asked for it"
    assert host.run("stat -c '%U %a %s' /etc/xenhost-fleet/token") == "root 600 32"
    host.run("systemctl enable --now xenhost-fleet", "service")
    assert machines(host) == []
    assert host.run(f"{POST} http://127.0.0.1:8090/events") == "403"
    with_token = f'{POST} -H "Authorization: Bearer $(cat /etc/xenhost-fleet/token)"'
    assert host.run(f"{with_token} http://127.0.0.1:8090/events") == "200"
    assert [machine["machine"] for machine in machines(host)] == ["m1"]

    # It is nobody who has files here, and nobody else reads its own.
    pid = host.run("systemctl show -P MainPID xenhost-fleet")
    assert host.run(f"ps -o user= -p {pid}").strip() != "root"
    assert host.run(f"grep CapEff /proc/{pid}/status").split()[1] == "0" * 16
    assert host.run("stat -L -c %a /var/lib/xenhost-fleet/fleet.db") == "600"
    assert host.run("ss -Hltn 'sport = :8090'").split()[3] == "127.0.0.1:8090"
    assert "denied" not in host.run("journalctl -b -u xenhost-fleet").lower()

    # What it was told outlives it.
    host.run(f"kill -9 {pid}")
    assert [machine["machine"] for machine in machines(host)] == ["m1"]
    again = host.run("systemctl show -P MainPID xenhost-fleet")
    assert again != pid

    # After an upgrade, which this is to dpkg, the new one runs.
    host.run("dpkg -i /root/xenhost-fleet.deb", "upgrade")
    assert [machine["machine"] for machine in machines(host)] == ["m1"]
    assert host.run("systemctl show -P MainPID xenhost-fleet") != again


@pytest.mark.rare
def test_with_tls_and_a_password(host, package):
    options = re.search(r"^XENHOST_FLEET_OPTIONS=.*$", (TOP / "docs/FLEET.md").read_text(encoding="utf-8"), re.MULTILINE).group(0)
    assert "'" not in options
    host.run("cd /etc/xenhost-fleet; umask 077; echo open+sesame >password; cd")
    host.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=fleet "
             "-keyout /etc/xenhost-fleet/key.pem -out /etc/xenhost-fleet/cert.pem 2>/dev/null")  # fmt: skip
    host.run(f"echo '{options}' >/etc/default/xenhost-fleet")
    host.run("systemctl restart xenhost-fleet", "service")
    url = "https://127.0.0.1:8090"
    machines(host, "-k -u me:open+sesame", url)
    assert host.run(f"curl -sk -o /dev/null -w '%{{http_code}}' {url}/machines.json") == "401"


@pytest.mark.rare
def test_purged(host, package):
    host.run("systemctl start xenhost-fleet; dpkg -P xenhost-fleet", "upgrade")
    assert host.run("systemctl is-active xenhost-fleet", status=None) == "inactive"
    assert host.run("ls -d /var/lib/xenhost-fleet /var/lib/private/xenhost-fleet 2>/dev/null", status=None) == ""
    assert "token" not in host.run("ls /etc/xenhost-fleet 2>/dev/null", status=None)
