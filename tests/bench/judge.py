# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast recorded machines are judged by one answer file, and in how much memory."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

MACHINES = 10000
TREE = pathlib.Path(__file__).resolve().parents[2]


def fleet(folder):
    """MACHINES copies of the recorded machines below `folder`; the mean size in bytes."""
    records = sorted((TREE / "tests/machines").glob("*.json"))
    for i in range(MACHINES):
        shutil.copyfile(records[i % len(records)], folder / f"{i:05}.json")
    return sum(file.stat().st_size for file in records) / len(records)


def measure(program):
    """CPU seconds, peak MiB and mean bytes a machine; the count of verdicts is checked.

    The peak cannot be seen below Python's own, from which the program was forked.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "fleet"
        folder.mkdir()
        mean = fleet(folder)
        out = pathlib.Path(name) / "out.json"
        with open(out, "wb") as stdout:
            # pylint: disable=consider-using-with
            child = subprocess.Popen(
                [program, "check", TREE / "tests/answers/golden/virtio.xml", "--machine", folder, "--json"],
                stdout=stdout,
            )
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        summary = json.loads(out.read_bytes())["summary"]
        if summary["machines"] != MACHINES or summary["unreadable"] or not summary["fit"]:
            raise RuntimeError(f"judged {summary} of {MACHINES} machines")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, mean
