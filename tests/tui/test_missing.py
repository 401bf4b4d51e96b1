# SPDX-License-Identifier: GPL-3.0-or-later
"""Semi-automatic: an answer file with some values missing opens just those screens."""

import random
import subprocess

import pytest
from installer_screens import INSTALL, SEED, SOURCE, machine
from screen import Screen

PARTS = {
    "disk": "<primary-disk>sdc</primary-disk>",
    "password": "<root-password>Secret-1</root-password>",
    "network": '<admin-interface name="eth1" proto="dhcp"/>',
    "hostname": "<hostname>node7.example.org</hostname>",
    "timezone": "<timezone>Europe/Berlin</timezone>",
    "syslog": "<syslog-server>192.0.2.5</syslog-server>",
}


@pytest.fixture(name="file")
def file_fixture(tmp_path):
    """Writes the answers without some of them, and with others."""

    def write(*without, more=""):
        path = tmp_path / "answers.xml"
        text = "".join(part for name, part in PARTS.items() if name not in without)
        path.write_text(f"<installation>{text}{more}</installation>", encoding="utf-8")
        return str(path)

    return write


def asked(path, *more, name="uefi-3disks", **options):
    given = ["--answers", path, "--source", SOURCE, *SEED, *more]
    return Screen([INSTALL, "--machine", machine(name), *given], **options)


def plan(path, name="uefi-3disks"):
    given = ["--answers", path, "--source", SOURCE, *SEED]
    command = [INSTALL, "plan", "--machine", machine(name), *given]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def give_password(screen):
    screen.see("Password of root")
    screen.press("Secret-1", "TAB", "Secret-1", "F12")


def test_the_missing_screen_alone_opens(file, tmp_path):
    """And the plan is the one that the complete file gives, with what no screen asks for."""
    saved = str(tmp_path / "saved.xml")
    with asked(file("password"), "--save", saved) as screen:
        give_password(screen)
        screen.see("Summary", "system on sdc", "eth1", "node7.example.org")
        screen.press("F12")
        screen.see("What will be done")
        screen.press("F12")
        screen.end()
        assert screen.status == 0
    text = open(saved, encoding="utf-8").read()
    assert "<syslog-server>192.0.2.5</syslog-server>" in text
    assert "Secret-1" not in text
    assert plan(saved).replace("\r", "") == plan(file())


def test_a_server_of_the_answers_that_does_not_answer(file):
    """Its screen opens with what the answers say, an NFS server as a URL like the others."""
    path = file(more='<source type="url">nfs://127.0.0.1:1/xen</source>')
    with Screen([INSTALL, "--machine", machine("uefi-3disks"), "--answers", path, *SEED]) as screen:
        screen.see("NFS server 127.0.0.1: it does not answer: Connection refused", "Try again")
        screen.press("TAB", "ENTER")
        screen.see("a web, FTP or NFS server", "nfs://127.0.0.1:1/xen")


@pytest.mark.parametrize(
    "missing, title",
    [
        ("disk", "What is each disk for?"),
        ("network", "Management network"),
        ("password", "Password of root"),
    ],
)
def test_each_missing_value_opens_its_screen(file, missing, title):
    with asked(file(missing)) as screen:
        screen.see(title)
        # There is nothing before it.
        screen.press("^B")
        screen.quiet()
        screen.see(title)


def test_two_missing_values(file):
    with asked(file("password", "disk")) as screen:
        screen.see("What is each disk for?")
        screen.press("DOWN", "DOWN", "SPACE", "F12")
        give_password(screen)
        screen.see("Summary", "system on sdc")
        # Back leads over what was asked, and over nothing else.
        screen.press("^B")
        screen.see("Password of root")
        screen.press("^B")
        screen.see("What is each disk for?")


def test_skipped_screens_are_reached_from_the_summary(file):
    with asked(file("password")) as screen:
        give_password(screen)
        screen.see("Summary")
        # From the buttons to the first line, which is the keyboard's.
        screen.press(*["UP"] * 60, "ENTER")
        screen.see("Keyboard")
        screen.press("de", "F12")
        screen.see("Summary", "de")


def test_asked_for_by_name(file):
    with asked(file(), "--ask", "name,timezone") as screen:
        screen.see("Name of the host", "node7.example.org")
        screen.press("F12")
        screen.see("Time zone")
        screen.press("F12")
        screen.see("Summary", "Europe/Berlin")


def test_unknown_screen_is_named(file):
    with asked(file(), "--ask", "hostname") as screen:
        assert 'there is no screen "hostname"' in screen.end()
        assert screen.status == 2


def test_a_disk_that_does_not_fit_is_told_and_asked_for(file):
    with asked(file("disk", more='<primary-disk match="transport=nvme"/>')) as screen:
        screen.see("Some answers cannot be used", "fits no disk of this machine")
        screen.press("ESC")
        screen.see("What is each disk for?")
        screen.press("DOWN", "DOWN", "SPACE", "F12")
        screen.see("Summary", "system on sdc")


def test_a_wrong_value_is_told_and_asked_for(file):
    with asked(file("timezone", more="<timezone>Europe/Berlni</timezone>")) as screen:
        screen.see("Some answers cannot be used", "timezone")
        screen.press("ESC")
        screen.see("Time zone")


def test_what_no_screen_asks_for_ends_it(file):
    with asked(file(more='<raid disk="md0"><disk>sda</disk></raid>')) as screen:
        screen.end()
        assert screen.status == 3


def test_a_disk_with_data_worth_money_is_asked_for(file):
    """Unattended it would need destroy-existing; the operator's word does too."""
    with asked(file("disk", more="<primary-disk>sdb</primary-disk>")) as screen:
        screen.see("Some answers cannot be used", "data on sdb that must not be lost")
        screen.press("ESC")
        screen.see("What is each disk for?", "WILL BE ERASED: sdb")
        screen.press("F12")
        screen.see("Summary", "system on sdb")
        screen.press("F12")
        screen.see("What will be done")


def test_confirmation_prompt_shows_the_summary(file):
    with asked(file(more="<ui-confirmation-prompt>true</ui-confirmation-prompt>")) as screen:
        screen.see("Summary", "node7.example.org", "Europe/Berlin")
        screen.press("F12")
        screen.see("What will be done")


def test_a_hash_stays_the_password(file):
    value = "$6$rounds=5000$saltsalt$" + "a" * 86
    known = f'<root-password type="hash">{value}</root-password>'
    with asked(file("password", more=known), "--ask", "password,summary") as screen:
        screen.see("Password of root")
        screen.press("F12")
        screen.see("Summary", "(as the answers have it)")


# Nothing is missing: it begins by itself, and a person halts it.


def test_nothing_is_missing(file):
    with asked(file(), "--last-call", "1") as screen:
        screen.piece = 64
        screen.see("this begins in 1 s", "stop")
        screen.end()
        assert screen.status == 0


@pytest.mark.parametrize("keys", [["^C", "^C"], ["stop", "ENTER"]])
def test_the_last_call_is_halted(file, keys):
    with asked(file(), "--last-call", "600") as screen:
        screen.see("this begins in")
        screen.press_until("Summary", *keys)
        screen.see("node7.example.org")


def test_noise_halts_nothing(file):
    noise = random.Random(5).randbytes(10240)
    with asked(file(), "--last-call", "4") as screen:
        screen.piece = 64
        screen.see("this begins in")
        for at in range(0, len(noise), 512):
            screen.child.send(noise[at : at + 512])
            screen._read(0.01)
        screen.end()
        assert screen.status == 0


def test_without_a_last_call(file):
    with asked(file(), "--last-call", "0") as screen:
        assert "begins in" not in screen.end()
        assert screen.status == 0
