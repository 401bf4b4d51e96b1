# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator at a serial console installs from the disc, screen by screen, and the host comes up."""

import pathlib
import sys

from answers import PASSWORD
from lab import boot_host, make_medium
from limits import limit
from vm import VM, Disk, Nic

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tui"))

# pylint: disable=wrong-import-position
import screen as tui
from walk import walk


def test_installed_by_keystrokes(folder):
    medium = make_medium(folder / "console.iso", append="console=ttyS0,115200")
    machine = VM("console", folder / "console", [Disk("a", size="50G", boot=1)], [Nic()])
    command = [str(word) for word in machine.command(iso=medium, extra=["-no-reboot"])]
    tui.PATIENCE = limit("firmware") + limit("installer")
    with tui.Screen(command) as screen:
        walk(screen, PASSWORD)
        screen.see("Installing")
        tui.PATIENCE = limit("install")
        screen.see("The host is installed", "> Reboot <")
        screen.press("ENTER")
        screen.end()
    try:
        boot_host(machine)
        assert machine.run("hostname -f") == "console.example.org"
        assert machine.run("readlink /etc/localtime").endswith("/Europe/Berlin")
        assert "xen_version" in machine.run("xl info")
    finally:
        machine.kill()
