# SPDX-License-Identifier: GPL-3.0-or-later
"""Events: event.from with tokens and batches, and the older register and next."""

import re
import time

import model
from model import I4, ApiError
from registry import method

BATCH_SECONDS = 0.05  # more changes may follow the first; not waited for when only tasks matter
NEXT_SECONDS = 30


def _wanted(subscriptions):
    """What a list of subscriptions asks for: "*", "task" or "task/OpaqueRef:..."."""
    rules = []
    for text in subscriptions:
        match = re.fullmatch(r"(\*|\w+)(?:/(.+))?", text)
        if not match:
            raise ApiError("EVENT_SUBSCRIPTION_PARSE_FAILURE", text)
        rules.append((match[1].lower(), match[2]))
    return lambda cls, ref: any(
        name in ("*", cls.lower()) and only in (None, ref) for name, only in rules
    )


def _token(db):
    return f"{db.generation:020d},{db.injected:020d}"


def _event(db, number, row):
    _, operation, cls, ref = row
    event = {"id": number, "timestamp": "0.0", "class": cls.lower(), "operation": operation, "ref": ref}
    if operation != "del":
        event["snapshot"] = dict(db.get(cls, ref))
    return event


def _counts(db):
    return {cls.lower(): I4(len(t)) for cls, t in db.tables.items()}


def wait(call, wanted, since, seconds, batch):
    """Blocks for a change that is wanted; the rows, none after `seconds`. Holds the database's lock."""
    db, end = call.db, time.monotonic() + seconds
    while True:
        rows = db.changes(since, wanted)
        left = end - time.monotonic()
        if rows or left <= 0:
            break
        db.changed.wait(min(left, 1.0))
        if call.session not in call.agent.sessions:
            raise ApiError("SESSION_INVALID", call.session)
    if rows and since and batch:
        db.changed.wait_for(lambda: False, batch)
        rows = db.changes(since, wanted)
    return rows


@method("event.from", "set string", "string", "float", reads=True)
def event_from(call, classes, token, timeout):
    """Everything that changed since the token; "" stands for the beginning of time."""
    wanted = _wanted(classes)
    if not re.fullmatch(r"(\d+,\d+)?", token):
        raise ApiError("EVENT_FROM_TOKEN_PARSE_FAILURE", token)
    since = int(token.partition(",")[0] or 0)
    batch = 0 if {c.partition("/")[0].lower() for c in classes} == {"task"} else BATCH_SECONDS
    with call.db.changed:
        rows = wait(call, wanted, since, timeout, batch)
        events = [_event(call.db, i, row) for i, row in enumerate(rows, call.db.injected)]
        call.db.injected += len(rows)
        return {"events": events, "valid_ref_counts": _counts(call.db), "token": _token(call.db)}


@method("event.inject", "string", "string", reads=True)
def event_inject(call, cls, ref):
    """Makes an event of an object that did not change; gives the token of that event."""
    known = model.class_named(cls)
    if known is None:
        raise ApiError("HANDLE_INVALID", cls, ref)
    try:
        call.db.touch(known, ref)
    except ApiError as e:
        raise ApiError("HANDLE_INVALID", cls, ref) from e
    return _token(call.db)


@method("event.register", "set string", reads=True)
def event_register(call, classes):
    """Begins a subscription of this session."""
    _wanted(classes)
    session = call.agent.sessions[call.session]
    session.setdefault("since", call.db.generation)
    session["classes"] = [*session.get("classes", []), *classes]


@method("event.unregister", "set string", reads=True)
def event_unregister(call, classes):
    """Takes classes out of the subscription."""
    session = call.agent.sessions[call.session]
    session["classes"] = [c for c in session.get("classes", []) if c not in classes]


@method("event.get_current_id", reads=True)
def event_get_current_id(call):
    """The number of the last change."""
    return call.db.generation


@method("event.next", reads=True)
def event_next(call):
    """The events since the last call of this session; may be none after a while."""
    session = call.agent.sessions[call.session]
    if not session.get("classes"):
        raise ApiError("SESSION_NOT_REGISTERED", call.session)
    if session.pop("lost", False):
        session["since"] = call.db.generation
        raise ApiError("EVENTS_LOST")
    with call.db.changed:
        rows = wait(call, _wanted(session["classes"]), session["since"], NEXT_SECONDS, BATCH_SECONDS)
        session["since"] = call.db.generation
        events = []
        for row in rows:
            event = _event(call.db, row[0], row)
            event["timestamp"] = model.Time("19700101T00:00:00Z")
            event["obj_uuid"] = event.get("snapshot", {}).get("uuid", "")
            events.append(event)
        return events
