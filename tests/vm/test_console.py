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

# The screens in their order, and what is pressed on each.
WALK = [
    ("The console keymap.", ("^N",)),
    ("This turns the machine into a Xen host", ("^N",)),
    ("WILL BE ERASED: vda.", ("^N",)),
    ("Storage type", ("^N",)),
    ("this install medium", ("^N",)),
    ("The same again", (PASSWORD, "TAB", PASSWORD, "^N")),
    ("The cable of the management network", ("^N",)),
    ("May hold a domain", ("console.example.org", "^N")),
    ("Region/City", ("berlin", "ENTER")),
    ("Hosts of a pool need the same time", ("^N",)),
    ("All answers", ("^N",)),
    ("THIS DISK WILL BE ERASED", ("^N",)),
    ("Install now?", ("TAB", "ENTER")),
]


def walk(screen):
    for words, keys in WALK:
        # What is not fit on a machine this small is said on a screen of its own.
        screen.until(lambda w=words: w in screen.text() or "should be known" in screen.text(), words)
        if "should be known" in screen.text():
            screen.press("^N")
            screen.see(words)
        screen.press(*keys)


def test_installed_by_keystrokes(folder):
    medium = make_medium(folder / "console.iso", append="console=ttyS0,115200")
    machine = VM("console", folder / "console", [Disk("a", size="50G", boot=1)], [Nic()])
    command = [str(word) for word in machine.command(iso=medium, extra=["-no-reboot"])]
    tui.PATIENCE = limit("firmware") + limit("installer")
    with tui.Screen(command) as screen:
        walk(screen)
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
