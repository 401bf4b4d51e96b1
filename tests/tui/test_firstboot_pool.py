# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard joins a host of the test pool (tests/pool) to another: what an operator sees of it."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from screen import TOP
from test_firstboot import STATE, Host

sys.path.insert(0, os.path.join(TOP, "tests", "pool"))
if not shutil.which("openssl"):
    pytest.skip("openssl makes the test pool's certificate", allow_module_level=True)

import http_server  # noqa: E402  # pylint: disable=wrong-import-position
import world  # noqa: E402  # pylint: disable=wrong-import-position


REPORT = "var/lib/xenhost/firstboot/report.json"


class Lab:
    def __init__(self, folder, **settings):
        self.world = world.World()
        self.host = Host(folder)
        self.pool = self.world.host("pool", **settings)
        self.joiner = self.world.host("joiner")
        self.socket = os.path.join(str(folder), "xapi.sock")
        self.joiner.listeners.append(
            http_server.Listener(f"unix:{self.socket}", None, self.joiner.answer))
        self.address = self.pool.listeners[0].address().removeprefix("https://")
        print_ = self.pool.fingerprint.replace(":", "").upper()
        self.fingerprint = ":".join(print_[i:i + 2] for i in range(0, 64, 2))

    def wizard(self):
        return self.host.wizard("--socket", self.socket)

    def to_pool(self, screen):
        screen.see("This host")
        # Buttons last: the line above them is the pool's.
        screen.press("SHIFT-TAB", "ENTER")
        screen.see("Hosts of a pool share")

    def enter(self, screen, address=None, password=world.PASSWORD):
        screen.press("DOWN", "DOWN", "SPACE")
        screen.see("(*) the host joins a pool", "Coordinator")
        screen.press("TAB", address or self.address, "TAB", "TAB", password, "F12")


@pytest.fixture(name="lab")
def fixture_lab(tmp_path):
    lab = Lab(tmp_path)
    yield lab
    lab.world.close()


def test_join_shows_certificate_findings_progress_and_end(lab):
    with lab.wizard() as screen:
        lab.to_pool(screen)
        lab.enter(screen)
        screen.see("Is this the coordinator?", lab.fingerprint[:40], "It is the same")
        screen.press("TAB", "ENTER")
        screen.see("What stands against the join", "Go on")
        screen.press("ENTER")
        screen.see("Summary", "* Pool", "the host joins a pool", "********")
        screen.press("ENTER")
        screen.see("The host is set up", "a member of")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0
    state = json.loads(lab.host.read(STATE))
    assert state["pool"]["state"] == "member"
    assert world.PASSWORD not in lab.host.read(STATE)
    # A member is not asked for a pool again.
    with lab.wizard() as screen:
        screen.see("member of the pool")
        screen.press("ENTER")
        for title in ("Management network", "Name of the host", "Time zone", "Time from",
                      "Local storage"):
            screen.see(title)
            screen.press("F12")
        screen.see("Nothing is to be changed")


def test_all_that_stands_against_it_is_listed(tmp_path):
    lab = Lab(tmp_path, changes=[{"set": "pool", "values": {"ha_enabled": True}},
                                 {"set": "host", "values": {"license_params": {}}}])
    with lab.wizard() as screen:
        lab.to_pool(screen)
        lab.enter(screen)
        screen.see("Is this the coordinator?")
        screen.press("TAB", "ENTER")
        screen.see("The join cannot work before this is mended", "blocker: ", "this host: ",
                   "the pool: ", "xe pool-ha-disable", "Look again")
        assert "Go on" not in screen.text() and "by force" not in screen.text()
        screen.press("ENTER")
        screen.see("What stands against the join")
        screen.press("^B")
        screen.see("Hosts of a pool share")
    lab.world.close()


def test_host_begins_a_pool(lab):
    with lab.wizard() as screen:
        lab.to_pool(screen)
        screen.press("DOWN", "SPACE")
        screen.see("(*) the host begins a pool")
        screen.press("F12")
        screen.see("! A name is needed")
        screen.press("Machine room 2", "F12")
        screen.see("Summary", "Machine room 2")
        screen.press("ENTER")
        screen.see("The host is set up", "Machine room 2")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0


def test_join_of_the_installation_is_made_up_for(lab):
    """It failed, and its password waits on the disk. Coordinator and certificate are known, and so is who
    wants to hear of it."""
    folder = lab.host.path("receiver")
    os.mkdir(folder)
    with subprocess.Popen([sys.executable, os.path.join(TOP, "tests", "unit", "event_server.py"), folder],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as receiver:
        port = receiver.stdout.readline().split()[0].partition("=")[2]
        lab.host.write(REPORT, json.dumps({
            "url": f"http://127.0.0.1:{port}/", "token": "t", "run": "00112233aabbccdd", "sequence": 7,
            "machine": {"key": "3d2b5b00-6f3c-11ec-8000-ac1f6b102030"}, "ends_only": True,
            "linger_s": 2}))
        make_up_for_join(lab)
        receiver.stdin.close()
    assert '\\"joined\\"' in lab.host.read("receiver/received")
    assert not os.path.exists(lab.host.path(REPORT))


def make_up_for_join(lab):
    password = "var/lib/xenhost/firstboot/pool-password"
    lab.host.write("etc/firstboot.d/data/xenhost-pool.conf",
                   f"ENGINE='xapi'\nCOORDINATOR='{lab.address}'\n"
                   f"CERTIFICATE='{lab.pool.fingerprint}'\n")
    lab.host.write(password, "was wrong\n")
    with lab.wizard() as screen:
        lab.to_pool(screen)
        screen.press("DOWN", "DOWN", "SPACE")
        screen.see("(*) the host joins a pool", lab.address)
        screen.press("TAB", "TAB", "TAB", world.PASSWORD, "F12")
        screen.see("What stands against the join", "Go on")
        screen.press("ENTER")
        screen.see("Summary", "* Pool", lab.address)
        screen.press("ENTER")
        screen.see("The host is set up", "a member of")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0
    assert not os.path.exists(lab.host.path(password))


def start_again(lab, screen):
    """Up to the end of a join that fails, and back to the first page."""
    screen.see("Is this the coordinator?")
    screen.press("TAB", "ENTER")
    screen.see("What stands against the join", "Go on")
    screen.press("ENTER")
    screen.see("Summary", "* Pool", "the host joins a pool")
    screen.press("ENTER")
    screen.see("Not all of it was done", "Back to this host")
    screen.press("ENTER")
    screen.see("This host", "went wrong")


def test_join_that_failed_is_entered_again_without_its_password(lab):
    lab.world.faults.add({"method": "pool.join", "kind": "error", "error": ["LICENCE_RESTRICTION", "Pool_size"]})
    with lab.wizard() as screen:
        lab.to_pool(screen)
        lab.enter(screen)
        start_again(lab, screen)
        # It is not tried again by a way that does not lead over it.
        screen.press("SHIFT-TAB", "UP", "UP", "UP", "ENTER")
        screen.see("Name of the host")
        screen.press("F12")
        screen.see("Summary", "Nothing is to be changed", "the host stays alone")
        screen.press("^B")
        lab.to_pool(screen)
        screen.see("(*) the host joins a pool", lab.address)
        screen.press("F12")
        screen.see("! The pool wants a password")
        screen.press(world.PASSWORD, "F12")
        screen.see("Is this the coordinator?")
        screen.press("TAB", "ENTER")
        screen.see("What stands against the join", "Go on")
        screen.press("ENTER")
        screen.see("Summary", "* Pool", lab.address)
        screen.press("ENTER")
        screen.see("The host is set up", "a member of")
        screen.press("ENTER")
        screen.end()
    # Nor is what the state says of it asked for again.
    assert json.loads(lab.host.read(STATE))["pool"]["state"] == "member"


def test_join_of_the_installation_that_failed_is_what_the_screen_begins_with(lab):
    lab.host.write("etc/firstboot.d/data/xenhost-pool.conf",
                   f"ENGINE='xapi'\nCOORDINATOR='{lab.address}'\nUSER='root'\n")
    lab.world.faults.add({"method": "pool.join", "kind": "error", "error": ["LICENCE_RESTRICTION", "Pool_size"]})
    with lab.wizard() as screen:
        lab.to_pool(screen)
        screen.see("(*) the host stays alone")
        screen.press("DOWN", "DOWN", "SPACE", "TAB", "TAB", "TAB", world.PASSWORD, "F12")
        start_again(lab, screen)
    with lab.wizard() as screen:
        lab.to_pool(screen)
        screen.see("(*) the host joins a pool", lab.address)


def test_coordinator_is_part_of_the_test(lab):
    with lab.wizard() as screen:
        lab.to_pool(screen)
        screen.press("DOWN", "DOWN", "SPACE")
        screen.see("(*) the host joins a pool")
        screen.press("TAB", lab.address, "F8")
        screen.see("Testing the network", "Coordinator", f"{lab.address} answers")
        screen.press("ENTER")
        screen.see("(*) the host joins a pool", lab.address, "Forward")


def test_another_coordinator_is_another_certificate(tmp_path):
    """What was confirmed for one is not for another, and force is not either."""
    lab = Lab(tmp_path, changes=[{"set": "pool", "values": {"cpu_info": {"vendor": "Other"}}}])
    other = lab.world.host("other")
    with lab.wizard() as screen:
        lab.to_pool(screen)
        lab.enter(screen)
        screen.see("Is this the coordinator?")
        screen.press("TAB", "ENTER")
        screen.see("by force alone", "Join by force")
        screen.press("^B")
        screen.see("Hosts of a pool share")
        address = other.listeners[0].address().removeprefix("https://")
        screen.press("TAB", *["BS"] * len(lab.address), address, "F12")
        screen.see("Is this the coordinator?")
        screen.press("TAB", "ENTER")
        screen.see("Nothing stands against the join")


def test_wrong_password_is_said_and_nothing_is_changed(lab):
    with lab.wizard() as screen:
        lab.to_pool(screen)
        lab.enter(screen, password="wrong")
        screen.see("Is this the coordinator?")
        screen.press("TAB", "ENTER")
        screen.see("The pool cannot be looked at", "password")
        screen.press("ENTER")
        screen.see("Hosts of a pool share", lab.address)
    assert not os.path.exists(lab.host.path(STATE))


def test_another_fingerprint_sends_no_password(lab):
    with lab.wizard() as screen:
        lab.to_pool(screen)
        lab.enter(screen)
        screen.see("Is this the coordinator?")
        screen.press("ENTER")
        screen.see("Hosts of a pool share", lab.address)
    assert not os.path.exists(lab.host.path(STATE))


def test_coordinator_that_is_not_there(lab):
    with lab.wizard() as screen:
        lab.to_pool(screen)
        lab.enter(screen, address="127.0.0.1:9")
        screen.see("The pool cannot be looked at", "127.0.0.1")
        screen.press("ENTER")
        screen.see("Hosts of a pool share")


def test_host_without_a_toolstack_is_not_asked(lab):
    with lab.host.wizard() as screen:
        screen.see("alone; this host has no toolstack for pools (XAPI)")
