# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the system comes from, and by which link: looked for while the operator goes on."""

import pytest
from installer_screens import SOURCE, from_password_on, installer, served, to_source


@pytest.fixture(name="slow_source")
def slow_source_fixture():
    with open(SOURCE, "rb") as file:
        content = file.read()
    with served(content) as source:
        yield source


def test_source_that_is_not_there_is_known_early_and_can_be_named_anew():
    with installer("uefi-3disks", source=False) as screen:
        to_source(screen)
        screen.press("TAB", "http://127.0.0.1:9/none/", "F12")
        screen.see("Network for the source")
        screen.press("F12")
        screen.see("Password of root", "Source: not found")
        from_password_on(screen)
        screen.see("Try again", "127.0.0.1")
        screen.press("TAB", "ENTER")
        screen.see("Where the system comes from")


def test_source_is_looked_for_while_the_operator_goes_on(slow_source):
    url, go = slow_source
    with installer("uefi-3disks", source=False) as screen:
        to_source(screen)
        screen.press("TAB", url, "F12")
        screen.see("Network for the source")
        screen.press("DOWN", "DOWN", "SPACE")
        screen.golden("source-network")
        screen.press("F12")
        screen.see("Password of root", "Source: looking")
        # Looking at the machine and at the source at once is refused, in words.
        screen.press("F8")
        screen.see("Not now")
        screen.press("ESC")
        screen.see("Password of root")
        screen.press("Secret-1", "TAB", "Secret-1", "F12")
        # The link that was chosen for the source is proposed for management.
        screen.see("Management network", "(*)  -  eth2")
        screen.press("^B")
        from_password_on(screen)
        screen.see("Looking for the system to install", "s so far")
        screen.press("ESC")
        screen.see("Where the system comes from")
        screen.press("F12")
        screen.see("Network for the source")
        screen.press("F12")
        from_password_on(screen)
        screen.see("Looking for the system to install")
        go.set()
        screen.see("Summary")
        screen.press("F12")
        screen.see("What will be done")


MESSAGES_OF_LINK = [
    (("TAB", "TAB", "5000"), "! VLAN cannot be"),
    (("TAB", "DOWN", "SPACE", "F12"), "! An address is needed"),
    (("TAB", "DOWN", "SPACE", "TAB", "1.2.3"), "! IPv4 address cannot be"),
    (("TAB", "DOWN", "SPACE", "TAB", "10.0.0.5", "TAB", "255.255.255.0", "TAB", "10.0.0.1", "TAB",
      "one"), '! Name servers cannot be "one"'),
]


@pytest.mark.parametrize("keys,message", MESSAGES_OF_LINK)
def test_messages_of_the_link_to_the_source(keys, message):
    with installer("uefi-3disks", source=False) as screen:
        to_source(screen)
        screen.press("TAB", "http://127.0.0.1:9/", "F12")
        screen.see("Network for the source")
        screen.press(*keys)
        screen.see(message)
        screen.press("F12")
        screen.see("Network for the source", message)


def test_source_over_a_bond(slow_source):
    """Cables are marked where NICs are; the mode is asked for then; management is proposed the same bond."""
    url, go = slow_source
    with installer("uefi-3disks", source=False) as screen:
        to_source(screen)
        screen.press("TAB", url, "F12")
        screen.see("Network for the source")
        screen.press("RIGHT", "DOWN", "SPACE")
        screen.see("(*)  -  eth0", "( ) [x] eth1", "Bond mode", "(*) LACP")
        assert "balance-slb" not in screen.text(), "the kernel's own bonds know nothing of it"
        screen.press("TAB", "DOWN", "SPACE")
        screen.golden("source-bond")
        go.set()
        screen.press("F12")
        screen.see("Password of root")
        screen.press("Secret-1", "TAB", "Secret-1", "F12")
        screen.see("Management network", "(*)  -  eth0", "( ) [x] eth1", "(*) active-backup")
