# SPDX-License-Identifier: GPL-3.0-or-later
"""A second disc for the machine that is measured: the tools that the installer is compared with.

None of it is in the installer's initrd. In the machine it is mounted on /bench, and
`/bench/run suite zstd` starts a tool with the libraries that came with it: `suite` holds tools of the
release on the medium, `here` those of the machine that measures.
"""

import os
import pathlib
import re
import shutil
import subprocess

from lab import BUILD
from vm import run

MOUNT = "/bench"
# The number of the disc's drive is not known beforehand; its label is.
LABEL = "BENCH"
# The package tree that the installer's initrd was made from: its zstd is as new as the installer's.
SUITE_TREE = BUILD / "initrd/tree"
LOADER = "usr/lib64/ld-linux-x86-64.so.2"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
RUN = """#!/bin/sh
# run FOLDER TOOL ARGUMENTS...
folder=%s/$1
tool=$2
shift 2
exec $folder/ld.so --library-path $folder $folder/$tool "$@"
""" % MOUNT


def drive(disc):
    """Arguments of QEMU for the disc, beside the medium and of its kind."""
    return [
        "-drive", f"if=none,id=bench,format=raw,readonly=on,media=cdrom,file={disc}",
        "-device", "ide-cd,drive=bench,bus=ide.4",
    ]  # fmt: skip


def mount(vm):
    vm.run(f"mkdir -p {MOUNT}; mount -o ro $(blkid -L {LABEL}) {MOUNT}")


def stage_tools(folder, root, tools):
    """Programs of a package tree in a folder of the disc, with their libraries and loader."""
    folder.mkdir(parents=True)
    loader = root / LOADER
    shutil.copy(loader, folder / "ld.so")
    for tool in tools:
        program = root / "usr/bin" / tool
        shutil.copy(program, folder / tool)
        listed = run(loader, "--library-path", root / LIBRARIES, "--list", program)
        for library in re.findall(r"=> (/\S+) \(0x", listed):
            shutil.copy(library, folder)


def as_root(*command):
    run(*(() if os.geteuid() == 0 else ("sudo",)), *command)


def squash(folder, out, *options):
    """A folder that may belong to root as squashfs, with zstd at the level of the payload."""
    out.unlink(missing_ok=True)
    as_root(
        "mksquashfs", folder, out, "-comp", "zstd", "-Xcompression-level", "3",
        "-no-progress", "-quiet", *options,
    )  # fmt: skip


def write(stage, out):
    subprocess.run(
        ["xorriso", "-no_rc", "-as", "mkisofs", "-quiet", "-iso-level", "3", "-R", "-V", LABEL, "-o", out, stage],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def make(folder, tree=BUILD / "cache/dom0-tree"):
    """The disc with zstd, dd, unsquashfs, and the tree of a host as squashfs; gives its path."""
    stage = folder / "disc"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    stage_tools(stage / "suite", SUITE_TREE, ("zstd", "dd"))
    stage_tools(stage / "here", pathlib.Path("/"), ("unsquashfs",))
    (stage / "run").write_text(RUN, encoding="utf-8")
    (stage / "run").chmod(0o755)
    squash(tree, stage / "tree.squashfs")
    out = folder / "bench.iso"
    write(stage, out)
    shutil.rmtree(stage)
    return out
