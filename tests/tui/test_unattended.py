# SPDX-License-Identifier: GPL-3.0-or-later
"""Who watches an installation without questions: lines, its last call, its progress, its end."""

import os
import random
import signal
import subprocess
import time

import pytest
from screen import BUILD, TOP, Patience, Screen

TESTS = os.path.join(TOP, "tests")
INSTALLER = os.path.join(BUILD, "xenhost-install")
CALL = "Ctrl-C twice, or type stop and press Enter"
PROGRESS = ("Installing", "->   Write the system", "3.0 MiB of 12.0 MiB, 1.0 MiB/s, 9 s left")
FAILED = "INSTALLATION FAILED (exit code 7). The messages above say why."


class Installation:
    """What an installation and init leave in the folder that is watched."""

    def __init__(self, root):
        self.folder = root / "run/xenhost"
        self.folder.mkdir(parents=True)
        self.log = self.folder / "installer.log"
        self.log.write_text("[  1.00] unattended installation\n")
        (self.folder / "install.log").write_text("[  9.0] mkfs.ext4: Device or resource busy\n")
        machine = [os.path.join(TESTS, *name) for name in
                   (("machines", "bios-virtio.json"), ("answers", "golden", "virtio.xml"), ("golden", "manifest.json"))]
        self.child = subprocess.Popen([os.path.join(BUILD, "tests", "tui-board"), str(root), *machine],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(self, *lines):
        for line in lines:
            self.child.stdin.write(line + "\n")
            self.child.stdin.flush()
            answer = self.child.stdout.readline().strip()
        return answer

    def say(self, line):
        with self.log.open("a") as log:
            log.write(line + "\n")

    def until_halted(self, by, screen, keys):
        """Typed anew where a busy machine took them for slow ones."""
        patience = Patience()
        while self.do("halted") != by:
            screen.quiet(0.7)
            screen.press(*keys)
            end = time.monotonic() + 4
            while self.do("halted") != by and time.monotonic() < end:
                time.sleep(0.05)
            assert not patience.ends(), f"not halted by {by}"

    def at_work(self):
        self.do("call 0", "run", "step write-image:root")

    def stay(self):
        """As init does when the machine stays as it is."""
        (self.folder / "stays").touch()

    def next(self):
        word = self.folder / "next"
        return word.read_text() if word.exists() else None


@pytest.fixture
def installation(tmp_path):
    made = Installation(tmp_path)
    yield made
    made.child.kill()
    made.child.wait()
    made.child.stdin.close()
    made.child.stdout.close()


def watch(installation, console="ttyS0", name=None, **options):
    argv = [INSTALLER, "watch", "--folder", str(installation.folder)]
    for option, value in (("--console", console), ("--name", name)):
        argv += [option, value] if value else []
    return Screen(argv, **options)


@pytest.mark.parametrize("term", ["linux", "vt220"])
def test_lines_then_screens_then_lines(installation, term):
    with watch(installation, term=term) as screen:
        screen.see("unattended installation")
        installation.say("answers: http://192.0.2.1/a.xml")
        screen.see("answers: http://192.0.2.1/a.xml")
        installation.do("call 3000")
        screen.see(CALL, "The last call", "vda")
        installation.do("run", "step write-image:root")
        screen.see(*PROGRESS, "It goes on by itself")
        installation.do("warning the clock is wrong")
        screen.see("warning: the clock is wrong")
        installation.do("close")
        installation.say("[ 99.00] installation finished")
        screen.see("installation finished")
        assert screen.text().strip().endswith("[ 99.00] installation finished"), screen.text()


def test_two_consoles_see_the_same(installation):
    with watch(installation) as first, watch(installation, "tty1", rows=50, columns=132) as second:
        installation.at_work()
        first.see(*PROGRESS)
        second.see(*PROGRESS)
        # One that is held up or goes away changes nothing for the other.
        first.child.kill(signal.SIGSTOP)
        installation.do("step partition:")
        installation.do("warning still here")
        second.see("warning: still here")


def test_log_while_it_runs(installation):
    with watch(installation) as screen:
        installation.at_work()
        screen.see(*PROGRESS)
        screen.press("F2")
        screen.see("mkfs.ext4: Device or resource busy", "Close")
        screen.press("ESC")
        screen.see(*PROGRESS)


@pytest.mark.parametrize("keys", [("^C", "^C"), ("stop", "ENTER")])
def test_halted_at_the_last_call(installation, keys):
    with watch(installation) as screen:
        installation.do("call 3000")
        screen.see(CALL)
        installation.until_halted("ttyS0", screen, keys)
        installation.do("end cancelled", "close")
        installation.say("the installation was cancelled")
        screen.see("the installation was cancelled")
        installation.stay()
        screen.see("The installation was cancelled", "halted on ttyS0; nothing was changed")


def test_whoever_comes_by_can_halt_it_too(installation):
    with watch(installation, console=None, name="ssh from 192.0.2.7") as screen, watch(installation) as console:
        installation.do("call 3000")
        screen.see(CALL)
        console.see(CALL)
        installation.until_halted("ssh from 192.0.2.7", screen, ("^C", "^C"))


def test_the_password_of_ssh_is_on_consoles_alone(installation):
    (installation.folder / "ssh").mkdir()
    (installation.folder / "ssh/password").write_text("k7fm-x2pq-9dtw")
    with watch(installation) as console, watch(installation, console=None) as visitor:
        installation.do("call 3000")
        console.see(CALL)
        assert console.lines()[0].strip().endswith("ssh: root, k7fm-x2pq-9dtw")
        visitor.see(CALL)
        assert "k7fm" not in visitor.text()
        installation.do("run", "end failed", "close")
        installation.say(FAILED)
        console.see(FAILED)
        installation.stay()
        console.see("The installation failed", "ssh: root, k7fm-x2pq-9dtw")


def test_nothing_else_halts_it(installation):
    """Keys, words, noise: neither at the last call nor later."""
    noise = random.Random(5)
    with watch(installation) as screen:
        installation.do("call 3000")
        screen.see(CALL)
        screen.quiet(0.7)
        for keys in (("ENTER",), ("ESC",), ("F10",), ("^C",), ("stopp", "ENTER"), ("please stop", "ENTER")):
            screen.press(*keys)
            screen.quiet(0.7)
        screen.raw(bytes(noise.randrange(256) for _ in range(10000)))
        screen.quiet(0.7)
        assert installation.do("halted") == "nobody"
        installation.do("run", "step write-image:root")
        screen.see(*PROGRESS)
        screen.press("^C", "^C", "ENTER", "ESC", "^B", "^\\")
        screen.raw(bytes(noise.randrange(128, 256) for _ in range(10000)))
        screen.taken()
        installation.do("warning on and on")
        screen.see("warning: on and on")
        assert installation.do("halted") == "nobody"
        assert installation.next() is None


def ended(installation, screen, word="failed"):
    installation.at_work()
    screen.see(*PROGRESS)
    installation.do(f"end {word}", "close")
    installation.say(FAILED)
    screen.see(FAILED)
    installation.stay()
    screen.see("The installation failed")


def test_failure_stays_on_the_screen(installation):
    with watch(installation) as screen:
        ended(installation, screen)
        screen.see("mkfs.ext4 failed with status 1", "This was at: Make ext4", "What to do: Look what uses the disk.",
                   "The end of the log:", "Device or resource busy")
        screen.golden("unattended-failed")
        # Nothing a line may send restarts it.
        screen.press("ENTER")
        screen.see("Type exit to return")
        screen.raw("exit\r")
        screen.see("The installation failed")
        screen.press("RIGHT", "RIGHT", "ENTER")
        screen.end()
        assert installation.next() is None


def test_log_of_a_failure_is_saved_in_two_keys(installation):
    with watch(installation) as screen:
        ended(installation, screen)
        screen.press("F4")
        screen.see("Save the log")


@pytest.mark.parametrize("word", ["reboot", "poweroff"])
def test_restart_is_a_typed_word(installation, word):
    with watch(installation) as screen:
        ended(installation, screen)
        screen.press("RIGHT", "ENTER")
        screen.see("Type reboot or poweroff")
        screen.press("ENTER", "ENTER")
        screen.see("It is one of the two words")
        screen.press(word, "ENTER", "ENTER")
        screen.end()
        assert installation.next() == word


def test_refused_before_there_was_a_plan(installation):
    with watch(installation) as screen:
        installation.do("end refused")
        installation.say("INSTALLATION FAILED (exit code 6). The messages above say why.")
        screen.see("INSTALLATION FAILED (exit code 6)")
        installation.stay()
        screen.see("no network interface got an address", "What to do: Plug the cable in.")


def test_an_installation_that_was_killed(installation):
    with watch(installation) as screen:
        installation.at_work()
        screen.see(*PROGRESS)
        installation.child.kill()
        installation.child.wait()
        installation.say(FAILED)
        screen.see(FAILED)
        installation.stay()
        screen.see("It ended without a word")


def test_answers_that_want_to_be_confirmed_end_it(installation):
    """The screens that ask come next on this console."""
    with watch(installation) as screen:
        screen.see("unattended installation")
        (installation.folder / "ask").write_text("missing")
        screen.end()
        assert screen.status == 0


@pytest.mark.parametrize("options", [{"term": "dumb"}, {"env": {"TERM": ""}}])
def test_lines_where_there_can_be_no_screen(installation, options):
    with watch(installation, **options) as screen:
        installation.at_work()
        installation.say(" 25% Write the system")
        screen.see("25% Write the system")
        installation.do("end failed", "close")
        installation.say(FAILED)
        installation.stay()
        assert FAILED in screen.end()
        assert "Installing" not in screen.text()
        assert screen.status == 0


def test_whoever_comes_by_may_leave(installation):
    with watch(installation, console=None) as screen:
        installation.at_work()
        screen.see(*PROGRESS, "Leave")
        screen.press("ENTER")
        screen.end()
        assert screen.status == 0
        assert installation.do("halted") == "nobody"


@pytest.mark.skipif(subprocess.run(["unshare", "-U", "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0,
                    reason="no user namespaces")
@pytest.mark.parametrize("term", ["linux", "dumb"])
def test_run_on_a_terminal_ends_with_its_words_and_code(term):
    """As a user who may not install, which is known at once."""
    with Screen(["unshare", "-U", INSTALLER, "run"], term=term) as screen:
        assert "xenhost-install: only root can install" in screen.end()
        assert screen.status == 2


def test_no_installation_to_watch(tmp_path):
    with Screen([INSTALLER, "watch", "--folder", str(tmp_path)]) as screen:
        assert "nothing is installed here" in screen.end()
        assert screen.status == 2


@pytest.mark.parametrize("bytes_", [b"", b"xenhost board 1\0", b"\xff" * 5000, b"xenhost board 1\0" + b"\xff" * 5000])
def test_a_board_that_is_none(installation, bytes_):
    """Whatever lies there, lines are shown on."""
    (installation.folder / "board").write_bytes(bytes_)
    with watch(installation) as screen:
        screen.see("unattended installation")
        installation.say("on and on")
        screen.see("on and on")
