# SPDX-License-Identifier: GPL-3.0-or-later
"""Xen Orchestra's client, the npm package xen-api, as tests use it.

    npm_client.py PROGRAM.mjs [ARGUMENT...]

runs a program of npm/ with it. The packages of npm/package-lock.json are installed into build/npm when
they are not there yet.
"""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "npm"
BUILD = pathlib.Path(os.environ.get("XENHOST_BUILD", HERE.parents[2] / "build")).resolve() / "npm"


def install():
    """Packages exactly as locked; no script of theirs is run."""
    BUILD.mkdir(parents=True, exist_ok=True)
    stamp = BUILD / "node_modules" / ".testpool-lock"
    lock = (HERE / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, BUILD / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=BUILD, check=True)
    stamp.write_text(lock)


def main():
    """Becomes node."""
    install()
    os.chdir(BUILD)
    os.execvp("node", ["node", str(HERE / sys.argv[1]), *sys.argv[2:]])


if __name__ == "__main__":
    main()
