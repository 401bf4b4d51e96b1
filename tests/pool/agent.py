# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's agent: its role, its records, its restarts, and how it becomes and stays a member."""

import collections
import pathlib
import threading
import time

import dispatch
import envelopes
import http_server
from database import Database, new_ref, uuid_of
from envelopes import Malformed
from furnish import Furnisher
from http_server import HttpAnswer, error_page
from model import NULL, ApiError
from peer import Peer

SETTINGS = {"name", "address", "listen", "users", "values", "changes", "members", "role", "emergency",
            "old_emergency", "editions", "release", "certificate", "root", "talk_back", "secret"}  # fmt: skip
# What licence daemons know, the least first.
EDITIONS = {"free": 10, "trial": 15, "standard-per-socket": 20, "enterprise-per-socket": 30, "xcp-ng": 100}
THUMBPRINT = "x-xenapi-request-host-certificate-thumbprint"


class Agent:
    """A host of the test pool. `lab` holds what its hosts share: timing, port, faults, certificates."""

    def __init__(self, settings, lab):
        unknown = set(settings) - SETTINGS
        if unknown or "name" not in settings:
            raise ValueError(f"a host needs a name and has no {', '.join(sorted(unknown)) or 'name'}")
        self.settings = settings
        self.lab = lab
        self.name = settings["name"]
        self.address = settings.get("address", "127.0.0.1")
        self.users = settings.get("users", {"root": {"password": "xenroot"}})
        self.uuid = settings.get("values", {}).get("uuid") or uuid_of(self.name, "host")
        self.editions = settings.get("editions", EDITIONS)
        self.faults = lab.faults
        self.epoch = 0
        role = self._stored("etc/xensource/pool.conf") or settings.get("role", "master")
        self.role, _, self.coordinator = role.partition(":")
        if self.role not in ("master", "slave", "broken"):
            raise ValueError(f"a role is master, slave:ADDRESS or broken, not {self.role!r}")
        self.secret = self._stored("etc/xensource/ptoken") or settings.get("secret", uuid_of(self.name, "secret"))
        self.db = None
        self.emergency = None
        self.sessions = {}
        self.local_sessions = set()
        self.joins = 0  # how often pool.join went through
        self.calls = collections.Counter()  # requests by method, of all lives
        self.pem, self.fingerprint = lab.certificate(settings)
        self.next = None  # the role after the next restart
        self.joining = threading.Lock()
        self.life = 0  # counts restarts; threads of an earlier life end
        self.listeners = []
        self._boot()
        for url in settings.get("listen", []):
            self.listeners.append(http_server.Listener(url, self.pem, self.answer))
        self._arrive()

    # --- what survives a restart -------------------------------------------------------------

    def _file(self, name):
        root = self.settings.get("root")
        return pathlib.Path(root) / name if root else None

    def _stored(self, name):
        path = self._file(name)
        return path.read_text("utf-8").strip() if path and path.exists() else None

    def store(self, name, text):
        """Writes one of the files that tell a host's role, where this host has a root folder."""
        path = self._file(name)
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    # --- life --------------------------------------------------------------------------------

    def host_ref(self, db=None):
        """The record of this host in the database it coordinates."""
        found = (db or self.db).find("host", uuid=self.uuid)
        return found[0] if found else NULL

    def furnish(self):
        """Makes the records of a pool of its own, as the settings want them."""
        self.db = Database()
        furnisher = Furnisher(self.db, self.name, self.epoch)
        values = {"name_label": self.name, "address": self.address, "uuid": self.uuid,
                  **self.settings.get("values", {})}  # fmt: skip
        furnisher.pool(values, self.fingerprint)
        for number in range(self.settings.get("members", 0)):
            furnisher.host(f"{self.name}-member{number}", {"address": f"10.9.{number // 250}.{number % 250 + 1}"})
        for change in self.settings.get("changes", []):
            furnisher.change(change)
        self.uuid = self.db.get("host", furnisher.ref("host"))["uuid"]

    def _boot(self):
        self.life += 1
        self.sessions.clear()
        self.local_sessions.clear()
        if self.next:
            self.role, self.coordinator = self.next
            self.next, self.db = None, None
            self.epoch += 1
        self.emergency = self.settings.get("emergency")
        if self.role == "master":
            if self.db is None:
                self.furnish()
            with self.db.changed:
                for task in self.db.find("task"):
                    self.db.remove("task", task)
        elif self.role == "slave":
            self.db = None
            self.emergency = self.emergency or ["HOST_STILL_BOOTING"]
        else:
            self.emergency = self.emergency or ["HOST_BROKEN"]

    def _arrive(self):
        """The rest of a start. Only an agent that can be reached calls itself complete."""
        if self.role == "master":
            self._complete()
        elif self.role == "slave":
            threading.Thread(target=self._find_pool, args=(self.life,), daemon=True).start()

    def _complete(self):
        self.store("run/xapi_init_complete.cookie", "")

    def restart(self, seconds=None):
        """The agent goes away and comes back; meanwhile nobody is home."""
        for listener in self.listeners:
            listener.leave()
        time.sleep(self.lab.timing["restart"] if seconds is None else seconds)
        self._boot()
        for listener in self.listeners:
            listener.come_back()
        self._arrive()

    def become(self, role, coordinator=""):
        """Takes a new role, in force when the agent has restarted, which it does a little later."""
        self.next = (role, coordinator)
        self.store("etc/xensource/pool.conf", f"{role}:{coordinator}" if coordinator else role)
        timer = threading.Timer(self.lab.timing["fuse"], self.restart)
        timer.daemon = True
        timer.start()

    # --- member ------------------------------------------------------------------------------

    def _find_pool(self, life):
        """Says hello to the coordinator until it is answered, then takes part."""
        while self.life == life:
            pause = self.lab.timing["retry"]
            try:
                with Peer(self.coordinator, self.lab.port) as peer:
                    self._hello(peer)
                    time.sleep(self.lab.timing["enable"])
                    self._take_part(peer)
                self._complete()
                return
            except ApiError as e:
                if e.code in ("HOST_UNKNOWN_TO_MASTER", "HOST_MASTER_CANNOT_TALK_BACK",
                              "HOST_XAPI_VERSION_HIGHER_THAN_COORDINATOR", "HOST_ITS_OWN_SLAVE"):  # fmt: skip
                    self.emergency = e.description()
                    pause *= 12
            time.sleep(pause)

    def _hello(self, peer):
        if self.coordinator == self.address:
            raise ApiError("HOST_ITS_OWN_SLAVE")
        try:
            peer.login("session.slave_login", NULL, self.secret)
        except ApiError as e:
            if e.code == "SESSION_AUTHENTICATION_FAILED":
                raise ApiError("HOST_UNKNOWN_TO_MASTER", self.uuid) from e
            raise
        reply = peer.call("pool.hello", self.uuid, self.address)
        if reply == "unknown_host":
            raise ApiError("HOST_UNKNOWN_TO_MASTER", self.uuid)
        if reply == "cannot_talk_back":
            raise ApiError("HOST_MASTER_CANNOT_TALK_BACK", self.address)
        master = peer.call("host.get_record", peer.call("pool.get_master", peer.call("pool.get_all")[0]))
        mine = peer.call("host.get_record", peer.call("host.get_by_uuid", self.uuid))
        build = mine["software_version"].get("xapi_build", "")
        if _version(build) > _version(master["software_version"].get("xapi_build", "")):
            raise ApiError("HOST_XAPI_VERSION_HIGHER_THAN_COORDINATOR", build)
        self.users = peer.call("testpool.users")
        self.emergency = self.settings.get("emergency")

    def _take_part(self, peer):
        host = peer.call("host.get_by_uuid", self.uuid)
        if not peer.call("host.get_record", host)["pending_guidances"]:
            peer.call("host.enable", host)
        peer.logout()

    def _forward(self, request, parsed):
        """What comes over the unix socket of a member is answered by its coordinator."""
        with Peer(self.coordinator, self.lab.port, timeout=3600) as peer:
            if parsed.method == "session.login_with_password":
                peer.login("session.slave_login", NULL, self.secret)
                me = peer.call("host.get_by_uuid", self.uuid)
                peer.logout()
                peer.login("session.slave_login", me, self.secret)
                return HttpAnswer(200, _type(parsed), envelopes.success(parsed, peer.session))
            content_type = request.headers.get("content-type", _type(parsed))
            status, content_type, body = peer.post(request.path, content_type, request.body)
            return HttpAnswer(status, content_type, body)

    # --- answers -----------------------------------------------------------------------------

    def login(self, user, role, **more):
        """A new session."""
        ref = new_ref()
        self.sessions[ref] = {"user": user, "role": role, **more}
        return ref

    def answer(self, request):
        """The HTTP answer to an HTTP request."""
        is_json = request.path.startswith("/jsonrpc")
        if request.method == "OPTIONS" and (is_json or request.path == "/"):
            return HttpAnswer(200, "text/plain", b"")
        if request.method != "POST":
            return error_page(403, "There is nothing to get here.")
        try:
            parsed = (envelopes.parse_json if is_json else envelopes.parse_xml)(request.body)
        except Malformed as e:
            return error_page(500, str(e))
        self.calls[parsed.method] += 1
        answer = self._rpc(request, parsed)
        return self.faults.spoil(self.name, parsed.method, answer)

    def _rpc(self, request, parsed):
        if self.role == "slave" and request.local and not self.emergency and not _emergency_call(parsed):
            try:
                return self._forward(request, parsed)
            except ApiError as e:
                return HttpAnswer(200, _type(parsed), envelopes.failure(parsed, e))
        body = dispatch.answer(self, parsed, request.local)
        headers = ()
        if b"HOST_IS_SLAVE" in body and request.headers.get(THUMBPRINT) == "sha-256:master":
            headers = self._vouch()
        return HttpAnswer(200, _type(parsed), body, headers)

    def _vouch(self):
        """A member tells the fingerprint of its coordinator to who asked for it."""
        try:
            with Peer(self.coordinator, self.lab.port) as peer:
                return ((THUMBPRINT.replace("request", "response"), peer.certificate()),)
        except ApiError:
            return ()

    def close(self):
        """Ends this host."""
        self.life += 1
        for listener in self.listeners:
            listener.close()


def _type(parsed):
    return "text/xml" if parsed.envelope == "xml" else "application/json"


def _emergency_call(parsed):
    entry = dispatch.METHODS.get(parsed.method)
    return bool(entry and entry.emergency)


def _version(text):
    return [int(word) for word in text.split(".") if word.isdigit()]
