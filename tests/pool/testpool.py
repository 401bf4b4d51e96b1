#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test pool: hosts that speak the protocol of a XAPI pool and run nothing. It is not XAPI.

    testpool.py --state FILE [--control SOCKET]
    testpool.py --listen https://127.0.0.1:8443 [--listen unix:/path] [--password-file FILE]

It prints one line of JSON when it answers, and ends with SIGTERM or the order "stop".
What a state file holds is told in docs/TESTPOOL.md.
"""

import argparse
import json
import pathlib
import signal
import sys
import urllib.parse

from shared import Lab


def state_of(options):
    """The state file, or a host made of the command line."""
    if options.state:
        state = json.loads(options.state.read_text())
    else:
        port = next((urllib.parse.urlsplit(u).port for u in options.listen if u.startswith("https:")), None)
        state = {"hosts": [{"name": "testpool"}], "port": port or 443}
    if options.listen:
        state["hosts"][0]["listen"] = options.listen
        tcp = [urllib.parse.urlsplit(url).hostname for url in options.listen if not url.startswith("unix:")]
        if tcp:
            state["hosts"][0].setdefault("address", tcp[0])
    if options.password_file:
        password = options.password_file.read_text().rstrip("\n")
        state["hosts"][0]["users"] = {"root": {"password": password}}
    if options.control:
        state["control"] = options.control
    return state


def main():
    """Runs the hosts until somebody ends them."""
    parser = argparse.ArgumentParser(description="A test pool. It speaks XAPI's protocol; it is not XAPI.")
    parser.add_argument("--state", type=pathlib.Path, help="hosts, pace and faults, as JSON")
    parser.add_argument("--listen", action="append", default=[], metavar="URL",
                        help="https://ADDR:PORT, http://ADDR:PORT or unix:PATH of the (first) host")  # fmt: skip
    parser.add_argument("--password-file", type=pathlib.Path, help="root's password on the (first) host")
    parser.add_argument("--control", metavar="SOCKET", help="takes orders there")
    options = parser.parse_args()
    if not options.state and not options.listen:
        parser.error("name a state file, or where to listen")
    try:
        lab = Lab(state_of(options))
    except (ValueError, KeyError, OSError) as e:
        print(f"testpool: {e}", file=sys.stderr)
        return 2
    with lab:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: lab.stopped.set())
        print(json.dumps({"ready": True, "hosts": lab.state()}), flush=True)
        lab.stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
