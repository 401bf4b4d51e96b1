# SPDX-License-Identifier: GPL-3.0-or-later
"""Answer files of the tests, and the promises in them that an installed host is held to."""

import dataclasses
from xml.sax.saxutils import escape, quoteattr

# Would be found in any log that it gets into.
PASSWORD = "Open+Sesame%42"
# For `more`: an installation that ends where somebody would have to agree to its plan.
CONFIRM = "<ui-confirmation-prompt>true</ui-confirmation-prompt>"


@dataclasses.dataclass
class Answers:
    """What a test asks for; `text()` is the answer file. Attributes with defaults are left out."""

    disk: str = ""  # text of primary-disk
    match: str = ""  # its match attribute
    layout: str = "small"
    sr_type: str = "lvm"
    guest_storage: bool = True
    guest_disks: tuple = ()
    source: str = ""  # URL, else the install medium
    interface: str = '<admin-interface name="eth0" proto="dhcp"/>'
    hostname: str = "vmtest.example.org"
    timezone: str = "Europe/Vienna"
    keymap: str = "de"
    name_servers: tuple = ()
    install_id: str = ""
    scripts: tuple = ()  # (stage, URL)
    more: str = ""

    def text(self):
        storage = "" if self.guest_storage else ' guest-storage="no"'
        match = f" match={quoteattr(self.match)}" if self.match else ""
        lines = [
            '<?xml version="1.0"?>',
            f'<installation mode="fresh" sr-type="{self.sr_type}">',
            f"  <primary-disk{storage}{match}>{escape(self.disk)}</primary-disk>",
            '  <source type="local"/>',
            f"  <layout>{self.layout}</layout>",
            f'  <root-password type="plaintext">{escape(PASSWORD)}</root-password>',
            f"  {self.interface}",
            f"  <timezone>{self.timezone}</timezone>",
            f"  <keymap>{self.keymap}</keymap>",
            '  <ntp source="none"/>',
        ]
        lines += [f"  <guest-disk>{escape(disk)}</guest-disk>" for disk in self.guest_disks]
        lines += [f"  <name-server>{server}</name-server>" for server in self.name_servers]
        lines += [f'  <script stage="{stage}" type="url">{escape(url)}</script>' for stage, url in self.scripts]
        if self.hostname:
            lines.append(f"  <hostname>{self.hostname}</hostname>")
        if self.source:
            lines.append(f"  <xenhost-source>{escape(self.source)}</xenhost-source>")
        if self.install_id:
            lines.append(f"  <install-id>{self.install_id}</install-id>")
        if self.more:
            lines.append(f"  {self.more}")
        return "\n".join(lines) + "\n</installation>\n"
