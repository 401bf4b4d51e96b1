#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test pool in place of the toolstack of an installed host, in a virtual machine. It is not XAPI.

    inguest.py COORDINATOR PORT

Serves the local socket that a toolstack would serve, as the host that the installation left: its UUID,
name, address and network backend. COORDINATOR is only looked up for the address that leads to it; PORT
is where hosts of the test pool call each other.
"""

import json
import os
import pathlib
import socket
import sys

PROGRAM = pathlib.Path(__file__).resolve().parent / "testpool.py"
STATE = pathlib.Path("/run/xenhost-test-pool.json")
SOCKET = "/var/lib/xcp/xapi"


def inventory():
    """The values that the installer wrote down for toolstacks."""
    lines = pathlib.Path("/etc/xensource-inventory").read_text("utf-8").splitlines()
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}


def address(coordinator, port):
    """The one this host has where it speaks to the coordinator."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((coordinator, port))
        return probe.getsockname()[0]


def state(coordinator, port):
    """A state file with this host in it."""
    backend = pathlib.Path("/etc/xensource/network.conf").read_text("ascii").strip()
    name = socket.gethostname()
    software = {"network_backend": backend, "hostname": name}
    return {"port": port, "hosts": [{
        "name": name, "address": address(coordinator, port), "listen": [f"unix:{SOCKET}"], "root": "/",
        "values": {"uuid": inventory()["INSTALLATION_UUID"], "hostname": name},
        "changes": [{"set": "host", "values": {"software_version": software}}],
    }]}  # fmt: skip


def main():
    """Becomes the test pool."""
    coordinator, port = sys.argv[1], int(sys.argv[2])
    pathlib.Path(SOCKET).parent.mkdir(parents=True, exist_ok=True)
    STATE.write_text(json.dumps(state(coordinator, port)), "utf-8")
    os.execv(sys.executable, [sys.executable, str(PROGRAM), "--state", str(STATE)])


if __name__ == "__main__":
    main()
