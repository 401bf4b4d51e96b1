#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of docs/PERFORMANCE.md, most of them of virtual machines booted from the medium.

Ratios come from one run on one machine; absolute figures stand beside them. Needs `make iso`, judge,
preflight, screens and fleet need `make` alone.
Writes build/tests/bench/figures.json and figures.md, prints the latter, and exits with 1 when a
figure misses its target. Parts: hardware, boot, install, memory, host, judge, preflight, screens,
fleet; without any, all. "hardware" looks at this machine and needs `make` alone too.
"""

import argparse
import dataclasses
import json
import pathlib
import shutil
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "vm"))

# pylint: disable=wrong-import-position
import disc
import fleet_load
import hardware
import judge
import meter
import preflight
import screens
from answers import Answers
from lab import BUILD, MEDIA, boot_host, enter_shell, make_medium
from lab import install as install_host
from vm import VM, Disk, Nic

FOLDER = BUILD / "tests/bench"
DISK = "/dev/vda"
PARTS = ("hardware", "boot", "install", "memory", "host", "judge", "preflight", "screens", "fleet")
ANSWERS = "/run/xenhost/medium/answers.xml"
CHUNKS = "/run/xenhost/medium/xenhost/root.img.chunks"
TARGET = "/run/bench-target"


@dataclasses.dataclass
class Figure:
    """One line of the result; `most` is the target."""

    name: str
    value: float
    unit: str
    most: float = None
    how: str = ""

    def met(self):
        return self.most is None or self.value <= self.most

    def row(self):
        target = "" if self.most is None else f"≤ {self.most:g}"
        verdict = "" if self.most is None else ("met" if self.met() else "MISSED")
        digits = 2 if self.unit == "" else 1
        return f"| {self.name} | {self.value:.{digits}f} {self.unit} | {target} | {verdict} | {self.how} |"


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] bench: {text}", file=sys.stderr, flush=True)


def new_vm(name, memory=2560):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    return VM(name, folder, [Disk("a", size="50G")], [Nic()], memory=memory)


def medium():
    """The medium, set to its rescue shell, with the answers of a host in XenServer's layout."""
    answers = Answers(disk="vda", layout="xenserver", guest_storage=False)
    return make_medium(FOLDER / "medium.iso", answers, entry="shell")


def shell(vm, iso, extra=()):
    vm.start(iso=iso, extra=extra)
    vm.expect("rescue shell", "installer")
    enter_shell(vm)


def empty_disk(vm):
    """As new: what was written before would make one kind of write cheaper than another."""
    vm.run(f"blockdev --setrw {DISK}; blkdiscard -f {DISK} && udevadm settle", "step")
    cold(vm)


def cold(vm):
    vm.run("sync; echo 3 >/proc/sys/vm/drop_caches", "step")


def floor(vm, more=""):
    """Decompresses the bytes of the image and writes them, and nothing else."""
    empty_disk(vm)
    return meter.timed(
        vm,
        f"{disc.MOUNT}/run suite zstd -dcq {CHUNKS} | "
        f"{disc.MOUNT}/run suite dd of={DISK} bs=4M conv=fsync {more} status=none",
    )


def unsquashfs(vm):
    """The same tree unpacked file by file onto a file system that is there already."""
    empty_disk(vm)
    vm.run(f"modprobe ext4; mkfs.ext4 -q -F {DISK} 18G && mkdir -p {TARGET} && mount {DISK} {TARGET}", "step")
    cold(vm)
    cost = meter.timed(
        vm,
        f"{disc.MOUNT}/run here unsquashfs -f -no-progress -quiet -d {TARGET} {disc.MOUNT}/tree.squashfs"
        f" && sync && umount {TARGET}",
    )
    return cost


def measure_install(iso, rounds):
    """Everything in one machine, in turns; of each the cheapest turn counts."""
    say("packing the host's tree for unsquashfs")
    tools = disc.make(FOLDER)
    vm = new_vm("install")
    found = {"installation": [], "floor": [], "direct": [], "unsquashfs": []}
    try:
        shell(vm, iso, disc.drive(tools))
        disc.mount(vm)
        for turn in range(1, rounds + 1):
            empty_disk(vm)
            found["installation"].append(meter.install(vm, ANSWERS))
            say(f"turn {turn}: installation {found['installation'][-1].whole} (CPU / wall s)")
            found["floor"].append(floor(vm))
            found["direct"].append(floor(vm, "iflag=fullblock oflag=direct"))
            say(
                f"turn {turn}: image {found['installation'][-1].image()}, floor {found['floor'][-1]}, "
                f"past the page cache {found['direct'][-1]}"
            )
            found["unsquashfs"].append(unsquashfs(vm))
            say(f"turn {turn}: unsquashfs {found['unsquashfs'][-1]}")
    finally:
        vm.kill()
    return found


def install_figures(found):
    best = min(found["installation"], key=lambda each: each.whole.cpu)
    image = min(each.image() for each in found["installation"])
    rest = min(each.rest() for each in found["installation"])
    lower, direct, files = (min(found[name]) for name in ("floor", "direct", "unsquashfs"))
    figures = [
        Figure("image ÷ floor", image.cpu / lower.cpu, "", 1.10, f"{image} ÷ {lower}"),
        Figure("image ÷ floor past the page cache", image.cpu / direct.cpu, "", None, f"{image} ÷ {direct}"),
        Figure("everything else, plan to restart", rest.cpu, "CPU s", 30, f"{rest}"),
        Figure("whole ÷ unsquashfs", best.whole.cpu / files.cpu, "", 1.0, f"{best.whole} ÷ {files}"),
        Figure("hardware, answers, source, plan", best.before.cpu, "CPU s", None, f"{best.before}"),
    ]
    return figures, best


def step_table(installation):
    lines = ["| step | CPU s | wall s |", "|---|---|---|"]
    for name, _, cost in installation.steps:
        lines.append(f"| {name} | {cost.cpu:.1f} | {cost.wall:.1f} |")
    return lines


def measure_boot():
    """Kernel and initrd started directly, so that the firmware's share is a second at most."""
    vm = new_vm("boot")
    line = "quiet shell console=tty0 console=ttyS0,115200"
    try:
        extra = ["-kernel", str(MEDIA / "vmlinuz"), "-initrd", str(MEDIA / "initrd.img"), "-append", line]
        on = meter.power_on(vm, extra=extra)
        vm.expect(r"installer \S+, Linux \S+, init at", "installer")
        first = meter.spent(vm) - on
        vm.expect("rescue shell", "installer")
        ready = meter.spent(vm) - on
        enter_shell(vm)
    finally:
        vm.kill()
    return [
        Figure("kernel start to the installer's first line", first.cpu, "CPU s", None, f"{first}"),
        Figure("first line to hardware found", (ready - first).cpu, "CPU s", None, f"{ready - first}"),
    ]


def measure_memory(iso):
    """A machine with 1 GiB; a shell beside the installer keeps its largest VmHWM."""
    vm = new_vm("memory", memory=1024)
    # A mark that only rises, so the last look before the end is the highest but for its last second.
    watch = (
        f"xenhost-install run --answers {ANSWERS} --events json >/run/xenhost/events 2>&1 & pid=$!; "
        "while kill -0 $pid 2>/dev/null; do while read -r key value _; do "
        "[ $key != VmHWM: ] || peak=$value; done 2>/dev/null </proc/$pid/status; sleep 1; done; wait $pid"
    )
    try:
        shell(vm, iso)
        vm.run(watch, "install")
        kib = int(vm.run("echo $peak"))
        vm.run('grep -q \'"done"\' /run/xenhost/events')
    finally:
        vm.kill()
    return [
        Figure("memory of a machine that installs", 1024, "MiB", 1024),
        Figure("peak memory of xenhost-install", kib / 1024, "MiB", 32),
    ]


def measure_host():
    """What was installed, from power-on through Xen to its login prompt."""
    vm = new_vm("host")
    answers = Answers(disk="vda", layout="xenserver", guest_storage=False)
    try:
        install_host(vm, make_medium(FOLDER / "host.iso", answers))
        on = meter.power_on(vm, reboot=True)
        boot_host(vm, login=False)
        cost = meter.spent(vm) - on
    finally:
        vm.kill()
    return [Figure("installed host: power-on to login, under Xen", cost.cpu, "CPU s", None, f"{cost}")]


def initrd_figures():
    total = (MEDIA / "initrd.img").stat().st_size / 1e6
    parts = []
    for part in ("modules.cpio", "tools.cpio.zst", "programs.cpio.zst", "keys.cpio"):
        file = BUILD / "initrd" / part
        if file.exists():
            parts.append(f"{part.split('.')[0]} {file.stat().st_size / 1e6:.1f}")
    return [Figure("initrd", total, "MB", 60, ", ".join(parts))]


def preflight_figures():
    seconds, mib, requests = preflight.measure(BUILD / "xenhost-firstboot")
    how = f"test pool of {preflight.HOSTS} hosts on loopback, TLS included, quickest of {preflight.TURNS}"
    return [
        Figure("pre-flight of a join", seconds, "s", 1, how),
        Figure("join, beyond what the servers take", preflight.join_overhead(BUILD / "xenhost-firstboot"), "s", 1, how),
        Figure("requests to one side", requests, "", 12, "log-in and log-out included"),
        Figure("peak memory", mib, "MiB", preflight.MOST_MEMORY_MIB, "VmHWM, libraries included"),
    ]


def screens_figures():
    seen = screens.measure(BUILD / "xenhost-install")
    size = f"{screens.DISKS} disks, {screens.NICS} NICs"
    line = screens.BAUD / 10
    move = f"at most {seen.most_bytes}; {seen.move_bytes / line:.2f} s at {screens.BAUD} baud"
    whole = f"{seen.screen_bytes / line:.1f} s at {screens.BAUD} baud"
    shared = f"where consoles share the screens; {seen.leader_bytes / line:.2f} s at {screens.BAUD} baud"
    shared_whole = f"where consoles share the screens; {seen.shared_bytes / line:.1f} s at {screens.BAUD} baud"
    return [
        Figure("start to the first screen", seen.first_ms, "ms", 150, f"{size}, {screens.TURNS} turns"),
        Figure("bytes of an arrow key among the disks, serial", seen.move_bytes, "bytes", 400, move),
        Figure("bytes of a whole screen, serial", seen.screen_bytes, "bytes", 2000, whole),
        Figure("bytes of an arrow key on the line that leads", seen.leader_bytes, "bytes", 400, shared),
        Figure("bytes of an arrow key on a line that watches", seen.watcher_bytes, "bytes", 600, "with its bottom line"),
        Figure("bytes of a whole screen on the line that leads", seen.shared_bytes, "bytes", 2500, shared_whole),
        Figure("peak memory of the screens (VmHWM)", seen.memory_mib, "MiB", 32, size),
    ]


def judge_figures():
    seconds, mib, mean = judge.measure(BUILD / "xenhost-answers")
    rate = judge.MACHINES / seconds
    how = f"{rate:.0f} pairs a CPU second, {judge.MACHINES} machines of {mean / 1000:.1f} kB"
    return [
        Figure("answer file × recorded machine, judged", 1000 / rate, "CPU ms", 1, how),
        Figure("peak memory of judging them", mib, "MiB", 64),
    ]


def render(figures, tables, machine):
    lines = [f"Measured {time.strftime('%Y-%m-%d', time.gmtime())} on {machine}.", ""]
    lines += ["| figure | value | target | | CPU / wall s |", "|---|---|---|---|---|"]
    lines += [figure.row() for figure in figures]
    for title, table in tables:
        lines += ["", title, "", *table]
    return "\n".join(lines) + "\n"


def fleet_figures():
    """Fails by itself when an event is lost or doubled."""
    found = fleet_load.measure(machines=1000, events=20, seconds=60)
    how = f"{found.machines} machines, {found.told} events, {found.twice} of them twice; none lost, none doubled"
    return [
        Figure("answer from nginx, 99th percentile", found.answer_ms, "ms", 1000, how),
        Figure("event to xenhost-fleet, 99th percentile", found.event_ms, "ms", 1000, how),
        Figure("peak memory of xenhost-fleet", found.peak_mib, "MiB"),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=2, help="turns of installation, floor, unsquashfs")
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)}; all when none is named")
    options = parser.parse_args()
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    in_machines = set(parts) - {"hardware", "judge", "preflight", "screens", "fleet"}
    if in_machines and not (MEDIA / "xenhost.iso").exists():
        sys.exit("bench: there is no medium; run: make iso")
    FOLDER.mkdir(parents=True, exist_ok=True)
    machine = f"{meter.machine()}, load {meter.load()} at the start"
    say(machine)
    figures, tables = [], []
    if "hardware" in parts:
        rows, table = hardware.measure(BUILD, FOLDER)
        figures += [Figure(*row) for row in rows]
        tables.append(("Looking at this machine:", table))
    if in_machines:
        figures += initrd_figures()
        iso = medium()
    if "boot" in parts:
        figures += measure_boot()
    if "install" in parts:
        found = measure_install(iso, options.rounds)
        more, best = install_figures(found)
        figures += more
        tables.append(("The steps of the cheapest turn:", step_table(best)))
    if "memory" in parts:
        figures += measure_memory(iso)
    if "host" in parts:
        figures += measure_host()
    if "judge" in parts:
        figures += judge_figures()
    if "screens" in parts:
        figures += screens_figures()
    if "preflight" in parts:
        figures += preflight_figures()
    if "fleet" in parts:
        figures += fleet_figures()
    machine += f", {meter.load()} at the end"
    text = render(figures, tables, machine)
    (FOLDER / "figures.md").write_text(text, encoding="utf-8")
    data = {"machine": machine, "figures": [dataclasses.asdict(figure) for figure in figures]}
    (FOLDER / "figures.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(text)
    return 0 if all(figure.met() for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
