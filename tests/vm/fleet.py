# SPDX-License-Identifier: GPL-3.0-or-later
"""xenhost-fleet on the test's machine, for machines on a user network, which reach it as 10.0.2.2."""

import json
import socket
import subprocess
import time
import urllib.request

from lab import BUILD
from limits import limit


class Fleet:
    """Takes events from everybody, for as long as a `with` lasts."""

    def __init__(self, folder):
        self.log = open(folder / "fleet.log", "wb")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.url = f"http://10.0.2.2:{self.port}"
        command = [BUILD / "xenhost-fleet", "--listen", f"127.0.0.1:{self.port}", "--database", folder / "fleet.db", "--no-token"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        end = time.monotonic() + limit("service")
        while True:
            try:
                self.get("/machines.json")
                return self
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, f"see {self.log.name}"

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return json.load(answer)

    def story(self):
        """The events of the one machine that there is, in their order, and its report."""
        machines = self.get("/machines.json")["machines"]
        assert len(machines) == 1, machines
        run = f"{machines[0]['machine']}/{machines[0]['run']}"
        return self.get(f"/events.json/{run}"), self.get(f"/report/{run}")
