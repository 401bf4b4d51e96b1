# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators at a serial console and by ssh install from the disc, screen by screen, and the host comes up. Who
comes by ssh can do all of it, and halts an installation without questions as those at a console can; who watches
from elsewhere is told of it, as the boot line asks."""

import contextlib
import pathlib
import re
import sys

import pytest
from answers import PASSWORD, Answers
from conftest import free_port
from fleet import Fleet
from lab import Key, boot_host, make_medium, with_password
from limits import limit
from vm import VM, Disk, Nic

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tui"))

# pylint: disable=wrong-import-position
import screen as tui
from walk import part, walk

# The screens where one of the two hands over to the other.
PASSWORDS, ZONES = "The same again", "Region/City"


def shown_password(serial, enter=True):
    """That of this boot, which stays on the console until Enter is pressed there."""
    serial.see("Press Enter to install from this console.")
    shown = re.search(r"By ssh the password of root is:  ([a-z2-9-]{14})$", serial.text(), re.M)
    assert shown, serial.text()
    if enter:
        serial.press("ENTER")
    return shown.group(1)


def walk_together(serial, login, password):
    """Some screens by ssh, which watches first; what one does the other sees."""
    walk(serial, PASSWORD, way=part(end=PASSWORDS))
    serial.see(PASSWORDS)
    with tui.Screen(login, term="xterm") as remote:
        remote.see("password:")
        remote.press(password, "ENTER")
        remote.see("You watch; ttyS0 leads. Ctrl-T takes over.", PASSWORDS)
        remote.press("^T")
        serial.see("leads. Ctrl-T takes over.")
        walk(remote, PASSWORD, way=part(PASSWORDS, ZONES))
        remote.see(ZONES)
        serial.see(ZONES)
        serial.press("^T")
        remote.see("You watch; ttyS0 leads.")
        serial.see_not("You watch")
        # It goes away without a word, and nobody minds.
    walk(serial, PASSWORD, way=part(ZONES))


def lose_terminal(serial, key, port):
    """In the middle of the installation, which goes on."""
    key.run(port, "kill -HUP $(tmux -S /run/xenhost/screens list-clients -F '#{client_pid}')")
    serial.see("ttyS0 shows the screens no longer.")
    serial.press("ENTER")
    serial.see("Installing")


def expect_told(fleet):
    """All of it from when the plan was confirmed, in order, each event once, and the report."""
    events, report = fleet.story()
    kinds = [event["event"] for event in events]
    assert kinds[0] == "start" and kinds[-1] == "done", kinds
    assert kinds.count("start") == kinds.count("done") == 1 and "failed" not in kinds, kinds
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1)), "one was lost or doubled"
    assert report["schema"] == "xenhost.report/1" and report["success"]
    told = [event["step"] for event in events if event["event"] == "phase"]
    steps = [step["id"] for step in report["steps"]]
    assert told[-len(steps):] == steps, told
    assert events[-1]["host"]["hostname"] == "console.example.org"


@contextlib.contextmanager
def booted(folder, name, append, answers=None):
    """The machine from a disc of its own, its serial console, and the port for ssh to it."""
    port = free_port()
    medium = make_medium(folder / f"{name}.iso", answers, append=f"console=ttyS0,115200 xenhost.ssh {append}")
    machine = VM(name, folder / name, [Disk("a", size="50G", boot=1)], [Nic(ssh_port=port)])
    command = [str(word) for word in machine.command(iso=medium, extra=["-no-reboot"])]
    tui.PATIENCE = limit("firmware") + limit("installer")
    with tui.Screen(command) as screen:
        yield machine, screen, port


def finish(serial, leader):
    """The installation to its end, which one of the two looks at; it restarts."""
    tui.PATIENCE = limit("install")
    leader.see("The host is installed", "> Reboot <")
    leader.press("ENTER")
    serial.end()


def test_installed_by_keystrokes(folder):
    key = Key(folder)
    with Fleet(folder) as fleet:
        append = f"xenhost.report={fleet.url}/events xenhost.sshkey={key.public.replace(' ', ':')}"
        with booted(folder, "console", append) as (machine, screen, port):
            walk_together(screen, with_password(port), shown_password(screen))
            screen.see("Installing")
            lose_terminal(screen, key, port)
            finish(screen, screen)
        expect_told(fleet)
    try:
        boot_host(machine)
        assert machine.run("hostname -f") == "console.example.org"
        assert machine.run("readlink /etc/localtime").endswith("/Europe/Berlin")
        assert "xen_version" in machine.run("xl info")
    finally:
        machine.kill()


@pytest.mark.rare
def test_installed_by_ssh(folder):
    """Every screen; at the console nobody does anything."""
    with booted(folder, "by-ssh", "") as (machine, serial, port):
        password = shown_password(serial, enter=False)
        with tui.Screen(with_password(port), term="xterm") as remote:
            remote.see("password:")
            remote.press(password, "ENTER")
            walk(remote, PASSWORD)
            remote.see("Installing")
            finish(serial, remote)
    try:
        boot_host(machine)
        assert machine.run("hostname -f") == "console.example.org"
    finally:
        machine.kill()


def test_halted_by_ssh(folder):
    """The password of ssh stays on the console's screens, and who comes with it is heard as all others."""
    append = "xenhost.ui=screens xenhost.last-call=3600"
    with booted(folder, "halted", append, Answers(match="size>=16G")) as (_, serial, port):
        serial.see("The last call")
        shown = re.search(r"ssh: root, ([a-z2-9-]{14})$", serial.lines()[0])
        assert shown, serial.text()
        with tui.Screen(with_password(port), term="xterm") as remote:
            remote.see("password:")
            remote.press(shown.group(1), "ENTER")
            remote.see("The last call", "To halt it")
            assert shown.group(1) not in remote.text()
            remote.quiet(0.3)
            remote.press("stop", "ENTER")
            for screen in serial, remote:
                screen.see("The installation was cancelled", "halted on ssh from 10.0.2.2; nothing was changed")
            remote.press("RIGHT", "RIGHT", "ENTER")
            remote.see("The lines above are the installer's", "installer:")
