# SPDX-License-Identifier: GPL-3.0-or-later
"""Newer packages of kernel and Xen for an installed host, as apt brings them: the very packages of the
medium with a higher version, and Xen packed anew, so that its file is another."""

import gzip
import re
import shutil
import subprocess

from lab import BUILD

PACKAGES = ("linux-image-6*", "linux-image-amd64*", "xen-hypervisor-4*")
SUFFIX = "+upgrade1"


def _make_newer(package, folder):
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    text = control.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(Version: .*)$", rf"\1{SUFFIX}", text)
    # The package that follows the newest kernel asks for exactly that version of it.
    text = re.sub(r"(linux-image-\S+ \(= [^)]+)\)", rf"\1{SUFFIX})", text)
    control.write_text(text, encoding="utf-8")
    for xen in (tree / "boot").glob("xen-*.gz"):
        xen.write_bytes(gzip.compress(gzip.decompress(xen.read_bytes()), 1, mtime=0))
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "-b", tree, folder], check=True, capture_output=True)
    shutil.rmtree(tree)


def offer(server):
    """Makes the repository that `apply` upgrades from, in the server's folder."""
    folder = server.folder / "apt"
    folder.mkdir()
    for pattern in PACKAGES:
        _make_newer(next((BUILD / "cache/mirror/dom0").glob(pattern)), folder)
    index = subprocess.run(["dpkg-scanpackages", "."], cwd=folder, check=True, capture_output=True, text=True)
    (folder / "Packages").write_text(index.stdout, encoding="utf-8")


def apply(host, server):
    """What an administrator does, with that repository alone; gives what was upgraded."""
    host.run(f"echo 'deb [trusted=yes] {server.url}/apt ./' >/etc/apt/sources.list && rm -f /etc/apt/sources.list.d/*")
    host.run("apt-get -q update </dev/null", "service")
    host.run("DEBIAN_FRONTEND=noninteractive apt-get -q -y upgrade </dev/null", "upgrade")
    return host.run(f"dpkg-query -W -f '${{Package}} ${{Version}}\\n' | grep -F {SUFFIX}")
