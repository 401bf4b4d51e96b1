# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's screens on a large recorded machine: how soon they are there, what a key costs.

Nothing here interprets what a terminal is sent but for its words: bytes are counted as they come
out of the program, as they would go over a serial line.
"""

import copy
import dataclasses
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import tempfile
import termios
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
RECORD = TREE / "tests/machines/uefi-3disks.json"
MANIFEST = TREE / "tests/golden/manifest.json"
SHARED = TREE / "initrd/installer/root/usr/lib/xenhost/screens.sh"
DISKS, NICS = 64, 16
TURNS = 9
BAUD = 9600  # 8 bits, a start and a stop bit
PATIENCE = 30
FORWARD, DOWN = b"\x0e", b"\x1b[B"
# To the disks, and so many times down among them: most of these scroll.
WAY = ((FORWARD, b"Welcome"), (FORWARD, b""), (FORWARD, b""))
MOVES = 40
# A frame is complete when the screen was told where its cursor is, and nothing follows.
QUIET = 0.15


@dataclasses.dataclass
class Screens:
    """What was measured."""

    first_ms: float    # start to the first screen complete
    move_bytes: float  # of an arrow key on a serial line, the mean
    most_bytes: int
    screen_bytes: int  # the largest of the screens on the way
    memory_mib: float
    leader_bytes: float  # of an arrow key where tmux shares the screens out, the mean
    watcher_bytes: float # of the same on a line that watches
    shared_bytes: int    # the largest of the screens on the way


def name_of(number):
    """sda ... sdz, sdaa ..."""
    text = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("a") + digit) + text
    return f"sd{text}"


def large_machine(path):
    """The recorded machine with as many disks and NICs, each with an identity of its own."""
    host = json.loads(RECORD.read_text(encoding="utf-8"))
    disks, nics = host["disks"], host["nics"]
    host["disks"] = []
    for i in range(DISKS):
        disk = copy.deepcopy(disks[i % len(disks)])
        text = json.dumps(disk).replace(f'"{disk["name"]}', f'"{name_of(i)}')
        disk = json.loads(text)
        disk.update(id=f"wwn-0x5000c500{i:08x}", wwn=f"0x5000c500{i:08x}", serial=f"BENCH{i:03}")
        host["disks"].append(disk)
    host["nics"] = []
    for i in range(NICS):
        nic = copy.deepcopy(nics[i % len(nics)])
        nic.update(name=f"eth{i}", mac=f"52:54:00:00:01:{i:02x}", pci_address=f"0000:{i + 16:02x}:00.0")
        host["nics"].append(nic)
    path.write_text(json.dumps(host), encoding="utf-8")


class Line:
    """The program at the end of a line, and what comes over it."""

    def __init__(self, argv, term, rows=24, columns=80, **environment):
        self.began = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM=term, LC_ALL="C.UTF-8", **environment)
            os.execv(argv[0], [os.fspath(word) for word in argv])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, words):
        """Bytes and seconds until these words came, and nothing more follows."""
        begin, last, data = self.began, None, b""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            seen = not words or words in re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b" ", data)
            ready, _, _ = select.select([self.fd], [], [], QUIET if seen else PATIENCE)
            if not ready and seen:
                return len(data), (last or begin) - begin
            data += os.read(self.fd, 65536)
            last = time.monotonic()
        raise RuntimeError(f"{words} never came: {data[-300:]}")

    def press(self, key, words=b""):
        self.began = time.monotonic()
        os.write(self.fd, key)
        return self.until(words)

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def walk(line):
    """Bytes of the largest screen, each of them drawn anew as a whole; the disks' has the most on it."""
    return max(line.press(key, words)[0] for key, words in WAY)


def measure_shared(argv, folder):
    """The same as the initrd's consoles show them: bytes of keys to who leads and who watches, of a screen."""
    program = folder / "installer"
    program.write_text(f"#!/bin/sh\nexec {shlex.join(map(str, argv))}\n", encoding="utf-8")
    program.chmod(0o755)
    socket = folder / "screens"
    view = ["/bin/sh", "-c", f'{SHARED} start; exec {SHARED} view "$0"']
    lines = []
    try:
        for who, words in ("ttyS0", b"Shell"), ("ttyS1", b"You watch"):
            lines.append(Line([*view, who], "vt220", INSTALLER=str(program), SCREENS=str(socket)))
            lines[-1].until(words)
        leader, watcher = lines
        whole, moves, watched = walk(leader), [], []
        watcher.until(b"")
        for _ in range(MOVES):
            moves.append(leader.press(DOWN)[0])
            watched.append(watcher.until(b"")[0])
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], check=False, capture_output=True)
        for line in lines:
            line.end()
    return sum(moves) / MOVES, sum(watched) / MOVES, whole


def measure(program):
    with tempfile.TemporaryDirectory() as folder:
        machine = pathlib.Path(folder) / "large.json"
        large_machine(machine)
        argv = [program, "--machine", machine, "--source", MANIFEST]
        first = []
        for _ in range(TURNS):
            line = Line(argv, "linux")
            first.append(line.until(b"Shell")[1] * 1000)
            line.end()
        line = Line(argv, "vt220")
        line.until(b"Shell")
        whole = walk(line)
        moves = [line.press(DOWN)[0] for _ in range(MOVES)]
        memory = line.memory_mib()
        line.end()
        shared = measure_shared(argv, pathlib.Path(folder))
    return Screens(min(first), sum(moves) / MOVES, max(moves), whole, memory, *shared)
