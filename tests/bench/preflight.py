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
import http_server
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


# A process starts with the peak of the one that started it, so a small one starts the program. It tells the peak
# in KiB in the last line.
STARTER = """import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], {})
_, status, used = os.wait4(child, 0)
print(used.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))"""


def run(command, peak=False):
    """Wall seconds of one pre-flight, or its peak of memory in MiB, libraries and all."""
    prefix = [sys.executable, "-I", "-S", "-c", STARTER] if peak else []
    began = time.monotonic()
    result = subprocess.run([*prefix, *command], input=world.PASSWORD, encoding="utf-8", check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    seconds = time.monotonic() - began
    # 64 hosts are as many as the vendors support, which is one warning and all there is.
    if result.returncode or f"{HOSTS} hosts" not in result.stdout or "1 warning" not in result.stdout:
        raise RuntimeError(f"the pre-flight ended with {result.returncode}: {result.stdout}{result.stderr}")
    return int(result.stderr.split()[-1]) / 1024 if peak else seconds


def measure(program):
    """The quickest turn in seconds, the most MiB it takes, the most requests to one side."""
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
            memory = max(run(command, peak=True) for _ in range(TURNS))
        finally:
            lab.close()
    return seconds, memory, requests


class Stations:
    """When the host was told to join, and when the coordinator had it enabled."""

    def __init__(self):
        self.told = self.enabled = None

    def patch(self):
        """In force until its exit."""
        real = agent.Agent.answer
        stations = self

        def watched(host, request):
            if b"Async.pool.join" in request.body and stations.told is None:
                stations.told = time.monotonic()
            answer = real(host, request)
            if b"host.enable" in request.body:
                stations.enabled = time.monotonic()
            return answer

        return mock.patch.object(agent.Agent, "answer", watched)


def join_overhead(program):
    """Seconds of a join that are not the servers' own, the quickest turn."""
    return min(_join(program) for _ in range(TURNS))


def _join(program):
    stations = Stations()
    with stations.patch(), tempfile.TemporaryDirectory() as folder, world.World() as lab:
        pool, joiner = lab.host("alpha", members=HOSTS - 1), lab.host("gamma")
        joiner.listeners.append(http_server.Listener(f"unix:{folder}/xapi", None, joiner.answer))
        began = time.monotonic()
        result = subprocess.run(
            [program, "join", "--pool", f"{pool.address}:{lab.port}", "--socket", f"{folder}/xapi",
             "--fingerprint", pool.fingerprint, "--password-file", "-"],
            input=world.PASSWORD, encoding="utf-8", check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        took = time.monotonic() - began
    if result.returncode:
        raise RuntimeError(f"the join ended with {result.returncode}: {result.stderr}")
    return took - (stations.enabled - stations.told)
