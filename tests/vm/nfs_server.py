# SPDX-License-Identifier: GPL-3.0-or-later
"""NFS-Ganesha in the network of a boot server: NFS 4 as nobody, for reading."""

import os
import pathlib
import re
import shutil
import signal
import subprocess

from netboot import ADDRESS
from vm import run

CONFIG = """NFS_CORE_PARAM {{ Protocols = 4; NFS_Port = 2049; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }}
NFSV4 {{ Graceless = true; RecoveryBackend = fs_ng; RecoveryRoot = {folder}/recovery; }}
NFS_KRB5 {{ Active_krb5 = false; }}
EXPORT_DEFAULTS {{ SecType = sys; Squash = All_Squash; }}
"""
EXPORT = "EXPORT {{ Export_Id = {number}; Path = {path}; Pseudo = {name}; Access_Type = RO; FSAL {{ Name = VFS; }} }}\n"


class NfsServer:
    """Serves folders by name. It opens files by handles, which a user namespace does not let it."""

    def __init__(self, boot_server, **folders):
        self.boot_server = boot_server
        self.folder = boot_server.folder / "nfs"
        (self.folder / "recovery").mkdir(parents=True)
        text = CONFIG.format(folder=self.folder)
        for number, (name, path) in enumerate(folders.items(), 1):
            text += EXPORT.format(number=number, name=f"/{name}", path=pathlib.Path(path).resolve())
        (self.folder / "ganesha.conf").write_text(text, encoding="ascii")
        self.process = None
        self.start()

    @staticmethod
    def can_run():
        return os.geteuid() == 0 and shutil.which("ganesha.nfsd")

    def _inside(self, *command):
        return ["nsenter", f"--target={self.boot_server.keeper.pid}", "--net", *map(str, command)]

    def start(self):
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(
                self._inside("ganesha.nfsd", "-F", "-f", self.folder / "ganesha.conf", "-L", self.folder / "log",
                             "-p", self.folder / "pid"),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        while ":2049 " not in run(*self._inside("ss", "-Hlnt")):
            assert self.process.poll() is None, (self.folder / "log").read_text(encoding="utf-8")[-2000:]

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None

    def hang(self):
        """It no longer answers, and its connections stay."""
        self.process.send_signal(signal.SIGSTOP)

    def sent(self):
        """Bytes that went to clients over connections that are open."""
        said = run(*self._inside("ss", "-Htin", "src", f"{ADDRESS}:2049"))
        return sum(map(int, re.findall(r" bytes_sent:(\d+)", said)))

    def clients(self):
        """What those call themselves who have something open: behind their address in the name of a folder."""
        names = [path.name.rpartition(":")[2].rstrip(")") for path in (self.folder / "recovery").rglob("*-(*")]
        return [bytes.fromhex(name[2:]).decode() if name.startswith("0x") else name for name in names]
