# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's screens over a recorded machine, and the way to some of them, for the tests."""

import contextlib
import http.server
import json
import os
import subprocess
import threading

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


def changed(tmp_path, name, change):
    """A machine that a test may change under the installer's eyes."""
    path = tmp_path / "machine.json"
    with open(machine(name), encoding="utf-8") as file:
        host = json.load(file)
    path.write_text(json.dumps(change(host)))
    return path


def live(path, *more, **options):
    return Screen([INSTALL, "--machine", str(path), "--source", SOURCE, *SEED, *more], **options)


def same_plan(shown, name, answers):
    plan = subprocess.run([INSTALL, "plan", "--machine", str(name), "--source", SOURCE,
                           "--answers", str(answers), *SEED], check=True, capture_output=True,
                          text=True).stdout
    for line in plan.splitlines():
        assert line in shown, line
    return plan


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
