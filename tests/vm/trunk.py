# SPDX-License-Identifier: GPL-3.0-or-later
"""A boot server behind a switch as data centres have them: all ports of the machine are one LACP bond, which
lets a boot loader in by one port of it (fallback); untagged is the network that machines boot over, VLAN 42
is the one that the installer is told to use. Open vSwitch is the switch, which needs nothing of the kernel."""

import pathlib
import re
import shutil
import tempfile

from netboot import BootServer
from vm import run

VLAN = 42
ADDRESS4, ADDRESS6 = "198.51.100.1", "2001:db8:42::1"
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


class Trunk(BootServer):
    def switch(self, ports):
        # Paths of sockets are short by law.
        self.sockets = tempfile.mkdtemp(prefix="xenhost-ovs.")
        self.database, self.control = f"{self.sockets}/db", f"{self.sockets}/ctl"
        run("ovsdb-tool", "create", f"{self.sockets}/conf.db", SCHEMA)
        self._start("ovsdb", "ovsdb-server", f"{self.sockets}/conf.db", f"--remote=punix:{self.database}",
                    f"--unixctl={self.sockets}/db-ctl")  # fmt: skip
        self._start("vswitchd", "env", f"OVS_RUNDIR={self.sockets}", "ovs-vswitchd", f"unix:{self.database}",
                    f"--unixctl={self.control}", "--pidfile=" + self.sockets + "/pid")  # fmt: skip
        self.inside(
            "ovs-vsctl", f"--db=unix:{self.database}", "--retry", "--timeout=60",
            "--", "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev",
            "--", "add-bond", "br0", "lag", *ports, "bond_mode=balance-tcp", "lacp=active", "vlan_mode=native-untagged", "tag=1",
            "other_config:lacp-time=fast", "other_config:lacp-fallback-ab=true",
            "--", "set", "port", "br0", "tag=1",
            "--", "add-port", "br0", "vlan", f"tag={VLAN}", "--", "set", "interface", "vlan", "type=internal",
        )  # fmt: skip
        self.inside("ip", "addr", "add", f"{ADDRESS4}/24", "dev", "vlan")
        self.inside("ip", "-6", "addr", "add", f"{ADDRESS6}/64", "dev", "vlan", "nodad")
        self.inside("ip", "link", "set", "vlan", "up")

    @staticmethod
    def netdev(number=0):
        # A switch that is a program sees what is on the wire: no packets that the host would still complete.
        return BootServer.netdev(number) + ",vnet_hdr=off"

    def serve_tls(self, *addresses):
        """The folder over https too, in the VLAN; gives the certificate of the authority that vouches for it."""
        pem = {name: self.folder / f"{name}.pem" for name in ("ca", "ca-key", "server", "server-key")}
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "7"]
        run(*make, "-subj", "/CN=Lab", "-keyout", pem["ca-key"], "-out", pem["ca"])
        run(*make, "-CA", pem["ca"], "-CAkey", pem["ca-key"], "-subj", "/CN=boot", "-keyout", pem["server-key"],
            "-out", pem["server"], "-addext", "basicConstraints=critical,CA:FALSE",
            "-addext", "subjectAltName=" + ",".join(f"IP:{address}" for address in addresses))  # fmt: skip
        config = self.tree / "nginx.conf"
        listen = "".join(f"listen {f'[{a}]' if ':' in a else a}:{port};\n" for a in addresses for port in ("80", "443 ssl"))
        more = f"ssl_certificate {pem['server']};\nssl_certificate_key {pem['server-key']};\nroot {self.tree};\n"
        config.write_text(config.read_text(encoding="ascii") + f"server {{\n{listen}{more}}}\n", encoding="ascii")
        return pem["ca"]

    def put_into_initrd(self, name, file):
        """Another archive behind the initrd, as vendors and sites append theirs."""
        root = self.folder / "more"
        (root / name).parent.mkdir(parents=True)
        shutil.copy(file, root / name)
        names = "".join(f"{path.relative_to(root)}\n" for path in sorted(root.rglob("*")))
        (self.folder / "names").write_text(names, encoding="ascii")
        more = self.folder / "more.cpio"
        run("sh", "-c", f"cd {root} && cpio --quiet -o -H newc -R 0:0 <{self.folder}/names >{more}")
        with open(self.tree / "initrd.img", "ab") as initrd:
            initrd.write(bytes(-initrd.tell() % 4) + more.read_bytes())

    def swallow(self, address):
        """Nothing ever answers there, with no word from any router."""
        self.inside("ip", "route", "add", "blackhole", address)

    def tell_time(self):
        """NTP in the VLAN."""
        self._serve("time", f"{ADDRESS4}:123 ", "/usr/bin/python3", pathlib.Path(__file__).with_name("time_server.py"), ADDRESS4)

    def lag(self):
        """What the switch says of the ports of its bond, by name: whether LACP has them, and with whom."""
        said = self.inside("ovs-appctl", "-t", self.control, "lacp/show", "lag")
        ports = re.split(r"^member: (\S+): ", said, flags=re.MULTILINE)[1:]
        return {
            name: (text.splitlines()[0], re.search(r"partner sys_id: (\S+)", text).group(1))
            for name, text in zip(ports[::2], ports[1::2])
        }

    def close(self):
        super().close()
        shutil.rmtree(self.sockets, ignore_errors=True)
