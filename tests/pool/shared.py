# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of one test pool share: pace, port, faults, certificates, and the control socket.

Every line sent to the control socket is a JSON object, and is answered by one:
    {"do": "state"}                               every host: role, coordinator, emergency, joins, calls
    {"do": "fault", "fault": {...}}               see faults.py
    {"do": "clear"}                               no faults any more
    {"do": "change", "host": NAME, "change": {...}}   see furnish.py; the records of its own pool
    {"do": "restart", "host": NAME, "seconds": N} the agent is away that long
    {"do": "emergency", "host": NAME, "reason": [CODE, ...] or null}
    {"do": "events-lost", "host": NAME}           every event.next loses its place once
    {"do": "stop"}                                the program ends
"""

import json
import os
import pathlib
import shutil
import socketserver
import ssl
import subprocess
import tempfile
import threading

# Imported for what they put into the table of methods.
import events  # noqa: F401 pylint: disable=unused-import
import generic  # noqa: F401 pylint: disable=unused-import
import membership  # noqa: F401 pylint: disable=unused-import
import methods  # noqa: F401 pylint: disable=unused-import
from agent import Agent
from faults import Faults
from furnish import Furnisher
from peer import fingerprint

# Seconds. A real server: wrong_password 5, join 5 to 30, fuse 5 to 10, restart 20 to 60, enable 5 to 60,
# retry 5. A state file may say so; the defaults are for people who wait.
TIMING = {"wrong_password": 5.0, "join": 0.5, "fuse": 1.0, "restart": 1.0, "enable": 0.5, "retry": 1.0}
STATE = {"hosts", "port", "timing", "faults", "control"}


class Lab:
    """A number of hosts in one program, made from the object of a state file."""

    def __init__(self, state):
        if set(state) - STATE:
            raise ValueError(f"unknown in a state file: {', '.join(sorted(set(state) - STATE))}")
        if set(state.get("timing", {})) - set(TIMING):
            raise ValueError(f"the timing of {', '.join(sorted(TIMING))} can be set")
        self.port = state.get("port", 443)  # where hosts call each other
        self.timing = {**TIMING, **state.get("timing", {})}
        self.folder = tempfile.TemporaryDirectory(prefix="testpool-")  # pylint: disable=consider-using-with
        self.faults = Faults()
        self.stopped = threading.Event()
        self.agents = {}
        for fault in state.get("faults", []):
            self.faults.add(fault)
        for settings in state["hosts"]:
            self.add(settings)
        self.control = _control(self, state["control"]) if state.get("control") else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def add(self, settings):
        """One more host."""
        agent = Agent(settings, self)
        self.agents[agent.name] = agent
        return agent

    def close(self):
        """Ends all hosts."""
        self.faults.clear()
        if self.control:
            self.control.shutdown()
            self.control.server_close()
        for agent in self.agents.values():
            agent.close()
        self.folder.cleanup()
        self.stopped.set()

    def certificate(self, settings):
        """Key and certificate of a host, and the fingerprint; none is made where nothing listens with TLS.

        "certificate" of a host is a PEM file with both, or {"from": ..., "until": ...} as 20260101000000Z.
        """
        wanted = settings.get("certificate", {})
        if isinstance(wanted, str):
            pem = pathlib.Path(wanted)
        elif not any(url.startswith("https:") for url in settings.get("listen", [])):
            return None, ""
        else:
            pem = pathlib.Path(self.folder.name) / f"{settings['name']}.pem"
            make_certificate(pem, settings.get("address", "127.0.0.1"), wanted)
        text = pem.read_text("ascii")
        der = ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])
        return pem, fingerprint(der)

    def state(self):
        """What the hosts are just now."""
        return {
            name: {
                "role": agent.role, "coordinator": agent.coordinator, "emergency": agent.emergency,
                "joins": agent.joins, "calls": dict(agent.calls), "uuid": agent.uuid, "fingerprint": agent.fingerprint,
                "listen": [listener.address() for listener in agent.listeners],
            }
            for name, agent in self.agents.items()
        }  # fmt: skip

    def command(self, order):
        """Carries out one order of the control socket."""
        verb = order["do"]
        agent = self.agents[order["host"]] if "host" in order else None
        if verb == "fault":
            self.faults.add(order["fault"])
        elif verb == "clear":
            self.faults.clear()
        elif verb == "change":
            Furnisher(agent.db, agent.name, agent.epoch).change(order["change"])
        elif verb == "restart":
            agent.restart(order.get("seconds"))
        elif verb == "emergency":
            agent.emergency = order["reason"]
        elif verb == "events-lost":
            for session in agent.sessions.values():
                session["lost"] = True
        elif verb == "stop":
            self.stopped.set()
        elif verb != "state":
            raise ValueError(f"no order is called {verb!r}")
        return self.state()


def make_certificate(pem, address, lifetime):
    """A self-signed RSA certificate with its key, as first boot makes them."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise ValueError('openssl is needed to make a certificate; or name a PEM file as "certificate"')
    key, request = pem.with_suffix(".key"), pem.with_suffix(".csr")
    alternative = "DNS" if any(c.isalpha() for c in address) and ":" not in address else "IP"

    def run(*words):
        subprocess.run([openssl, *map(str, words)], check=True, capture_output=True, cwd=pem.parent)

    run("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={address}", "-keyout", key, "-out", request,
        "-addext", f"subjectAltName={alternative}:{address}")  # fmt: skip
    folder = pathlib.Path(tempfile.mkdtemp(dir=pem.parent))
    (folder / "index").touch()
    config = folder / "ca.conf"
    config.write_text(
        f"[ca]\ndefault_ca=c\n[c]\ndatabase={folder}/index\nnew_certs_dir={folder}\nrand_serial=yes\n"
        "default_md=sha256\npolicy=p\ncopy_extensions=copy\n[p]\ncommonName=supplied\n"
    )
    start, end = lifetime.get("from", "20200101000000Z"), lifetime.get("until", "20400101000000Z")
    run("ca", "-batch", "-selfsign", "-config", config, "-keyfile", key, "-in", request, "-notext",
        "-startdate", start, "-enddate", end, "-out", folder / "cert")  # fmt: skip
    pem.write_text(key.read_text() + (folder / "cert").read_text())


class _Control(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            try:
                answer = self.server.lab.command(json.loads(line))
            except (ValueError, KeyError, AttributeError) as e:
                answer = {"error": f"{type(e).__name__}: {e}"}
            self.wfile.write(json.dumps(answer).encode() + b"\n")


class _ControlServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path, lab):
        self.lab = lab
        super().__init__(path, _Control)


def _control(lab, path):
    if os.path.exists(path):
        os.unlink(path)
    server = _ControlServer(path, lab)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
