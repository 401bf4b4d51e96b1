# SPDX-License-Identifier: GPL-3.0-or-later
"""What work in a virtual machine costs, read from outside: CPU seconds of its QEMU process.

CPU seconds depend far less on what else the measuring machine does than wall seconds, which are kept
beside them. The clock of the machine itself is not used: under emulation it is not to be trusted.
"""

import dataclasses
import json
import os
import pathlib
import re
import time

from vm import VmError, plain, run

TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(order=True)
class Cost:
    """CPU seconds of QEMU (all its threads, the system's share included) and wall seconds."""

    cpu: float = 0.0
    wall: float = 0.0

    def __sub__(self, other):
        return Cost(self.cpu - other.cpu, self.wall - other.wall)

    def __add__(self, other):
        return Cost(self.cpu + other.cpu, self.wall + other.wall)

    def __str__(self):
        return f"{self.cpu:.1f} / {self.wall:.1f}"


def spent(vm):
    """The cost of a machine since it was switched on, its wall time since some fixed moment."""
    stat = pathlib.Path(f"/proc/{vm.child.pid}/stat").read_text(encoding="utf-8")
    # The second field is a name in parentheses; user and system time are fields 14 and 15.
    fields = stat.rpartition(")")[2].split()
    return Cost((int(fields[11]) + int(fields[12])) / TICKS, time.monotonic())


def power_on(vm, **arguments):
    """Starts a machine; gives what `spent` says at that moment."""
    vm.start(**arguments)
    return Cost(0.0, time.monotonic())


def timed(vm, line, what="install"):
    """The cost of a line in the machine's shell, which must succeed."""
    vm.counter += 1
    vm.send(f"echo B''EGIN{vm.counter}; {line}\necho E''ND{vm.counter}:$?:\n")
    vm.expect(rf"BEGIN{vm.counter}\r*\n", "command")
    begin = spent(vm)
    vm.expect(rf"END{vm.counter}:(\d+):", what)
    cost = spent(vm) - begin
    if vm.child.match.group(1) != "0":
        raise VmError(f"{vm.name}: {line!r} failed:\n{plain(vm.child.before)}")
    return cost


@dataclasses.dataclass
class Installation:
    """Costs of one installation, step by step. `before`: hardware, answers, source, plan."""

    before: Cost
    steps: list  # (id, title, Cost)
    whole: Cost  # from the confirmed plan to the end

    def image(self):
        return next(cost for name, _, cost in self.steps if name.startswith("write-image"))

    def rest(self):
        return self.whole - self.image()


def install(vm, answers):
    """Installs from the machine's shell and listens to the events of the installer."""
    vm.counter += 1
    error_file = "/run/xenhost/bench.txt"
    vm.send(
        f"echo B''EGIN{vm.counter}; xenhost-install run --answers {answers} --events json 2>{error_file}\n"
        f"echo E''ND{vm.counter}:$?:\n"
    )
    vm.expect(rf"BEGIN{vm.counter}\r*\n", "command")
    asked = spent(vm)
    first = last = began = None
    steps = []
    while vm.expect([r"(\{[^\r\n]+\})\r*\n", rf"END{vm.counter}:(\d+):"], "image") == 0:
        now = spent(vm)
        event = json.loads(plain(vm.child.match.group(1)))
        first = first or now
        if event["event"] == "begin":
            began = now
        elif event["event"] == "end":
            steps.append((event["step"], event["title"], now - began))
        elif event["event"] == "done":
            last = now
    if vm.child.match.group(1) != "0" or not last:
        raise VmError(f"{vm.name}: the installation failed:\n{vm.run(f'tail -n 20 {error_file}')}")
    return Installation(first - asked, steps, last - first)


def load():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def machine():
    """What figures are measured on, in one line."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    name = cpu.group(1) if cpu else "unknown processor"
    kind = "KVM" if os.environ.get("XENHOST_VM_KVM") == "1" else "TCG"
    version = re.search(r"version ([\d.]+)", run("qemu-system-x86_64", "--version")).group(1)
    return f"{os.cpu_count()} cores ({name}), QEMU {version} {kind}"
