# SPDX-License-Identifier: GPL-3.0-or-later
"""Three disks, two of them full of what people keep: only the named one changes, data worth money
stops the run, and the plan can be made again elsewhere. The control run names a full disk."""

import json
import subprocess

import pytest

from answers import Answers
from lab import BUILD, MEDIA, make_medium, rescue, upload
from vm import VM, Disk, Nic, run

ANSWERS = Answers(disk="/dev/disk/by-id/virtio-XHA")

# In the rescue shell, on disks that the installer has made read-only. Mounted and assembled when the
# plug is pulled, so that journals are dirty and the mirror is degraded.
FILL = """
blockdev --setrw /dev/vdb /dev/vdc &&
printf 'label: gpt\\nsize=64MiB\\nsize=64MiB\\n' | sfdisk -q /dev/vdb &&
printf 'label: gpt\\nsize=64MiB\\nstart=66MiB\\n' | sfdisk -q /dev/vdc &&
udevadm settle && blockdev --setrw /dev/vdb1 /dev/vdb2 /dev/vdc1 /dev/vdc2 &&
mkfs.ext4 -q -L keepme /dev/vdb1 && mkdir -p /a /b /c &&
modprobe raid1 && mdadm --create /dev/md9 --run --metadata=1.2 --level=1 --raid-devices=2 /dev/vdb2 missing &&
mkfs.ext4 -q /dev/md9 && mount /dev/md9 /b && cp /etc/passwd /b &&
pvcreate -q -y /dev/vdc1 && vgcreate -q VG_XenStorage-11111111-2222-3333-4444-555555555555 /dev/vdc1 &&
lvcreate -q -y -L 16M -n VHD-66666666-7777-8888-9999-000000000000 VG_XenStorage-11111111-2222-3333-4444-555555555555 &&
dd if=/seed of=/dev/vdc2 bs=1M 2>/dev/null && mount -t xfs /dev/vdc2 /c && cp /usr/bin/busybox /c && sync &&
mount /dev/vdb1 /a && cp /usr/bin/busybox /a && sync && echo more >/a/more && echo more >/c/more && sync -d /a/more
"""


@pytest.fixture(scope="module")
def vm(folder, server):
    """The machine in the installer's shell, its second and third disk full and unclean."""
    seed = server.folder / "xfs"
    with open(seed, "wb") as file:
        file.truncate(320 << 20)
    run("mkfs.xfs", "-q", "-f", "-L", "keepme", seed)
    disks = [Disk("a", size="20G", boot=1), Disk("b", size="160M"), Disk("c", size="400M")]
    machine = VM("disks", folder / "vm", disks, [Nic()])
    shell = make_medium(folder / "shell.iso", append="console=ttyS0,115200", entry="shell")
    (server.folder / "answers.xml").write_text(ANSWERS.text(), encoding="utf-8")
    try:
        rescue(machine, shell)
        network(machine)
        machine.run(f"mkfifo /seed && (wget -q -O - {server.url}/xfs >/seed &)", "service")
        machine.run(FILL.strip().replace("\n", " "), "step")
        machine.kill()
        rescue(machine, shell)
        network(machine)
        yield machine
    finally:
        machine.kill()


def network(vm):
    vm.run("ip link set eth0 up; udhcpc -q -i eth0 -s /usr/lib/xenhost/dhcp.sh", "command")


def digests(vm):
    return vm.run("for d in vdb vdc; do dd if=/dev/$d bs=1M 2>/dev/null | md5sum; done", "step").splitlines()


def run_installer(vm, server, answers, status, options=""):
    (server.folder / "answers.xml").write_text(answers.text(), encoding="utf-8")
    return vm.run(f"xenhost-install run --answers {server.url}/answers.xml {options} 2>&1", "install", status)


@pytest.fixture(scope="module")
def story(vm, server):
    """Digests before and after, and what came out of every run in between."""
    story = {"before": digests(vm)}
    vm.run("xenhost-hwinfo capture /run/machine.tar.gz", "step")
    story["capture"] = upload(vm, server, "/run/machine.tar.gz")
    wants_sr = Answers(disk=ANSWERS.disk, guest_disks=("/dev/disk/by-id/virtio-XHC",))
    story["refused"] = run_installer(vm, server, wants_sr, 3)
    story["after refusal"] = digests(vm)
    story["installed"] = run_installer(vm, server, ANSWERS, 0)
    story["after"] = digests(vm)
    story["plan"] = upload(vm, server, "/run/xenhost/plan.json")
    story["report"] = json.loads(upload(vm, server, "/run/xenhost/report.json"))
    return story


def test_data_worth_money_stops_the_run(story):
    assert "VG_XenStorage-11111111" in story["refused"] or "virtual disk" in story["refused"]
    assert "destroy-existing" in story["refused"]
    assert story["after refusal"] == story["before"]


def test_other_disks_are_not_touched(story):
    assert "The installation is complete" in story["installed"]
    assert story["after"] == story["before"]


def test_plan_is_made_again_byte_for_byte(story, folder):
    (folder / "machine.tar.gz").write_bytes(story["capture"])
    (folder / "answers.xml").write_text(ANSWERS.text(), encoding="utf-8")
    report = story["report"]
    command = [
        BUILD / "xenhost-install", "plan", "--json", "--answers", folder / "answers.xml", "--machine",
        folder / "machine.tar.gz", "--source", MEDIA / "payload", "--seed", report["seed"], "--time", str(report["time"]),
    ]  # fmt: skip
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == story["plan"]


def test_a_named_full_disk_is_changed(vm, server, story):
    """The control run: without it, equal digests would prove nothing. Its source is damaged, so that
    it ends soon after the disks were erased."""
    chunks = json.loads((MEDIA / "payload/manifest.json").read_text(encoding="utf-8"))["image"]["chunks"]
    data = [chunk for chunk in chunks if chunk["kind"] == "data"]
    server.damage["/xenhost/root.img.chunks"] = [data[len(data) // 4]["file_offset"] + 10]
    answers = Answers(
        disk=ANSWERS.disk,
        guest_disks=("/dev/disk/by-id/virtio-XHB",),
        source=f"{server.url}/xenhost",
        more="<destroy-existing>XHA</destroy-existing><destroy-existing>XHB</destroy-existing>",
    )
    run_installer(vm, server, answers, 5)
    after = digests(vm)
    assert after[0] != story["before"][0]
    assert after[1] == story["before"][1]
