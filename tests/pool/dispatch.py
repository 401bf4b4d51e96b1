# SPDX-License-Identifier: GPL-3.0-or-later
"""From a parsed request to a result: roles, sessions, parameters, tasks, in the server's order."""

import threading

import envelopes
import tasks
from model import ApiError
from registry import METHODS, arguments


class Emergency(Exception):
    """The agent is in emergency mode; such errors go out before dispatch, in their own envelope."""

    def __init__(self, error):
        super().__init__(str(error))
        self.error = error


class Call:
    """What a method needs to know of the call it answers."""

    def __init__(self, agent, local):
        self.agent = agent
        self.db = agent.db  # that of the moment: a restart may take it away from the agent
        self.local = local  # came over the unix socket: root without a password
        self.session = None
        self.task = None


def _find(agent, request):
    """The table's row, the name without Async, and whether a task was asked for.

    An unknown name with parameters is tried as an extension, so its session is looked at first.
    """
    name = request.method
    asynchronous = name.startswith(("Async.", "Async_"))
    inner = _canonical(name[6:] if asynchronous else name)
    entry = METHODS.get(inner)
    if entry is None:
        if request.params and request.params[0] not in agent.sessions:
            raise ApiError("SESSION_INVALID", request.params[0])
        raise ApiError("MESSAGE_METHOD_UNKNOWN", name)
    if asynchronous and not entry.task:
        raise ApiError("Fault", f"No async mode for this operation (rpc: {inner})")
    return entry, inner, asynchronous


def _canonical(name):
    """`pool_get_all` is `pool.get_all` too."""
    return name if "." in name else name.replace("_", ".", 1)


def _authorise(call, name, entry, session):
    agent = call.agent
    known = agent.sessions.get(session)
    if known is None:
        if entry.emergency and session in agent.local_sessions:
            call.session = session
            return
        raise ApiError("SESSION_INVALID", session)
    call.session = session
    if known["role"] == "read-only" and not entry.reads:
        raise ApiError("RBAC_PERMISSION_DENIED", name.lower(), "The role of this user is too low")


def _perform(call, name, entry, args):
    call.agent.faults.strike(call.agent.name, name)
    return entry.function(call, *args)


def _in_task(call, name, entry, args):
    def work():
        try:
            tasks.succeed(call.db, call.task, _perform(call, name, entry, args))
        except ApiError as e:
            tasks.fail(call.db, call.task, e)

    call.task = tasks.create(call, f"Async.{name}", "")
    threading.Thread(target=work, daemon=True).start()
    return call.task


def execute(agent, request, local):
    """The result of a request to this agent; ApiError or Emergency otherwise."""
    known = METHODS.get(_canonical(request.method))
    if agent.emergency and not (known and known.emergency):
        raise Emergency(ApiError(*agent.emergency))
    if agent.role != "master" and not (known and known.emergency):
        raise ApiError("HOST_IS_SLAVE", agent.coordinator)
    entry, name, asynchronous = _find(agent, request)
    args = arguments(name, entry, request.params, request.envelope == "xml")
    call = Call(agent, local)
    if call.db is None and not entry.emergency:
        raise Emergency(ApiError("HOST_STILL_BOOTING"))
    if entry.session:
        _authorise(call, name, entry, request.params[0])
    if asynchronous:
        return _in_task(call, name, entry, args)
    return _perform(call, name, entry, args)


def answer(agent, request, local):
    """The body of the answer to a request."""
    try:
        return envelopes.success(request, execute(agent, request, local))
    except Emergency as e:
        return envelopes.bare_failure(request, e.error, agent.settings.get("old_emergency", False))
    except ApiError as e:
        return envelopes.failure(request, e)
