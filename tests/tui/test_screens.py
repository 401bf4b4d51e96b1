# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's screens over recorded machines: the whole way, back again, and what goes wrong."""

import os
import subprocess

import pytest
from installer_screens import INSTALL, SEED, SOURCE, THIRD, installer, machine, to_disks, to_summary
from screen import BUILD
from walk import walk


def test_keyboard():
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("de-la")
        screen.golden("keyboard")


def test_forward_takes_what_was_searched_for_or_asks():
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("zzz", "F12")
        screen.see('! None has "zzz" in it: Ctrl-U empties the search')
        screen.press("^U", "de-la", "F12")
        screen.see('! Several have "de-la" in them: Enter takes the one it stands on')
        screen.press("tin1-n", "F12")
        screen.see("Welcome")
        screen.press("^B")
        screen.see("(*) de-latin1-nodeadkeys")
        # Its whole name is enough, although others have it in them.
        screen.press("DE", "F12")
        screen.see("Welcome")
        screen.press("^B")
        screen.see("(*) de ")


def test_pages_show_what_cannot_have_the_focus():
    with installer("sas-san") as screen:
        to_disks(screen)
        screen.see("EVERYTHING ON A MARKED DISK IS ERASED", "PERC H730 Mini")
        screen.press("PGDN")
        screen.see("more above", 'partition 6, 1.0 GiB: swap "swap-qhvxpw"')
        screen.press("PGUP")
        screen.see("What is each disk for?")
        screen.press("END")
        screen.see("(sdd, sdf)")
        screen.see_not("more below")
        screen.press("HOME", "PGUP")
        screen.see("What is each disk for?")


def test_welcome():
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("F12")
        screen.golden("welcome")


@pytest.mark.parametrize("name", ["uefi-3disks", "busy", "sas-san", "vmfs", "usb-only", "bios-4kn"])
def test_disks(name):
    with installer(name, rows=40) as screen:
        to_disks(screen)
        screen.golden("disks-" + name)


def test_what_is_erased_is_said_while_choosing():
    with installer("uefi-3disks") as screen:
        to_disks(screen)
        screen.see("WILL BE ERASED: nothing. Left alone: sda, sdb, sdc.")
        screen.press("F12")
        screen.see("! Choose the disk that the system goes to")
        screen.press(*THIRD)
        # Virtual machines follow the system's disk until somebody wants another.
        screen.see("(*) [x] sdc", "WILL BE ERASED: sdc. Left alone: sda, sdb.")
        screen.press("UP", "SPACE")
        screen.see("(*) [x] sdb", "( ) [ ] sdc")
        screen.press("RIGHT", "UP", "SPACE")
        screen.see("WILL BE ERASED: sda, sdb. Left alone: sdc.")


def test_only_disk_is_marked():
    with installer("tiny") as screen:
        to_disks(screen)
        screen.see("(*) [x]")
        screen.press("F12")
        screen.see("Layout and storage", "(*) small")


def test_no_disk_that_can_hold_the_system():
    with installer("toosmall") as screen:
        to_disks(screen)
        screen.press("F12")
        screen.see("! No disk here can hold the system: connect one, and F8 looks again")


def test_summary_and_plan():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        screen.golden("summary")
        screen.press("F12")
        screen.golden("plan")


def test_saved_answers_give_the_same_plan(tmp_path):
    answers = tmp_path / "answers.xml"
    with installer("uefi-3disks", "--save", str(answers), rows=200) as screen:
        to_summary(screen, THIRD)
        screen.press("F12")
        screen.see("What will be done")
        screen.press("F12")
        shown = screen.end()
        assert screen.status == 0
    text = answers.read_text()
    assert "Secret-1" not in text and "$y$" in text
    assert answers.stat().st_mode & 0o077 == 0
    plan = subprocess.run([INSTALL, "plan", "--machine", machine("uefi-3disks"), "--source", SOURCE,
                           "--answers", str(answers), *SEED], check=True, capture_output=True,
                          text=True).stdout
    assert "sdc" in plan
    for line in plan.splitlines():
        assert line in shown, line
    # Without the option too: the file names a source of its own.
    check = subprocess.run([os.path.join(BUILD, "xenhost-answers"), "check", str(answers)],
                           capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


def test_every_screen_goes_back_and_keeps_what_was_entered():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        for title in ("Time from", "Time zone", "Keys for ssh", "Name of the host", "Address of the host",
                      "Management network",
                      "Password of root", "Layout and storage", "What is each disk for?",
                      "Welcome", "Keyboard"):
            screen.press("^B")
            screen.see(title)
        # The first one stays.
        screen.press("^B", "F12")
        screen.see("Welcome")
        screen.press("F12")
        screen.see("(*) [x] sdc")
        for title in ("Layout and storage", "Password of root", "Management network",
                      "Address of the host", "Name of the host", "Keys for ssh", "Time zone", "Time from",
                      "Summary"):
            screen.press("F12")
            screen.see(title)
        screen.see("node3.example.org", "Europe/Berlin", "********")


def test_every_line_of_the_summary_leads_there_and_back():
    titles = ["Type to search", "What is each disk for?", "Layout and storage", "Layout and storage",
              "Password of root", "Management network", "Management network",
              "Address of the host", "Address of the host", "Name of the host", "Name of the host", "Keys for ssh", "Time zone", "Time from"]
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        for number, title in enumerate(titles):
            screen.press("TAB", "TAB", *["TAB"] * number, "ENTER")
            screen.see(title)
            screen.see_not("Summary")
            screen.press("^B")
            screen.see("Summary")


def test_a_change_from_the_summary_returns_there():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        screen.press("TAB", "TAB", *["TAB"] * 9, "ENTER")
        screen.see("Name of the host")
        screen.press("^U", "other", "F12")
        screen.see("Summary", "other")


STATIC = ("DOWN", "SPACE", "TAB")
STATIC6 = ("TAB", "DOWN", "DOWN", "SPACE", "TAB")
LONG = "1" * 300
MESSAGES = [
    ("Password of root", ("F12",), "! Without a password nobody can log in"),
    ("Password of root", ("secret1", "F12"), "! It differs from the first one"),
    ("Management network", ("TAB", "4095"), "! VLAN cannot be"),
    ("Management network", ("TAB", LONG), "! VLAN cannot be"),
    ("Address of the host", (*STATIC, "300.1.1.1"), '! IPv4 address cannot be "300.1.1.1"'),
    ("Address of the host", (*STATIC, LONG), "! IPv4 address cannot be"),
    ("Address of the host", ("DOWN", "SPACE", "F12"), "! An address is needed"),
    ("Address of the host", (*STATIC, "10.0.0.5", "TAB", "255.0.255.0"), "! Mask cannot be"),
    ("Address of the host",
     (*STATIC, "10.0.0.5", "TAB", "255.255.255.0", "TAB", "10.9.0.1"), "! "),
    ("Address of the host", ("DOWN", "DOWN", "SPACE", "F12"),
     "! the host would have no address at all"),
    ("Address of the host", (*STATIC6, "F12"), "! An address is needed, such as 2001:db8::10/64"),
    ("Address of the host", (*STATIC6, "2001:db8::1"), "! IPv6 address cannot be"),
    ("Address of the host", (*STATIC6, "2001:db8::10/64", "TAB", "1.2.3.4"),
     "! IPv6 gateway cannot be"),
    ("Name of the host", ("under_score",), "an underscore may not stand"),
    ("Name of the host", ("größe",), "! Host name cannot be"),
    ("Name of the host", ("a" * 300,), "! "),
    ("Name of the host", ("DOWN", "1.1.1.1, ten"), '! Name servers cannot be "ten"'),
]
TITLES = ("Password of root", "Management network", "Address of the host", "Name of the host")


@pytest.mark.parametrize("title,keys,message", MESSAGES)
def test_messages(title, keys, message):
    with installer("uefi-3disks") as screen:
        to_disks(screen)
        screen.press(*THIRD, "F12")
        screen.see("Layout and storage")
        screen.press("F12")
        screen.see("Password of root")
        for reached in TITLES[:TITLES.index(title)]:
            screen.see(reached)
            if reached == "Password of root":
                screen.press("Secret-1", "TAB", "Secret-1")
            screen.press("F12")
        screen.see(title)
        screen.press(*keys)
        screen.see(message)
        screen.press("F12")
        screen.see(title)


def test_leaving_asks_first():
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("^C")
        screen.see("Leave?")
        screen.press("ENTER")
        screen.see("Keyboard")
        screen.press("^C")
        screen.see("Leave?")
        screen.press("RIGHT", "ENTER")
        assert "nothing was changed" in screen.end()
        assert screen.status == 130


def test_report_and_help_everywhere():
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("F5")
        screen.see("This machine", "Supermicro")
        screen.press("ESC")
        screen.see("Keyboard")


def test_the_way_of_a_person_without_wishes():
    """The same keys install a virtual machine from the medium. A record has no medium, and nothing to do."""
    with installer("bios-virtio") as screen:
        walk(screen, "Secret-1", leave_out=("this install medium", "Install now?"))
        screen.see("Erase vda", "Write everything out and unmount")


def test_no_terminal():
    run = subprocess.run([INSTALL, "--machine", machine("tiny")], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True)
    assert run.returncode == 2
    assert "no terminal" in run.stderr


def test_small_and_plain():
    with installer("uefi-3disks", rows=25, term="vt220", locale="C") as screen:
        to_summary(screen, THIRD)
        screen.golden("summary-vt220")


def test_the_keymap_of_another_terminal_counts_there():
    with installer("uefi-3disks") as screen:
        screen.see("Type to search", "Here your terminal's own keymap counts")
        screen.see_not("Try it here")


def test_tiny_window_and_back():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        screen.golden("summary")
        for title, steps in (("Management network", 5), ("Address of the host", 8), ("Keys for ssh", 11)):
            screen.press("TAB", "TAB", *["TAB"] * steps, "ENTER")
            screen.see(title)
            screen.resize(10, 40)
            screen.see(title[:10])
            screen.press("DOWN", "UP", "END", "HOME")
            screen.resize(24, 80)
            screen.see(title, "F8/^R Rescan")
            screen.press("^B")
            # Nothing is left of what the terminal itself made of the smaller window.
            screen.golden("summary")


def test_a_window_that_grows_is_used():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        screen.golden("summary")
        screen.resize(50, 132)
        screen.golden("summary-50x132")
        screen.resize(24, 80)
        screen.golden("summary")


def test_a_screen_that_others_wrote_on_is_drawn_anew():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        screen.golden("summary")
        screen.stream.feed(b"\x1b[1;1Ha message of the kernel\r\nof two lines")
        screen.press("^L")
        screen.golden("summary")


def test_a_long_line_goes_on_below():
    """What tells one disk from its twin is never cut off."""
    with installer("busy", rows=40) as screen:
        to_disks(screen)
        screen.see("Samsung SSD 970 EVO 500GB,", "serial S3XNNX0K700001, nvme")


def test_a_search_is_emptied_at_once():
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("züri")
        screen.see("Type to search: züri_", "Nothing has that in it")
        screen.press("^U", "de-la")
        screen.see("Type to search: de-la_", "de-latin1")


def test_what_will_not_do_yet_is_not_lost_on_the_way_back():
    with installer("uefi-3disks") as screen:
        to_disks(screen)
        screen.press(*THIRD, "F12")
        screen.see("Layout and storage")
        screen.press("F12")
        screen.see("Password of root")
        screen.press("Secret-1", "^B")
        screen.see("Layout and storage")
        screen.press("F12")
        screen.see("Password of root", "Root password  [********", "! It differs from the first one")
        screen.press("TAB", "Secret-1", "F12")
        screen.see("Management network")
        screen.press("DOWN", "SPACE", "RIGHT", "DOWN", "SPACE", "TAB", "TAB", "9999", "^B")
        screen.see("Password of root")
        screen.press("F12")
        screen.see("Management network", "(*)  -  eth1", "( ) [x] eth2", "! VLAN cannot be \"9999\"")
        screen.press("F12")
        # Forward goes where it is wrong.
        screen.press("^U", "F12")
        screen.see("Address of the host")
        screen.press("DOWN", "SPACE", "TAB", "10.0.0.5", "^B")
        screen.see("Management network", "(*)  -  eth1")
        screen.press("F12")
        screen.see("(*) a fixed address", "IPv4 address [10.0.0.5", "! A mask is needed")


def test_what_does_not_count_is_told_on_the_summary():
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        # Enter on a line goes to the very field.
        screen.press("TAB", "TAB", *["TAB"] * 10, "ENTER")
        screen.see("Name of the host", "Addresses of DNS servers")
        screen.press("192.0.2", "^B")
        screen.see("Summary", "Host name      node3.example.org",
                   "! What was entered there is not right yet and does not count")
        screen.press("F12")
        screen.see("Enter goes there")
        screen.press("ENTER")
        screen.see("Name servers [192.0.2 ")
        screen.press("TAB", ".53", "F12")
        screen.see("Summary", "Name servers   192.0.2.53")
        screen.see_not("not right yet")
        screen.press("F12")
        screen.see("What will be done")
