# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods of sessions, hosts, pools, interfaces and storage that joining a pool touches."""

import re
import socket
import threading
import time

from model import NULL, ApiError, Time
from registry import method

LOGIN = ("string", "string", "string?", "string?")


def _authenticate(call, user, password):
    """The role of a user; a wrong password is answered after a while, as the real server does."""
    known = call.agent.users.get(user)
    if known is not None and known["password"] == password:
        return known.get("role", "pool-admin")
    time.sleep(call.agent.lab.timing["wrong_password"])
    unknown = "User not known to the underlying authentication module"
    raise ApiError("SESSION_AUTHENTICATION_FAILED", user, unknown if known is None else "Authentication failure")


@method("session.login_with_password", *LOGIN, session=False)
def login_with_password(call, user, password, _version="1.0", originator=""):
    """A session. Over the unix socket everyone is root, whatever the password."""
    role = "pool-admin" if call.local else _authenticate(call, user, password)
    if role == "none":
        raise ApiError("SESSION_AUTHORIZATION_FAILED", user, "Subject has no role")
    return call.agent.login(user, role, originator=originator)


@method("session.slave_login", "ref:host", "string", session=False, emergency=True)
def slave_login(call, host, secret):
    """What members use among themselves: the pool's secret instead of a password."""
    if secret != call.agent.secret or call.agent.role != "master":
        raise ApiError("SESSION_AUTHENTICATION_FAILED", "pool", "Wrong pool secret")
    return call.agent.login("root", "pool-admin", pool=True, host=host)


@method("session.slave_local_login_with_password", "string", "string", session=False, emergency=True)
def slave_local_login(call, user, password):
    """A session for emergency calls alone."""
    if not call.local:
        _authenticate(call, user, password)
    session = call.agent.login(user, "local")
    call.agent.local_sessions.add(session)
    del call.agent.sessions[session]
    return session


@method("session.local_logout", emergency=True)
def local_logout(call):
    """Ends the local session it was called with."""
    call.agent.local_sessions.discard(call.session)


@method("session.logout", reads=True)
def logout(call):
    """Ends the session it is called with."""
    call.agent.sessions.pop(call.session, None)


@method("session.get_this_host", "string", reads=True)
def get_this_host(call, session):
    """The host that made the session."""
    if session not in call.agent.sessions:
        raise ApiError("HANDLE_INVALID", "session", session)
    member = call.agent.sessions[session].get("host", NULL)
    return call.agent.host_ref(call.db) if member == NULL else member


@method("session.get_originator", "string", reads=True)
def get_originator(call, session):
    """What the client called itself at its login."""
    if session not in call.agent.sessions:
        raise ApiError("HANDLE_INVALID", "session", session)
    return call.agent.sessions[session].get("originator", "")


# --- host ------------------------------------------------------------------------------------


@method("host.get_servertime", "ref:host", reads=True)
def get_servertime(call, host):
    """The clock of the host; other_config key testpool-clock-offset moves it by seconds."""
    offset = int(call.db.get("host", host)["other_config"].get("testpool-clock-offset", "0"))
    return Time(time.strftime("%Y%m%dT%H:%M:%SZ", time.gmtime(time.time() + offset)))


@method("host.get_management_interface", "ref:host", reads=True)
def get_management_interface(call, host):
    """The interface the host is managed by."""
    found = call.db.find("PIF", host=host, management=True)
    if not found:
        raise ApiError("INTERNAL_ERROR", "Not_found")
    return found[0]


@method("host.set_hostname_live", "ref:host", "string", task=True)
def set_hostname_live(call, host, name):
    """Renames the host, by the rules of DNS."""
    if not name:
        raise ApiError("HOST_NAME_INVALID", "hostname empty")
    if len(name) > 255:
        raise ApiError("HOST_NAME_INVALID", "hostname is too long")
    if not re.fullmatch(r"[A-Za-z0-9.]([A-Za-z0-9.-]*[A-Za-z0-9.])?", name):
        raise ApiError("HOST_NAME_INVALID", "hostname contains invalid characters")
    call.db.set("host", host, hostname=name)


@method("host.enable", "ref:host", task=True)
def enable(call, host):
    """Lets machines start on the host."""
    call.db.set("host", host, enabled=True)


@method("host.disable", "ref:host", "bool?", task=True)
def disable(call, host, _auto_enable=True):
    """No machine starts on the host any more."""
    call.db.set("host", host, enabled=False)


@method("host.restart_agent", "ref:host", task=True)
def restart_agent(call, _host):
    """Returns first; the agent goes a second later."""
    timer = threading.Timer(1, call.agent.restart)
    timer.daemon = True
    timer.start()


@method("host.is_in_emergency_mode", "string?", emergency=True, session=False)
def is_in_emergency_mode(call, _session=""):
    """Whether the host is without its pool. Its session is not looked at: nobody could check it."""
    return bool(call.agent.emergency)


@method("host.management_reconfigure", "ref:PIF", task=True)
def management_reconfigure(call, pif):
    """Moves management to another interface."""
    record = call.db.get("PIF", pif)
    if call.db.pool()[1]["ha_enabled"]:
        raise ApiError("HA_IS_ENABLED")
    for other in call.db.find("PIF", host=record["host"]):
        call.db.set("PIF", other, management=other == pif)


@method("PIF.reconfigure_ip", "ref:PIF", "string", "string", "string", "string", "string", task=True)
def reconfigure_ip(call, pif, mode, address, netmask, gateway, dns):
    """Addresses of an interface."""
    record = call.db.get("PIF", pif)
    if mode == "None" and record["management"] and record["primary_address_type"] == "IPv4":
        raise ApiError("PIF_IS_MANAGEMENT_INTERFACE", pif)
    for field, value in (("IP", address), ("netmask", netmask), ("gateway", gateway)):
        try:
            if value:
                socket.inet_aton(value)
        except OSError as e:
            raise ApiError("INVALID_IP_ADDRESS_SPECIFIED", field) from e
    call.db.set("PIF", pif, ip_configuration_mode=mode, IP=address, netmask=netmask, gateway=gateway, DNS=dns)


@method("PIF.scan", "ref:host", task=True)
def pif_scan(call, host):
    """The test pool's hosts never find new interfaces."""
    call.db.get("host", host)


@method("SR.create", "ref:host", "map string string", "int", "string", "string", "string", "string",
        "bool", "map string string?", task=True)  # fmt: skip
def sr_create(call, host, config, size, label, description, kind, content, shared, sm_config=None):
    """Storage with a connection to one host, or to all of them."""
    if kind not in {record["type"] for record in call.db.tables["SM"].values()}:
        raise ApiError("SR_UNKNOWN_DRIVER", kind)
    with call.db.changed:
        hosts = call.db.find("host") if shared else [host]
        sr = call.db.add("SR", {
            "name_label": label, "name_description": description, "type": kind, "content_type": content,
            "shared": shared, "physical_size": size, "sm_config": sm_config or {},
        })  # fmt: skip
        plugs = [
            call.db.add("PBD", {"host": h, "SR": sr, "device_config": config, "currently_attached": True})
            for h in hosts
        ]  # fmt: skip
        call.db.set("SR", sr, PBDs=plugs)
    return sr


# --- pool ------------------------------------------------------------------------------------


@method("pool.enable_tls_verification")
def enable_tls_verification(call):
    """Certificates are checked from now on."""
    call.db.set("pool", call.db.pool()[0], tls_verification_enabled=True)
    for host in call.db.find("host"):
        call.db.set("host", host, tls_verification_enabled=True)


@method("pool.sync_database", task=True)
def sync_database(_call):
    """There is only one copy."""


@method("pool.recover_slaves", task=True)
def recover_slaves(_call):
    """No member has to be called back: those of the test pool keep asking."""
    return []


@method("pool.is_slave", "string?", "ref:host?", session=False, emergency=True)
def is_slave(call, _session="", _host=NULL):
    """Whether this host follows another."""
    return call.agent.role == "slave"


@method("pool.emergency_transition_to_master", emergency=True)
def emergency_transition_to_master(call):
    """This host coordinates itself from now on."""
    call.agent.settings.pop("emergency", None)
    call.agent.become("master")


@method("pool.emergency_reset_master", "string", emergency=True)
def emergency_reset_master(call, address):
    """This host looks for its pool elsewhere from now on."""
    call.agent.settings.pop("emergency", None)
    call.agent.become("slave", address)


@method("pool.apply_edition", "ref:pool", "string", task=True)
def apply_edition(call, pool, edition):
    """Licenses every host alike."""
    call.db.get("pool", pool)
    if edition not in call.agent.editions:
        raise ApiError("INVALID_EDITION", edition)
    for host in call.db.find("host"):
        call.db.set("host", host, edition=edition)
