#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes events by HTTP or HTTPS on loopback, badly where it is told to, and syslog by UDP and TCP.

Usage: event_server.py FOLDER [BEHAVIOUR...]: one a request, "ok" when there are no more of them: a
status (500), "lost" (taken, but the connection ends without an answer) or "slow" (after 3 s).
"tls" as the first one: with a certificate that it makes. Prints "http=PORT udp=PORT tcp=PORT
sha256=FINGERPRINT", and ends with its standard input. What came is a line of JSON each in
FOLDER/received and FOLDER/syslog.
"""

import hashlib
import http.server
import json
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time

FOLDER, PLAN = sys.argv[1], sys.argv[2:]
TLS = PLAN[:1] == ["tls"]
if TLS:
    PLAN.pop(0)
LOCK = threading.Lock()


def keep(name, record):
    with LOCK, open(os.path.join(FOLDER, name), "a") as file:
        file.write(json.dumps(record) + "\n")


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with LOCK:
            behaviour = PLAN.pop(0) if PLAN else "ok"
        keep("received", {"behaviour": behaviour, "headers": dict(self.headers), "body": body.decode()})
        if behaviour == "lost":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if behaviour == "slow":
            time.sleep(3)
        self.send_response(200 if behaviour in ("ok", "slow") else int(behaviour))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        keep("syslog", {"way": "udp", "message": self.request[0].decode()})


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            length = b""
            while not length.endswith(b" "):
                byte = self.rfile.read(1)
                if not byte:
                    return
                length += byte
            keep("syslog", {"way": "tcp", "message": self.rfile.read(int(length)).decode()})


def serve(kind, handler):
    server = kind(("127.0.0.1", 0), handler)
    if TLS and handler is Receiver:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


sha256 = "-"
if TLS:
    pem = os.path.join(FOLDER, "server.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
         "2", "-subj", "/CN=nobody", "-keyout", pem, "-out", pem + ".crt"], check=True, stderr=subprocess.DEVNULL)
    certificate = open(pem + ".crt").read()
    open(pem, "a").write(certificate)
    sha256 = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
ports = {
    "http": serve(http.server.ThreadingHTTPServer, Receiver),
    "udp": serve(socketserver.ThreadingUDPServer, Datagram),
    "tcp": serve(socketserver.ThreadingTCPServer, Stream),
}
print(" ".join(f"{name}={port}" for name, port in ports.items()), f"sha256={sha256}", flush=True)
sys.stdin.read()
