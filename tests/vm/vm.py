# SPDX-License-Identifier: GPL-3.0-or-later
"""One virtual machine: QEMU, its serial console and its monitor.

Everything is waited for by pattern, never by sleeping. What the serial console says is kept in
FOLDER/serial.log over all starts of the machine.
"""

import base64
import dataclasses
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

import pexpect

from limits import limit

OVMF = pathlib.Path("/usr/share/OVMF")
# Other models of TCG crash Xen, and without npt no guest but PV starts.
TCG_CPU = "qemu64,+svm,+npt"
# Paths of sockets are short by law, and a machine's own folder may be deep.
SOCKETS = tempfile.TemporaryDirectory(prefix="xenhost-vm-", dir="/tmp")
# Xen keeps 128 characters for a dom0 that is busy, and drops the rest.
PIECE = 60


class VmError(AssertionError):
    """What was waited for did not come; the text holds the last lines of the console."""


@dataclasses.dataclass
class Disk:
    """A disk of the machine. `kind` is a key of DISK_DEVICES."""

    name: str
    kind: str = "virtio"
    size: str = "50G"
    serial: str = ""
    block: int = 512
    boot: int = 0  # boot order, 0: the firmware does not try it

    def __post_init__(self):
        self.serial = self.serial or f"XH{self.name.upper()}"


@dataclasses.dataclass
class Nic:
    """A NIC on a user network of its own, in which the test's machine is 10.0.NET.2."""

    model: str = "virtio-net-pci"
    mac: str = "52:54:00:00:01:01"
    net: int = 2
    slot: str = ""  # PCI address below the root bus, such as "0x10"
    ssh_port: int = 0  # of the test's machine, forwarded to port 22
    address: str = ""  # that the forward goes to; else what DHCP gives first
    link: bool = True
    netdev: str = ""  # of QEMU, in place of the user network
    boot: int = 0  # boot order, 0: the firmware does not try it
    rom: bool = False  # has iPXE as its option ROM, as many cards do


DISK_DEVICES = {
    "virtio": "virtio-blk-pci,drive={name},serial={serial}{block}{boot}",
    "nvme": "nvme,drive={name},serial={serial}{block}{boot}",
    "ahci": "ide-hd,drive={name},serial={serial},bus=ide.{index}{boot}",
    "megasas": "scsi-hd,drive={name},serial={serial},bus=hba.0{block}{boot}",
    "mptsas": "scsi-hd,drive={name},serial={serial},wwn={wwn},bus=hba.0{block}{boot}",
    "scsi": "scsi-hd,drive={name},serial={serial},wwn={wwn},bus=hba.0{block}{boot}",
}
CONTROLLERS = {"megasas": "megasas", "mptsas": "mptsas1068", "scsi": "virtio-scsi-pci"}


class VM:
    """A machine that can be started, talked to, killed and started again with its disks."""

    def __init__(self, name, folder, disks, nics=(), firmware="bios", memory=2560, com=1, secure_boot=False, machine="q35", smp="1"):
        self.name = name
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.disks = list(disks)
        self.nics = list(nics)
        self.firmware = firmware
        self.memory = memory
        self.com = com
        self.secure_boot = secure_boot
        self.machine = machine
        self.smp = smp
        self.child = None
        self.paced = False  # the console loses what is typed too fast, as Xen's does
        self.counter = 0
        self.prefix = []  # words before QEMU: where it runs
        self._log = None
        for disk in self.disks:
            image = self.image(disk)
            if not image.exists():
                run("qemu-img", "create", "-q", "-f", "qcow2", image, disk.size)
        if firmware == "uefi" and not self._variables().exists():
            name = "OVMF_VARS_4M.ms.fd" if secure_boot else "OVMF_VARS_4M.fd"
            shutil.copy(OVMF / name, self._variables())

    def image(self, disk):
        return self.folder / f"{disk.name}.qcow2"

    def _variables(self):
        return self.folder / "efi-variables.fd"

    def overlay_of(self, other):
        """Disks and EFI variables as another machine left them, which stays as it is."""
        for disk in self.disks:
            self.image(disk).unlink()
            backing = other.image(disk).resolve()
            run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", backing, self.image(disk))
        if self.firmware == "uefi":
            shutil.copy(other._variables(), self._variables())
        return self

    # --- the command line ------------------------------------------------------------------------

    def _accelerator(self):
        # Never by itself: KVM that has to emulate instructions stops in the middle of a boot.
        if os.environ.get("XENHOST_VM_KVM") == "1":
            return ["-accel", "kvm", "-cpu", "host"]
        return ["-accel", "tcg", "-cpu", TCG_CPU]

    def _firmware_arguments(self):
        if self.firmware == "bios":
            return []
        code = OVMF / ("OVMF_CODE_4M.ms.fd" if self.secure_boot else "OVMF_CODE_4M.fd")
        secure = ["-global", "driver=cfi.pflash01,property=secure,value=on"] if self.secure_boot else []
        return [
            "-drive", f"if=pflash,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,format=raw,file={self._variables()}",
        ] + secure  # fmt: skip

    def _disk_arguments(self):
        arguments = []
        for kind in sorted({disk.kind for disk in self.disks} & set(CONTROLLERS)):
            arguments += ["-device", f"{CONTROLLERS[kind]},id=hba"]
        for index, disk in enumerate(self.disks):
            device = DISK_DEVICES[disk.kind].format(
                name=disk.name,
                serial=disk.serial,
                index=index,
                wwn=f"0x5000c50000{0xA0 + index:06x}",
                block=f",logical_block_size={disk.block},physical_block_size={disk.block}"
                if disk.block != 512
                else "",
                boot=f",bootindex={disk.boot}" if disk.boot else "",
            )
            arguments += ["-drive", f"if=none,id={disk.name},format=qcow2,cache=unsafe,discard=unmap,file={self.image(disk)}"]
            arguments += ["-device", device]
        return arguments

    def _nic_arguments(self):
        arguments = [] if self.nics else ["-nic", "none"]
        for index, nic in enumerate(self.nics):
            network = f"{nic.netdev},id=n{index}" if nic.netdev else f"user,id=n{index},net=10.0.{nic.net}.0/24"
            if nic.ssh_port and not nic.netdev:
                network += f",hostfwd=tcp:127.0.0.1:{nic.ssh_port}-{nic.address}:22"
            # Without its option ROM no NIC is tried at boot, which would take a minute.
            device = f"{nic.model},id=nic{index},netdev=n{index},mac={nic.mac}"
            device += "" if nic.rom else ",romfile="
            device += f",bootindex={nic.boot}" if nic.boot else ""
            if nic.slot:
                device += f",addr={nic.slot}"
            arguments += ["-netdev", network, "-device", device]
        return arguments

    def command(self, iso=None, extra=(), firmware_text=False, iso_first=False):
        serial = ["-serial", "null"] * (self.com - 1) + ["-serial", "stdio"]
        # With graphics off SeaBIOS speaks on the serial port, but Linux then starts no console there.
        machine = self.machine + (",graphics=off" if firmware_text else "")
        if self.secure_boot:
            machine += ",smm=on"
        command = ["qemu-system-x86_64", "-name", self.name, "-machine", machine]
        command += self._accelerator() + ["-m", str(self.memory), "-smp", self.smp]
        command += ["-display", "none", "-nodefaults", "-device", "VGA", "-rtc", "base=utc"]
        command += serial + ["-monitor", f"unix:{self._monitor()},server=on,wait=off"]
        command += self._firmware_arguments() + self._disk_arguments() + self._nic_arguments()
        if iso:
            command += ["-drive", f"if=none,id=cd,format=raw,readonly=on,media=cdrom,file={iso}"]
            command += ["-device", f"ide-cd,drive=cd,bus=ide.5,bootindex={0 if iso_first else 9}"]
        return command + list(extra)

    def _monitor(self):
        return f"{SOCKETS.name}/{self.name}"

    # --- power -----------------------------------------------------------------------------------

    def start(self, iso=None, reboot=False, extra=(), firmware_text=False, iso_first=False):
        """Powers on. Without `reboot` the machine is off as soon as it wants to start again. Disks are
        tried before the disc unless `iso_first`."""
        self.kill()
        extra = list(extra) + ([] if reboot else ["-no-reboot"])
        for index, nic in enumerate(self.nics):
            if not nic.link:
                extra += ["-S"]
                break
        command = [*self.prefix, *self.command(iso, extra, firmware_text, iso_first)]
        self._log = open(self.folder / "serial.log", "a", encoding="utf-8", buffering=1)
        self._log.write(f"\n===== {' '.join(str(word) for word in command)}\n")
        self.child = pexpect.spawn(
            command[0], [str(word) for word in command[1:]], encoding="utf-8", codec_errors="replace",
            timeout=None, echo=False, dimensions=(24, 200), maxread=65536,
        )  # fmt: skip
        self.child.delaybeforesend = None
        self.child.logfile_read = self._log
        if "-S" in extra:
            for index, nic in enumerate(self.nics):
                self.monitor(f"set_link nic{index} {'on' if nic.link else 'off'}")
            self.monitor("cont")
        return self

    def kill(self):
        """Like pulling the plug."""
        if self.child and self.child.isalive():
            self.child.kill(9)
            self.child.wait()
        self.child = None
        if self._log:
            self._log.close()
            self._log = None

    def wait_off(self, what="poweroff"):
        """Until the machine has switched itself off."""
        self.expect(pexpect.EOF, what)
        self.child.wait()
        self.kill()

    def monitor(self, command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            for _ in range(200):
                try:
                    connection.connect(self._monitor())
                    break
                except (FileNotFoundError, ConnectionRefusedError):
                    pexpect.spawn("true").wait()
            stream = connection.makefile("rw")
            text = read_until(stream, "(qemu) ")
            stream.write(command + "\n")
            stream.flush()
            text = read_until(stream, "(qemu) ")
            return text

    # --- the console -----------------------------------------------------------------------------

    def expect(self, patterns, what):
        """Waits for a pattern, or the first of several and gives its number. `what` is the limit."""
        several = isinstance(patterns, list)
        try:
            index = self.child.expect(patterns if several else [patterns], timeout=limit(what))
        except pexpect.TIMEOUT:
            raise VmError(self._story(f"{self.name}: no {patterns!r} within {limit(what):.0f} s")) from None
        except pexpect.EOF:
            raise VmError(self._story(f"{self.name}: switched off before {patterns!r}")) from None
        return index if several else self.child.match

    def _story(self, sentence):
        tail = (self.folder / "serial.log").read_text(encoding="utf-8", errors="replace")[-3000:]
        return f"{sentence}; the end of {self.folder}/serial.log:\n{plain(tail)}"

    def send(self, text):
        self.child.send(text)

    def run(self, line, what="command", status=0):
        """Runs a line in the shell on the console and gives its output; fails unless it exits so."""
        if self.paced and len(line) > PIECE:
            line = self._type_slowly(line)
        self.counter += 1
        # Words in two halves, so that their echo is not taken for them. All on one line, since what is
        # typed ahead belongs to the program that runs: the installer throws it away at its last call.
        self.send(f"echo B''EGIN{self.counter}; {line.strip()}; echo E''ND{self.counter}:$?:\n")
        self.expect(rf"BEGIN{self.counter}\r*\n", what)
        self.expect(rf"END{self.counter}:(\d+):", what)
        # The hypervisor may say something in the middle of it: it shares the console.
        output = re.sub(r"\(XEN\) .*\n", "", plain(self.child.before))
        code = int(self.child.match.group(1))
        if status is not None and code != status:
            raise VmError(f"{self.name}: {line!r} ended with {code}, not {status}:\n{output}")
        return output.strip()

    def _type_slowly(self, line):
        """Brings a long line into a variable of the shell piece by piece; gives what runs it."""
        self.send("LINE=\n")
        text = base64.b64encode(line.encode()).decode()
        for start in range(0, len(text), PIECE):
            self.counter += 1
            self.send(f"LINE=${{LINE}}{text[start:start + PIECE]}; echo P''IECE{self.counter}\n")
            self.expect(rf"PIECE{self.counter}\r*\n", "command")
        return 'eval "$(echo $LINE | base64 -d)"'

    def quiet_shell(self):
        """Takes echo, prompt and kernel messages out of the way once there is a prompt."""
        self.send("stty -echo; PS1=; PS2=; echo R''EADY\n")
        self.expect(r"READY\r*\n", "command")
        self.run("export PAGER=cat SYSTEMD_PAGER=cat; dmesg -n 1")
        self.run("bind 'set enable-bracketed-paste off' 2>/dev/null", status=None)


def plain(text):
    """Without escape sequences and carriage returns."""
    text = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][A-Za-z0-9]|[=>78cDEHM])", "", text)
    return text.replace("\r", "")


def read_until(stream, end):
    text = ""
    while not text.endswith(end):
        character = stream.read(1)
        if not character:
            break
        text += character
    return text


def run(*command):
    """Runs a program of the test's machine; its output is in the error when it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
