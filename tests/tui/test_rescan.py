# SPDX-License-Identifier: GPL-3.0-or-later
"""F8: the machine is another one, and answers stay."""

import os

from installer_screens import THIRD, changed, live, to_disks, to_summary


def without_disk(host, name):
    return {**host, "disks": [disk for disk in host["disks"] if disk["name"] != name]}


def test_rescan_keeps_answers_and_tells_what_is_gone(tmp_path):
    path = changed(tmp_path, "uefi-3disks", lambda host: host)
    with live(path) as screen:
        to_summary(screen, THIRD)
        changed(tmp_path, "uefi-3disks", lambda host: without_disk(host, "sdc"))
        screen.press("^R")
        screen.see("gone: disk sdc", "A disk that was chosen is not there any more",
                   "All answers were kept.")
        screen.golden("rescan-gone")
        screen.press("ESC")
        screen.see("Summary", "one that was chosen is not there any more", "Enter, and choose again")
        screen.press("F12")
        screen.see("Summary")
        screen.see_not("What will be done")
        screen.press("ENTER")
        screen.see("What is each disk for?")
        screen.press("PGDN", "END")
        screen.see("It was chosen, and is not there any more.")
        # Back in its slot it is what it was.
        changed(tmp_path, "uefi-3disks", lambda host: host)
        screen.press("F8")
        screen.see("new: disk sdc")
        screen.press("ESC")
        screen.see("What is each disk for?")
        screen.press("END")
        screen.see("(*) [x] sdc")
        screen.press("F12")
        screen.see("Summary", "node3.example.org", "Europe/Berlin", "system on sdc")
        screen.press("F12")
        screen.see("What will be done")


def test_rescan_that_takes_long_shows_that_it_lives(tmp_path):
    path = changed(tmp_path, "uefi-3disks", lambda host: host)
    with live(path) as screen:
        to_disks(screen)
        path.unlink()
        os.mkfifo(path)
        screen.press("F8")
        screen.see("Looking at the machine again", "1 s so far")
        # Keys are taken, and do no harm.
        screen.press("ENTER", "ESC", "F8", "^L")
        screen.resize(30, 100)
        screen.see("2 s so far")
        # Whoever opens it lets the installer go on, which refuses what is no file.
        path.open("w").close()
        screen.see("could not be looked at", "What was known before still counts.")
        screen.press("ESC")
        screen.see("What is each disk for?", "sdc")


def test_rescan_of_a_disk_that_stays_away(tmp_path):
    path = changed(tmp_path, "uefi-3disks", lambda host: host)
    with live(path) as screen:
        to_disks(screen)
        screen.press(*THIRD)
        changed(tmp_path, "uefi-3disks", lambda host: without_disk(host, "sdc"))
        screen.press("F8")
        screen.see("gone: disk sdc")
        screen.press("ESC")
        screen.see("What is each disk for?", "! The disk that was chosen")
        screen.press("F12")
        screen.see("! The disk that was chosen for the system is not there any more")
        screen.press("HOME", "SPACE")
        screen.see("WILL BE ERASED: sda")
        screen.press("F12")
        screen.see("Layout and storage")


def test_rescan_finds_a_cable_and_misses_a_card(tmp_path):
    def unplugged(host):
        return {**host, "nics": [nic for nic in host["nics"] if nic["name"] != "eth0"]}

    def plugged(host):
        host["nics"][1]["link"] = True
        return host

    path = changed(tmp_path, "uefi-3disks", lambda host: host)
    with live(path) as screen:
        to_summary(screen, THIRD)
        screen.press("TAB", "TAB", *["TAB"] * 5, "ENTER")
        screen.see("Management network", "no link")
        changed(tmp_path, "uefi-3disks", plugged)
        screen.press("F8")
        screen.see("new: network interface eth1")
        screen.press("ESC")
        screen.see("Management network", "(*)  -  eth0")
        changed(tmp_path, "uefi-3disks", unplugged)
        screen.press("F8")
        screen.see("eth0 was chosen for management and is not there any more")
        screen.press("ESC")
        screen.see("! The network interface is not there any more: choose one")
        screen.press("F12")
        screen.see("Management network")
        screen.press("SPACE", "F12")
        screen.see("Summary", "eth1")


def test_rescan_of_a_machine_that_cannot_be_read(tmp_path):
    path = changed(tmp_path, "uefi-3disks", lambda host: host)
    with live(path) as screen:
        to_disks(screen)
        path.write_text("{")
        screen.press("F8")
        screen.see("could not be looked at", "What was known before still counts.")
        screen.press("ESC")
        screen.see("What is each disk for?", "sdc")


def test_a_card_that_is_found_later_counts(tmp_path):
    path = changed(tmp_path, "no-nic", lambda host: host)
    with live(path) as screen:
        to_disks(screen)
        for title in ("Layout and storage", "Password of root"):
            screen.press("F12")
            screen.see(title)
        screen.press("Secret-1", "TAB", "Secret-1", "F12")
        screen.see("Management network", "This machine has no network interface")
        screen.press("F12")
        for title in ("Name of the host", "Keys for ssh", "Time zone", "Time from"):
            screen.see(title)
            screen.press("F12")
        screen.see("Summary", "none: no network interface")
        changed(tmp_path, "tiny", lambda host: host)
        screen.press("F8")
        screen.see("new: network interface eth0")
        screen.press("ESC")
        screen.see("Summary", "Interface", "eth0", "from the network, by DHCP")
        screen.press("F12")
        screen.see("What will be done")
