# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool's screen against hosts that answer (tests/pool): what it shows, asks and refuses before a disk is touched."""

import contextlib
import json
import os
import subprocess
import sys

import pytest
from screen import BUILD, TOP, Screen
from installer_screens import INSTALL, SEED, SOURCE, THIRD, machine, to_summary

sys.path.insert(0, os.path.join(TOP, "tests", "pool"))
world = pytest.importorskip("world")


@pytest.fixture(name="source")
def source_fixture(tmp_path):
    """A system that carries xapi."""
    with open(SOURCE, encoding="utf-8") as file:
        manifest = json.load(file)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({**manifest, "pool_engines": ["none", "xapi"]}))
    return str(path)


@contextlib.contextmanager
def pool(**settings):
    lab = world.World()
    try:
        yield lab, lab.host("alpha", **settings)
    finally:
        lab.close()


def installer(source, *more, **options):
    return Screen([INSTALL, "--machine", machine("uefi-3disks"), "--source", source, *SEED, *more], **options)


def to_pool(screen):
    to_summary(screen, THIRD, last="Pool")


def join(screen, lab, host, password=world.PASSWORD, fingerprint=""):
    to_pool(screen)
    screen.press("DOWN", "DOWN", "SPACE", "TAB", f"{host.address}:{lab.port}", "TAB", "TAB", password, "TAB",
                 fingerprint, "F12")  # fmt: skip


def test_a_system_without_xapi_asks_for_no_pool():
    with installer(SOURCE) as screen:
        to_summary(screen, THIRD)
        screen.see_not("Pool")


def test_no_pool_and_a_new_one(source, tmp_path):
    answers = tmp_path / "answers.xml"
    with installer(source, "--save", str(answers), rows=110) as screen:
        to_pool(screen)
        screen.see("(*) none: the host is on its own")
        screen.press("F12")
        screen.see("Summary", "none: the host is on its own")
        screen.press("^B")
        screen.see("(*) none")
        screen.press("DOWN", "SPACE", "TAB", "first rack", "F12")
        screen.see("Summary", "a new one, which this host begins", "first rack")
        screen.press("F12")
        screen.see("What will be done", "Open vSwitch, because a pool is named")
        screen.press("F12")
        shown = screen.end()
        assert screen.status == 0
    same_plan(shown, source, answers)


def check(answers):
    return subprocess.run([os.path.join(BUILD, "xenhost-answers"), "check", str(answers)],
                          capture_output=True, text=True)  # fmt: skip


def same_plan(shown, source, answers):
    plan = subprocess.run([INSTALL, "plan", "--machine", machine("uefi-3disks"), "--source", source, "--answers",
                           str(answers), *SEED], check=True, capture_output=True, text=True).stdout  # fmt: skip
    for line in plan.splitlines():
        assert line in shown, line


def test_what_a_join_needs_is_said(source):
    with installer(source) as screen:
        to_pool(screen)
        screen.press("DOWN", "DOWN", "SPACE", "F12")
        screen.see("! The coordinator's address is needed", "! The user's password is needed")
        screen.press("no host at all")
        screen.see("! Coordinator cannot be")
        screen.press("TAB", "TAB", "TAB", "12:34")
        screen.see("! Certificate cannot be")
        screen.press("F12")
        screen.see("Pool", "! Coordinator cannot be")


def test_join_with_the_certificate_shown_and_compared(source, tmp_path):
    answers = tmp_path / "answers.xml"
    with pool() as (lab, host), installer(source, "--save", str(answers), rows=110) as screen:
        join(screen, lab, host)
        screen.see("Is this the coordinator?", "No password was sent so far.")
        digits = host.fingerprint.replace(":", "").upper()
        screen.see(":".join(digits[i : i + 2] for i in range(0, 32, 2)))
        # Nobody goes on by pressing Enter.
        screen.press("ENTER")
        screen.see("Certificate [ ")
        screen.press("F12")
        screen.see("Is this the coordinator?")
        screen.press("RIGHT", "ENTER")
        screen.see("What was found of this pool", "dynamic-address")
        screen.press("ESC")
        screen.see("Summary", f"{host.address}:{lab.port}")
        screen.press("F12")
        screen.see("What will be done", "because a pool is named")
        screen.press("F12")
        shown = screen.end()
        assert screen.status == 0
    text = answers.read_text()
    assert digits.lower() in text.lower() and answers.stat().st_mode & 0o077 == 0
    assert world.PASSWORD not in shown and world.PASSWORD not in text
    assert "The pool's password is not in" in shown and "<!-- " in text
    same_plan(shown, source, answers)
    # Whoever uses the file is told what to fill in, by comment and check, and then it is enough.
    run = check(answers)
    assert run.returncode == 1 and "to join a pool takes a password" in run.stdout
    assert '<password from="https://..."/>' in run.stdout and "Fill in where it is" in text
    line = next(line for line in text.splitlines() if "<pool " in line)
    filled = line.replace("/>", '><password from="https://fleet.example.org/it"/></pool>')
    answers.write_text(text.replace(line, filled))
    assert check(answers).returncode == 0, check(answers).stdout


def test_another_certificate_gets_no_password(source):
    with pool() as (lab, host), installer(source) as screen:
        join(screen, lab, host, fingerprint="ab" * 32)
        screen.see("This is not the coordinator", "No password was sent")
        screen.press("ESC")
        screen.see("Coordinator")


def test_a_wrong_password_is_said_and_can_be_corrected(source):
    with pool() as (lab, host), installer(source) as screen:
        join(screen, lab, host, password="wrong", fingerprint=host.fingerprint)
        screen.see("The pool cannot be read")
        screen.press("ESC")
        screen.see("Coordinator")
        screen.press("SHIFT-TAB", "^U", world.PASSWORD, "F12")
        screen.see("What was found of this pool")


def test_nobody_there(source):
    with installer(source) as screen:
        to_pool(screen)
        screen.press("DOWN", "DOWN", "SPACE", "TAB", "127.0.0.1:9", "TAB", "TAB", "x", "F12")
        screen.see("The coordinator does not answer")
        screen.press("ESC")
        screen.see("Coordinator", "127.0.0.1:9")


def test_what_keeps_the_machine_out_is_known_before(source):
    with pool() as (lab, host):
        with installer(source) as screen:
            to_summary(screen, THIRD, last="Pool")
            screen.press("^B")
            screen.see("Time from")
            for title in ("Time zone", "Keys for ssh", "Name of the host", "Address of the host",
                          "Management network"):
                screen.press("^B")
                screen.see(title)
            screen.press("RIGHT", "DOWN", "DOWN", "SPACE")
            screen.see("[x] eth2")
            for title in ("Address of the host", "Name of the host", "Keys for ssh", "Time zone", "Time from",
                          "Pool"):
                screen.press("F12")
                screen.see(title)
            screen.press("DOWN", "DOWN", "SPACE", "TAB", f"{host.address}:{lab.port}", "TAB", "TAB",
                         world.PASSWORD, "TAB", host.fingerprint, "F12")  # fmt: skip
            screen.see("What was found of this pool", "blocker: bonds")
            screen.press("ESC")
            screen.see("would not be taken into the pool")
            screen.press("ENTER")
            screen.see("Coordinator")
            screen.press("F12")
            screen.see("What was found of this pool")
            screen.press("ESC")
            screen.see("would not be taken into the pool")
            screen.press("RIGHT", "ENTER")
            screen.see("Summary")


def test_answers_that_change_later_are_judged_by_the_pool_again(source):
    again = "What this pool makes of the answers as they are now"
    network = ("TAB", "TAB", *["TAB"] * 5, "ENTER")
    with pool() as (lab, host), installer(source, rows=50) as screen:
        join(screen, lab, host, fingerprint=host.fingerprint)
        screen.see("What was found of this pool")
        screen.see_not("bonds")
        screen.press("ESC")
        screen.see("Summary")
        # The pool is not there any more, and need not be.
        lab.close()
        screen.press(*network)
        screen.see("Management network")
        screen.press("RIGHT", "DOWN", "DOWN", "SPACE")
        screen.see("[x] eth2")
        screen.press("F12")
        screen.see(again, "blocker: bonds")
        screen.press("ESC")
        screen.see("would not be taken into the pool")
        screen.press("ENTER")
        screen.see("Summary", "! With these answers it is not settled")
        screen.press("F12")
        screen.see("Summary")
        screen.see_not("What will be done")
        # Without the bond it is as it was accepted, or nearly so.
        screen.press("HOME", *["TAB"] * 5, "ENTER")
        screen.see("Management network")
        screen.press("RIGHT", "DOWN", "DOWN", "SPACE", "F12")
        screen.see(again)
        screen.see_not("bonds")
        screen.press("ESC")
        screen.see("Summary")
        screen.see_not("not settled")
        screen.press("F12")
        screen.see("What will be done")


def test_a_licence_is_accepted_once(tmp_path):
    with open(SOURCE, encoding="utf-8") as file:
        manifest = json.load(file)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({**manifest, "licence": "You may do this.\nYou may not do that.\n"}))
    with installer(str(path), rows=30) as screen:
        to_summary(screen, THIRD, last="You may not do that.")
        screen.golden("licence")
        screen.press("ENTER")
        screen.see("Time from")
        screen.press("F12")
        screen.see("You may not do that.")
        screen.press("LEFT", "ENTER")
        screen.see("Summary", "accepted")
        screen.press("TAB", "TAB", *["TAB"] * 9, "ENTER")
        screen.see("Name of the host")
        screen.press("F12")
        screen.see("Summary")
