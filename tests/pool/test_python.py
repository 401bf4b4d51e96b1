# SPDX-License-Identifier: GPL-3.0-or-later
"""Python's own XML-RPC client, which knows nothing of this project, against the test pool."""

import http.client
import socket
import subprocess
import unittest
import xmlrpc.client

import peer
import world


class _Unix(xmlrpc.client.Transport):
    def make_connection(self, host):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        return connection

    def __init__(self, path):
        super().__init__()
        self.path = path


class Python(unittest.TestCase):
    """Over TLS, plain HTTP and the unix socket."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.World()
        cls.addClassCleanup(cls.world.close)
        cls.pool = cls.world.host("pool")

    @staticmethod
    def value(answer):
        """The value in an envelope."""
        if answer["Status"] != "Success":
            raise world.Failure(answer["ErrorDescription"])
        return answer["Value"]

    def joiner(self):
        """A host with a plain port and a socket."""
        number = next(self.world.numbers)
        path, address = f"{self.world.home.name}/xapi-{number}/socket", f"127.2.{number}.1"
        listen = [f"http://{address}:{self.world.port}", f"unix:{path}"]
        return self.world.host(f"joiner{number}", listen=listen, address=address), path

    def proxies(self):
        """A client for each way in."""
        joiner, path = self.joiner()
        context = peer.trusting()
        tls = self.pool.listeners[0].address()
        yield "tls", xmlrpc.client.ServerProxy(tls, context=context), world.PASSWORD
        yield "http", xmlrpc.client.ServerProxy(joiner.listeners[0].address()), world.PASSWORD
        yield "unix", xmlrpc.client.ServerProxy("http://localhost/", transport=_Unix(path)), ""

    def test_reads(self):
        """Log in, list every class, read the types that a client sees, log out."""
        for way, proxy, password in self.proxies():
            with self.subTest(way):
                session = self.value(proxy.session.login_with_password("root", password, "1.0", "test"))
                for name in proxy.system.listMethods():
                    if name.endswith(".get_all_records"):
                        self.assertIsInstance(self.value(getattr(proxy, name)(session)), dict)
                host = next(iter(self.value(proxy.host.get_all_records(session)).values()))
                self.assertEqual(host["API_version_major"], "2")
                self.assertIs(host["enabled"], True)
                self.assertIsInstance(host["ssh_expiry"], xmlrpc.client.DateTime)
                self.assertEqual(self.value(proxy.session.logout(session)), "")
                with self.assertRaises(world.Failure) as failure:
                    self.value(proxy.host.get_all(session))
                self.assertEqual(failure.exception.error, ["SESSION_INVALID", session])

    def test_join_and_member(self):
        """After a join the member's unix socket shows the pool; its TCP port names the coordinator."""
        joiner, path = self.joiner()
        proxy = xmlrpc.client.ServerProxy("http://localhost/", transport=_Unix(path))
        session = self.value(proxy.session.login_with_password("root", ""))
        self.assertEqual(self.value(proxy.pool.join(session, self.pool.address, "root", world.PASSWORD)), "")
        self.assertTrue(world.until(lambda: joiner.role == "slave" and not joiner.emergency))
        proxy = xmlrpc.client.ServerProxy("http://localhost/", transport=_Unix(path))
        session = self.value(proxy.session.login_with_password("root", ""))
        seen = self.value(proxy.pool.get_all_records(session))
        self.assertEqual(list(seen), [self.pool.db.pool()[0]])
        self.assertEqual(len(self.value(proxy.host.get_all(session))), 2)
        over_tcp = xmlrpc.client.ServerProxy(joiner.listeners[0].address())
        answer = over_tcp.session.login_with_password("root", world.PASSWORD)
        self.assertEqual(answer["ErrorDescription"], ["HOST_IS_SLAVE", self.pool.address])

    def test_handshake(self):
        """The curve, version and ciphers of the real front end, and nothing older or weaker."""
        host, port = self.pool.address, self.world.port
        for options, works in ((["-curves", "P-384"], True), (["-curves", "X25519"], False),
                               (["-tls1_3"], False), (["-cipher", "AES128-SHA"], False)):  # fmt: skip
            with self.subTest(options):
                done = subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", *options],
                                      input=b"", capture_output=True, check=False)  # fmt: skip
                self.assertEqual(b"Server certificate" in done.stdout, works)


if __name__ == "__main__":
    unittest.main()
