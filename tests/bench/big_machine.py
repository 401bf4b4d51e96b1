# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorded machine of any size, for measuring: a real recording, grown by copies of its own parts.

What a part is like comes from the recording (configuration spaces, resources, the NVMe drive); only
numbers, names and the disks' partitions are made here. The same sizes give the same bytes.
"""

import copy
import json
import os
import pathlib
import shutil
import tarfile

RECORDING = pathlib.Path(__file__).resolve().parents[1] / "machines/captured/qemu-sriov.tar.gz"
BEHIND_PORT = 16  # functions: two devices of eight
DISK_BYTES = 960_197_124_096
PARTITIONS = (1, 2, 3)
FUNCTION_FILES = ("class", "config", "device", "irq", "numa_node", "resource")
FUNCTION_FILES += ("subsystem_device", "subsystem_vendor", "vendor")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8")


def link(path, target):
    """A relative link, as the kernel makes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(os.path.relpath(target, path.parent))


class Machine:
    """The folder being grown, and the part of it that opened devices told."""

    def __init__(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with tarfile.open(RECORDING) as recording:
            recording.extractall(folder)
        self.folder, self.sys = folder, folder / "sys"
        self.told = folder / "xenhost-host.json"
        self.host = json.loads(self.told.read_text(encoding="utf-8"))
        self.groups = len(list((self.sys / "kernel/iommu_groups").iterdir()))
        self.port = self.sys / "devices/pci0000:00/0000:00:04.0"
        self.drive = self.port / "0000:01:00.0"
        self.known = {each["address"]: each for each in self.host["pci"]}

    def function(self, template, parent, address, driver):
        """A copy of one PCI function, in an IOMMU group of its own."""
        folder = parent / address
        folder.mkdir(parents=True)
        for name in FUNCTION_FILES:
            if (template / name).exists():
                shutil.copy(template / name, folder / name)
        if driver:
            link(folder / "driver", self.sys / "bus/pci/drivers" / driver)
        link(self.sys / "bus/pci/devices" / address, folder)
        group = self.sys / "kernel/iommu_groups" / str(self.groups)
        self.groups += 1
        write(group / "type", "DMA")
        link(group / "devices" / address, folder)
        told = copy.deepcopy(self.known[template.name])
        told.update(address=address, driver=driver)
        self.host["pci"].append(told)
        return folder

    def disk(self, number, function):
        """An NVMe drive on a PCI function, with partitions and a record of udev's."""
        name, serial = f"nvme{number}n1", f"BENCH{number:06d}"
        controller = function / f"nvme/nvme{number}"
        block = controller / name
        for key, value in {"model": "Bench NVMe", "serial": serial, "transport": "pcie"}.items():
            write(controller / key, value)
        device = f"259:{number * 16}"
        self.block(block, device, DISK_BYTES)
        write(block / "wwid", f"eui.00000000{number:08x}")
        write(block / "nsid", 1)
        for key, value in {"logical": 512, "physical": 4096}.items():
            write(block / f"queue/{key}_block_size", value)
        write(block / "queue/rotational", 0)
        (block / "device").symlink_to(f"../../nvme{number}")
        link(self.sys / f"class/nvme/nvme{number}", controller)
        link(self.sys / "block" / name, block)
        for part in PARTITIONS:
            self.block(block / f"{name}p{part}", f"259:{number * 16 + part}", DISK_BYTES // 4)
            write(block / f"{name}p{part}/partition", part)
        record = [f"S:disk/by-id/nvme-Bench_NVMe_{serial}", "E:ID_MODEL=Bench NVMe"]
        record += [f"E:ID_SERIAL_SHORT={serial}", f"E:ID_WWN=eui.00000000{number:08x}"]
        record += [f"E:ID_PATH=pci-{function.name}-nvme-1", "V:1"]
        write(self.folder / f"run/udev/data/b{device}", "\n".join(record))
        self.host["disks"].append(self.content(name, f"Bench_NVMe_{serial}", number))

    def block(self, folder, device, size):
        for key, value in {"dev": device, "size": size // 512, "ro": 0, "removable": 0, "hidden": 0}.items():
            write(folder / key, value)
        for name in ("holders", "slaves"):
            (folder / name).mkdir()
        link(folder / "subsystem", self.sys / "class/block")
        link(self.sys / "class/block" / folder.name, folder)

    def content(self, name, serial, number):
        """What reading the disk told when it was recorded."""
        disk = copy.deepcopy(self.host["disks"][0])
        disk.update(id=f"nvme-{serial}", name=name, size_bytes=DISK_BYTES, contents=[])
        for part in PARTITIONS:
            disk["contents"].append(
                {
                    "partition": part,
                    "start_bytes": part * DISK_BYTES // 4,
                    "kind": "filesystem",
                    "type": "ext4",
                    "label": f"data-{number}-{part}",
                    "size_bytes": DISK_BYTES // 4,
                }
            )
        return disk


def make(folder, functions, disks):
    """Grows the recording to so many PCI functions and disks; gives the folder."""
    machine = Machine(folder)
    bus, number = 0x10, len(machine.host["disks"])
    while len(machine.host["pci"]) < functions:
        parent = machine.sys / f"devices/pci0000:{bus:02x}"
        port = machine.function(machine.port, parent, f"0000:{bus:02x}:00.0", "pcieport")
        bus += 1
        for slot in range(BEHIND_PORT):
            if len(machine.host["pci"]) == functions:
                break
            more = len(machine.host["disks"]) < disks
            address = f"0000:{bus:02x}:{slot // 8:02x}.{slot % 8}"
            function = machine.function(machine.drive, port, address, "nvme" if more else None)
            if more:
                machine.disk(number, function)
                number += 1
        bus += 1
    machine.told.write_text(json.dumps(machine.host), encoding="utf-8")
    return folder
