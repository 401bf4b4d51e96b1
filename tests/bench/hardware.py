# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at hardware: xenhost-hwinfo against other tools on this machine, and on a large one.

All run in turns in one go, warm; of each the cheapest turn counts. A fact is a value that is known:
a scalar of a JSON document that is not null or empty, or of hwinfo a line "name: value".
"""

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import time

import big_machine

TURNS = 9
FUNCTIONS, DISKS = 500, 64
OTHERS = {
    "lshw -json": ["lshw", "-quiet", "-json"],
    "hwinfo": ["hwinfo"],
    "inxi -F": ["inxi", "--tty", "-c", "0", "-F", "--output", "json", "--output-file", "print"],
}


@dataclasses.dataclass
class Run:
    """One start of a program: seconds and output."""

    wall: float
    cpu: float
    output: str


def start(command):
    begin = time.monotonic()
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **pipes) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    if process.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return Run(wall, cpu, output.decode(errors="replace"))


def peak_mib(command, file):
    """Asked of a small program: a child of this one would count this one's memory as its own."""
    start(["time", "-f", "%M", "-o", file, *command])
    return int(file.read_text(encoding="utf-8")) / 1024


def json_facts(value):
    if isinstance(value, dict):
        return sum(map(json_facts, value.values()))
    if isinstance(value, list):
        return sum(map(json_facts, value))
    return value not in (None, "", "N/A")


def facts(output):
    try:
        return json_facts(json.loads(output))
    except json.JSONDecodeError:
        found = output.rpartition("end debug info")[2]
        return len(re.findall(r"^  +[^:\n]+: \S", found, re.MULTILINE))


def in_turns(commands):
    """The first turn warms the caches and is thrown away."""
    runs = {name: [] for name in commands}
    for _ in range(TURNS + 1):
        for name, command in commands.items():
            runs[name].append(start(command))
    return {
        name: Run(
            min(each.wall for each in found[1:]),
            min(each.cpu for each in found[1:]),
            found[-1].output,
        )
        for name, found in runs.items()
    }


def check_size(run):
    """A figure of a machine that was not understood would be worth nothing."""
    host = json.loads(run.output)
    size = len(host["pci"]), len(host["disks"])
    if size != (FUNCTIONS, DISKS) or sum(len(disk["contents"]) for disk in host["disks"]) < DISKS:
        sys.exit(f"bench: {size} functions and disks were found, not {FUNCTIONS} and {DISKS}")


def measure(build, folder):
    """(name, value, unit, target, how) of each figure, and the lines of a table of the tools."""
    program = build / "xenhost-hwinfo"
    tools = {"time", *(command[0] for command in OTHERS.values())}
    if missing := sorted(tool for tool in tools if not shutil.which(tool)):
        sys.exit(f"bench: missing: {', '.join(missing)}; run: initrd/host-packages.sh --bench")
    large = big_machine.make(folder / "big-machine", FUNCTIONS, DISKS)
    ours, big = "xenhost-hwinfo show --json", "large"
    commands = {ours: [program, "show", "--json"], big: [program, "show", "--json", "--root", large]}
    every = commands | OTHERS
    found = in_turns(every)
    check_size(found[big])
    peaks = {name: peak_mib(command, folder / "peak") for name, command in every.items()}
    mine, most = found[ours], found[big]
    name = f"{FUNCTIONS} PCI functions, {DISKS} disks, recorded"
    figures = [
        (name, most.wall * 1000, "ms", 100, f"{most.cpu * 1000:.0f} / {most.wall * 1000:.0f} ms"),
        (f"peak memory, {DISKS} disks", peaks[big], "MiB", None, ""),
    ]
    lines = ["| tool | CPU ms | wall ms | peak MiB | facts |", "|---|---|---|---|---|"]
    for tool, run in found.items():
        if tool == big:
            continue
        row = f"| `{tool}` | {run.cpu * 1000:.0f} | {run.wall * 1000:.0f} | {peaks[tool]:.1f} "
        lines.append(row + f"| {facts(run.output)} |")
        if tool != ours:
            how = f"{mine.cpu * 1000:.0f} ÷ {run.cpu * 1000:.0f} ms of CPU"
            figures.append((f"hardware ÷ {tool}", mine.cpu / run.cpu, "", None, how))
    return figures, lines
