# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of the test's own with a boot server in it: dnsmasq and nginx, by the configuration files that
xenhost-pxe writes, over the folder that it makes. Machines are plugged into its bridge. And where the way of
such a machine ends."""

import collections.abc
import dataclasses
import json
import pathlib
import re
import shutil
import signal
import statistics
import subprocess

from answers import CONFIRM
from lab import BUILD, FAILED, MEDIA, TOP, boot_host, expect_finished
from promises import xen_runs
from vm import run

ADDRESS = "192.0.2.1"
URL = f"http://{ADDRESS}"
TOKEN = "open+sesame"
FLEET = f"{URL}:8090"
CHUNKS = "root.img.chunks"
# Seconds that the installer gives a receiver to let it in (common/notice_send.c).
CONNECT = 10
FETCH = "import sys, urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())"


def report_to(url):
    """For answers: proves who sends, where https is not."""
    return f'<report token="{TOKEN}" proof="signature">{url}/events</report>'


REPORT = report_to(FLEET)


class BootServer:
    """Needs no root: namespaces of a user and of a network."""

    def __init__(self, folder, ports=1):
        # Without the brackets of a test's parameters, which nginx takes for a pattern.
        self.folder = pathlib.Path(str(folder).replace("[", "-").replace("]", ""))
        self.tree = self.folder / "tree"
        self.processes = {}
        shutil.rmtree(self.tree, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        run(TOP / "initrd/iso/pxe/xenhost-pxe", MEDIA / "xenhost.iso", self.tree, "--url", URL, "--interface", "br0")
        self.keeper = subprocess.Popen(
            ["unshare", "-rn", "sh", "-c", "echo ready; exec sleep infinity"], stdout=subprocess.PIPE
        )
        assert self.keeper.stdout.readline() == b"ready\n"
        self.inside("ip", "link", "set", "lo", "up")
        for number in range(ports):
            self.inside("ip", "tuntap", "add", "dev", f"tap{number}", "mode", "tap")
            self.inside("ip", "link", "set", f"tap{number}", "up")
        self.switch([f"tap{number}" for number in range(ports)])
        self.inside("ip", "addr", "add", f"{ADDRESS}/24", "dev", "br0")
        self.inside("ip", "link", "set", "br0", "up")

    def switch(self, ports):
        """Makes br0, which the servers are on, out of these ports."""
        self.inside("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0")
        for port in ports:
            self.inside("ip", "link", "set", port, "master", "br0")

    def prefix(self):
        return ["nsenter", f"--target={self.keeper.pid}", "--user", "--net", "--preserve-credentials"]

    def inside(self, *command):
        return run(*self.prefix(), *command)

    @staticmethod
    def netdev(number=0):
        return f"tap,ifname=tap{number},script=no,downscript=no"

    def _start(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [*self.prefix(), *map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.processes[name] = process
        return process

    def _serve(self, name, ready, *command):
        process = self._start(name, *command)
        while ready not in self.inside("ss", "-Hlnut"):
            said = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
            assert process.poll() is None, f"{name} does not start: {said[-2000:]}"

    def start(self, *more):
        """`more` goes to dnsmasq."""
        return self.start_dhcp(*more).start_http()

    def start_dhcp(self, *more):
        """DHCP, name server and TFTP."""
        self._serve(
            "dnsmasq", ":67 ", "dnsmasq", "--no-daemon", "--leasefile-ro", "--pid-file=",
            f"--conf-file={self.tree}/dnsmasq.conf", *more,
        )  # fmt: skip
        return self

    def start_http(self):
        # What Debian's nginx.conf has around the files of conf.d; one process, which keeps its user.
        (self.folder / "nginx.conf").write_text(
            f"user root root; daemon off; master_process off; pid {self.folder}/nginx.pid; error_log stderr;\n"
            f"events {{}}\nhttp {{ access_log {self.folder}/access.log;\n"
            + "".join(f"{kind}_temp_path {self.folder}/tmp;\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            + f"include {self.tree}/nginx.conf; }}\n",
            encoding="ascii",
        )
        self._serve("nginx", f"{ADDRESS}:80 ", "nginx", "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", "stderr")
        return self

    def fall_silent(self, name):
        """One of the servers takes what comes, and answers no more."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def watch(self):
        """xenhost-fleet beside the boot server: what machines say of themselves."""
        (self.folder / "token").write_text(TOKEN, encoding="ascii")
        self._serve(
            "fleet", ":8090 ", BUILD / "xenhost-fleet", "--listen", "0.0.0.0:8090", "--database", self.folder / "fleet.db",
            "--token-file", self.folder / "token",
        )  # fmt: skip
        return self

    def fleet(self, path):
        """What xenhost-fleet answers to who asks for a JSON document."""
        return json.loads(self.inside("/usr/bin/python3", "-c", FETCH, FLEET + path))

    def fetched(self):
        """What nginx was asked for: lines of its log."""
        log = self.folder / "access.log"
        return log.read_text(encoding="ascii", errors="replace").splitlines() if log.exists() else []

    def assert_moved_once(self, address=""):
        """The image, to one machine or to all there were; each line of the log begins with who asked."""
        size = (self.tree / "xenhost" / CHUNKS).stat().st_size
        lines = [line for line in self.fetched() if CHUNKS in line and line.startswith(f"{address} " if address else "")]
        moved = sum(int(line.split('" ')[1].split()[1]) for line in lines)
        assert 0 < moved <= 1.02 * size, f"{moved} bytes moved of {size}"

    def close(self):
        for process in [*self.processes.values(), self.keeper]:
            process.kill()
            process.wait()
        self.keeper.stdout.close()


@dataclasses.dataclass(frozen=True)
class End:
    """Where the way of a machine ends whose installer runs with its answers."""

    name: str
    more: str  # for its answers
    reach: collections.abc.Callable  # what is seen of the machine until then


def reach_plan(vm):
    """Answers that ask for a confirmation, which nobody gives: after the source was opened and the plan made, and
    before anything is written."""
    vm.expect(r"ask for confirmation, but there is nobody to ask", "install")
    assert vm.expect(FAILED, "install").group(1) == "3"


def reach_host(vm):
    expect_finished(vm)
    vm.wait_off()
    boot_from_disk(vm)


def boot_from_disk(vm):
    """The machine is told to leave the network alone; to a root shell under Xen, which needs more memory."""
    vm.nics[0].boot = 0
    vm.memory = 2560
    boot_host(vm)
    xen_runs(vm)


def expect_not_sent(vm, url):
    """The installation is done, and nobody has taken its report."""
    said = rf"the report was not sent to {re.escape(url)}/events: the receiver does not take it"
    assert vm.expect([said, FAILED], "install") == 0, "the installation failed"


def expect_unheard(vm, why):
    """The host's log and report say that nobody took what its installation told; it waited for nobody: steps that
    did would all have lasted as long as a connection is tried."""
    report = json.loads(vm.run("cat /var/log/installer/report.json"))
    warnings = [text for text in report["warnings"] if "nobody takes what this installation reports" in text]
    assert len(warnings) == 1 and why in warnings[0], report["warnings"]
    assert why in vm.run("grep 'nobody takes what this' /var/log/installer/install.log")
    assert statistics.median(step["seconds"] for step in report["steps"]) < CONNECT, report["steps"]


def reach_unheard_host(vm):
    """xenhost-fleet is not there from the beginning to the end."""
    expect_not_sent(vm, FLEET)
    reach_host(vm)
    expect_unheard(vm, "the server refuses the connection")


PLAN = End("plan", CONFIRM, reach_plan)
HOST = End("host", "", reach_host)
UNHEARD = End("unheard", REPORT, reach_unheard_host)
