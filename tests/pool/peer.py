# SPDX-License-Identifier: GPL-3.0-or-later
"""How one host of the test pool calls another: JSON-RPC over TLS that trusts whoever answers."""

import hashlib
import http.client
import json
import socket
import ssl

from model import ApiError

CONNECT_SECONDS = 60


def fingerprint(der):
    """A certificate's SHA-256 as the API prints it: AB:CD:..."""
    digits = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digits[i:i + 2] for i in range(0, 64, 2))  # fmt: skip


def trusting():
    """TLS with whoever answers. Not the default context, which reads the system's authorities."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Peer:
    """One host as seen from another. Trouble on the way is an ApiError, as the real agent words it."""

    def __init__(self, address, port, timeout=600):
        self.address = address
        self.http = http.client.HTTPSConnection(
            address, port, timeout=CONNECT_SECONDS, context=trusting()
        )
        self.timeout = timeout
        self.session = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Hangs up; the session stays."""
        self.http.close()

    def _connect(self):
        if self.http.sock is None:
            self.http.connect()
            self.http.sock.settimeout(self.timeout)

    def certificate(self):
        """The fingerprint of the certificate the other side shows."""
        try:
            self._connect()
        except OSError as e:
            raise ApiError("INTERNAL_ERROR", f"Connection failed: {e}.") from e
        return fingerprint(self.http.sock.getpeercert(True))

    def post(self, path, content_type, body):
        """Status, content type and body of the answer."""
        try:
            self._connect()
            self.http.request("POST", path, body, {"Content-Type": content_type})
            answer = self.http.getresponse()
            return answer.status, answer.getheader("content-type", ""), answer.read()
        except (ConnectionResetError, BrokenPipeError, http.client.HTTPException) as e:
            self.close()
            raise ApiError("JOINING_HOST_CONNECTION_FAILED") from e
        except (OSError, socket.timeout) as e:
            self.close()
            raise ApiError("INTERNAL_ERROR", f"Connection failed: {e}.") from e

    def call(self, method, *params):
        """The result of a call; the session goes first where there is one."""
        if self.session is not None:
            params = (self.session, *params)
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        status, _, body = self.post("/jsonrpc", "application/json", json.dumps(call).encode())
        if status != 200:
            raise ApiError("JOINING_HOST_SERVICE_FAILED")
        try:
            answer = json.loads(body)
            error = answer.get("error")
        except (ValueError, AttributeError) as e:
            raise ApiError("JOINING_HOST_SERVICE_FAILED") from e
        if isinstance(error, list):
            raise ApiError(*error)
        if error:
            raise ApiError(error["message"], *error["data"])
        return answer["result"]

    def login(self, method, *params):
        """Opens the session that the calls after it use."""
        self.session = None
        self.session = self.call(method, *params)

    def logout(self):
        """Ends the session, if the other side still knows it."""
        try:
            self.call("session.logout")
        except ApiError:
            pass
        self.session = None

    def records(self, cls):
        """All records of a class; none where the other side does not know the class."""
        try:
            return self.call(f"{cls}.get_all_records")
        except ApiError as e:
            if e.code in ("MESSAGE_METHOD_UNKNOWN", "MESSAGE_REMOVED"):
                return {}
            raise
