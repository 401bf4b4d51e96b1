#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole installation to look at: installs a machine in QEMU, boots it into Xen, shows what it got.

Usage: demo.py          install, boot, print, switch off (make demo)
       demo.py --boot   start the machine of the last demonstration, its console on this terminal
"""

import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

# pylint: disable=wrong-import-position
import pexpect

from answers import PASSWORD, Answers
from lab import MEDIA, RESULTS, Times, boot_host, make_medium
from limits import limit
from vm import VM, Disk, Nic, VmError

FOLDER = RESULTS / "demo"
SSH_PORT = 2222
ANSWERS = Answers(match="size>=16G transport=virtio", hostname="demo.example.org", keymap="us")


def machine():
    return VM("demo", FOLDER, [Disk("a", size="50G", boot=1)], [Nic(ssh_port=SSH_PORT)])


def headline(text):
    print(f"\n=== {text}", flush=True)


class Screen:
    """Shows the console while it is being watched, without the menus' drawing."""

    def __init__(self):
        self.on = False

    def write(self, text):
        if self.on:
            sys.stdout.write(text.replace("\r", ""))

    def flush(self):
        sys.stdout.flush()


def watch(vm, patterns, what):
    """Shows the console until one of the patterns comes."""
    screen = Screen()
    screen.on = True
    vm.child.logfile_read = Both(vm.child.logfile_read, screen)
    seen = vm.expect(patterns, what)
    vm.child.logfile_read = vm.child.logfile_read.first
    print(flush=True)
    return seen


class Both:
    def __init__(self, first, second):
        self.first = first
        self.second = second

    def write(self, text):
        self.first.write(text)
        self.second.write(text)

    def flush(self):
        self.first.flush()
        self.second.flush()


def install(vm, times):
    headline("Installing: the medium boots, reads answers.xml, and does the rest by itself")
    print(ANSWERS.text(), flush=True)
    iso = make_medium(FOLDER / "demo.iso", ANSWERS)
    vm.start(iso=iso)
    vm.expect(r"init at [\d.]+ s", "installer")
    times.stop("medium and kernel")
    seen = watch(vm, [r"installation finished", r"INSTALLATION FAILED \(exit code \d+\)"], "install")
    times.stop("hardware and installation")
    if seen:
        raise VmError("the installation failed, see above")
    vm.expect(pexpect.EOF, "poweroff")
    vm.kill()
    times.stop("reboot")


def show(vm, times):
    headline("Booting the installed disk: GRUB, Xen, dom0")
    boot_host(vm, times)
    headline("xl info")
    print(vm.run("xl info | grep -E '^(host|release|xen_version|virt_caps|total_memory|nr_cpus|free_memory)'; xl list"))
    headline("xenhost-hwinfo")
    print(vm.run("xenhost-hwinfo show", "service"))
    headline("xenhost-firstboot status")
    print(vm.run("xenhost-firstboot status; vgs; ip -br addr show xenbr0"))
    headline("Seconds per phase")
    for name, seconds in times.list:
        print(f"{seconds:7.1f}  {name}")
    vm.send("poweroff\n")
    vm.expect(pexpect.EOF, "service")


def main():
    if sys.argv[1:] == ["--boot"]:
        command = machine().command(extra=["-no-reboot"])
        os.execvp(command[0], [str(word) for word in command])
    if sys.argv[1:]:
        sys.exit(__doc__)
    if not (MEDIA / "xenhost.iso").exists():
        sys.exit("demo: build/media/xenhost.iso is missing: make iso")
    for old in FOLDER.glob("*.qcow2"):
        old.unlink()
    vm = machine()
    times = Times()
    try:
        install(vm, times)
        show(vm, times)
    except VmError as error:
        sys.exit(f"demo: {error}")
    finally:
        vm.kill()
    headline("Log in")
    print(f"tests/vm/demo.py --boot    starts this machine again (within {limit('login'):.0f} s), then:")
    print(f"ssh -p {SSH_PORT} root@127.0.0.1    password {PASSWORD}")


main()
