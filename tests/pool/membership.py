# SPDX-License-Identifier: GPL-3.0-or-later
"""Joining and leaving: pool.join, pool.eject, and what the hosts of the test pool tell each other.

The real agent copies objects and the root password over interfaces of its database; the test pool
has methods of its own for that, named testpool.*, which no client may use.
"""

import socket
import time

import checks
import model
import tasks
from model import NULL, ApiError
from peer import Peer
from registry import method
from side import Side

# What a host brings along, in an order in which nothing is referred to before it is there.
CARRIED = ("host_metrics", "host", "network", "PIF_metrics", "PIF", "SR", "PBD", "VM", "Certificate")


def _licensed(db):
    if db.pool()[1]["restrictions"].get("restrict_pooling") == "true":
        raise ApiError("LICENCE_RESTRICTION")


def _own_side(call):
    def read(cls):
        with call.db.changed:
            return {ref: dict(record) for ref, record in call.db.tables[cls].items()}

    return Side(read, call.agent.uuid)


def _join(call, address, user, password, force):
    agent = call.agent
    _licensed(call.db)
    with agent.joining:
        with Peer(address, agent.lab.port) as peer:
            peer.login("session.login_with_password", user, password)
            tasks.progress(call, 0.1)
            checks.run(_own_side(call), Side(peer.records), agent, force)
            tasks.progress(call, 0.3)
            time.sleep(agent.lab.timing["join"])
            secret = peer.call("pool.initial_auth")
            try:
                peer.call("testpool.introduce", {cls: _own_side(call).all(cls) for cls in CARRIED})
            except ApiError as e:
                if e.code == "LICENCE_RESTRICTION":
                    raise
                # the real agent writes other failures to its log and goes on
            peer.logout()
        tasks.progress(call, 0.9)
        agent.secret = secret
        agent.store("etc/xensource/ptoken", secret)
        agent.joins += 1
        agent.become("slave", address)


@method("pool.join", "string", "string", "string", task=True)
def pool_join(call, address, user, password):
    """This host becomes a member of the pool at `address`."""
    _join(call, address, user, password, False)


@method("pool.join_force", "string", "string", "string", task=True)
def pool_join_force(call, address, user, password):
    """The same, with other software or processors."""
    _join(call, address, user, password, True)


@method("pool.initial_auth", reads=False)
def initial_auth(call):
    """The secret that members show instead of a password."""
    return call.agent.secret


@method("pool.hello", "string", "string")
def hello(call, uuid, address):
    """A member reports after its start; it is disabled until it says otherwise."""
    found = call.db.find("host", uuid=uuid)
    if not found:
        return "unknown_host"
    if call.agent.settings.get("talk_back", True):
        try:
            socket.create_connection((address, call.agent.lab.port), 5).close()
        except OSError:
            return "cannot_talk_back"
    host = call.db.get("host", found[0])
    call.db.set("host", found[0], enabled=False, address=address)
    call.db.set("host_metrics", host["metrics"], live=True)
    return "ok"


@method("testpool.users")
def users(call):
    """Names and passwords: members take those of their coordinator."""
    return call.agent.users


def _translated(kind, value, refs):
    if kind[0] == "ref":
        return refs.get(value, NULL)
    if kind[0] == "set" and kind[1][0] == "ref":
        return [refs[v] for v in value if v in refs]
    return value


def _adopt(db, records):
    """Gives every record that comes along a reference here; networks merge by bridge."""
    refs, fresh = {}, []
    bridges = {record["bridge"]: ref for ref, record in db.tables["network"].items()}
    tools = db.find("SR", is_tools_sr=True)
    for cls in CARRIED:
        for ref, record in records.get(cls, {}).items():
            if cls == "network" and record["bridge"] in bridges:
                refs[ref] = bridges[record["bridge"]]
            elif cls == "SR" and record["is_tools_sr"] and tools:
                refs[ref] = tools[0]
            elif cls == "host" and db.find("host", uuid=record["uuid"]):
                refs[ref] = db.find("host", uuid=record["uuid"])[0]
            else:
                refs[ref] = db.add(cls, {"uuid": record["uuid"]})
                fresh.append((cls, ref, record))
    for cls, ref, record in fresh:
        fields = model.CLASSES[cls]
        values = {n: _translated(fields[n].type, v, refs) for n, v in record.items() if n in fields}
        if cls == "host":
            values |= {"enabled": False}
        if cls == "host_metrics":
            values |= {"live": False}
        if cls == "SR":
            values |= {"shared": False}
        db.set(cls, refs[ref], **values)
    for cls, ref, _ in fresh:
        _attach(db, cls, refs[ref])


def _attach(db, cls, ref):
    """Networks and tools know who uses them."""
    above = {"PIF": ("network", "network", "PIFs"), "PBD": ("SR", "SR", "PBDs")}.get(cls)
    if above:
        field, owner, many = above
        target = db.get(cls, ref)[field]
        if target in db.tables[owner]:
            known = db.get(owner, target)[many]
            db.set(owner, target, **{many: known if ref in known else [*known, ref]})


@method("testpool.introduce", "map string any")
def introduce(call, records):
    """The objects of a host that joins."""
    with call.db.changed:
        if call.db.pool()[1]["restrictions"].get("restrict_pool_size") == "true" and len(call.db.find("host")) >= 3:
            raise ApiError("LICENCE_RESTRICTION", "Pool_size")
        _adopt(call.db, records)


@method("pool.eject", "ref:host", task=True)
def eject(call, host):
    """The host loses its local storage, leaves the pool, and starts over."""
    record = call.db.get("host", host)
    if host == call.db.master():
        raise ApiError("HOST_IS_MASTER", host)
    forget(call.db, host)
    try:
        with Peer(record["address"], call.agent.lab.port) as peer:
            peer.call("testpool.ejected", call.agent.secret)
    except ApiError:
        pass  # a host that is off is ejected all the same


@method("host.destroy", "ref:host", task=True)
def destroy(call, host):
    """Forgets a host that will never come back."""
    record = call.db.get("host", host)
    if host == call.db.master():
        raise ApiError("HOST_IS_MASTER", host)
    if call.db.get("host_metrics", record["metrics"])["live"]:
        raise ApiError("HOST_IS_LIVE", host)
    forget(call.db, host)


def forget(db, host):
    """Takes a host and all that only it had out of the records."""
    with db.changed:
        for pbd in db.find("PBD", host=host):
            sr = db.get("PBD", pbd)["SR"]
            db.remove("PBD", pbd)
            left = [ref for ref in db.get("SR", sr)["PBDs"] if ref != pbd]
            db.set("SR", sr, PBDs=left)
            if not left:
                db.remove("SR", sr)
        for pif in db.find("PIF", host=host):
            network = db.get("PIF", pif)["network"]
            db.remove("PIF", pif)
            db.set("network", network, PIFs=[ref for ref in db.get("network", network)["PIFs"] if ref != pif])
        for vm in db.find("VM", resident_on=host, is_control_domain=True):
            db.remove("VM", vm)
        for certificate in db.find("Certificate", host=host):
            db.remove("Certificate", certificate)
        db.remove("host_metrics", db.get("host", host)["metrics"])
        db.remove("host", host)


@method("testpool.ejected", "string", session=False, emergency=True)
def ejected(call, secret):
    """The coordinator let this host go."""
    if secret != call.agent.secret:
        raise ApiError("SESSION_AUTHENTICATION_FAILED", "pool", "Wrong pool secret")
    call.agent.become("master")
