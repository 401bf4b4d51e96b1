#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves the files of a folder on loopback by HTTP, HTTPS, FTP and TFTP, and TXT records by DNS.

Usage: answer_server.py FOLDER. Prints one line "http=PORT ftp=PORT tftp=PORT dns=PORT https=PORT"
when all answer, and ends with its standard input. HTTPS shows what FOLDER/server.pem holds, key and
certificate, at the time, and to those alone who show a certificate by an authority of
FOLDER/clients.pem, where there is that file. /echo tells what an HTTP client sent; /gzip/NAME is the
file compressed, which nobody asked for; TFTP does not answer for "silent". FTP ends each transfer
after so many bytes as FOLDER/drop says, if it is there. What was posted lies in FOLDER/posted. TXT
records stand in FOLDER/txt, a name and its text in each line.
"""

import gzip
import http.server
import os
import re
import socket
import socketserver
import ssl
import struct
import sys
import threading

FOLDER = sys.argv[1]


def content(name):
    """The bytes of a file, or None."""
    try:
        with open(os.path.join(FOLDER, name.lstrip("/")), "rb") as file:
            return file.read()
    except OSError:
        return None


class Web(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body, headers={}):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def echo(self, body):
        lines = [f"{self.command} {self.path}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\n".join(lines).encode() + b"\n\n" + body

    def do_GET(self):
        if self.path.startswith("/echo"):
            return self.answer(200, self.echo(b""))
        if self.path.startswith("/gzip/"):
            return self.answer(200, gzip.compress(content(self.path[5:])), {"Content-Encoding": "gzip"})
        body = content(self.path)
        if body is None:
            return self.answer(404, b"")
        part = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"] or "")
        if not part:
            return self.answer(200, body)
        first, last = int(part[1]), min(int(part[2]), len(body) - 1)
        span = {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
        return self.answer(206, body[first : last + 1], span)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/echo"):
            return self.answer(200, self.echo(body))
        with open(os.path.join(FOLDER, "posted"), "wb") as file:
            file.write(body)
        return self.do_GET()

    def log_message(self, *_):
        pass


class Https(http.server.ThreadingHTTPServer):
    def get_request(self):
        plain, address = super().get_request()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(FOLDER, "server.pem"))
        clients = os.path.join(FOLDER, "clients.pem")
        if os.path.exists(clients):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(clients)
        # The handshake is the handler's: a client that refuses the certificate ends its thread alone.
        return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, *_):
        pass


class Ftp(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        data = socket.create_server(("127.0.0.1", 0))
        port = data.getsockname()[1]
        start = 0
        self.say("220 hello")
        for line in self.rfile:
            verb, _, rest = line.decode().strip().partition(" ")
            if verb == "USER":
                self.say("331 password")
            elif verb == "PASS":
                self.say("230 in")
            elif verb == "PWD":
                self.say('257 "/"')
            elif verb in ("CWD", "TYPE"):
                self.say("250 ok")
            elif verb == "EPSV":
                self.say(f"229 listening (|||{port}|)")
            elif verb == "RETR":
                body = content(rest)
                if body is None:
                    self.say("550 no such file")
                    continue
                body, start = body[start:], 0
                most = int(content("drop") or len(body))
                self.say("150 here it comes")
                with data.accept()[0] as connection:
                    connection.sendall(body[:most])
                if len(body) > most:
                    return
                self.say("226 done")
            elif verb == "REST":
                start = int(rest)
                self.say("350 from there")
            elif verb == "QUIT":
                return
            else:
                self.say("502 what?")


class Tftp(socketserver.BaseRequestHandler):
    def handle(self):
        packet, _ = self.request
        name = packet[2:].split(b"\0")[0].decode()
        if name == "silent":
            return
        body = content(name)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as transfer:
            transfer.bind(("127.0.0.1", 0))
            transfer.settimeout(600)
            if body is None:
                transfer.sendto(b"\0\5\0\1File not found\0", self.client_address)
                return
            for block in range(len(body) // 512 + 1):
                piece = body[block * 512 : block * 512 + 512]
                transfer.sendto(struct.pack("!HH", 3, block + 1) + piece, self.client_address)
                transfer.recvfrom(1024)


class Dns(socketserver.BaseRequestHandler):
    def handle(self):
        packet, reply_to = self.request
        at, labels = 12, []
        while packet[at]:
            labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
            at += packet[at] + 1
        question = packet[12 : at + 5]
        name = ".".join(labels)
        records = [line.split(" ", 1) for line in (content("txt") or b"").decode().splitlines()]
        texts = [text.encode() for owner, text in records if owner == name]
        answers = b"".join(
            b"\xc0\x0c" + struct.pack("!HHIHB", 16, 1, 60, len(text) + 1, len(text)) + text
            for text in texts
        )
        flags = 0x8180 if texts else 0x8183
        header = packet[:2] + struct.pack("!HHHHH", flags, 1, len(texts), 0, 0)
        reply_to.sendto(header + question + answers, self.client_address)


def serve(kind, handler):
    server = kind(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


ports = {
    "http": serve(http.server.ThreadingHTTPServer, Web),
    "ftp": serve(socketserver.ThreadingTCPServer, Ftp),
    "tftp": serve(socketserver.ThreadingUDPServer, Tftp),
    "dns": serve(socketserver.ThreadingUDPServer, Dns),
    "https": serve(Https, Web),
}
print(" ".join(f"{name}={port}" for name, port in ports.items()), flush=True)
sys.stdin.read()
