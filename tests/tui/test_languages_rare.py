# SPDX-License-Identifier: GPL-3.0-or-later
"""In every language the screens that few see: of a machine with findings, a source that is not there, a licence,
pools, the test of the network. Nothing is cut, and no help is missing."""

import contextlib
import json
import shutil

import pytest
from installer_screens import INSTALL, SEED, THIRD, machine
from test_firstboot import fixture_host  # noqa: F401
from test_firstboot import FIRSTBOOT, MACHINE
from test_languages import fits, fixture_say, installer, pytestmark, spoken, walk_rows  # noqa: F401
from test_pool import pool, source_fixture, world  # noqa: F401


def title(screen, text):
    screen.until(lambda: f" {text} " in screen.lines()[1], text)
    return fits(screen)


def go(screen, say, *titles):
    """Through screens whose answers need nothing, which another test looks at."""
    for text in titles:
        title(screen, say(text))
        screen.press("F12")


def set_password(screen, say):
    title(screen, say("Password of root"))
    screen.press("Secret-1", "TAB", "Secret-1", "F12")


NETWORK = ("Management network", "Address of the host", "Name of the host", "Keys for ssh",
           "Time zone", "Time")


def test_a_machine_that_is_not_fit(say):
    with installer(say.language, name="toosmall") as screen:
        go(screen, say, "Keyboard", "Welcome")
        title(screen, say("What should be known of this machine"))
        screen.press("F12")
        title(screen, say("Disks"))


def test_a_source_that_is_not_there(say):
    argv = [INSTALL, "--machine", machine("tiny"), *SEED]
    with spoken(argv, say.language) as screen:
        go(screen, say, "Keyboard", "Welcome")
        title(screen, say("Disks"))
        screen.press("F12")
        go(screen, say, "Layout and storage")
        title(screen, say("Where the system comes from"))
        screen.press("TAB", "http://127.0.0.1:9/none/")
        walk_rows(screen, 3)
        screen.press("F12")
        title(screen, say("Network for the source"))
        walk_rows(screen, 4)
        screen.press("F12")
        set_password(screen, say)
        go(screen, say, *NETWORK)
        screen.see(say("Try again"))
        fits(screen)
        screen.press("ESC")
        title(screen, say("Where the system comes from"))
        screen.press("^C")
        fits(screen)


def test_a_licence_and_a_pool(say, source, tmp_path):
    with open(source, encoding="utf-8") as file:
        manifest = json.load(file)
    path = tmp_path / "licensed.json"
    path.write_text(json.dumps({**manifest, "licence": "You may do this.\n"}))
    argv = [INSTALL, "--machine", machine("uefi-3disks"), "--source", str(path), *SEED]
    with pool() as (lab, host), spoken(argv, say.language) as screen:
        go(screen, say, "Keyboard", "Welcome")
        title(screen, say("Disks"))
        screen.press(*THIRD, "F12")
        go(screen, say, "Layout and storage")
        set_password(screen, say)
        go(screen, say, *NETWORK)
        title(screen, say("Licence"))
        screen.press("LEFT", "ENTER")
        title(screen, say("Pool"))
        screen.press("DOWN", "DOWN", "SPACE", "TAB", f"{host.address}:{lab.port}", "TAB", "TAB", world.PASSWORD)
        screen.see(host.address, "***")
        walk_rows(screen, 6)
        screen.press("F12")
        title(screen, say("Is this the coordinator?"))
        screen.press("RIGHT", "ENTER")
        title(screen, say("What was found of this pool"))
        screen.press("ESC")
        title(screen, say("Summary"))


def test_the_network_is_tested(say, host):
    host.write("sys/class/net/eth0/carrier", "0\n")
    with spoken([FIRSTBOOT, "wizard", "--root", host.folder, "--machine", MACHINE],
                say.language) as screen:
        title(screen, say("This host"))
        screen.press("ENTER")
        title(screen, say("Management network"))
        screen.press("F8")
        screen.see(say("Testing the network"))
        fits(screen)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the test pool's certificate")
def test_first_boot_joins_a_pool(say, tmp_path):
    from test_firstboot_pool import Lab
    lab = Lab(tmp_path)
    with contextlib.closing(lab.world):
        argv = [FIRSTBOOT, "wizard", "--root", lab.host.folder, "--machine", MACHINE, "--socket", lab.socket]
        with spoken(argv, say.language) as screen:
            title(screen, say("This host"))
            screen.press("SHIFT-TAB", "ENTER")
            title(screen, say("Pool"))
            screen.press("DOWN", "DOWN", "SPACE", "TAB", lab.address, "TAB", "TAB", world.PASSWORD)
            screen.see(lab.address, "***")
            walk_rows(screen, 5)
            screen.press("F12")
            title(screen, say("Is this the coordinator?"))
            screen.press("TAB", "ENTER")
            title(screen, say("What stands against the join"))
            screen.press("ENTER")
            title(screen, say("Summary"))
            screen.press("ENTER")
            title(screen, say("The host is set up"))
