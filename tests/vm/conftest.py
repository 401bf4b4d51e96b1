# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: the medium, a server, and one installed host per test file.

XENHOST_VM_REUSE=1 boots the disks that an earlier, failed run left instead of installing again: for
whoever works on the tests of installed hosts.
"""

import json
import os
import pathlib
import shutil
import socket
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

# pylint: disable=wrong-import-position
from lab import MEDIA, RESULTS, boot_host, install, make_medium
from server import Server
from vm import VM

REUSE = os.environ.get("XENHOST_VM_REUSE") == "1"


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="the rarer machines too")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--all"):
        for item in items:
            if "rare" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="only with --all"))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session", autouse=True)
def medium():
    """The install medium must have been built: make iso."""
    assert (MEDIA / "xenhost.iso").exists(), "build/media/xenhost.iso is missing: make iso"


@pytest.fixture(scope="module")
def folder(request):
    """A fresh folder of this test file, with its disks, media and logs. Disks go when all passed."""
    path = RESULTS / request.module.__name__.removeprefix("test_")
    if not REUSE:
        shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, exist_ok=True)
    failed = request.session.testsfailed
    yield path
    if request.session.testsfailed == failed:
        for disk in [*path.rglob("*.qcow2"), *path.rglob("*.iso")]:
            disk.unlink()


@pytest.fixture(scope="module")
def server(folder):
    """An HTTP server with the payload as /xenhost."""
    root = folder / "www"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "xenhost").symlink_to(MEDIA / "payload")
    server = Server(root, folder / "uploads")
    yield server
    server.close()


class Host:
    """An installed host that is running, with a root shell on its console."""

    def __init__(self, vm, answers, server):
        self.vm = vm
        self.answers = answers
        self.server = server
        self.install_console = ""
        self._plan = None

    def run(self, line, what="command", status=0):
        return self.vm.run(line, what, status)

    def plan(self):
        """The plan that was carried out, as the host keeps it."""
        if not self._plan:
            self._plan = json.loads(self.run("cat /var/log/installer/plan.json"))
        return self._plan

    def target(self):
        return next(disk for disk in self.plan()["disks"] if disk["target"])

    def planned_partitions(self):
        return [part for part in self.plan()["partitions"] if part["disk"] == self.target()["id"]]

    def target_node(self):
        return f"/dev/{self.target()['name']}"

    def partition_node(self, number):
        node = self.target_node()
        return f"{node}p{number}" if node[-1].isdigit() else f"{node}{number}"


@pytest.fixture(scope="module")
def host(request, folder, server):
    """The machine that the test file describes by MACHINE and ANSWERS, installed and booted. ANSWERS may
    be a function of the server. It may have a way of its own to boot() to a root shell, and say what happens
    between() the two."""
    module = request.module
    machine = dict(module.MACHINE)
    name = machine.pop("name")
    append = machine.pop("append", "console=tty0 console=ttyS0,115200")
    vm = VM(name, folder / "vm", **machine)
    vm.nics[0].ssh_port = free_port()
    answers = module.ANSWERS(server) if callable(module.ANSWERS) else module.ANSWERS
    try:
        if not (REUSE and (vm.folder / "serial.log").exists()):
            install(vm, make_medium(folder / "unattended.iso", answers, append))
        # With its carriage returns, without which a screen is another one.
        with open(vm.folder / "serial.log", encoding="utf-8", errors="replace", newline="") as log:
            console = log.read()
        if hasattr(module, "between"):
            module.between(vm)
        getattr(module, "boot", boot_host)(vm)
        host = Host(vm, answers, server)
        host.install_console = console
        yield host
    finally:
        vm.kill()
