# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's network, its name, and the keys that may log in."""

import base64

import pytest
from installer_screens import INSTALL, SEED, THIRD, changed, installer, machine, same_plan, served, to_disks, to_summary
from screen import Screen


def test_a_machine_without_a_network_is_no_dead_end(tmp_path):
    answers = tmp_path / "answers.xml"
    with installer("no-nic", "--save", str(answers), rows=100) as screen:
        to_disks(screen)
        screen.press("F12")
        screen.see("Layout and storage")
        screen.press("F12")
        screen.see("Password of root")
        screen.press("Secret-1", "TAB", "Secret-1", "F12")
        screen.see("Management network", "This machine has no network interface")
        screen.press("F12")
        for title in ("Name of the host", "Keys for ssh", "Time zone", "Time from"):
            screen.see(title)
            screen.press("F12")
        screen.see("Summary", "none: no network interface")
        screen.press("F12")
        screen.see("What will be done", "none: the host is reached at its console only")
        screen.press("F12")
        shown = screen.end()
        assert screen.status == 0
    assert '<admin-interface proto="none"/>' in answers.read_text()
    same_plan(shown, machine("no-nic"), answers)


def test_without_a_network_nothing_comes_over_one(tmp_path):
    path = changed(tmp_path, "no-nic", lambda host: host)
    with Screen([INSTALL, "--machine", str(path), *SEED]) as screen:
        to_disks(screen)
        screen.press("F12")
        screen.see("Layout and storage")
        screen.press("F12")
        screen.see("Where the system comes from", "none was found")


def test_bond_vlan_and_both_kinds_of_address(tmp_path):
    answers = tmp_path / "answers.xml"
    with installer("uefi-3disks", "--save", str(answers), rows=110) as screen:
        to_summary(screen, THIRD)
        screen.press("TAB", "TAB", *["TAB"] * 5, "ENTER")
        screen.see("Management network")
        screen.press("DOWN", "DOWN", "SPACE", "RIGHT", "DOWN", "SPACE")
        screen.see("(*)  -  eth2", "( ) [x] eth3", "Bond mode")
        screen.press("TAB", "DOWN", "SPACE", "TAB", "42")
        screen.see("(*) active-backup")
        screen.see("[42  ")
        screen.golden("bond")
        screen.press("F12")
        screen.see("Summary", "eth2", "eth3", "active-backup", "42")
        screen.press("TAB", "TAB", *["TAB"] * 9, "ENTER")
        screen.see("Address of the host")
        screen.press("DOWN", "SPACE", "TAB", "10.0.0.5", "TAB", "255.255.255.0", "TAB", "10.0.0.1",
                     "TAB", "DOWN", "DOWN", "SPACE", "TAB", "2001:db8::5/64", "TAB", "2001:db8::1")
        screen.see("[2001:db8::1  ")
        screen.golden("address")
        screen.press("F12")
        screen.see("Summary", "2001:db8::5/64")
        screen.press("F12")
        screen.see("What will be done")
        screen.press("F12")
        shown = screen.end()
        assert screen.status == 0
    plan = same_plan(shown, machine("uefi-3disks"), answers)
    assert "bond0 (active-backup) of eth2 + eth3" in plan
    assert "10.0.0.5/24" in plan and "2001:db8::5/64" in plan and "xenbr0.42" in plan


def key(number, kind="ssh-ed25519"):
    blob = len(kind).to_bytes(4, "big") + kind.encode() + (32).to_bytes(4, "big") + bytes([number] * 32)
    return f"{kind} {base64.b64encode(blob).decode()} user{number}@desk"


def to_keys(screen):
    to_summary(screen, THIRD)
    screen.press("TAB", "TAB", *["TAB"] * 11, "ENTER")
    screen.see("Keys for ssh")


def test_keys_are_pasted_and_judged_one_by_one(tmp_path):
    answers = tmp_path / "answers.xml"
    with installer("uefi-3disks", "--save", str(answers), rows=110) as screen:
        to_keys(screen)
        screen.press("nonsense")
        screen.see("! \"nonsense\" is no public key")
        # A paste is all at once; its line ends lead to the next row.
        screen.press("^U", f"{key(1)}\r{key(2)}\rssh-ed25519 größe\r")
        screen.see("user1@desk", "user2@desk", "größe\" is no public key")
        screen.press("F12")
        screen.see("Keys for ssh")
        screen.press("^U", "F12")
        screen.see("Summary", "ssh-ed25519 user1@desk", "ssh-ed25519 user2@desk")
        screen.press("F12")
        screen.see("What will be done")
        screen.press("F12")
        shown = screen.end()
        assert screen.status == 0
    assert key(1) in answers.read_text() and key(2) in answers.read_text()
    same_plan(shown, machine("uefi-3disks"), answers)


def test_keys_come_from_an_address():
    listed = f"# of two people\n{key(3)}\n{key(4)}\n".encode()
    with served(listed) as (url, go), installer("uefi-3disks") as screen:
        to_keys(screen)
        screen.press("http://127.0.0.1:9/keys", "F12")
        screen.see("The keys could not be fetched", "It can be corrected, or emptied")
        screen.press("ESC")
        screen.see("Keys for ssh")
        screen.press("^U", url, "F12")
        screen.see("The list of keys is fetched.", "s so far")
        go.set()
        screen.see("2 keys are in their rows now")
        screen.press("ESC")
        screen.see(key(3)[:40], key(4)[:40])
        screen.press("F12")
        screen.see("Summary", "ssh-ed25519 user3@desk", "ssh-ed25519 user4@desk")


@pytest.mark.parametrize("content,message", [
    (b"", "The list is empty"),
    (b"\xff\xfe\x00binary", "is no public key"),
    (b"".join(f"{key(n)}\n".encode() for n in range(9)), "4 more had no room"),
])
def test_odd_lists_of_keys(content, message):
    with served(content) as (url, go), installer("uefi-3disks") as screen:
        go.set()
        to_keys(screen)
        screen.press(url, "F12")
        screen.until(lambda: "Keys for ssh" in screen.text() and "Close" in screen.text(), "said")
        if "no public key" in message:
            screen.press("ESC")
        screen.see(message)


def test_a_host_of_a_fixed_address_gets_no_name_by_dhcp():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        screen.see("Name servers   (from DHCP)")
        for _ in range(5):
            screen.press("^B")
        screen.see("Address of the host")
        screen.press("DOWN", "SPACE", "TAB", "10.0.0.5", "TAB", "255.255.255.0", "TAB", "10.0.0.1", "F12")
        screen.see("Without DHCP nobody names the host", "localhost")
        screen.press("^U", "F12")
        screen.see("Keys for ssh")
        screen.press("F12")
        screen.see("Time zone")
        screen.press("F12")
        screen.see("Time from")
        screen.press("F12")
        screen.see("Host name      (none)", "Name servers   (none)")


def test_a_host_without_any_address_is_told_in_words_of_the_screen():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        for _ in range(5):
            screen.press("^B")
        screen.see("Address of the host")
        screen.press("DOWN", "DOWN", "SPACE")
        screen.see("! the host would have no address at all: choose another way, for IPv4 or")
        assert 'proto="' not in screen.text()


def test_the_time_follows_the_address_until_somebody_chooses():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        screen.see("Time from      servers that DHCP names")
        screen.press("TAB", "TAB", *["TAB"] * 7, "ENTER")
        screen.see("Address of the host")
        screen.press("DOWN", "SPACE", "TAB", "10.0.0.5", "TAB", "255.255.255.0", "TAB", "10.0.0.1", "F12")
        screen.see("Summary", "IPv4           a fixed address")
        screen.press("PGDN", "END")
        screen.see("more above", "Time from      the distribution's servers")
