# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in: HTTP/1.1 over TCP, TLS and a unix socket, within the limits of the real server."""

import os
import socket
import ssl
import struct
import threading
import time
import typing
import urllib.parse

HEADER_LIMIT = 1024  # bytes of request line and headers; not on the unix socket
BODY_LIMIT = 300 * 1024
HEADER_SECONDS = 100
REASONS = {200: "OK", 403: "Forbidden", 413: "Request Entity Too Large",
           431: "Request Header Fields Too Large", 500: "Internal Server Error"}  # fmt: skip


class HttpRequest(typing.NamedTuple):
    """One request; header names in lower case; `local` for the unix socket."""

    method: str
    path: str
    headers: dict
    body: bytes
    local: bool


class HttpAnswer(typing.NamedTuple):
    """What goes back. `mangle`, if set, sends the bytes its own way and then closes."""

    status: int
    content_type: str
    body: bytes
    headers: tuple = ()
    mangle: object = None


def error_page(status, text):
    """What is said when no API answer is possible."""
    body = f"<html><body><h1>HTTP {status} {REASONS[status]}</h1>{text}</body></html>"
    return HttpAnswer(status, "text/html", body.encode())


class Refused(Exception):
    """The request cannot be read; the answer goes out and the connection is closed."""

    def __init__(self, status, text):
        super().__init__(text)
        self.answer = error_page(status, text)


def tls_context(pem):
    """What the real server's front end accepts, and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256")
    context.set_ecdh_curve("secp384r1")
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    context.load_cert_chain(pem)
    return context


def _close(connection):
    """Ends a connection for sure, whoever still holds its file."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()


def _cut(connection):
    """Ends a connection that a thread serves. That thread closes it: its number would soon be another
    connection's, while TLS still writes its farewell to it."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass


class Listener:
    """One URL. `answer` turns an HttpRequest into an HttpAnswer; `away` says that nobody is home.

    While away, TLS connections are taken and dropped (its front end still runs); the others are refused.
    """

    def __init__(self, url, pem, answer):
        self.url = urllib.parse.urlsplit(url)
        self.answer = answer
        self.tls = tls_context(pem) if self.url.scheme == "https" else None
        self.local = self.url.scheme == "unix"
        self.away = False
        self.connections = set()
        self.socket = None
        self.port = self.url.port if not self.local else None
        self._open()

    def _open(self):
        if self.local:
            if os.path.exists(self.url.path):
                os.unlink(self.url.path)
            os.makedirs(os.path.dirname(self.url.path) or ".", mode=0o700, exist_ok=True)
            server = socket.socket(socket.AF_UNIX)
            server.bind(self.url.path)
        else:
            default = 443 if self.tls else 80
            port = default if self.port is None else self.port
            family = socket.AF_INET6 if ":" in self.url.hostname else socket.AF_INET
            server = socket.create_server((self.url.hostname, port), family=family, backlog=256)
            self.port = server.getsockname()[1]
        server.listen(256)
        self.socket = server
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def address(self):
        """The URL with the port that was really taken."""
        if self.local:
            return self.url.geturl()
        host = f"[{self.url.hostname}]" if ":" in self.url.hostname else self.url.hostname
        return f"{self.url.scheme}://{host}:{self.port}"

    def leave(self):
        """Nobody is home from now on; open connections are cut."""
        self.away = True
        if self.tls is None:
            _close(self.socket)
        for connection in list(self.connections):
            _cut(connection)

    def come_back(self):
        """Answers again."""
        self.away = False
        if self.tls is None:
            self._open()

    def close(self):
        """For good."""
        self.leave()
        _close(self.socket)
        if self.local and os.path.exists(self.url.path):
            os.unlink(self.url.path)

    def _accept(self, server):
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        self.connections.add(connection)
        plain = connection
        try:
            if self.tls:
                connection.settimeout(HEADER_SECONDS)
                connection = self.tls.wrap_socket(connection, server_side=True)
                self.connections.add(connection)
            while not self.away and self._exchange(connection):
                pass
        except (OSError, ValueError):
            pass  # the other side went away, or does not speak TLS
        finally:
            self.connections.discard(plain)
            self.connections.discard(connection)
            _close(connection)

    def _exchange(self, connection):
        """One request and its answer; whether another may follow."""
        try:
            request = read_request(connection, self.local)
            if request is None:
                return False
            answer = self.answer(request)
            keep = request.headers.get("connection", "keep-alive").lower() != "close"
        except Refused as refusal:
            answer, keep = refusal.answer, False
        if self.away:
            return False
        raw = write_answer(answer, keep)
        if answer.mangle:
            answer.mangle(connection, raw)
            return False
        connection.sendall(raw)
        return keep


def read_request(connection, local):
    """Reads one request; None when the other side closed in between."""
    connection.settimeout(None)
    data = b""
    started = None
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            if data:
                raise Refused(500, "the request ends in its headers")
            return None
        started = started or time.monotonic()
        connection.settimeout(HEADER_SECONDS)
        if time.monotonic() - started > 6 * HEADER_SECONDS:
            raise Refused(500, "the headers take too long")
        data += piece
        head = data.partition(b"\r\n\r\n")[0]
        if not local and len(head) > HEADER_LIMIT:
            raise Refused(431, f"more than {HEADER_LIMIT} bytes of headers")
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    words = line.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Refused(500, "not an HTTP request line")
    headers = {n.strip().lower(): v.strip() for n, _, v in (h.partition(":") for h in rest)}
    if words[0] == "POST":
        body = _read_body(connection, headers, body)
    return HttpRequest(words[0], words[1].partition("?")[0], headers, body, local)


def _read_body(connection, headers, body):
    length = headers.get("content-length", "")
    if not length.isdigit():
        raise Refused(500, "Content-Length is required")
    if int(length) > BODY_LIMIT:
        raise Refused(413, f"more than {BODY_LIMIT} bytes of body")
    while len(body) < int(length):
        piece = connection.recv(65536)
        if not piece:
            raise Refused(500, "the body is shorter than Content-Length")
        body += piece
    return body[:int(length)]  # fmt: skip


def write_answer(answer, keep):
    """The bytes of an answer, headers in the order of the real server."""
    lines = [
        f"HTTP/1.1 {answer.status} {REASONS[answer.status]}",
        f"content-length: {len(answer.body)}",
        f"connection: {'keep-alive' if keep else 'close'}",
        "cache-control: no-cache, no-store",
        f"content-type: {answer.content_type}",
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Headers: X-Requested-With",
        *(f"{name}: {value}" for name, value in answer.headers),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + answer.body
