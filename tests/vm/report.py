# SPDX-License-Identifier: GPL-3.0-or-later
"""Hardware reports as a machine sends them to the test."""

import re

QUICK = "xenhost.lldp=1 atexit=poweroff console=ttyS0,115200 quiet"


def parts_of(upload):
    """The documents of a form as it was posted, by name; each with the name of its file."""
    body = upload.read_bytes()
    boundary = body.split(b"\r\n", 1)[0]
    parts = {}
    for part in body.split(boundary + b"\r\n")[1:]:
        head, text = part.split(b"\r\n\r\n", 1)
        name, file = re.search(rb'name="([^"]+)"; filename="([^"]+)"', head).groups()
        parts[name.decode()] = (file.decode(), text.removesuffix(boundary + b"--\r\n").removesuffix(b"\r\n"))
    return parts
