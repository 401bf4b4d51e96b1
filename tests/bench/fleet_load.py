#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many machines at once, from one process over real HTTP: each asks nginx for its answers, then tells
xenhost-fleet of its installation. Some events are sent twice, as machines do whose answer got lost.

Usage: fleet_load.py [--machines N] [--events N]. XENHOST_BUILD is where xenhost-fleet is, build/
without it. Prints figures, and fails when an event or an answer is missing, doubled or wrong.
"""

import argparse
import asyncio
import dataclasses
import json
import os
import pathlib
import random
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
FLEET = pathlib.Path(os.environ.get("XENHOST_BUILD", TREE / "build")).resolve() / "xenhost-fleet"
TOKEN = "bench-token"
TWICE = 0.1


class Client:
    """One machine's connection to one server, kept open; opened anew where the server ended it."""

    def __init__(self, port):
        self.port, self.streams = port, None

    async def ask(self, head, body=b""):
        if not self.streams:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(f"{head}\r\nHost: fleet\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in answer.split("\r\n")[1:] if ": " in line)
        text = await reader.readexactly(int(fields["content-length"]))
        if fields.get("connection") == "close":
            self.close()
        return int(answer.split()[1]), text

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None


def uuid_of(number):
    return f"00000000-1111-2222-3333-{number:012x}"


def story(number, events):
    """What one installation tells, in order."""
    kinds = ["start"] + ["phase", "progress"] * events
    kinds = kinds[: events - 1] + ["done"]
    for sequence, kind in enumerate(kinds, 1):
        event = {"schema": "xenhost.event/1", "event": kind, "id": f"{uuid_of(number)}/run/{sequence}",
                 "machine": {"key": uuid_of(number), "hostname": f"xen{number}"}, "run": "run", "sequence": sequence,
                 "time": "2026-11-22T09:00:00Z", "permille": 1000 * sequence // events}
        if kind == "progress":
            event |= {"bytes": sequence << 20, "total_bytes": events << 20, "bytes_per_second": 90 << 20}
        yield json.dumps(event).encode()


async def machine(number, args, ports, times, gate):
    """Fetches its answers, and tells its story at a pace that chance varies."""
    nginx, fleet = Client(ports[0]), Client(ports[1])
    chance = random.Random(number)
    await asyncio.sleep(chance.random() * args.seconds / args.events)
    async with gate:
        begin = time.monotonic()
        status, text = await nginx.ask(f"GET /answers HTTP/1.1\r\nX-System-UUID: {uuid_of(number)}")
        times["answer"].append(time.monotonic() - begin)
        assert status == 200 and text.decode() == answers(number), (number, status, text)
        nginx.close()
    head = f"POST /events HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json"
    for body in story(number, args.events):
        for _ in range(1 + (chance.random() < TWICE)):
            begin = time.monotonic()
            status, text = await fleet.ask(head, body)
            times["event"].append(time.monotonic() - begin)
            assert status == 200, (number, status, text)
        await asyncio.sleep(args.seconds / args.events * (0.5 + chance.random()))
    fleet.close()


def answers(number):
    return f'<installation sr-type="lvm"><hostname>xen{number}</hostname></installation>\n'


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"nothing listens at port {port}")


def start_nginx(folder, machines):
    """The configuration of the handbook, below a folder of its own."""
    port = free_port()
    site = (TREE / "answerfiles/examples/nginx/answers.conf").read_text()
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("\tlisten [::]:80;\n", "")
    site = site.replace("/srv/xenhost", str(folder / "www"))
    by_uuid = folder / "www/answers/by-uuid"
    by_uuid.mkdir(parents=True)
    for number in range(machines):
        (by_uuid / f"{uuid_of(number)}.xml").write_text(answers(number))
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{ access_log off; {temporary}\n{site}}}\n")
    os.chmod(folder, 0o755)
    return port, subprocess.Popen(["nginx", "-e", folder / "nginx.log", "-c", folder / "nginx.conf"])


def start_fleet(folder):
    port = free_port()
    (folder / "token").write_text(TOKEN)
    return port, subprocess.Popen(
        [FLEET, "--listen", f"127.0.0.1:{port}", "--database", folder / "fleet.db", "--token-file", folder / "token"],
        stderr=subprocess.DEVNULL)


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))] * 1000


def check(folder, args, times):
    """What was kept is what was told: nothing is missing, nothing is there twice."""
    kept = sqlite3.connect(folder / "fleet.db").execute(
        "SELECT count(*), count(DISTINCT id), count(DISTINCT machine) FROM events").fetchone()
    told = args.machines * args.events
    done = sqlite3.connect(folder / "fleet.db").execute("SELECT count(*) FROM runs WHERE state=3").fetchone()[0]
    assert kept == (told, told, args.machines), f"kept {kept}, told {told}"
    assert done == args.machines, f"{done} machines are done"
    assert len(times["answer"]) == args.machines
    return told


@dataclasses.dataclass
class Found:
    """What one turn came to; milliseconds are 99th percentiles."""

    machines: int
    told: int
    twice: int
    taken: float
    answer_ms: float
    event_ms: float
    peak_mib: float
    text: str


def peak_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def measure(machines, events, seconds):
    """All machines from their answers to "done"; raises when something is lost, doubled or wrong."""
    args = argparse.Namespace(machines=machines, events=events, seconds=seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    times = {"answer": [], "event": []}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        servers = [start_nginx(folder, machines), start_fleet(folder)]
        ports = [port for port, _ in servers]
        try:
            for port in ports:
                wait_for(port)

            async def all_machines():
                gate = asyncio.Semaphore(512)
                await asyncio.gather(*(machine(n, args, ports, times, gate) for n in range(machines)))

            begin = time.monotonic()
            asyncio.run(all_machines())
            taken = time.monotonic() - begin
            peak = peak_mib(servers[1][1])
            told = check(folder, args, times)
        finally:
            for _, server in servers:
                server.terminate()
            for _, server in servers:
                server.wait()
    lines = [f"{machines} machines, {told} events, {len(times['event']) - told} of them sent twice, in {taken:.1f} s: "
             "none lost, none doubled"]  # fmt: skip
    for kind, where in (("answer", "nginx"), ("event", "xenhost-fleet")):
        lines.append(f"{kind}, {where}: median {percentile(times[kind], 50):.1f} ms, "
                     f"99th percentile {percentile(times[kind], 99):.1f} ms")  # fmt: skip
    lines.append(f"peak memory of xenhost-fleet: {peak:.1f} MiB")
    return Found(machines, told, len(times["event"]) - told, taken, percentile(times["answer"], 99),
                 percentile(times["event"], 99), peak, "\n".join(lines))  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--machines", type=int, default=1000)
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60, help="how long an installation takes")
    args = parser.parse_args()
    print(measure(args.machines, args.events, args.seconds).text)


if __name__ == "__main__":
    main()
