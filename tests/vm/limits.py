# SPDX-License-Identifier: GPL-3.0-or-later
"""Time limits of everything that is waited for, in one place.

Each is five times what the step takes on an idle 2-core machine without KVM, so a limit that is hit
means that something hangs. XENHOST_VM_SLOWNESS multiplies them all.
"""

import os

_FACTOR = 5 * float(os.environ.get("XENHOST_VM_SLOWNESS", "1"))

_SECONDS = {
    "firmware": 15,  # power on to the menu of the medium or the disk
    "netboot": 90,  # power on to the installer's init over the network
    "installer": 40,  # the menu to the installer's first line
    "shell": 20,  # Enter to the prompt of the rescue shell
    "command": 40,  # a command in the installer or the host: mostly one second, more behind dom0's other work
    "step": 40,  # one step of an installation that does not stream the image
    "image": 70,  # the image from the medium or over HTTP
    "install": 120,  # the installer's first line to its end
    "poweroff": 10,
    "xen": 30,  # GRUB's menu, which waits 5 s by its own clock, to Xen's banner
    "linux": 25,  # Xen's banner to dom0's first line
    "login": 250,  # dom0's first line to the login prompt
    "service": 60,  # a unit of the host to settle
    "upgrade": 250,  # apt's upgrade of kernel and Xen, a new initrd included
    "guest": 60,  # a guest from create to its last line
    "nothing-bootable": 30,
}


def limit(name):
    """Seconds after which waiting for `name` fails."""
    return _SECONDS[name] * _FACTOR
