#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check and the join against endpoints that somebody has: `make test-xapi COORDINATOR=URL JOINER=URL`.

    real.py COORDINATOR JOINER      https://HOST[:PORT] each; the host behind JOINER joins for good

COORDINATOR_FINGERPRINT and JOINER_FINGERPRINT (SHA-256, as the consoles show them) and PASSWORD_FILE and
JOINER_PASSWORD_FILE (files, the second is the first unless told) are in the environment. Without endpoints
it says SKIPPED and that nothing was tested; it ends with one line "N passed, N failed" only when it tested.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

BUILD = pathlib.Path(os.environ.get("XENHOST_BUILD", "build")).resolve()
PROGRAM, CLIENT = BUILD / "xenhost-firstboot", BUILD / "tests/xapi-client"
SKIPPED = (
    "SKIPPED: nothing was tested against a XAPI. The tests know its protocol from records and from the test pool.\n"
    "With a pool and a lone host that may join it for good: make test-xapi COORDINATOR=https://HOST JOINER=https://HOST\n"
    "    COORDINATOR_FINGERPRINT=SHA256 JOINER_FINGERPRINT=SHA256 PASSWORD_FILE=FILE [JOINER_PASSWORD_FILE=FILE]"
)


class Endpoint:
    """A host, what proves it, and its password."""

    def __init__(self, url, who, password_file):
        parts = urllib.parse.urlsplit(url if "://" in url else f"https://{url}")
        if parts.scheme != "https" or not parts.hostname:
            raise SystemExit(f"real: {url}: https://HOST[:PORT] is wanted")
        self.address = parts.netloc
        self.fingerprint = os.environ.get(f"{who}_FINGERPRINT")
        self.password_file = password_file
        if not self.fingerprint or not password_file:
            raise SystemExit(f"real: {who}_FINGERPRINT and PASSWORD_FILE are needed for {url}")

    def read(self, codec):
        """Its host records, through one codec."""
        password = pathlib.Path(self.password_file).read_text().splitlines()[0]
        steps = [{"do": "login", "user": "root", "password": password}, {"do": "call", "call": "host.get_all_records", "args": []}]
        order = {"address": self.address, "codec": codec, "certificate_sha256": self.fingerprint, "steps": steps}
        done = subprocess.run([CLIENT], input=json.dumps(order), capture_output=True, text=True, timeout=120, check=True)
        login, records = [json.loads(line) for line in done.stdout.splitlines()[:2]]
        if "result" not in records:
            raise ValueError(login.get("sentence") or records["sentence"])
        return records["result"]


class Run:
    """What was tried."""

    def __init__(self, coordinator, joiner):
        self.coordinator, self.joiner = coordinator, joiner
        self.passed = self.failed = 0

    def count(self, name, good, words):
        """One more result."""
        self.passed += bool(good)
        self.failed += not good
        print(f"{'ok    ' if good else 'FAILED'} {name}{'' if not words else ': ' + words}")
        return good

    def program(self, command, *more):
        """Our own program with both endpoints."""
        words = [
            PROGRAM, command, "--pool", self.coordinator.address, "--fingerprint", self.coordinator.fingerprint,
            "--password-file", self.coordinator.password_file, "--host", self.joiner.address,
            "--host-fingerprint", self.joiner.fingerprint, "--host-password-file", self.joiner.password_file, *more,
        ]  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True, timeout=3600, check=False)
        print("    " + (done.stdout + done.stderr).strip().replace("\n", "\n    "))
        return done.returncode

    def read(self, name, endpoint):
        """Both codecs give the same hosts."""
        try:
            records = [endpoint.read(codec) for codec in ("json-rpc", "xml-rpc")]
        except (ValueError, OSError) as e:
            return self.count(f"{name} is read", False, str(e))
        software = next(iter(records[0].values()))["software_version"]
        words = " ".join(software.get(key, "?") for key in ("product_brand", "product_version", "xapi_build"))
        return self.count(f"{name} is read alike by JSON-RPC and XML-RPC", records[0].keys() == records[1].keys(), words)

    def everything(self):
        """In the order of a real join; what failed ends it."""
        return (
            self.read("coordinator", self.coordinator)
            and self.read("joiner", self.joiner)
            and self.count("nothing stands against the join", self.program("check") == 0, "")
            and self.count("the host joins", self.program("join", "--retry", "120") == 0, "")
            and self.count("asked again, it is a member", self.program("join") == 0, "")
        )


def copied(path, folder, name):
    """The password in a file that only this user can read, as the program wants it."""
    copy = pathlib.Path(folder) / name
    copy.touch(0o600)
    copy.write_text(pathlib.Path(path).read_text())
    return str(copy)


def main():
    """Runs it, or says that it did not."""
    urls = [url for url in sys.argv[1:] if url]
    if not urls:
        print(SKIPPED)
        return 0
    if len(urls) != 2:
        raise SystemExit("real: both COORDINATOR and JOINER are needed")
    secret = os.environ.get("PASSWORD_FILE", "")
    with tempfile.TemporaryDirectory() as folder:
        secrets = [secret, os.environ.get("JOINER_PASSWORD_FILE") or secret]
        files = [copied(path, folder, str(number)) if path else "" for number, path in enumerate(secrets)]
        run = Run(Endpoint(urls[0], "COORDINATOR", files[0]), Endpoint(urls[1], "JOINER", files[1]))
        run.everything()
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
