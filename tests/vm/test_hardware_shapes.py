# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines of many shapes, each started straight into the hardware report: what it says of counts, sizes,
serial numbers, addresses and topology is what QEMU was told."""

import json
import re
import subprocess

import pytest

from lab import MEDIA
from report import QUICK, parts_of
from vm import SOCKETS, VM, Nic, run

MIB = 1 << 20


class Shape:
    """A machine of devices that are given as QEMU's arguments."""

    def __init__(self, folder, server, name, arguments, nics, **machine):
        self.folder = folder / name
        self.vm = VM(name, self.folder, [], [], **machine)
        self.nics = nics
        self.arguments = list(arguments)
        self.server = server
        self.said = None
        self.line = f"xenhost.hardware-report xenhost.report={server.url}/{name} {QUICK}"

    def drive(self, name, megabytes):
        image = self.folder / f"{name}.qcow2"
        run("qemu-img", "create", "-q", "-f", "qcow2", image, f"{megabytes}M")
        return ["-drive", f"if=none,id={name},format=qcow2,cache=unsafe,file.locking=off,file={image}"]

    def report(self, and_then=None):
        """Boots it; gives what it says of itself."""
        extra = ["-kernel", MEDIA / "vmlinuz", "-initrd", MEDIA / "initrd.img", "-append", self.line, *self.arguments]
        for index, (model, mac, bus) in enumerate(self.nics):
            extra += ["-netdev", f"user,id=u{index},net=10.0.{index + 2}.0/24,restrict={'on' if index else 'off'}"]
            extra += ["-device", f"{model},netdev=u{index},mac={mac},romfile={bus}"]
        try:
            self.vm.start(extra=extra)
            self.vm.expect("hardware report; nothing is written to any disk", "installer")
            self.vm.expect("SENT to", "step")
            if and_then:
                and_then(self.vm)
            self.vm.wait_off()
        finally:
            self.vm.kill()
        for image in self.folder.glob("*.qcow2"):
            # Nothing but the header and its tables: no cluster of data was ever written.
            assert json.loads(run("qemu-img", "map", "--output=json", image))[0]["data"] is False
        self.said = json.loads(parts_of(self.server.uploads / self.vm.name)["host"][1])
        return self.said

    def disks(self):
        return {disk["serial"]: disk for disk in self.said["disks"] if disk["kind"] in ("disk", "multipath")}

    def nics_are_as_told(self):
        found = {nic["mac"]: nic["driver"] for nic in self.said["nics"]}
        assert found == {mac: {"virtio-net-pci": "virtio_net", "rtl8139": "8139cp", "pcnet": "pcnet32"}.get(model, model)
                         for model, mac, bus in self.nics}  # fmt: skip

    def memory_is(self, megabytes):
        """The firmware keeps some of it for itself."""
        assert 0 <= megabytes * MIB - self.said["memory"]["total_bytes"] < 32 * MIB


@pytest.fixture
def tpm(folder):
    """A module in software; gives QEMU's arguments for it."""
    state = folder / "tpm"
    state.mkdir(exist_ok=True)
    path = f"{SOCKETS.name}/tpm"
    program = subprocess.Popen(
        ["swtpm", "socket", "--tpmstate", f"dir={state}", "--ctrl", f"type=unixio,path={path}", "--tpm2", "--terminate"]
    )
    yield ["-chardev", f"socket,id=tpm,path={path}", "-tpmdev", "emulator,id=tpm0,chardev=tpm"]
    program.terminate()
    program.wait()


def test_two_sockets_vtd_namespaces_tpm_and_bmc(folder, server, tpm):
    # The first one reaches the server.
    nics = [("vmxnet3", "52:54:00:00:07:02", ""), ("e1000e", "52:54:00:00:07:01", ",bus=port1")]
    arguments = [
        "-device", "intel-iommu,intremap=on",
        "-object", "memory-backend-ram,id=m0,size=768M", "-object", "memory-backend-ram,id=m1,size=512M",
        "-numa", "node,nodeid=0,memdev=m0,cpus=0-1", "-numa", "node,nodeid=1,memdev=m1,cpus=2-3",
        "-numa", "dist,src=0,dst=1,val=31", "-device", "pcie-root-port,id=port1,chassis=1,slot=5",
        # Else ACPI numbers the slots, from 0 on.
        "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
        "-device", "ipmi-bmc-sim,id=bmc0", "-device", "isa-ipmi-kcs,bmc=bmc0", "-device", "i6300esb",
        "-smbios", "type=1,manufacturer=Lab,product=Shape,serial=S-1,uuid=11111111-2222-3333-4444-555555555555",
        *tpm, "-device", "tpm-crb,tpmdev=tpm0",
    ]  # fmt: skip
    shape = Shape(folder, server, "intel", arguments, nics, memory=1280,
                  machine="q35,kernel-irqchip=split", smp="4,sockets=2,cores=2,threads=1")  # fmt: skip
    shape.arguments += ["-device", "nvme,id=nvme0,serial=LAB7331", *shape.drive("one", 100), *shape.drive("two", 200)]
    shape.arguments += ["-device", "nvme-ns,drive=one,bus=nvme0,nsid=1", "-device", "nvme-ns,drive=two,bus=nvme0,nsid=2"]
    said = shape.report()

    assert [said["cpu"][key] for key in ("packages", "cores", "threads")] == [2, 4, 4]
    shape.memory_is(1280)
    assert [(node["id"], node["cpus"], node["distances"]) for node in said["numa"]] == [(0, "0-1", [10, 31]), (1, "2-3", [31, 10])]
    assert said["numa"][0]["memory_bytes"] > said["numa"][1]["memory_bytes"] > 384 * MIB
    assert said["iommu"]["kind"] == "dmar" and said["iommu"]["enabled"] and said["iommu"]["interrupt_remapping"]
    assert said["iommu"]["groups"] == len(said["iommu"]["group_list"]) > 2
    assert sorted((disk["namespace_id"], disk["size_bytes"]) for disk in said["disks"]) == [(1, 100 * MIB), (2, 200 * MIB)]
    assert {disk["serial"] for disk in said["disks"]} == {"LAB7331"}
    shape.nics_are_as_told()
    assert {nic["mac"]: nic["slot"] for nic in said["nics"]}["52:54:00:00:07:01"] == "5"
    assert said["tpm"]["version"] == "2.0" and said["tpm"]["driven"]
    assert said["bmc"]["interface"] == "kcs" and said["bmc"]["device"] == "ipmi0"
    # The chipset has one too.
    assert {dog["identity"] for dog in said["watchdogs"]} == {"i6300ESB timer", "iTCO_wdt"}
    firmware = said["firmware"]
    assert [firmware["kind"], firmware["system_vendor"], firmware["product_name"], firmware["product_serial"]] == ["bios", "Lab", "Shape", "S-1"]
    assert firmware["product_uuid"] == "11111111-2222-3333-4444-555555555555"


def press_every_key(vm):
    """What somebody does who stands before it."""
    vm.expect("Keys: v reads the whole report", "command")
    vm.send("v")
    vm.expect(r"Virtualization in the firmware", "command")
    vm.send("q")
    vm.expect("Keys: v reads", "command")
    vm.send("s")
    vm.expect(r"installer:\S*# ", "shell")
    vm.send("exit\n")
    vm.expect("Keys: v reads", "command")
    vm.send("p")
    vm.expect("poweroff in 5 seconds", "command")


def test_an_old_board_with_raid_and_sas_controllers(folder, server):
    """It is read on the console, and sent to a server that is known by its certificate alone."""
    nics = [("e1000", "52:54:00:00:08:01", ""), ("rtl8139", "52:54:00:00:08:02", ""), ("pcnet", "52:54:00:00:08:03", "")]
    shape = Shape(folder, server, "pc", [], nics, machine="pc", smp="3,sockets=1,cores=3,threads=1", memory=1024)
    shape.arguments += [
        "-device", "megasas,id=raid", *shape.drive("r0", 64), "-device", "scsi-hd,drive=r0,bus=raid.0,serial=RAID0",
        *shape.drive("r1", 96), "-device", "scsi-hd,drive=r1,bus=raid.0,serial=RAID1",
        "-device", "mptsas1068,id=sas", *shape.drive("s0", 128),
        "-device", "scsi-hd,drive=s0,bus=sas.0,serial=SAS0,wwn=0x5000c500000000a1",
        *shape.drive("i0", 160), "-device", "ide-hd,drive=i0,bus=ide.0,serial=IDE0,model=Old Disk",
        "-device", "lsi53c895a,id=spi", *shape.drive("p0", 32), "-device", "scsi-hd,drive=p0,bus=spi.0,serial=SPI0",
    ]  # fmt: skip
    with server.with_tls() as url:
        print_of = run("openssl", "x509", "-in", server.uploads / "certificate.pem", "-noout", "-fingerprint", "-sha256")
        shape.line = f"xenhost.hardware-report xenhost.report={url}/pc xenhost.lldp=1 console=ttyS0,115200 quiet"
        shape.line += f" xenhost.report-fingerprint={print_of.strip().partition('=')[2]}"
        said = shape.report(press_every_key)

    assert [said["cpu"][key] for key in ("packages", "cores", "threads")] == [1, 3, 3]
    shape.memory_is(1024)
    disks = shape.disks()
    sizes = {"RAID0": 64, "RAID1": 96, "SAS0": 128, "IDE0": 160, "SPI0": 32}
    assert {serial: disk["size_bytes"] for serial, disk in disks.items()} == {name: size * MIB for name, size in sizes.items()}
    assert disks["IDE0"]["model"] == "Old Disk"
    assert disks["SAS0"]["wwn"].endswith("5000c500000000a1") and disks["SAS0"]["transport"] == "sas"
    drivers = {hba["driver"]: sorted(hba["disks"]) for hba in said["hbas"]}
    assert len(drivers["megaraid_sas"]) == 2 and drivers["mptsas"] == [disks["SAS0"]["id"]]
    assert drivers["sym53c8xx"] == [disks["SPI0"]["id"]] and drivers["ata_piix"] == [disks["IDE0"]["id"]]
    shape.nics_are_as_told()
    assert said["iommu"]["kind"] is None and not said["iommu"]["enabled"]
    assert said["tpm"] is None and said["bmc"] is None and said["numa"][0]["cpus"] == "0-2"


@pytest.mark.rare
def test_amd_vi_two_paths_and_uefi(folder, server, tpm):
    nics = [("virtio-net-pci", "52:54:00:00:09:01", "")]
    # A stick as makers of large ones format them: without partitions, and not with FAT.
    stick = folder / "exfat.img"
    run("truncate", "-s", "64M", stick)
    run("mkfs.exfat", "-n", "XENHOST", stick)
    arguments = ["-device", "amd-iommu,intremap=on", *tpm, "-device", "tpm-tis,tpmdev=tpm0"]
    arguments += ["-device", "qemu-xhci", "-drive", f"if=none,id=stick,format=raw,file={stick}", "-device", "usb-storage,drive=stick"]
    shape = Shape(folder, server, "amd", arguments, nics, firmware="uefi", smp="4,sockets=1,cores=2,threads=2", memory=1024)
    shape.arguments += shape.drive("m0", 300) + ["-drive", f"if=none,id=m1,format=qcow2,file.locking=off,file={shape.folder}/m0.qcow2"]
    for index in (0, 1):
        shape.arguments += ["-device", f"virtio-scsi-pci,id=path{index}"]
        shape.arguments += ["-device", f"scsi-hd,bus=path{index}.0,drive=m{index},serial=LUN7,wwn=0x5000c50000000777,share-rw=on"]
    said = shape.report()

    assert [said["cpu"][key] for key in ("packages", "cores", "threads")] == [1, 2, 4]
    assert said["firmware"]["kind"] == "uefi" and said["firmware"]["secure_boot"] == "off"
    assert said["iommu"]["kind"] == "ivrs" and said["iommu"]["enabled"]
    kinds = sorted(disk["kind"] for disk in said["disks"] if disk["transport"] != "usb")
    assert kinds == ["multipath", "path", "path"]
    assert re.search(r"clean\. directories 1, files 4", run("fsck.exfat", "-n", stick))
    whole = next(disk for disk in said["disks"] if disk["kind"] == "multipath")
    assert whole["size_bytes"] == 300 * MIB and len(whole["parents"]) == 2 and "5000c50000000777" in whole["wwn"]
    assert said["tpm"]["version"] == "2.0" and said["tpm"]["driven"]
    shape.nics_are_as_told()
