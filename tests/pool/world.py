# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the test pool share: pools that answer quickly, and a client that hides nothing."""

import atexit
import functools
import http.client
import itertools
import json
import pathlib
import shutil
import socket
import tempfile
import threading
import time
import xml.etree.ElementTree as tree

import envelopes
import peer
import shared

QUICK = {"wrong_password": 0.1, "join": 0.0, "fuse": 0.2, "restart": 0.2, "enable": 0.1, "retry": 0.1}
PASSWORD = "xenroot"


def free_port():
    """A port nobody listens on just now; the same is then free on all of 127/8."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


@functools.cache
def shared_certificate():
    """One for all tests of a run: keys take their time."""
    folder = tempfile.mkdtemp(prefix="testpool-")
    atexit.register(shutil.rmtree, folder)
    pem = pathlib.Path(folder) / "shared.pem"
    shared.make_certificate(pem, "127.0.0.1", {})
    return pem


class World(shared.Lab):
    """A lab whose hosts get an address of 127/8 and a listener each, and share one certificate."""

    def __init__(self, *hosts, **state):
        self.home = tempfile.TemporaryDirectory(prefix="testpool-")  # pylint: disable=consider-using-with
        self.pem = shared_certificate()
        self.numbers = itertools.count()
        timing = {**QUICK, **state.pop("timing", {})}
        super().__init__({"hosts": [], "port": free_port(), "timing": timing, **state})
        for host in hosts:
            self.host(host)

    def host(self, name, scheme="https", **settings):
        """One more host."""
        number = next(self.numbers)
        address = f"127.{number // 250}.{number % 250}.1"
        return self.add({
            "name": name, "address": address, "certificate": str(self.pem),
            "listen": [f"{scheme}://{address}:{self.port}"], **settings,
        })  # fmt: skip

    def client(self, name, envelope="2.0"):
        """A client of a host."""
        return Client(self.agents[name].listeners[0].address(), envelope)

    def close(self):
        super().close()
        self.home.cleanup()


class Failure(Exception):
    """An API error; `error` is [CODE, param...]."""

    def __init__(self, error):
        super().__init__(*error)
        self.error = error


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Client:
    """Speaks one of the envelopes "xml", "1.0" and "2.0" to one URL, and insists on its shape."""

    def __init__(self, url, envelope="2.0", timeout=600):
        self.url, self.envelope, self.timeout = url, envelope, timeout
        self.session = None

    def connection(self):
        """A connection of its own for every request."""
        scheme, _, rest = self.url.partition(":")
        if scheme == "unix":
            return _UnixConnection(rest)
        host, _, port = rest.strip("/").rpartition(":")
        if scheme == "http":
            return http.client.HTTPConnection(host, int(port), timeout=self.timeout)
        return http.client.HTTPSConnection(host, int(port), timeout=self.timeout, context=peer.trusting())

    def post(self, path, body, headers=None, method="POST"):
        """Status, headers and body of the answer."""
        connection = self.connection()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def raw_call(self, method, params, headers=None):
        """Headers and body of the answer to a call."""
        if self.envelope == "xml":
            values = "".join(f"<param>{typed(p)}</param>" for p in params)
            body = f"<methodCall><methodName>{method}</methodName><params>{values}</params></methodCall>"
            path, content_type = "/", "text/xml"
        else:
            call = {"method": method, "params": params, "id": 7}
            body = json.dumps({**call, "jsonrpc": "2.0"} if self.envelope == "2.0" else call)
            path, content_type = "/jsonrpc", "application/json"
        status, got, answer = self.post(path, body, {"Content-Type": content_type, **(headers or {})})
        if (status, got["content-type"]) != (200, content_type):
            raise AssertionError(f"HTTP {status}, {got['content-type']} to {method}")
        return got, answer

    def call(self, method, *params):
        """The result of a call, or Failure."""
        _, answer = self.raw_call(method, list(params))
        return self.unwrap(method, answer)

    def unwrap(self, method, body):
        """The value in an answer."""
        if self.envelope == "xml":
            value = envelopes.parse_value(tree.fromstring(body).find("params/param/value"))
            if method == "system.listMethods":
                return value
            if list(value) == ["Status", "Value"] and value["Status"] == "Success":
                return value["Value"]
            if list(value) == ["Status", "ErrorDescription"] and value["Status"] == "Failure":
                raise Failure(value["ErrorDescription"])
            raise AssertionError(f"not an envelope: {value}")
        answer = json.loads(body)
        if self.envelope == "1.0":
            if set(answer) != {"result", "error", "id"} or answer["id"] != 7:
                raise AssertionError(f"not an envelope of 1.0: {answer}")
            error = answer["error"]
        else:
            if set(answer) not in ({"jsonrpc", "result", "id"}, {"jsonrpc", "error", "id"}) or answer["id"] != 7:
                raise AssertionError(f"not an envelope of 2.0: {answer}")
            error = answer.get("error")
            error = error and [error["message"], *error["data"]]
        if error:
            raise Failure(error)
        return answer["result"]

    def login(self, user="root", password=PASSWORD):
        """A session for the calls made with `do`."""
        self.session = self.call("session.login_with_password", user, password)
        return self

    def do(self, method, *params):
        """A call with the session."""
        return self.call(method, self.session, *params)


def typed(value):
    """As Python's own client writes values: integers and strings in tags, unlike the server."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        if isinstance(value, (list, tuple)):
            return f"<value><array><data>{''.join(map(typed, value))}</data></array></value>"
        return envelopes.xml_value(value)
    if isinstance(value, int):
        return f"<value><int>{value}</int></value>"
    return envelopes.xml_value(value).replace("<value>", "<value><string>").replace("</value>", "</string></value>")


class Awake:
    """Seconds that passed while this machine worked: those it stood still for are nobody's fault."""

    def __enter__(self):
        self.seconds = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.count, daemon=True)
        self.thread.start()
        return self

    def count(self):
        last = time.monotonic()
        while not self.over.wait(0.05):
            now = time.monotonic()
            self.seconds += min(now - last, 0.1)
            last = now

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def until(question, seconds=60, pause=0.02):
    """Asks until the answer is true, and not only for so long but also so often; what it was."""
    end = time.monotonic() + seconds
    least = seconds / pause / 10
    while True:
        answer = question()
        least -= 1
        if answer or (time.monotonic() > end and least < 0):
            return answer
        time.sleep(pause)
