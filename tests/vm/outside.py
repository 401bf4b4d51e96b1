# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool outside of the virtual machine, and what the machine needs to be its member: tests/pool's program
on both sides. It speaks XAPI's protocol and is not XAPI; no figure or test here says anything of XAPI itself.
"""

import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import tarfile

from lab import BUILD, MEDIA, TOP
from vm import run

PROGRAMS = TOP / "tests/pool"
# As guests of QEMU's user network reach the test's machine.
ADDRESS = "10.0.2.2"
FOLDER = "/opt/xenhost-test-pool"
UNIT = f"""[Unit]
Description=Test pool in place of a toolstack; it is not XAPI
Wants=network-online.target
After=network-online.target xenhost-firstboot.service
Before=xenhost-firstboot-pool.service

[Service]
ExecStart=/usr/bin/python3 {FOLDER}/inguest.py {ADDRESS} PORT
ExecStartPost=/bin/sh -c 'until [ -S /var/lib/xcp/xapi ]; do sleep 1; done'
TimeoutStartSec=infinity
"""
INSTALL = f"""#!/bin/sh
set -e
mkdir -p "$1{FOLDER}" "$1/etc/systemd/system/multi-user.target.wants"
wget -q -O - URL | gunzip | tar -x -C "$1{FOLDER}"
cat >"$1/etc/systemd/system/xenhost-test-pool.service" <<'UNIT'
{UNIT}UNIT
ln -s ../xenhost-test-pool.service "$1/etc/systemd/system/multi-user.target.wants/"
"""


class Coordinator:
    """A pool of one host. Its address within guests is ADDRESS:port."""

    def __init__(self, folder, password):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.password = password
        self.url = f"https://127.0.0.1:{self.port}"
        state = pathlib.Path(folder) / "coordinator.json"
        # Guests of QEMU's user network cannot be called back.
        host = {"name": "coordinator", "address": ADDRESS, "listen": [self.url], "talk_back": False,
                "users": {"root": {"password": password}}}  # fmt: skip
        state.write_text(json.dumps({"port": self.port, "hosts": [host]}), encoding="utf-8")
        self.child = subprocess.Popen(  # pylint: disable=consider-using-with
            [sys.executable, PROGRAMS / "testpool.py", "--state", state], stdout=subprocess.PIPE, text=True
        )
        self.fingerprint = json.loads(self.child.stdout.readline())["hosts"]["coordinator"]["fingerprint"]

    def stop(self):
        self.child.terminate()
        self.child.wait()
        self.child.stdout.close()

    def hosts(self):
        """What Xen Orchestra's client, the npm package xen-api, sees."""
        done = subprocess.run(
            [sys.executable, PROGRAMS / "npm_client.py", "hosts.mjs", self.url],
            input=self.password, env={**os.environ, "XENHOST_BUILD": str(BUILD)},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def carrying_xapi(folder):
    """Makes in `folder` the payload of the media as if it carried XAPI, which the test program stands for:
    the same image, and a manifest that says so, signed anew."""
    payload = MEDIA / "payload"
    folder = pathlib.Path(folder)
    folder.mkdir()
    for file in payload.glob("*.chunks"):
        (folder / file.name).symlink_to(file)
    manifest = json.loads((payload / "manifest.json").read_text(encoding="utf-8"))
    manifest["pool_engines"] = ["none", "xapi"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    key = os.environ.get("SIGNING_KEY") or MEDIA / "development-key.pem"
    raw = folder / "signature"
    run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", folder / "manifest.json", "-out", raw)
    name = (payload / "manifest.sig").read_text(encoding="ascii").split()[0]
    signature = base64.b64encode(raw.read_bytes()).decode()
    (folder / "manifest.sig").write_text(f"{name} {signature}\n", encoding="ascii")


def installer_script(server, port):
    """The URL of a script for the stage "filesystem-populated" that puts the test program onto the new host."""
    with tarfile.open(server.folder / "test-pool.tar.gz", mode="w:gz") as archive:
        for file in [*PROGRAMS.glob("*.py"), PROGRAMS / "model.txt"]:
            if not file.name.startswith("test_"):
                archive.add(file, file.name)
    script = INSTALL.replace("PORT", str(port)).replace("URL", f"{server.url}/test-pool.tar.gz")
    (server.folder / "test-pool.sh").write_text(script, encoding="ascii")
    return f"{server.url}/test-pool.sh"


def holds(image, text):
    """Whether the bytes are in a disk's image, which must not be in use; free blocks included."""
    wanted, before = text.encode(), b""
    with open(image, "rb") as stream:
        while block := stream.read(1 << 24):
            if wanted in before + block:
                return True
            before = block[-len(wanted) :]
    return False
