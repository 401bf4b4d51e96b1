# SPDX-License-Identifier: GPL-3.0-or-later
"""What every installed host must keep, each as one check of a running host. Used by all machines."""

import base64
import json
import re
import subprocess

from answers import PASSWORD
from lab import wait_for_units


def xen_runs(host):
    info = host.run("xl info")
    assert re.search(r"xen_version\s*: 4\.20", info), info
    assert re.search(r"virt_caps\s*:.*\bhap\b", info), info
    assert "Domain-0" in host.run("xl list")


def system_is_up(host):
    wait_for_units(host.vm)
    failed = set(host.run("systemctl list-units --failed --plain --no-legend --full | cut -d' ' -f1").split())
    assert not failed, host.run(f"systemctl status --no-pager --full {' '.join(failed)}", status=None)


def has_its_name(host):
    assert host.run("cat /etc/hostname") == host.answers.hostname
    assert host.run("hostname -f") == host.answers.hostname


def keeps_time_zone_and_keymap(host):
    assert host.run("readlink -f /etc/localtime").endswith(f"zoneinfo/{host.answers.timezone}")
    assert f"KEYMAP={host.answers.keymap}" in host.run("cat /etc/vconsole.conf").splitlines()


def password_is_hashed_well(host):
    """That it works was proven by logging in."""
    assert host.run("grep ^root: /etc/shadow").startswith("root:$y$")


def partitions_are_as_planned(host):
    disk = host.target_node()
    table = json.loads(host.run(f"sfdisk --json {disk}"))["partitiontable"]
    sector = table["sectorsize"]
    real = {entry["node"]: entry for entry in table["partitions"]}
    planned = host.planned_partitions()
    assert len(real) == len(planned)
    for partition in planned:
        entry = real[host.partition_node(partition["number"])]
        assert entry["start"] * sector == partition["start_bytes"], partition
        assert entry["size"] * sector == partition["size_bytes"], partition
        assert entry["type"].lower() == partition["type_guid"], partition
        assert entry["uuid"].lower() == partition["uuid"], partition


def file_systems_are_as_planned(host):
    for partition in host.planned_partitions():
        if not partition["filesystem"]:
            continue
        found = host.run(f"blkid -p -o export {host.partition_node(partition['number'])}")
        values = dict(line.split("=", 1) for line in found.splitlines() if "=" in line)
        assert values["TYPE"] == partition["filesystem"], partition
        if partition["label"]:
            assert values["LABEL"] == partition["label"], partition
        if partition["fs_uuid"]:
            assert values["UUID"].lower() == partition["fs_uuid"].lower(), partition


def root_fills_its_partition(host):
    size, total = host.run("findmnt -bno SIZE /").strip(), None
    for partition in host.planned_partitions():
        if partition["mount"] == "/":
            total = partition["size_bytes"]
    assert int(size) > 0.9 * total


def mounts_what_fstab_says(host):
    assert host.run("findmnt --verify 2>&1 | grep -c '\\[E\\]'", status=None) in ("", "0")
    for partition in host.planned_partitions():
        if partition["mount"] and partition["mount"].startswith("/"):
            source = host.run(f"findmnt -no SOURCE {partition['mount']}")
            assert source == host.partition_node(partition["number"])
    assert host.run("swapon --show=NAME --noheadings") != ""


def management_network_is_up(host):
    address = host.run("ip -4 -o addr show dev xenbr0")
    assert re.search(r"inet 10\.0\.\d+\.\d+/24", address), address
    assert "master xenbr0" in host.run("ip link show dev eth0")
    assert "dev xenbr0" in host.run("ip route show default")


def nics_have_their_planned_names(host):
    real = {}
    for link in json.loads(host.run("ip -j link")):
        if re.fullmatch(r"eth\d+", link["ifname"]):
            real[link["ifname"]] = link.get("permaddr", link["address"])
    for nic in host.plan()["network"]["nics"]:
        assert real.get(nic["name"]) == nic["mac"], real


def hardware_is_told_as_it_is(host):
    """What xenhost-hwinfo says of disks and NICs is what the machine was made of."""
    host.run(f"xenhost-hwinfo show --json | curl -sf --data-binary @- {host.server.url}/hardware.json", "service")
    said = json.loads((host.server.uploads / "hardware.json").read_text(encoding="utf-8"))
    assert {nic["mac"] for nic in said["nics"]} == {nic.mac for nic in host.vm.nics}
    disks = {disk["serial"]: disk for disk in said["disks"] if disk["kind"] == "disk"}
    assert set(disks) == {disk.serial for disk in host.vm.disks}
    for disk in host.vm.disks:
        assert disks[disk.serial]["logical_block_bytes"] == disk.block
        assert disks[disk.serial]["size_bytes"] == int(disk.size.removesuffix("G")) << 30
    assert said["virtual_machine"] == "qemu"
    assert said["hypervisor"]["type"] == "xen"
    assert said["firmware"]["kind"] == host.vm.firmware


def ssh_lets_root_in(host):
    command = [
        "sshpass", "-e", "ssh", "-p", str(host.vm.nics[0].ssh_port), "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=120", "root@127.0.0.1", "hostname",
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=600, env={"SSHPASS": PASSWORD, "PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == host.answers.hostname
    offered = host.run("ssh-keyscan -t rsa,ecdsa,ed25519 127.0.0.1 2>/dev/null | grep -v '^#' | cut -d' ' -f2 | sort")
    assert offered.split() == ["ecdsa-sha2-nistp256", "ssh-ed25519", "ssh-rsa"], offered


def first_boot_files_are_there(host):
    management = host.run("cat /etc/firstboot.d/data/management.conf")
    assert "LABEL='eth0'" in management
    assert "MODE='" in management
    storage = host.run("cat /etc/firstboot.d/data/default-storage.conf")
    assert f"XSTYPE='{host.answers.sr_type}'" in storage
    inventory = host.run("cat /etc/xensource-inventory")
    for key in ("PRODUCT_BRAND", "INSTALLATION_UUID", "CONTROL_DOMAIN_UUID", "PRIMARY_DISK", "DOM0_MEM"):
        assert re.search(rf"^{key}='.+'$", inventory, re.MULTILINE), inventory
    assert host.run("cat /etc/xensource/network.conf") == "bridge"


def local_storage_is_made(host):
    state = json.loads(host.run("cat /var/lib/xenhost/firstboot/state.json"))
    uuid = state["storage_uuid"]
    groups = host.run("vgs --noheadings -o vg_name").split()
    if host.answers.sr_type == "lvm":
        assert f"VG_XenStorage-{uuid}" in groups
    else:
        assert f"XSLocalEXT-{uuid}" in groups
        assert host.run(f"findmnt -no FSTYPE /run/sr-mount/{uuid}") == "ext4"
    assert "local-storage: volume group" in host.run("xenhost-firstboot status")


def first_boot_does_nothing_twice(host):
    before = host.run("vgs --noheadings -o vg_name,vg_uuid; cat /etc/fstab; sha256sum /etc/ssh/ssh_host_*")
    host.run("xenhost-firstboot run", "service")
    after = host.run("vgs --noheadings -o vg_name,vg_uuid; cat /etc/fstab; sha256sum /etc/ssh/ssh_host_*")
    assert before == after


def update_grub_changes_nothing(host):
    files = "$(find /boot/grub /boot/efi -type f ! -name grubenv | sort)"
    before = host.run(f"sha256sum {files}")
    host.run("update-grub", "service")
    assert host.run(f"sha256sum {files}") == before


def menu_has_its_entries(host):
    menu = host.run("grep -h menuentry /boot/grub/grub.cfg")
    assert "xenhost" in menu
    assert "(Serial)" in menu


def this_boot_is_confirmed(host):
    status = host.run("xenhost-boot-confirm status")
    running = re.search(r"running: (\S+)", status).group(1)
    assert f"confirmed: {running}" in status, status


def log_is_kept_without_secrets(host):
    names = host.run("ls /var/log/installer").split()
    assert {"install.log", "plan.json", "report.json"} <= set(names), names
    assert json.loads(host.run("cat /var/log/installer/report.json"))["schema"] == "xenhost.report/1"
    # Looked for in two halves, so that the search does not find itself.
    secret = base64.b64encode(PASSWORD.encode()).decode()
    found = host.run(f"grep -rlF \"$(echo {secret} | base64 -d)\" /var/log /etc /run /root /boot 2>/dev/null", "service", None)
    assert found == "", found
    assert PASSWORD not in host.install_console


EVERY_HOST = [
    xen_runs, system_is_up, has_its_name, keeps_time_zone_and_keymap, password_is_hashed_well,
    partitions_are_as_planned, file_systems_are_as_planned, root_fills_its_partition,
    mounts_what_fstab_says, management_network_is_up, nics_have_their_planned_names, hardware_is_told_as_it_is,
    ssh_lets_root_in, first_boot_files_are_there, local_storage_is_made, first_boot_does_nothing_twice,
    update_grub_changes_nothing, menu_has_its_entries, this_boot_is_confirmed,
    log_is_kept_without_secrets,
]  # fmt: skip
