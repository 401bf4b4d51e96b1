# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a real pseudo-terminal, and what a person would see of it (pexpect and pyte)."""

import fcntl
import os
import signal
import struct
import termios
import time

import pexpect
import pyte

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(TOP, os.environ.get("XENHOST_BUILD", "build"))
GOLDEN = os.path.join(HERE, "golden")
WRITE = os.environ.get("XENHOST_WRITE_GOLDEN")
PATIENCE = 60
# Seconds, a little less than QUIET_MS of common/tui/input.c.
LONE_ESC = 0.45

KEYS = {
    "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS",
    "F5": "\x1b[15~", "F6": "\x1b[17~", "F8": "\x1b[19~",
    "F9": "\x1b[20~", "F10": "\x1b[21~", "F12": "\x1b[24~", "UP": "\x1b[A", "DOWN": "\x1b[B",
    "RIGHT": "\x1b[C", "LEFT": "\x1b[D", "TAB": "\t", "SHIFT-TAB": "\x1b[Z", "ENTER": "\r",
    "ESC": "\x1b", "PGDN": "\x1b[6~", "PGUP": "\x1b[5~", "HOME": "\x1b[H", "END": "\x1b[F",
    "BS": "\x7f", "SPACE": " ",
}


class Patience:
    """Ends after PATIENCE seconds of looking; a machine that stood still meanwhile looked but once."""

    def __init__(self):
        self.end = time.monotonic() + PATIENCE
        self.looks = 5 * PATIENCE

    def ends(self):
        self.looks -= 1
        return self.looks < 0 and time.monotonic() > self.end


class Screen:
    # What is read at once; less where something is seen for a moment only.
    piece = 65536

    def __init__(self, argv, rows=24, columns=80, term="linux", locale="C.UTF-8", env=None):
        self.rows, self.columns = rows, columns
        self.view = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.view)
        self.received = 0
        environment = {"PATH": os.environ["PATH"], "TERM": term, "LC_ALL": locale,
                       "HOME": "/", **(env or {})}
        # Of `make asan-tui`.
        if "ASAN_OPTIONS" in os.environ:
            environment["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
        self.child = pexpect.spawn(argv[0], argv[1:], env=environment,
                                   dimensions=(rows, columns), timeout=PATIENCE)
        self.child.delaybeforesend = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # At once, since pexpect gives a busy machine no time to end a program in other ways.
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
            self.child.wait()
        self.child.close()

    def _read(self, seconds):
        try:
            data = self.child.read_nonblocking(self.piece, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.received += len(data)
        self.stream.feed(data)
        return True

    def lines(self):
        return [line.rstrip() for line in self.view.display]

    def text(self):
        return "\n".join(self.lines())

    def until(self, condition, what):
        """Reads on until the screen is as wanted; nothing waits for a fixed time."""
        patience = Patience()
        while not condition():
            alive = self._read(0.2)
            if condition():
                return
            if not alive or patience.ends():
                raise AssertionError(f"{what}\nthe screen:\n{self.text()}")

    def see(self, *words):
        for word in words:
            self.until(lambda w=word: w in self.text(), f"waited for {word!r}")

    def quiet(self, seconds=0.5):
        """Reads until nothing more comes for so long."""
        received = None
        patience = Patience()
        while received != self.received:
            received = self.received
            self._read(seconds)
            assert not patience.ends(), f"never quiet for {seconds} s\nthe screen:\n{self.text()}"

    def taken(self):
        """Reads on until the program has read all keys; a clock on the screen does not disturb it."""
        with open(f"/proc/{self.child.pid}/fd/0", "rb", buffering=0) as terminal:
            def waiting():
                return struct.unpack("i", fcntl.ioctl(terminal, termios.FIONREAD, b"1234"))[0]

            self.until(lambda: not waiting(), "waited for the keys to be read")

    def see_not(self, word):
        self.until(lambda: word not in self.text(), f"waited for {word!r} to go")

    def raw(self, data):
        self.child.send(data)

    def press(self, *keys):
        """Names of KEYS, "^N" for Ctrl-N, or text as it is."""
        for key in keys:
            if key in KEYS:
                self.raw(KEYS[key])
            elif len(key) == 2 and key[0] == "^":
                self.raw(chr(ord(key[1]) - 64))
            else:
                self.raw(key)

    def press_until(self, word, *keys):
        """Keys that must come quickly, until they did: who is held up between two types them anew."""
        patience = Patience()
        while word not in self.text():
            self.quiet(0.7)
            self.press(*keys)
            end = time.monotonic() + 4
            while word not in self.text() and time.monotonic() < end:
                self._read(0.2)
            assert not patience.ends(), f"{keys} do not lead to {word!r}\n{self.text()}"

    def in_pieces(self, key, gap):
        """Its bytes one by one; false where a busy machine made the gaps longer than a lone Esc's."""
        sent = None
        in_time = True
        for byte in KEYS[key]:
            before = time.monotonic() if sent is None else sent
            sent = time.monotonic()
            self.raw(byte)
            in_time = in_time and time.monotonic() - before < LONE_ESC
            # The line's own time, not a wait for the program.
            time.sleep(gap)
        return in_time

    def resize(self, rows, columns):
        self.view.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def golden(self, name):
        """The whole screen, compared with tests/tui/golden/NAME.txt."""
        path = os.path.join(GOLDEN, name + ".txt")
        if WRITE:
            end = time.monotonic() + 1
            while time.monotonic() < end:
                self._read(0.2)
            with open(path, "w", encoding="utf-8") as file:
                file.write(self.text() + "\n")
            return
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
        self.until(lambda: self.text() + "\n" == wanted, f"differs from {path}:\n{wanted}")

    def end(self):
        """Waits for the program's end; what it printed after the screens."""
        while self._read(0.2):
            pass
        self.child.close()
        return self.text()

    @property
    def status(self):
        return self.child.exitstatus
