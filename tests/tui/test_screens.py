# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's screens over recorded machines: the whole way, back again, and what goes wrong."""

import os
import subprocess

import pytest
from screen import BUILD, TOP, Screen

INSTALL = os.path.join(BUILD, "xenhost-install")
SOURCE = os.path.join(TOP, "tests", "golden", "manifest.json")
SEED = ["--seed", "00112233445566778899aabbccddeeff", "--time", "2026-11-21T00:00:00Z"]


def machine(name):
    return os.path.join(TOP, "tests", "machines", name + ".json")


def installer(name, *more, source=True, **options):
    given = ["--source", SOURCE] if source else []
    return Screen([INSTALL, "--machine", machine(name), *given, *SEED, *more], **options)


def to_disks(screen):
    screen.see("Keyboard")
    screen.press("F12")
    screen.see("Welcome")
    screen.press("F12")
    screen.until(lambda: "Disks" in screen.text() or "should be known" in screen.text(), "disks")
    if "should be known" in screen.text():
        screen.press("F12")
    screen.see("What is each disk for?")


def to_summary(screen, disk=()):
    to_disks(screen)
    screen.press(*disk, "F12")
    screen.see("Layout and storage")
    screen.press("F12")
    screen.see("Password of root")
    screen.press("Secret-1", "TAB", "Secret-1", "F12")
    screen.see("Management network")
    screen.press("F12")
    screen.see("Name of the host")
    screen.press("node3.example.org", "F12")
    screen.see("Time zone")
    screen.press("berlin", "ENTER")
    screen.see("Time from")
    screen.press("F12")
    screen.see("Summary")


THIRD = ("DOWN", "DOWN", "SPACE")


def test_keyboard():
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("de-la")
        screen.golden("keyboard")


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
        for title in ("Time from", "Time zone", "Name of the host", "Management network",
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
                      "Name of the host", "Time zone", "Time from", "Summary"):
            screen.press("F12")
            screen.see(title)
        screen.see("node3.example.org", "Europe/Berlin", "********")


def test_every_line_of_the_summary_leads_there_and_back():
    titles = ["The console keymap.", "What is each disk for?", "Layout and storage", "Layout and storage",
              "Password of root", "Management network", "Management network", "Management network",
              "Name of the host", "Name of the host", "Time zone", "Time from"]
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
        screen.press("TAB", "TAB", *["TAB"] * 8, "ENTER")
        screen.see("Name of the host")
        screen.press("^U", "other", "F12")
        screen.see("Summary", "other")


MESSAGES = [
    ("Password of root", ("F12",), "! Without a password nobody can log in"),
    ("Password of root", ("secret1", "F12"), "! It differs from the first one"),
    ("Management network", ("TAB", "DOWN", "SPACE", "TAB", "300.1.1.1"),
     '! IPv4 address cannot be "300.1.1.1"'),
    ("Management network", ("TAB", "DOWN", "SPACE", "F12"), "! An address is needed"),
    ("Management network",
     ("TAB", "DOWN", "SPACE", "TAB", "10.0.0.5", "TAB", "255.0.255.0"), "! Mask cannot be"),
    ("Management network", ("TAB", "DOWN", "SPACE", "TAB", "10.0.0.5", "TAB", "255.255.255.0",
                            "TAB", "10.9.0.1"), "! "),
    ("Management network", ("TAB", "TAB", "4095"), "! VLAN cannot be"),
    ("Name of the host", ("under_score",), "an underscore may not stand"),
    ("Name of the host", ("DOWN", "1.1.1.1, ten"), '! Name servers cannot be "ten"'),
]


@pytest.mark.parametrize("title,keys,message", MESSAGES)
def test_messages(title, keys, message):
    with installer("uefi-3disks") as screen:
        to_disks(screen)
        screen.press(*THIRD, "F12")
        screen.see("Layout and storage")
        screen.press("F12")
        screen.see("Password of root")
        if title != "Password of root":
            screen.press("Secret-1", "TAB", "Secret-1", "F12")
            screen.see("Management network")
        if title == "Name of the host":
            screen.press("F12")
            screen.see("Name of the host")
        screen.press(*keys)
        screen.see(message)
        screen.press("F12")
        screen.see(title)


def test_source_that_is_not_there_can_be_named_anew(tmp_path):
    with installer("uefi-3disks", source=False) as screen:
        to_disks(screen)
        screen.press(*THIRD, "F12")
        screen.see("Layout and storage")
        screen.press("F12")
        screen.see("Where the system comes from")
        screen.press("TAB", "http://127.0.0.1:9/none/", "F12")
        screen.see("Password of root")
        screen.press("Secret-1", "TAB", "Secret-1", "F12")
        screen.see("Management network")
        screen.press("F12")
        screen.see("Name of the host")
        screen.press("F12")
        screen.see("Time zone")
        screen.press("F12")
        screen.see("Time from")
        screen.press("F12")
        screen.see("Try again", "127.0.0.1")
        screen.press("TAB", "ENTER")
        screen.see("Where the system comes from")


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


def test_no_terminal():
    run = subprocess.run([INSTALL, "--machine", machine("tiny")], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True)
    assert run.returncode == 3
    assert "no terminal" in run.stderr


def test_small_and_plain():
    with installer("uefi-3disks", rows=25, term="vt220", locale="C") as screen:
        to_summary(screen, THIRD)
        screen.golden("summary-vt220")
