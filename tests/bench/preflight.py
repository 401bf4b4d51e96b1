# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a pre-flight against a test pool of 64 hosts takes, in how much memory, with how many requests."""

import pathlib
import subprocess
import sys
import tempfile
import time
from unittest import mock

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tests/pool"))

# pylint: disable=wrong-import-position
import agent
import world

HOSTS = 64
TURNS = 5
MOST_MEMORY_MIB = 16


class Counter:
    """Counts what each host is asked."""

    def __init__(self):
        self.requests = {}

    def patch(self):
        """In force until its exit."""
        real = agent.Agent.answer

        def counted(host, request):
            self.requests[host.name] = self.requests.get(host.name, 0) + 1
            return real(host, request)

        return mock.patch.object(agent.Agent, "answer", counted)


def run(command, limit_mib=None):
    """Wall seconds of one pre-flight; None when it does not do with this much memory of its own."""
    prefix = ["prlimit", f"--data={limit_mib << 20}"] if limit_mib else []
    began = time.monotonic()
    result = subprocess.run([*prefix, *command], input=world.PASSWORD, encoding="utf-8", check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    seconds = time.monotonic() - began
    if limit_mib and result.returncode:
        return None
    # 64 hosts are as many as the vendors support, which is one warning and all there is.
    if result.returncode or f"{HOSTS} hosts" not in result.stdout or "1 warning" not in result.stdout:
        raise RuntimeError(f"the pre-flight ended with {result.returncode}: {result.stdout}{result.stderr}")
    return seconds


def measure(program):
    """The quickest turn in seconds, the least MiB it needs, the most requests to one side."""
    counter = Counter()
    with counter.patch(), tempfile.TemporaryDirectory() as folder:
        lab = world.World()
        try:
            pool = lab.host("alpha", members=HOSTS - 1)
            lab.host("gamma", listen=[f"unix:{folder}/xapi"])
            command = [program, "check", "--pool", f"{pool.address}:{lab.port}", "--socket", f"{folder}/xapi",
                       "--fingerprint", pool.fingerprint, "--password-file", "-"]  # fmt: skip
            seconds = run(command)
            requests = max(counter.requests.values())
            seconds = min(seconds, *(run(command) for _ in range(TURNS - 1)))
            memory = next((m for m in range(1, 4 * MOST_MEMORY_MIB) if run(command, m) is not None), None)
        finally:
            lab.close()
    if memory is None:
        raise RuntimeError(f"the pre-flight needs more than {4 * MOST_MEMORY_MIB} MiB")
    return seconds, memory, requests
