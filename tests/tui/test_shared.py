# SPDX-License-Identifier: GPL-3.0-or-later
"""One set of screens on several consoles: who leads, who watches, and what each of them sees. The
initrd's scripts and tmux; in place of the installer a program that shows what it is told."""

import os
import select
import subprocess
import time

import pytest

from screen import PATIENCE, TOP, Patience, Screen

FILES = os.path.join(TOP, "initrd/installer/root/usr/lib/xenhost")
VIEW = '"$SHARED" start; "$SHARED" view "$1"; echo over'
PROGRAM = """#!/bin/sh
stty -echo
trap 'echo "size $(stty size)"' WINCH
echo "kind $TERM"
while :; do
	read -r line
	# A signal interrupts it, with one status or another; the end of its terminal ends it.
	[ $? -eq 0 ] || { stty size >/dev/null 2>&1 || exit 1; continue; }
	[ "$line" != end ] || exit 7
	echo "told $line" | cat -v
done
"""


@pytest.fixture(name="env")
def _env(tmp_path):
    program = tmp_path / "program"
    program.write_text(PROGRAM, encoding="ascii")
    program.chmod(0o755)
    return {
        "SHARED": os.path.join(FILES, "screens.sh"),
        "INSTALLER": str(program),
        "SCREENS": str(tmp_path / "s"),
    }


@pytest.fixture(name="console")
def _console(env):
    opened = []

    def start(who, **more):
        screen = Screen(["/bin/sh", "-c", VIEW, "sh", who], env=env, **more)
        opened.append(screen)
        return screen.__enter__()

    yield start
    subprocess.run(["tmux", "-S", env["SCREENS"], "kill-server"], check=False, capture_output=True)
    for screen in opened:
        screen.__exit__()


def test_one_leads_and_the_other_watches(console):
    serial = console("ttyS0", term="vt220")
    serial.see("kind vt220")
    assert "watch" not in serial.text()
    remote = console("ssh", term="xterm")
    remote.see("kind vt220", "You watch; ttyS0 leads. Ctrl-T takes over.")
    remote.press("typed by who watches", "ENTER")
    serial.press("one", "ENTER")
    for screen in serial, remote:
        screen.see("told one")
        assert "typed by" not in screen.text()


def test_control_is_taken_and_taken_back(console):
    first = console("tty1")
    first.see("kind screen")
    second = console("ssh", term="xterm")
    second.see("tty1 leads")
    second.press("^T")
    second.see_not("You watch")
    first.see("You watch; ssh leads")
    second.press("two", "ENTER")
    first.see("told two")
    # Who leads has every key for the program.
    second.press("^T", "ENTER")
    second.see("told ^T")
    first.press("^T")
    second.see("You watch; tty1 leads")
    first.press("three", "ENTER")
    second.see("told three")


def looked_at(env):
    clients = subprocess.run(["tmux", "-S", env["SCREENS"], "list-clients"], check=False, capture_output=True)
    return bool(clients.stdout.strip())


def test_the_next_one_leads_when_the_first_has_gone(console, env):
    first = console("ssh", term="xterm")
    first.see("kind screen")
    first.press("a", "ENTER")
    first.see("told a")
    first.__exit__()
    patience = Patience()
    while looked_at(env):
        assert not patience.ends(), "who has gone still leads"
        time.sleep(0.1)
    second = console("tty1")
    second.see("told a")
    second.press("b", "ENTER")
    second.see("told b")


def test_the_size_is_that_of_who_leads(console):
    big = console("ssh", rows=40, columns=120, term="xterm")
    big.see("kind screen")
    small = console("ttyS0", term="vt220")
    small.see("ssh leads")
    big.press("x", "ENTER")
    big.see("told x")
    assert "size" not in big.text()
    small.press("^T")
    small.see("size 24 80")


def test_two_ask_at_the_same_time(console):
    consoles = console("tty1"), console("ssh", term="xterm")
    for screen in consoles:
        screen.see("kind screen")
    one, other = consoles

    def one_watches():
        other.quiet(0.1)
        return ("You watch" in one.text()) != ("You watch" in other.text())

    one.until(one_watches, "one of them watches")


def test_keys_in_pieces_stay_whole(console):
    serial = console("ttyS0", term="vt220")
    serial.see("kind vt220")
    for piece in "\x1b", "[1", "8~":
        serial.raw(piece)
        serial.quiet(0.3)
    serial.press("ENTER")
    serial.see("told ^[[18~")


def test_a_terminal_that_cannot_show_them(console):
    able = console("tty1")
    able.see("kind screen")
    unable = console("ttyS0", term="nonesuch")
    assert "over" in unable.end()
    able.press("still here", "ENTER")
    able.see("told still here")


def test_on_a_console_of_init(console, env):
    """Which has no terminal of its own, and opens one by its name."""
    master, slave = os.openpty()
    more = {"FILES": FILES, "BOOT_LINE": "/dev/null", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    line = '. "$FILES/init.sh"; . "$FILES/consoles.sh"; shift; for what in start "view init"; do console_run "$1" "$2" $what; done'
    child = subprocess.Popen(
        ["/bin/sh", "-c", line, "sh", "", os.ttyname(slave)[len("/dev/"):], env["SHARED"]],
        env={**env, **more}, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        said = b""
        while b"kind vt220" not in said:
            assert select.select([master], [], [], PATIENCE)[0], said
            said += os.read(master, 65536)
        other = console("ssh", term="xterm")
        other.see("init leads")
        os.write(master, b"from init\r")
        other.see("told from init")
        os.write(master, b"end\r")
        assert "over" in other.end()
        assert child.wait(30) == 0
    finally:
        child.kill()
        child.wait()
        os.close(master)
        os.close(slave)


def test_all_return_at_the_end(console, tmp_path):
    """And init learns how the installer ended."""
    os.mkfifo(tmp_path / "s.over")
    told = subprocess.Popen(["cat", tmp_path / "s.over"], stdout=subprocess.PIPE, text=True)
    first = console("tty1")
    first.see("kind screen")
    second = console("ssh", term="xterm")
    second.see("tty1 leads")
    first.press("end", "ENTER")
    assert "over" in first.end()
    assert "over" in second.end()
    assert told.communicate(timeout=30)[0] == "7\n"
