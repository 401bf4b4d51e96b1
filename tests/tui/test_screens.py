# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's screens over recorded machines: the whole way, back again, and what goes wrong."""

import base64
import contextlib
import http.server
import json
import os
import subprocess
import threading

import pytest
from screen import BUILD, TOP, Screen
from walk import walk

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


def to_summary(screen, disk=(), last="Summary"):
    to_disks(screen)
    screen.press(*disk, "F12")
    screen.see("Layout and storage")
    screen.press("F12")
    screen.see("Password of root")
    screen.press("Secret-1", "TAB", "Secret-1", "F12")
    screen.see("Management network")
    screen.press("F12")
    screen.see("Address of the host")
    screen.press("F12")
    screen.see("Name of the host")
    screen.press("node3.example.org", "F12")
    screen.see("Keys for ssh")
    screen.press("F12")
    screen.see("Time zone")
    screen.press("berlin", "ENTER")
    screen.see("Time from")
    screen.press("F12")
    screen.see(last)


THIRD = ("DOWN", "DOWN", "SPACE")


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


def to_source(screen):
    to_disks(screen)
    screen.press(*THIRD, "F12")
    screen.see("Layout and storage")
    screen.press("F12")
    screen.see("Where the system comes from")


def from_password_on(screen):
    screen.see("Password of root")
    screen.press("Secret-1", "TAB", "Secret-1", "F12")
    for title in ("Management network", "Address of the host", "Name of the host", "Keys for ssh",
                  "Time zone", "Time from"):
        screen.see(title)
        screen.press("F12")


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


@contextlib.contextmanager
def served(content):
    """A server that trickles this, so that it never counts as stalled, until it is told to give the rest."""
    go = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            sent = 0
            while not go.wait(1) and sent < len(content):
                self.wfile.write(content[sent : sent + 1])
                sent += 1
            self.wfile.write(content[sent:])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", go
    go.set()
    server.shutdown()


@pytest.fixture(name="slow_source")
def slow_source_fixture():
    with open(SOURCE, "rb") as file:
        content = file.read()
    with served(content) as source:
        yield source


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


def changed(tmp_path, name, change):
    """A machine that a test may change under the installer's eyes."""
    path = tmp_path / "machine.json"
    with open(machine(name), encoding="utf-8") as file:
        host = json.load(file)
    path.write_text(json.dumps(change(host)))
    return path


def without_disk(host, name):
    return {**host, "disks": [disk for disk in host["disks"] if disk["name"] != name]}


def live(path, *more, **options):
    return Screen([INSTALL, "--machine", str(path), "--source", SOURCE, *SEED, *more], **options)


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


def same_plan(shown, name, answers):
    plan = subprocess.run([INSTALL, "plan", "--machine", str(name), "--source", SOURCE,
                           "--answers", str(answers), *SEED], check=True, capture_output=True,
                          text=True).stdout
    for line in plan.splitlines():
        assert line in shown, line
    return plan


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


def test_a_long_line_goes_on_below():
    """What tells one disk from its twin is never cut off."""
    with installer("busy", rows=40) as screen:
        to_disks(screen)
        screen.see("Samsung SSD 970 EVO 500GB,", "serial S3XNNX0K700001, nvme")


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
