#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of hosts, one for every check of a join and some with several: tests/pool/pairs/*.json.

A pair tells what differs from two plain hosts ("joiner" and "pool", lists of changes as in
furnish.py) and the "errors" in the server's order: the server refuses with the first, a pre-flight
must predict all. "forced" are those of join_force, if they matter. "@joiner/x" and "@pool/x" stand
for references, "*" for any text. "release" is the database schema of the joiner's release.

    pairs.py --out DIR      writes DIR/NAME/joining.json and pool.json: the records that both sides
                            would show, in the schema that `xenhost-firstboot check` reads
"""

import argparse
import json
import pathlib
import sys

from database import Database
from furnish import Furnisher

FOLDER = pathlib.Path(__file__).resolve().parent / "pairs"


def load():
    """{name: pair}, with "forced" and "release" filled in."""
    pairs = {}
    for path in sorted(FOLDER.glob("*.json")):
        pair = json.loads(path.read_text())
        pairs[path.stem] = {
            "forced": pair["errors"], "tries_force": "forced" in pair, "release": "5.909", **pair,
        }  # fmt: skip
    return pairs


def database(side, address, changes):
    """The records of one side, and who made them."""
    db = Database()
    furnisher = Furnisher(db, side)
    furnisher.pool({"name_label": side, "address": address})
    for change in changes:
        furnisher.change(change)
    return db, furnisher


def resolved(errors, furnishers):
    """Errors with the references that "@side/label" stands for."""

    def one(text):
        side, _, label = text[1:].partition("/")
        return furnishers[side].ref(label) if text.startswith("@") else text

    return [[one(text) for text in error] for error in errors]


SIDES = (("joiner", "192.0.2.20"), ("pool", "192.0.2.10"))


def records(pair):
    """The pair with the records of both sides instead of changes, and errors with references."""
    sides, furnishers = {}, {}
    for side, address in SIDES:
        db, furnishers[side] = database(side, address, pair[side])
        sides[side] = {cls: table for cls, table in db.tables.items() if cls != "task"}
    return {
        **{name: pair[name] for name in ("about", "release")},
        **{name: resolved(pair[name], furnishers) for name in ("errors", "forced")},
        **sides,
    }  # fmt: skip


def document(side, tables):
    """The records of a side as `xenhost-firstboot check` reads them."""
    address = dict(SIDES)[side] if side == "pool" else None
    master = next(iter(tables["pool"].values()))["master"]
    return {
        "schema": "xenhost.pool-side/1", "address": address, "this_host": master,
        "time": "20261122T12:00:00Z", "clock_ahead_s": 0, **tables,
    }  # fmt: skip


def main():
    """Writes all pairs into a folder."""
    parser = argparse.ArgumentParser(description="Writes the pairs of hosts as the records of both sides.")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder, made if it is missing")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, pair in load().items():
        (options.out / name).mkdir(exist_ok=True)
        whole = records(pair)
        for side, file in (("joiner", "joining"), ("pool", "pool")):
            text = json.dumps(document(side, whole[side]), indent="\t")
            (options.out / name / f"{file}.json").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
