#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to lay down the same host package by package, the way package installers do it.

One machine, one disk: first an installation by xenhost, then mmdebstrap and apt put the packages of
initrd/packages/dom0.list there, from a disc that holds exactly their .debs, with the same files left
out and without dpkg's syncs. Boot loader, network, passwords and our own packages come on top in
real life and are not counted. Needs `make iso`, root for the build root's files, and half an hour
of an idle machine without KVM (less with --limit); not part of `make bench`.
"""

import argparse
import pathlib
import shutil
import sys
import time

import pexpect

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

# pylint: disable=wrong-import-position
import bench
import disc
import meter
from lab import BUILD, TOP
from vm import VmError, plain, run

ROOT = "/run/packages"
LOG = "/target/install.log"


def build_root():
    """The clean root of the suite, which has apt, dpkg and perl."""
    return run(TOP / "initrd/buildroot.sh").strip().splitlines()[-1]


def wanted():
    text = (TOP / "initrd/packages/dom0.list").read_text(encoding="utf-8")
    return ",".join(word for line in text.splitlines() for word in line.split("#")[0].split())


def make_disc():
    stage = bench.FOLDER / "packages-disc"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    root = build_root()
    disc.squash(root, stage / "root.squashfs", "-e", f"{root}/build")
    shutil.copytree(BUILD / "cache/mirror/dom0", stage / "mirror")
    shutil.copytree(TOP / "initrd/dom0/early", stage / "early", symlinks=True)
    shutil.copy(shutil.which("mmdebstrap"), stage / "mmdebstrap")
    out = bench.FOLDER / "packages.iso"
    disc.write(stage, out)
    shutil.rmtree(stage)
    return out


def prepare(vm):
    """The build root, writable in memory, with disc and disk of the machine inside."""
    bench.empty_disk(vm)
    disc.mount(vm)
    for line in (
        "modprobe -a loop squashfs overlay ext4",
        f"mkdir -p {ROOT}/lower {ROOT}/memory {ROOT}/root",
        f"mount -o loop,ro {disc.MOUNT}/root.squashfs {ROOT}/lower",
        f"mount -t tmpfs tmpfs {ROOT}/memory && mkdir {ROOT}/memory/upper {ROOT}/memory/work",
        f"mount -t overlay -o lowerdir={ROOT}/lower,upperdir={ROOT}/memory/upper,"
        f"workdir={ROOT}/memory/work overlay {ROOT}/root",
        f"mkdir -p {ROOT}/root/disc {ROOT}/root/target",
        f"mount --bind {disc.MOUNT} {ROOT}/root/disc",
        f"mkfs.ext4 -q -F {bench.DISK} 18G && mount {bench.DISK} {ROOT}/root/target",
        f"for each in proc sys dev; do mount --rbind /$each {ROOT}/root/$each; done",
        f"cp {disc.MOUNT}/mmdebstrap {ROOT}/root/usr/bin/mmdebstrap",
    ):
        vm.run(line, "step")


def command(suite):
    return (
        f"chroot {ROOT}/root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TMPDIR=/target "
        "DEBIAN_FRONTEND=noninteractive mmdebstrap --mode=root --variant=apt --format=directory "
        f"--include={wanted()} --aptopt='APT::Install-Recommends \"false\"' --dpkgopt=force-unsafe-io "
        "--setup-hook='cp -a --no-preserve=ownership /disc/early/. \"$1/\"' "
        f"{suite} /target/host 'deb [trusted=yes] copy:/disc/mirror ./' >{ROOT}/root{LOG} 2>&1"
    )


def timed_for_long(vm, line, seconds):
    """The cost, with a word every minute; and whether it came to its end within `seconds`."""
    vm.counter += 1
    vm.send(f"{line}\necho E''ND{vm.counter}:$?:\n")
    begin = meter.spent(vm)
    until = begin.wall + seconds
    while vm.child.expect([rf"END{vm.counter}:(\d+):", pexpect.TIMEOUT], timeout=60) != 0:
        so_far = meter.spent(vm) - begin
        bench.say(f"packages: {so_far} CPU / wall s so far")
        if time.monotonic() > until:
            return so_far, False
    cost = meter.spent(vm) - begin
    if vm.child.match.group(1) != "0":
        raise VmError(f"mmdebstrap failed:\n{plain(vm.run(f'tail -n 20 {ROOT}/root{LOG}'))}")
    return cost, True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--suite", default="trixie")
    parser.add_argument("--limit", type=int, default=4 * 3600, help="seconds after which the packages are stopped")
    options = parser.parse_args()
    bench.FOLDER.mkdir(parents=True, exist_ok=True)
    iso, packages = bench.medium(), make_disc()
    vm = bench.new_vm("packages")
    try:
        bench.shell(vm, iso, disc.drive(packages))
        bench.empty_disk(vm)
        ours = meter.install(vm, bench.ANSWERS)
        bench.say(f"ours: {ours.whole} CPU / wall s")
        prepare(vm)
        theirs, done = timed_for_long(vm, f"{command(options.suite)} && sync", options.limit)
    finally:
        vm.kill()
    print(f"Measured {time.strftime('%Y-%m-%d', time.gmtime())} on {meter.machine()}, load {meter.load()} at the end.\n")
    print("| | CPU s | wall s |\n|---|---|---|")
    print(f"| xenhost, everything | {ours.whole.cpu:.1f} | {ours.whole.wall:.1f} |")
    end = "" if done else ", stopped before their end"
    least = "" if done else " at least"
    print(f"| mmdebstrap and apt{end} | {theirs.cpu:.1f} | {theirs.wall:.1f} |")
    print(f"| ratio{least} | {theirs.cpu / ours.whole.cpu:.1f} | {theirs.wall / ours.whole.wall:.1f} |")


if __name__ == "__main__":
    main()
