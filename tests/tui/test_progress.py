# SPDX-License-Identifier: GPL-3.0-or-later
"""A running installation on the screen, what can be done about it, and its end."""

import http.server
import os
import signal
import threading
import time

import pytest
from screen import BUILD, TOP, Patience, Screen

TESTS = os.path.join(TOP, "tests")
FIRST = "->   Check that every program needed is there"
LOG = """\
[    1.0] execute: make-filesystem:logs: Make the file system of /var/log
[    1.2] mkfs.ext4: Creating filesystem with 1048576 4k blocks and 262144 inodes
"""


class Installation:
    """What the program is told to do, and what the screens told it."""

    def __init__(self, folder, **settings):
        self.path = folder / "control"
        self.log = folder / "install.log"
        self.log.write_text(LOG)
        self.settings = {"log": str(self.log)}
        self.set(step=0, time=100, **settings)

    def set(self, **settings):
        self.settings.update(settings)
        text = "".join(f"{k}={v}\n" for k, v in self.settings.items() if v is not None)
        new = self.path.with_suffix(".new")
        new.write_text(text)
        new.rename(self.path)

    def told(self):
        out = self.path.with_suffix(".out")
        return out.read_text().splitlines() if out.exists() else []

    def until_told(self, words):
        """Without a look at the terminal, which may be gone."""
        patience = Patience()
        while self.told() != words:
            assert not patience.ends(), f"{words} expected, {self.told()} told"
            time.sleep(0.05)


def start(folder, root=None, **options):
    installation = Installation(folder, root=root)
    screen = Screen([os.path.join(BUILD, "tests", "tui-progress"),
                     os.path.join(TESTS, "machines", "bios-virtio.json"),
                     os.path.join(TESTS, "answers", "golden", "virtio.xml"),
                     os.path.join(TESTS, "golden", "manifest.json"), str(installation.path)],
                    **options)
    return screen, installation


@pytest.fixture
def running(tmp_path):
    screen, installation = start(tmp_path)
    with screen:
        screen.see("Installing", FIRST)
        yield screen, installation


def test_steps_and_bytes(running):
    screen, installation = running
    screen.see("  0 %")
    installation.set(step=8)
    screen.see("3.0 MiB of 12.0 MiB, 1.0 MiB/s, 9 s left", "done  Partition", "->   Write the system")
    screen.golden("progress")
    installation.set(step=99)
    screen.see("The host is installed")
    screen.press("RIGHT", "ENTER")
    screen.end()
    installation.until_told(["chosen 1"])


def test_a_long_tool_shows_that_it_lives(running):
    screen, installation = running
    installation.set(step=10)
    screen.see("->   Make ext4", "log: [    1.2] mkfs.ext4: Creating filesystem")
    assert "at work" not in screen.text()
    installation.set(time=165)
    screen.see("at work for 1:05 min", "1:05 min")
    with installation.log.open("a") as log:
        log.write("[   66.0] mkfs.ext4: Writing inode tables\n")
    screen.see("log: [   66.0] mkfs.ext4: Writing inode tables")


def test_log_while_it_runs(running):
    screen, installation = running
    screen.press("^O")
    screen.see("Close", "Creating filesystem")
    screen.press("ESC")
    screen.see("Installing")
    installation.set(step=99)
    screen.see("The host is installed")


@pytest.mark.parametrize("key", ["^C", "^B", "ENTER"])
def test_stop_asks_and_says_what_became_of_the_disks(running, key):
    screen, installation = running
    screen.press(key)
    screen.see("No disk was changed so far")
    screen.press("ENTER")
    screen.see("Installing")
    installation.set(step=5)
    screen.see("->   Erase")
    screen.press(key)
    screen.see("were already written to")
    screen.press("RIGHT", "ENTER")
    screen.see("The installation failed")
    screen.press("ENTER")
    screen.end()
    installation.until_told(["stop", "chosen 0"])


def stall(screen, installation, received=10**7, rate=40_000, **settings):
    """A minute of a slow source, as the program's clock has it: nothing sleeps here."""
    installation.set(step=8, received=received, **settings)
    screen.see("->   Write the system")
    begun = int(installation.settings["time"]) - 100
    for second in (10, 75):
        installation.set(time=100 + begun + second, received=received + second * rate)
        # The screen was drawn with that time.
        screen.see(f"{(begun + second) // 60}:{(begun + second) % 60:02} min")


def test_a_slow_source_is_told_after_a_minute_and_waited_for(running):
    screen, installation = running
    stall(screen, installation)
    screen.see("! The source has sent 40 kB/s for 60 s. What shall be done?", "> Wait <")
    screen.golden("progress-stalled")
    screen.press("ENTER")
    screen.see_not("What shall be done?")
    stall(screen, installation, received=2 * 10**7, rate=10)
    assert "What shall be done?" not in screen.text()
    stall(screen, installation, received=10**8, time=900, rate=0)
    screen.see("The source has sent nothing for 60 s")
    # Fast again: nobody has to wait for the notice to go.
    installation.set(time=1050, received=2 * 10**8)
    screen.see_not("What shall be done?")
    screen.see("> Stop <")
    assert installation.told() == []


def test_a_slow_source_is_connected_anew(running):
    screen, installation = running
    stall(screen, installation)
    screen.see("> Wait <")
    screen.press("RIGHT", "ENTER")
    screen.see_not("What shall be done?")
    screen.see("connected to the source anew")
    installation.until_told(["retry"])


def test_the_rest_from_another_source(running):
    screen, installation = running
    stall(screen, installation)
    screen.see("> Wait <")
    screen.press("RIGHT", "RIGHT", "ENTER")
    screen.see("A copy of the very system")
    screen.press("mirror", "F12")
    screen.see("! A URL begins with http:// or https://, a folder with /")
    screen.press("^U", "http://wrong/", "TAB", "ENTER")
    screen.see("That will not do", "holds another build of the system", "Name a copy")
    screen.press("ESC")
    screen.see("> Take it from there <")
    screen.press("SHIFT-TAB", "^U", "http://right/", "TAB", "ENTER")
    screen.see("from another source")
    installation.until_told(["change http://wrong/", "change http://right/"])


def test_a_slow_disc_offers_no_connection(running):
    screen, installation = running
    stall(screen, installation, local=1)
    screen.see("> Wait <", "Other source")
    assert "Retry" not in screen.text()


def test_a_slow_disk_is_no_slow_source(running):
    screen, installation = running
    installation.set(step=8, received=10**7, held=0)
    screen.see("->   Write the system")
    for second in (10, 75):
        installation.set(time=100 + second, held=second, received=10**7 + second)
        screen.see(f"{second // 60}:{second % 60:02} min")
    assert "What shall be done?" not in screen.text()


def test_a_failed_step_is_run_again(running):
    screen, installation = running
    installation.set(step=3, failure="eth0 has no link")
    screen.see("A step failed", "eth0 has no link", "What to do: Plug the cable in.",
               "No disk was changed so far", "Creating filesystem", "> Try again <")
    screen.golden("step-failed")
    installation.set(failure=None)
    screen.press("ENTER")
    screen.see("Installing")
    installation.set(step=99)
    screen.see("The host is installed")
    installation.until_told(["again"])


def test_a_failed_step_is_given_up(running):
    screen, installation = running
    installation.set(step=10, failure="the disk is busy")
    screen.see("A step failed", "were written to")
    # Neither of these decides anything.
    screen.press("^C", "^B", "UP")
    screen.see("A step failed")
    screen.press("RIGHT", "ENTER")
    screen.see("The installation failed", "mkfs.ext4 failed with status 1",
               "What to do: Look what uses the disk", "holds no system that boots",
               "The end of the log:")
    screen.golden("end-failed")
    installation.until_told(["give up"])


def test_a_source_that_failed_is_exchanged(running):
    screen, installation = running
    installation.set(step=8, failure="the source sent nothing for 600 seconds")
    screen.see("A step failed", "Other source")
    screen.press("RIGHT", "ENTER")
    screen.see("A copy of the very system")
    installation.set(failure=None)
    screen.press("/mnt", "TAB", "ENTER")
    screen.see("Installing", "from another source")
    installation.until_told(["change /mnt", "again"])


def test_the_end(running):
    screen, installation = running
    installation.set(step=99)
    screen.see("The host is installed", "ssh root@", "Host key  ED25519 SHA256:", "Time ")
    screen.golden("end")
    screen.press("RIGHT", "RIGHT", "RIGHT", "ENTER")
    screen.see("gave the install medium out")
    installation.until_told(["eject"])


def finished(running, **settings):
    screen, installation = running
    installation.set(step=99, **settings)
    screen.see("The host is installed")
    return screen, installation


def test_log_saved_on_a_stick_in_two_keys(running, tmp_path):
    screen, installation = finished(running, stick=str(tmp_path / "stick"))
    (tmp_path / "stick").mkdir()
    screen.press("F4", "ENTER")
    screen.see("The log is in install.log on /dev/sdz1.")
    assert (tmp_path / "stick" / "install.log").read_text() == LOG
    screen.press("ENTER")
    screen.see("The host is installed")
    screen.press("F3")
    screen.see("It holds the password's hash")
    screen.golden("keep-answers")


def test_answers_that_are_kept_lack_the_password_of_the_pool(running):
    screen, installation = finished(running, pool="joined")
    screen.press("F3")
    screen.see("The pool's password", "is not in it: fill it in before the file is used.")
    screen.press("ESC")
    screen.see("The host is installed")
    screen.press("F4")
    screen.see("Save the log")
    screen.see_not("password")


def test_a_stick_that_comes_late_and_is_full(running, tmp_path):
    screen, installation = finished(running)
    screen.press("^T")
    screen.see("(*) a web server, by PUT")
    installation.set(stick=str(tmp_path / "missing"))
    screen.press("F8")
    screen.see("(*) /dev/sdz1  XENHOST", "> Save <")
    screen.press("ENTER")
    screen.see("That did not work", "the stick is full", "Make room")
    screen.press("ENTER")
    screen.see("> Save <")


@pytest.fixture
def server():
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def take(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.command, self.path, self.headers["Content-Type"], body))
            self.send_response(201 if self.path != "/no" else 403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_PUT = do_POST = take

        def log_message(self, *_):
            pass

    listener = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    yield f"http://user:secret@127.0.0.1:{listener.server_port}", received
    listener.shutdown()


@pytest.mark.parametrize("marks,verb,path", [((), "PUT", "/xenhost-"), (("DOWN",), "POST", "/")])
def test_answers_sent_to_a_server(running, server, marks, verb, path):
    url, received = server
    screen, _ = finished(running)
    screen.press("F3")
    screen.see("by PUT")
    screen.press(*marks, "SPACE", "TAB", url + "/", "TAB", "ENTER")
    screen.see("Done", "***@127.0.0.1")
    assert "secret" not in screen.text()
    with open(os.path.join(TESTS, "answers", "golden", "virtio.xml"), "rb") as file:
        answers = file.read()
    assert len(received) == 1
    assert received[0][0] == verb and received[0][1].startswith(path)
    assert received[0][2:] == ("application/xml", answers)
    assert verb == "POST" or received[0][1].endswith("-answers.xml")


def test_a_server_that_refuses(running, server):
    url, _ = server
    screen, _ = finished(running)
    screen.press("F4")
    screen.see("by PUT")
    screen.press("TAB", url + "/no", "TAB", "ENTER")
    screen.see("That did not work", "403")
    assert "secret" not in screen.text()


@pytest.fixture
def of_boot_line(tmp_path):
    """Installations whose boot line has these words."""
    screens = []

    def begin(words):
        (tmp_path / "proc").mkdir()
        (tmp_path / "proc" / "cmdline").write_text(f"quiet {words} console=tty0\n")
        screen, installation = start(tmp_path, root=str(tmp_path))
        screens.append(screen)
        return finished((screen, installation))

    yield begin
    for screen in screens:
        screen.__exit__()


@pytest.mark.parametrize("key,suffix", [("F3", "-answers.xml"), ("F4", "-install.log")])
def test_sent_in_two_keys_to_the_url_of_the_boot_line(of_boot_line, server, key, suffix):
    url, received = server
    screen, _ = of_boot_line(f"xenhost.keep={url}/hosts/")
    screen.press(key, "ENTER")
    screen.see("Done", "***@127.0.0.1")
    assert "secret" not in screen.text()
    assert [(verb, path.endswith(suffix)) for verb, path, _, _ in received] == [("PUT", True)]
    assert suffix != "-install.log" or received[0][3].decode() == LOG


def test_a_stick_comes_before_the_url_of_the_boot_line(of_boot_line, server, tmp_path):
    url, received = server
    screen, installation = of_boot_line(f"xenhost.keep={url}/hosts/")
    (tmp_path / "stick").mkdir()
    installation.set(stick=str(tmp_path / "stick"))
    screen.press("F4", "ENTER")
    screen.see("The log is in install.log on /dev/sdz1.")
    assert received == []


def test_a_url_of_the_boot_line_that_is_none_is_shown_and_refused(of_boot_line, server):
    _, received = server
    screen, _ = of_boot_line("xenhost.keep=ftp://192.0.2.1/")
    screen.press("F4")
    screen.see("ftp://192.0.2.1/")
    screen.press("ENTER")
    screen.see("It begins with http:// or https://")
    screen.press("ESC")
    screen.see("The host is installed")
    assert received == []


def codes_of(screen):
    """The dark modules of a code on the screen, as the two halves of each character."""
    rows = []
    for line in screen.view.display[:-1]:
        rows.append([c in "▀█" for c in line])
        rows.append([c in "▄█" for c in line])
    return rows


def to_codes(screen, installation):
    screen.see("Installing")
    installation.set(step=99)
    screen.see("The host is installed")
    screen.press("F3")
    screen.see("by PUT")
    screen.press("DOWN", "DOWN", "SPACE", "TAB", "ENTER")


def test_answers_as_a_code_on_the_screen(tmp_path):
    screen, installation = start(tmp_path, rows=50, columns=132)
    with screen:
        to_codes(screen, installation)
        screen.see("Keep the answers. Esc: back")
        rows = codes_of(screen)
        # The corner that every reader looks for, seven modules wide with a light frame in it.
        top = next(i for i, row in enumerate(rows) if any(row))
        left = rows[top].index(True)
        finder = [rows[top + i][left:left + 8] for i in range(8)]
        assert finder[0] == [True] * 7 + [False]
        assert finder[1] == [True] + [False] * 5 + [True, False]
        assert finder[3] == [True, False, True, True, True, False, True, False]
        assert finder[7] == [False] * 8
        screen.golden("code")
        screen.resize(12, 40)
        screen.see("This screen is too small for them")
        screen.press("ENTER")
        screen.see("> Save <")


def test_answers_as_several_codes_on_a_small_screen(tmp_path):
    screen, installation = start(tmp_path)
    with screen:
        to_codes(screen, installation)
        screen.see(": code 1 of ", "Enter: next")
        first = codes_of(screen)
        screen.press("ENTER")
        screen.see(": code 2 of ")
        assert codes_of(screen) != first
        screen.press("LEFT")
        screen.see(": code 1 of ")
        screen.press("ESC")
        screen.see("> Save <")


@pytest.mark.parametrize("options", [{"term": "vt220"}, {"locale": "C"}])
def test_no_codes_on_a_plain_terminal(tmp_path, options):
    screen, installation = start(tmp_path, **options)
    with screen:
        to_codes(screen, installation)
        screen.see("This terminal cannot show them")


def gone(screen, how):
    if how == "signal":
        os.kill(screen.child.pid, signal.SIGHUP)
    else:
        # The line is cut: the terminal itself is no longer there.
        screen.child.ptyproc.fileobj.close()


@pytest.mark.parametrize("how", ["signal", "cut"])
def test_terminal_gone_before_the_first_write_undoes_it(running, how):
    screen, installation = running
    installation.set(step=3)
    screen.see("->   Point of no return")
    gone(screen, how)
    installation.until_told(["stop", "chosen 2"])


@pytest.mark.parametrize("how", ["signal", "cut"])
def test_terminal_gone_after_the_first_write_goes_on(running, how):
    screen, installation = running
    installation.set(step=5)
    screen.see("->   Erase")
    gone(screen, how)
    installation.set(step=9)
    installation.until_told([])
    installation.set(step=99)
    installation.until_told(["chosen 0"])


def test_nobody_decides_once_the_terminal_is_gone(running):
    screen, installation = running
    installation.set(step=5)
    screen.see("->   Erase")
    gone(screen, "signal")
    installation.set(failure="the disk is busy")
    installation.until_told(["give up", "chosen 2"])


def test_terminal_gone_while_a_decision_is_asked_for(running):
    screen, installation = running
    installation.set(step=5, failure="the disk is busy")
    screen.see("A step failed")
    gone(screen, "signal")
    installation.until_told(["give up", "chosen 2"])
