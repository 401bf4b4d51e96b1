# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard of first boot over a folder that plays the installed host, and a recorded machine."""

import json
import os
import subprocess

import pytest
from screen import BUILD, TOP, Screen
from walk import WIZARD_WAY, walk

FIRSTBOOT = os.path.join(BUILD, "xenhost-firstboot")
MACHINE = os.path.join(TOP, "tests", "machines", "uefi-3disks.json")
DATA = "etc/firstboot.d/data/"
STATE = "var/lib/xenhost/firstboot/state.json"
NOT_EMPTY = {"name": "local-storage", "state": "failed",
             "message": "/dev/sdb is not empty: volume group old, so no local storage was made",
             "hint": "If its content may be lost, choose the disk in xenhost-firstboot, Local "
                     "storage; or run wipefs -a /dev/sdb and then xenhost-firstboot run."}

# Of Secret-1, by crypt(5) with few rounds.
SHADOW = ("root:$5$rounds=1000$saltsalt$upSA6CE6eGBiXqnXcqy0Pn9tfXIEGkbtSlfIX89mprA"
          ":20000:0:99999:7:::\n")


class Host:
    """The files that the wizard reads, as an installation by DHCP leaves them."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.write(DATA + "management.conf", "LABEL='eth0'\nMODE='dhcp'\nMODEV6='none'\n")
        self.write("etc/xensource/network.conf", "bridge\n")
        self.write("etc/timezone", "Etc/UTC\n")
        self.write("etc/hostname", "")
        self.write("etc/chrony/chrony.conf", "pool 2.debian.pool.ntp.org iburst\n")
        self.write("usr/share/chrony/chrony.conf", "pool 2.debian.pool.ntp.org iburst\n")
        self.write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
        self.write("etc/shadow", "root:$y$j9T$abc$def:20000:0:99999:7:::\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def state(self, *tasks):
        self.write(STATE, json.dumps({"schema": "xenhost.firstboot/1", "tasks": tasks}))

    def wizard(self, *more, **options):
        return Screen([FIRSTBOOT, "wizard", "--root", self.folder, "--machine", MACHINE, *more],
                      **options)


@pytest.fixture(name="host")
def fixture_host(tmp_path):
    return Host(tmp_path)


def to_summary(screen):
    screen.see("This host")
    screen.press("ENTER")
    for title in ("Management network", "Name of the host", "Time zone", "Time from",
                  "Local storage"):
        screen.see(title)
        screen.press("F12")
    screen.see("Enter on a line goes to its screen")


def test_first_page_says_what_is_open_and_why(host):
    host.state(NOT_EMPTY)
    host.write("etc/shadow", "root:*:20000:0:99999:7:::\n")
    with host.wizard("--console") as screen:
        screen.golden("firstboot-status")


def test_first_page_follows_what_happens(host):
    host.state(NOT_EMPTY)
    with host.wizard() as screen:
        screen.see("[ !! ] Storage")
        host.state({"name": "local-storage", "state": "done", "message": "volume group VG_X"})
        screen.see("[ ok ] Storage", "volume group VG_X")


def test_a_line_leads_to_its_screen_and_to_the_summary(host):
    with host.wizard() as screen:
        screen.see("This host")
        screen.press("SHIFT-TAB", "HOME", "DOWN", "ENTER")
        screen.see("Name of the host")
        screen.press("node7", "F12")
        screen.see("Summary", "* Host name", "node7")


def test_nothing_new_is_nothing_to_do(host):
    with host.wizard() as screen:
        to_summary(screen)
        screen.see("Nothing is to be changed")
        assert "Carry out" not in screen.text()


def test_fixed_address_name_and_time(host):
    with host.wizard() as screen:
        screen.see("This host")
        screen.press("ENTER")
        screen.see("Management network")
        screen.press("TAB", "DOWN", "SPACE")
        screen.see("IPv4 address")
        screen.press("F12")
        screen.see("! An address is needed")
        screen.press("192.0.2.10", "TAB", "255.255.255.0", "TAB", "192.0.3.1", "F12")
        screen.see("is not in the subnet")
        screen.press("BS", "BS", "BS", "2.1", "TAB", "192.0.2.53 192.0.2.54")
        screen.golden("firstboot-network")
        screen.press("F12")
        screen.see("Name of the host")
        screen.press("node7.example.org", "F12")
        screen.see("Time zone")
        screen.press("berlin", "ENTER")
        screen.see("Time from")
        screen.press("F12")
        screen.see("Local storage")
        screen.press("F12")
        screen.see("Summary")
        screen.golden("firstboot-summary")
        screen.press("ENTER")
        screen.golden("firstboot-end")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0
    assert host.read(DATA + "management.conf") == (
        "LABEL='eth0'\nMODE='static'\nIP='192.0.2.10'\nNETMASK='255.255.255.0'\n"
        "GATEWAY='192.0.2.1'\nMODEV6='none'\nDNS='192.0.2.53,192.0.2.54'\nDOMAIN='example.org'\n")
    assert "Address=192.0.2.10/24\n" in host.read("etc/systemd/network/30-xenbr0.network")
    assert host.read("etc/hostname") == "node7.example.org\n"
    assert host.read("etc/timezone") == "Europe/Berlin\n"
    assert not os.path.exists(host.path("var/lib/xenhost/firstboot/network-before.json"))
    # What was written is what is read again.
    with host.wizard() as screen:
        screen.see("eth0, a fixed address", "node7.example.org")


def test_bond_and_vlan_come_and_go(host):
    def to_bond(screen):
        screen.see("This host")
        screen.press("ENTER")
        screen.see("Management network")
        screen.press("TAB", "TAB", "TAB")

    def carry_out(screen):
        screen.press("F12")
        for title in ("Name of the host", "Time zone", "Time from",
                  "Local storage"):
            screen.see(title)
            screen.press("F12")
        screen.see("Carry out")
        screen.press("ENTER")
        screen.see("The host is set up")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0

    with host.wizard() as screen:
        to_bond(screen)
        screen.press("42", "TAB", "TAB", "DOWN", "SPACE")
        screen.see("[x] eth1")
        screen.press("PGDN")
        screen.see("Bond mode")
        carry_out(screen)
    assert host.read(DATA + "xenhost-bond.conf") == "MODE='lacp'\nPORTS='eth1'\n"
    assert "VLAN='42'" in host.read(DATA + "management.conf")
    assert "Mode=802.3ad" in host.read("etc/systemd/network/15-bond0.netdev")
    with host.wizard() as screen:
        to_bond(screen)
        # The focus goes to what is marked.
        screen.press("BS", "BS", "TAB", "TAB")
        screen.see("[x] eth1")
        screen.press("SPACE")
        screen.see("[ ] eth1")
        carry_out(screen)
    assert not os.path.exists(host.path(DATA + "xenhost-bond.conf"))
    left = os.listdir(host.path("etc/systemd/network"))
    assert not [name for name in left if "bond" in name or ".42" in name]


def test_network_is_tested_line_by_line_with_reasons(host):
    host.write("sys/class/net/eth0/carrier", "0\n")
    host.write("etc/resolv.conf", "nameserver 127.0.0.1\n")
    host.write("etc/chrony/chrony.conf", "pool no-such-name.invalid iburst\n")
    with host.wizard() as screen:
        screen.see("This host")
        screen.press("ENTER")
        screen.see("Management network")
        screen.press("F8")
        screen.see("Testing the network", "eth0 has no link", "Is the cable in")
        # It is left at once, whatever it waits for.
        screen.press("ENTER")
        screen.see("Management network", "Forward")
        screen.press("^T")
        screen.see("127.0.0.1: Connection refused", "no-such-name.invalid: its name cannot")
        screen.press("ENTER")
        screen.see("Management network", "Forward")


def test_a_missing_time_server_is_said_in_words_of_the_screen(host):
    with host.wizard() as screen:
        screen.see("This host")
        screen.press("ENTER")
        for title in ("Management network", "Name of the host", "Time zone"):
            screen.see(title)
            screen.press("F12")
        screen.see("Time from")
        screen.press("HOME", "DOWN", "DOWN", "SPACE", "F12")
        screen.see("! At least one server is needed")
        assert "<ntp-server>" not in screen.text()


def test_the_way_through_everything(host):
    """That a virtual machine is led by, too."""
    host.state(NOT_EMPTY)
    host.write("etc/xensource-inventory",
               "PRIMARY_DISK='/dev/disk/by-id/ata-ST2000NM000A-2J2100_ZDS0AA01'\n")
    host.write("etc/shadow", SHADOW)
    with host.wizard("--console") as screen:
        walk(screen, "Secret-1", way=WIZARD_WAY)
        screen.see("The host is set up", "wizard.example.net", "on xenbr0.42")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0
    assert host.read("etc/timezone") == "Europe/Berlin\n"
    assert host.read(DATA + "xenhost-bond.conf") == "MODE='active-backup'\nPORTS='eth2'\n"
    assert host.read("etc/chrony/sources.d/xenhost.sources") == "server 192.0.2.1 iburst\n"


def test_a_stub_is_no_name_server(host):
    """It answers, whether there is somebody behind it or not."""
    host.write("etc/resolv.conf", "nameserver 127.0.0.53\noptions edns0\n")
    host.write("run/systemd/resolve/resolv.conf", "search example.org\n")
    with host.wizard() as screen:
        screen.see("This host")
        screen.press("ENTER")
        screen.see("Management network")
        screen.press("^T")
        screen.see("Testing the network", "none is known", "Names cannot be resolved")
        screen.press("ENTER")
        screen.see("Management network", "Forward")


def test_who_sits_at_a_console_says_the_password(host):
    host.write("etc/shadow", SHADOW)
    with host.wizard("--console") as screen:
        screen.see("This host")
        screen.press("ENTER")
        screen.see("Who is there?")
        screen.press("Secret-2", "F12")
        screen.see("! That is not root's password")
        screen.press("BS", "1", "F12")
        screen.see("Management network")
        screen.press("^B")
        screen.see("This host")
        screen.press("ENTER")
        screen.see("Management network")


def test_storage_takes_what_was_wished_or_an_empty_disk(host):
    host.state(NOT_EMPTY)
    host.write(DATA + "default-storage.conf",
               "XSPARTITIONS='/dev/disk/by-id/a-part3'\nXSTYPE='lvm'\n")
    host.write("etc/xensource-inventory",
               "PRIMARY_DISK='/dev/disk/by-id/ata-ST2000NM000A-2J2100_ZDS0AA01'\n")
    with host.wizard() as screen:
        screen.see("[ !! ] Storage")
        screen.press("SHIFT-TAB", "UP", "ENTER")
        screen.see("EVERYTHING ON A MARKED DISK IS ERASED")
        screen.golden("firstboot-storage")
        screen.press("SPACE")
        screen.see("[x] /dev/disk/by-id/a-part3")
        screen.press("PGDN", "PGDN")
        screen.see("(*) LVM")
        screen.press("F12")
        screen.see("Summary", "* Disks", "/dev/disk/by-id/a-part3")
        screen.press("ENTER")
        screen.see("The host is set up", "is made at the next start")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0
    assert host.read(DATA + "default-storage.conf") == (
        "XSPARTITIONS='/dev/disk/by-id/a-part3'\nXSTYPE='lvm'\n"
        "PARTITIONS='/dev/disk/by-id/a-part3'\nTYPE='lvm'\n")


def test_what_is_on_a_disk_is_given_up_by_a_typed_word(host):
    host.state(NOT_EMPTY)
    host.write("etc/xensource-inventory",
               "PRIMARY_DISK='/dev/disk/by-id/ata-ST2000NM000A-2J2100_ZDS0AA01'\n")
    with host.wizard() as screen:
        screen.see("[ !! ] Storage")
        screen.press("SHIFT-TAB", "UP", "ENTER")
        screen.see("[ ] sdb", "! Data worth money is on it:", "3 virtual disks")
        screen.press("DOWN", "SPACE")
        screen.see("[x] sdb", "WILL BE ERASED: sdb.")
        screen.press("F12")
        screen.see("Summary", "THIS DISK WILL BE ERASED", "LVM storage repository, 3 virtual disks")
        screen.golden("firstboot-erase")
        screen.press("ENTER")
        screen.see('Nothing happens until the word "erase" stands here')
        screen.press("erase", "TAB", "ENTER")
        screen.see("The host is set up", "is made at the next start")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0
    disk = "/dev/disk/by-id/ata-ST2000NM000A-2J2100_ZDS0AA02"
    assert f"XSPARTITIONS='{disk}'\n" in host.read(DATA + "default-storage.conf")


@pytest.mark.skipif(os.geteuid() != 0, reason="chpasswd wants root")
def test_password_where_none_was_set(host):
    host.write("etc/shadow", "root:*:20000:0:99999:7:::\n")
    with host.wizard() as screen:
        screen.see("root has no password")
        screen.press("ENTER")
        screen.see("Management network")
        screen.press("F12")
        screen.see("Name of the host")
        screen.press("F12")
        screen.see("Password of root")
        screen.press("F12")
        screen.see("! Without a password")
        screen.press("Secret-1", "TAB", "Secret-2", "F12")
        screen.see("It differs from the first one")
        screen.press("BS", "1", "F12")
        screen.see("Time zone")
        screen.press("F12")
        screen.see("Time from")
        screen.press("F12")
        screen.see("Local storage")
        screen.press("F12")
        screen.see("********", "Carry out")
        screen.press("ENTER")
        screen.see("The host is set up")
        screen.press("ENTER")
        screen.end()
    assert host.read("etc/shadow").startswith("root:$y$")
    for folder, _, names in os.walk(host.folder):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                assert b"Secret-1" not in file.read()


def test_leaving_changes_nothing_and_dismissing_is_kept(host):
    host.state(NOT_EMPTY)
    with host.wizard("--console") as screen:
        screen.see("This host")
        screen.press("ESC")
        screen.see("do not show it again")
        screen.press("TAB", "ENTER")
        screen.end()
        assert screen.status == 0
    assert "dismissed" not in host.read(STATE)
    with host.wizard("--console") as screen:
        screen.see("This host")
        screen.press("^C")
        screen.see("do not show it again")
        screen.press("TAB", "TAB", "ENTER")
        screen.end()
        assert screen.status == 0
    assert json.loads(host.read(STATE))["dismissed"] == ["local-storage"]


def test_console_ends_when_another_one_has_finished(host):
    host.state(NOT_EMPTY)
    with host.wizard("--console") as screen:
        screen.see("This host")
        host.state({"name": "local-storage", "state": "done", "message": "volume group VG_X"})
        screen.end()
        assert screen.status == 0


def test_without_a_terminal_it_says_so():
    result = subprocess.run([FIRSTBOOT], capture_output=True, text=True, check=False,
                            stdin=subprocess.DEVNULL)
    assert result.returncode == 2
    assert "needs a terminal" in result.stderr and "xenhost-firstboot status" in result.stderr


def test_every_row_has_help_and_every_screen_fits(host):
    host.write("etc/shadow", "root:*:20000:0:99999:7:::\n")
    with host.wizard() as screen:
        screen.see("This host")
        screen.press("ENTER")
        for title, keys in (("Management network", []), ("Name of the host", []),
                            ("Password of root", ["TAB", "TAB", "Secret-1", "TAB", "Secret-1"]),
                            ("Time zone", []), ("Time from", []), ("Local storage", [])):
            screen.see(title)
            for _ in range(10):
                seen = screen.text()
                assert "> Forward" in seen or "> Back" in seen or screen.lines()[20].strip("│ ")
                screen.press("TAB")
                screen.until(lambda: screen.text() != seen or title == "Time zone", "a move")
            screen.press("F1")
            screen.see("Close")
            screen.press("^B", *keys, "F12")
        screen.see("Summary")
