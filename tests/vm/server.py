# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP server that can go wrong on demand, and takes uploads. Guests reach it as 10.0.2.2."""

import contextlib
import http.server
import pathlib
import re
import ssl
import subprocess
import threading
import urllib.parse


class Server:
    """Serves FOLDER; everything below `uploads` was sent by a machine with POST."""

    def __init__(self, folder, uploads):
        self.folder = pathlib.Path(folder)
        self.uploads = pathlib.Path(uploads)
        self.uploads.mkdir(parents=True, exist_ok=True)
        self.damage = {}  # path -> offsets of bytes that are flipped
        self.missing = set()  # paths answered by 404
        self.cut = {}  # path -> byte at which the next connection that reaches it is cut, once
        self.cuts = 0  # how often that happened
        self.away = threading.Event()  # while set, every connection is closed at once
        self.requests = []  # (method, path, first byte)
        self.posted = {}  # name of an upload -> header of its request
        self.proxied = []  # whole URLs, by those who take this for a proxy
        self.sent = {}  # path -> bytes sent, of all connections
        self.knocks = 0  # connections closed because the server was away
        self._condition = threading.Condition()
        server = self

        class Handler(_Handler):
            owner = server

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.url = f"http://10.0.2.2:{self.port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def certificate(self):
        """The certificate that `with_tls` shows, as text in PEM; it signed itself."""
        pem, key = self.uploads / "certificate.pem", self.uploads / "key.pem"
        if not pem.exists():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=10.0.2.2",
                 "-addext", "subjectAltName=IP:10.0.2.2", "-keyout", key, "-out", pem],
                check=True, capture_output=True,
            )  # fmt: skip
        return pem.read_text(encoding="ascii")

    @contextlib.contextmanager
    def with_tls(self):
        """The same files by https; gives the URL."""
        self.certificate()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.uploads / "certificate.pem", self.uploads / "key.pem")
        https = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.http.RequestHandlerClass)
        https.daemon_threads = True
        https.socket = context.wrap_socket(https.socket, server_side=True)
        threading.Thread(target=https.serve_forever, daemon=True).start()
        try:
            yield f"https://10.0.2.2:{https.server_address[1]}"
        finally:
            https.shutdown()
            https.server_close()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def note(self, path, count):
        with self._condition:
            self.sent[path] = self.sent.get(path, 0) + count
            self._condition.notify_all()

    def wait_for_bytes(self, path, count, seconds):
        """Until so many bytes of the file were sent."""
        with self._condition:
            return self._condition.wait_for(lambda: self.sent.get(path, 0) >= count, seconds)

    def knock(self):
        with self._condition:
            self.knocks += 1
            self._condition.notify_all()

    def wait_for_knocks(self, count, seconds):
        """Until that many connections found the server away."""
        with self._condition:
            return self._condition.wait_for(lambda: self.knocks >= count, seconds)

    @staticmethod
    def in_background(work):
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def log(self, entry):
        with self._condition:
            self.requests.append(entry)
            self._condition.notify_all()


class _Handler(http.server.BaseHTTPRequestHandler):
    owner = None
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def handle_one_request(self):
        if self.owner.away.is_set():
            self.owner.knock()
            self.close_connection = True
            return
        super().handle_one_request()

    def do_HEAD(self):
        self._answer(False)

    def do_GET(self):
        self._answer(True)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = pathlib.PurePosixPath(self.path).name
        self.owner.posted[name] = dict(self.headers)
        (self.owner.uploads / name).write_bytes(body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, with_body):
        if "://" in self.path:
            self.owner.proxied.append(self.path)
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        file = self.owner.folder / path.lstrip("/")
        match = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first = int(match.group(1)) if match else 0
        self.owner.log((self.command, path, first))
        if path in self.owner.missing or not file.is_file():
            self.send_error(404)
            return
        size = file.stat().st_size
        last = min(int(match.group(2)), size - 1) if match and match.group(2) else size - 1
        if first >= size:
            self.send_error(416)
            return
        self.send_response(206 if match else 200)
        if match:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        if with_body:
            self._body(file, path, first, last)

    def _body(self, file, path, first, last):
        position = first
        with open(file, "rb") as stream:
            stream.seek(first)
            while position <= last:
                block = bytearray(stream.read(min(65536, last - position + 1)))
                for offset in self.owner.damage.get(path, ()):
                    if position <= offset < position + len(block):
                        block[offset - position] ^= 0xFF
                cut = self.owner.cut.get(path)
                reached = cut is not None and position <= cut < position + len(block)
                if self.owner.away.is_set() or reached:
                    if reached:
                        del self.owner.cut[path]
                    self.owner.cuts += 1
                    self.close_connection = True
                    self.connection.close()
                    return
                self.wfile.write(block)
                position += len(block)
                self.owner.note(path, len(block))
