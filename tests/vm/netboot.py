# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of the test's own with a boot server in it: dnsmasq and nginx, by the configuration files that
xenhost-pxe writes, over the folder that it makes. Machines are plugged into its bridge."""

import json
import pathlib
import shutil
import subprocess

from lab import BUILD, MEDIA, TOP
from vm import run

ADDRESS = "192.0.2.1"
URL = f"http://{ADDRESS}"
TOKEN = "open+sesame"
FLEET = f"{URL}:8090"
# For answers: proves who sends, where https is not.
REPORT = f'<report token="{TOKEN}" proof="signature">{FLEET}/events</report>'
FETCH = "import sys, urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())"


class BootServer:
    """Needs no root: namespaces of a user and of a network."""

    def __init__(self, folder, ports=1):
        self.folder = pathlib.Path(folder)
        self.tree = self.folder / "tree"
        self.processes = []
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
        self.processes.append(process)
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

    def close(self):
        for process in [*self.processes, self.keeper]:
            process.kill()
            process.wait()
        self.keeper.stdout.close()
