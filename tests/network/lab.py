# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks for tests: namespaces of the kernel joined by pairs of virtual Ethernet, with Debian's own
servers in them. Needs no root; whatever was started ends with the lab."""

import ctypes
import itertools
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import threading

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("XENHOST_BUILD", TOP / "build")).resolve()
SCRIPT = TOP / "initrd/installer/root/usr/lib/xenhost/dhcp.sh"
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
# Names of links until they are where they belong; several labs run at once.
COUNT = itertools.count()
# What a step may take on a busy machine before the test gives up.
PATIENCE = 60


def sh(*command, **more):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **more)
    if result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.stderr}{result.stdout}")
    return result.stdout


def kernel_has(kind):
    """Whether links of this kind can be made here."""
    made = subprocess.run(["ip", "link", "add", "probe0", *kind], capture_output=True, check=False)
    subprocess.run(["ip", "link", "del", "probe0"], capture_output=True, check=False)
    return made.returncode == 0


class Space:
    """A network namespace of its own, with whatever runs in it."""

    def __init__(self, lab, name):
        self.lab = lab
        self.name = name
        self.keeper = lab.start(["unshare", "-n", "sh", "-c", "echo ready; exec sleep infinity"], stdout=subprocess.PIPE)
        assert self.keeper.stdout.readline() == b"ready\n"
        self.pid = self.keeper.pid
        self.run("ip", "link", "set", "lo", "up")

    def inside(self, *command):
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", *map(str, command)]

    def run(self, *command):
        return sh(*self.inside(*command))

    def socket(self, family, kind):
        """A socket of this process that lives in there."""
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        try:
            assert LIBC.setns(there, CLONE_NEWNET) == 0
            return socket.socket(family, kind)
        finally:
            assert LIBC.setns(here, CLONE_NEWNET) == 0
            os.close(here)
            os.close(there)

    def serve(self, folder, *lines):
        """dnsmasq with this configuration; returns once it serves."""
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "dnsmasq.conf"
        text = ["no-daemon", "leasefile-ro", "pid-file=", "no-resolv",
                "no-hosts", "no-ping", "bind-interfaces", "except-interface=lo", "log-dhcp", "log-facility=-", *lines]  # fmt: skip
        config.write_text("\n".join(text) + "\n", encoding="ascii")
        return self.lab.server(self.inside("dnsmasq", f"--conf-file={config}"), "started, version", folder / "log")


class Lab:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.processes = []
        (self.folder / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPT, self.folder / "dhcp.sh")
        busybox = shutil.which("busybox")
        for name in ("udhcpc", "udhcpc6"):
            there = self.folder / "bin" / name
            if shutil.which(name):
                there.symlink_to(shutil.which(name))
            elif name in sh("busybox", "--list").split():
                there.symlink_to(busybox)

    def start(self, command, **more):
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, **more)
        self.processes.append(process)
        return process

    def server(self, command, ready, log):
        """Starts it and waits for the line that says that it serves."""
        process = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lines = Lines(process.stdout, log)
        assert lines.wait_for(ready), f"{command} does not start:\n{lines.text()}"
        process.lines = lines
        return process

    def space(self, name):
        return Space(self, name)

    def cable(self, one, port, other, other_port, up=True):
        """Joins two namespaces; the far end, `other`, decides whether there is a link."""
        number = next(COUNT)
        a, b = f"a{number}", f"b{number}"
        sh("ip", "link", "add", a, "type", "veth", "peer", "name", b)
        sh("ip", "link", "set", a, "netns", one.pid, "name", port)
        sh("ip", "link", "set", b, "netns", other.pid, "name", other_port)
        if up:
            other.run("ip", "link", "set", other_port, "up")

    def close(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()
        self.processes.clear()


class Lines:
    """What a process says, line by line as it comes."""

    def __init__(self, stream, log=None):
        self.seen = []
        self.news = threading.Condition()
        self.ended = False
        self.log = log
        self.thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        for line in stream:
            with self.news:
                self.seen.append(line.decode(errors="replace").rstrip("\n"))
                self.news.notify_all()
            if self.log:
                with open(self.log, "ab") as log:
                    log.write(line)
        with self.news:
            self.ended = True
            self.news.notify_all()

    def text(self):
        with self.news:
            return "\n".join(self.seen)

    def wait_for(self, part, seconds=PATIENCE):
        with self.news:
            return self.news.wait_for(lambda: self.ended or any(part in line for line in self.seen), seconds) and any(
                part in line for line in self.seen
            )


class Client:
    """The installer's network in a namespace, on its way up (tests/network/up.c). With `fetch` it asks for each
    URL then, by a POST of so many bytes unless it is 0."""

    def __init__(self, lab, space, line, *urls, boot=None, patience=None, fetch=None):
        self.space = space
        private = (
            "mount -t tmpfs tmpfs /run && mount -t sysfs sysfs /sys && : >/run/resolv.conf && "
            "mount --bind /run/resolv.conf /etc/resolv.conf && exec \"$@\""
        )
        environment = dict(os.environ, BOOT_MAC=boot or "", PATIENCE=str(patience) if patience else "",
                           FETCH="" if fetch is None else str(fetch))
        environment = {key: value for key, value in environment.items() if value}
        self.process = subprocess.Popen(
            space.inside("unshare", "-m", "sh", "-c", private, "sh", BUILD / "tests/network-up", lab.folder, line, *urls),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        )  # fmt: skip
        lab.processes.append(self.process)
        self.log = Lines(self.process.stderr)
        self.results = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.results.put(json.loads(line))
        self.results.put(None)

    def result(self):
        """What came of the next URL."""
        result = self.results.get(timeout=2 * PATIENCE)
        assert result, f"network-up ended:\n{self.log.text()}"
        return result

    def look(self, *command):
        """A command's output, as the installer's own programs see the machine."""
        return sh("nsenter", f"--target={self.process.pid}", "--net", "--mount", *command)

    def routes(self, address):
        return self.look("ip", "route", "get", address)
