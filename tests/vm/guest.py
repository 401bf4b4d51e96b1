# SPDX-License-Identifier: GPL-3.0-or-later
"""A PVH guest on an installed host: the host's own kernel, busybox, a disk on the local SR.

Each run of the guest takes an address by DHCP over the host's bridge, says what an earlier run left
on its disk, writes a file there, reads it back, and switches itself off.
"""

import shutil

from lab import found
from limits import limit

# QEMU's emulation of nested SVM now and then loses a flag register while a guest's kernel starts,
# which ends in a double fault, or a timer, which leaves it waiting for minutes; both before the
# guest's own init. Any other failure counts at once.
TRIES = 3

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
echo GUEST-STARTED
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
insmod /xen-blkfront.ko
insmod /xen-netfront.ko
while [ ! -b /dev/xvda ] || [ ! -e /sys/class/net/eth0 ]; do usleep 100000; done
printf '#!/bin/sh\\n[ "$1" != bound ] || { ip addr add "$ip/$mask" dev eth0; echo "GUEST-ADDRESS=$ip"; }\\n' >/dhcp
chmod +x /dhcp
ip link set eth0 up
udhcpc -i eth0 -n -q -t 20 -T 3 -s /dhcp
echo "GUEST-FOUND=$(dd if=/dev/xvda bs=1M skip=8 count=1 2>/dev/null | tr -d '\\000' | head -n 1)"
echo "run $(cat /proc/sys/kernel/random/uuid)" >/mark
cat /mark
dd if=/dev/urandom of=/random bs=1M count=4 2>/dev/null
dd if=/random of=/dev/xvda bs=1M conv=notrunc,fsync 2>/dev/null
dd if=/mark of=/dev/xvda bs=1M seek=8 conv=notrunc,fsync,sync 2>/dev/null
echo 3 >/proc/sys/vm/drop_caches
dd if=/dev/xvda of=/back bs=1M count=4 2>/dev/null
cmp /random /back && echo "GUEST-WROTE=$(sed 's/run //' /mark)"
# A PVH guest has no power-off of its own; ended is ended.
reboot -f
"""

PREPARE = """
mkdir -p /root/guest/bin && cd /root/guest &&
curl -sf -o bin/busybox {url}/busybox && curl -sf -o init {url}/guest-init && chmod +x bin/busybox init &&
mkdir -p proc sys dev tmp &&
for m in xen-blkfront xen-netfront; do bin/busybox xzcat "$(modinfo -n $m)" >$m.ko || exit 1; done &&
find . -mindepth 1 ! -name '*.img' ! -name '*.cfg' | cpio -o -H newc 2>/dev/null | gzip -1 >../guest.img && mv ../guest.img . &&
printf '%s\\n' 'name="proof"' 'type="pvh"' "kernel=\\"$(ls /boot/vmlinuz-* | head -n 1)\\"" 'ramdisk="/root/guest/guest.img"' 'extra="console=hvc0 quiet"' 'memory=192' 'vcpus=1' 'on_reboot="destroy"' 'on_crash="destroy"' 'vif=["bridge=xenbr0,mac=00:16:3e:00:00:07"]' 'disk=["{disk}"]' >guest.cfg
"""


def offer(server):
    """Puts what the host fetches into the server's folder."""
    shutil.copy("/usr/bin/busybox", server.folder / "busybox")
    (server.folder / "guest-init").write_text(INIT, encoding="utf-8")


def prepare(vm, server, disk):
    """Makes the guest on the host; `disk` is an xl disk specification."""
    offer(server)
    vm.run("(" + PREPARE.format(url=server.url, disk=disk).strip().replace("\n", " ") + ")", "service")


def run(vm):
    """Starts the guest and gives (address, mark of the earlier run, mark of this run)."""
    patience = int(limit("guest") * 0.8)
    for _ in range(TRIES):
        # Its console must not swallow what is typed for the host's shell.
        create = f"timeout --foreground {patience} xl create -c /root/guest/guest.cfg < <(exec sleep 3600)"
        story = vm.run(create, "guest", status=None)
        if "GUEST-STARTED" in story:
            break
        vm.run("xl destroy proof", status=None)
    # The domain is taken down a moment after its console has ended.
    vm.run("while xl domid proof >/dev/null 2>&1; do sleep 1; done", "guest")
    return (
        found(r"GUEST-ADDRESS=(\S+)", story),
        found(r"GUEST-FOUND=(?:run )?(\S*)", story),
        found(r"GUEST-WROTE=(\S+)", story),
    )
