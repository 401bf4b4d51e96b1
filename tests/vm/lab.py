# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests do with machines: install one, boot it into Xen, look inside, use the rescue shell."""

import os
import pathlib
import re
import subprocess
import time

from answers import PASSWORD
from vm import VmError, plain, run

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("XENHOST_BUILD", TOP / "build")).resolve()
MEDIA = BUILD / "media"
RESULTS = BUILD / "tests/vm"

FINISHED, FAILED = r"installation finished", r"INSTALLATION FAILED \(exit code (\d+)\)"
NOTHING_BOOTABLE = r"No bootable device|BdsDxe: No bootable option|Shell>|BdsDxe: failed to load|not a bootable disk"


def make_medium(out, answers=None, append="console=tty0 console=ttyS0,115200", entry=None):
    """The ISO with an answer file in it, which then installs by itself. It says so in lines, which tests read,
    unless `append` wants the screens."""
    out = pathlib.Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    file = out.with_suffix(".xml")
    if answers:
        file.write_text(answers.text(), encoding="utf-8")
        append += "" if "xenhost.last-call=" in append else " xenhost.last-call=1"
    if "xenhost.ui=" not in append:
        append += " xenhost.ui=text"
    command = [TOP / "initrd/iso/repack.sh", MEDIA / "xenhost.iso", file if answers else "-", out]
    command += ["--append", append, "--timeout", "1"]
    if entry:
        command += ["--default", entry]
    run(*command)
    return out


class Times:
    """Seconds between the stations of a machine, for the demonstration and the figures."""

    def __init__(self):
        self.last = time.monotonic()
        self.list = []

    def stop(self, name):
        now = time.monotonic()
        self.list.append((name, now - self.last))
        self.last = now


def install(vm, iso, times=None, code=0, iso_first=False):
    """Runs an unattended installation from the medium to its end, which is power-off."""
    times = times or Times()
    vm.start(iso=iso, iso_first=iso_first)
    vm.expect(r"Linux \S+, init at [\d.]+ s", "installer")
    times.stop("medium and kernel")
    vm.expect("unattended installation", "installer")
    times.stop("hardware found")
    seen = vm.expect([FINISHED, FAILED], "install")
    times.stop("installation")
    if seen == 0 and code == 0:
        vm.wait_off()
        return ""
    story = plain(vm.child.before)
    got = int(vm.child.match.group(1)) if seen else 0
    if got != code:
        raise VmError(f"{vm.name}: the installation ended with {got}, not {code}:\n{story[-6000:]}")
    return story


def expect_finished(vm):
    """An installation that runs ends well; the machine is about to restart."""
    if vm.expect([FINISHED, FAILED], "install"):
        raise VmError(f"{vm.name}: the installation failed:\n{plain(vm.child.before)[-4000:]}")


def rescue(vm, iso):
    """Boots the medium's rescue shell (the medium was made with entry="shell")."""
    vm.start(iso=iso)
    vm.expect("rescue shell; the installer is started by", "installer")
    return enter_shell(vm)


# Logs in to the running installer, whose own key is another one at each boot.
SSH = [
    "ssh", "-F", "none", "-o", "LogLevel=ERROR", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
    "-o", "ConnectTimeout=120",
]  # fmt: skip


def with_password(port):
    return [*SSH, "-p", str(port), "-o", "PreferredAuthentications=password", "-tt", "root@127.0.0.1"]


class Key:
    """Somebody with a key of ssh, who logs in through a forwarded port."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / "ssh"
        self.file.unlink(missing_ok=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "fleet", "-f", self.file)
        self.public = self.file.with_suffix(".pub").read_text(encoding="ascii").strip()

    def login(self, port, *command):
        return [*SSH, "-p", str(port), "-i", str(self.file), "-o", "BatchMode=yes", *command]

    def run(self, port, line):
        done = subprocess.run(self.login(port, "root@127.0.0.1", line), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line!r}: {done.stdout}{done.stderr}"
        return done.stdout


def enter_shell(vm):
    """A prompt on the installer's console."""
    vm.paced = False
    vm.send("\r")
    vm.expect(r"installer:\S*# ", "shell")
    vm.quiet_shell()
    return vm


def boot_host(vm, times=None, login=True):
    """Boots the installed disk through GRUB and Xen to a root shell on the serial console."""
    times = times or Times()
    if not vm.child:
        vm.start(reboot=True)
    vm.paced = True
    vm.expect(r"GNU GRUB|Xen hypervisor|Xen \d+\.\d+|Loading Xen", "firmware")
    times.stop("firmware and GRUB")
    vm.expect(r"Xen version \d+\.\d+|\(XEN\) Xen version", "xen")
    times.stop("Xen")
    vm.expect(r"Linux version \d+", "linux")
    times.stop("dom0 kernel")
    vm.expect(r" login: ", "login")
    times.stop("dom0 to login")
    if login:
        log_in(vm)
        # systemd's lines on the console would stand in what commands print.
        vm.run("kill -RTMIN+21 1", "service")
        wait_for_units(vm)
        times.stop("all services")
    return vm


def log_in(vm, password=PASSWORD):
    """At the login prompt: root and its password, then a quiet shell. On a busy machine login gives up
    while it waits for the session, and asks again."""
    steps = [r"Password: ", r"root@\S+:~# ", r"Login incorrect", r"(?<!Last) login: "]
    vm.send("root\r")
    while True:
        seen = vm.expect(steps, "login")
        if seen == 0:
            vm.send(password + "\r")
        elif seen == 1:
            break
        elif seen == 2:
            raise VmError(f"{vm.name}: root cannot log in with the password of the answer file")
        else:
            vm.send("root\r")
    vm.quiet_shell()


def wait_for_units(vm):
    """Until systemd has nothing left to start; gives its state."""
    return vm.run("systemctl is-system-running --wait", "login", status=None)


def upload(vm, server, path, name=None):
    """Sends a file of the installer to the test; gives its bytes."""
    name = name or pathlib.PurePosixPath(path).name
    # busybox posts text only.
    vm.run(f"xxd -p {path} >/run/upload && wget -q -O /dev/null --post-file=/run/upload {server.url}/{name}", "step")
    return bytes.fromhex((server.uploads / name).read_text(encoding="ascii"))


def nothing_bootable(vm, iso=None):
    """The firmware finds no system on the machine's disks."""
    vm.start(iso=iso, firmware_text=True)
    vm.expect(NOTHING_BOOTABLE, "nothing-bootable")
    vm.kill()


def found(pattern, text):
    """The first group of a pattern that must be there."""
    match = re.search(pattern, text, re.MULTILINE)
    assert match, f"no {pattern!r} in:\n{text}"
    return match.group(1)

