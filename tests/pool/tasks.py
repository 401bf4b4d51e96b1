# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks: records that tell how an Async call goes on."""

import time

import envelopes
from model import ApiError, Time
from registry import method


def now():
    """This moment as the API writes it."""
    return Time(time.strftime("%Y%m%dT%H:%M:%SZ", time.gmtime()))


def create(call, label, description):
    """A pending task of this host."""
    return call.db.add("task", {
        "name_label": label, "name_description": description, "created": now(),
        "finished": Time("19700101T00:00:00Z"), "resident_on": call.agent.host_ref(call.db), "type": "<none/>",
    })  # fmt: skip


def progress(call, fraction):
    """How far the task of a call is; calls without a task don't tell."""
    if call.task:
        call.db.set("task", call.task, progress=float(fraction))


def succeed(db, task, value):
    """First the result, then the status, so that who sees the status finds the result."""
    result = "" if value in (None, "") else envelopes.xml_value(value)
    db.set("task", task, progress=1.0, finished=now(), result=result)
    db.set("task", task, status="success")


def fail(db, task, error):
    """The same for a failure."""
    db.set("task", task, progress=1.0, finished=now(), error_info=error.description())
    status = "cancelled" if error.code == "TASK_CANCELLED" else "failure"
    db.set("task", task, status=status)


@method("task.create", "string", "string")
def task_create(call, label, description):
    """A task somebody else reports on."""
    return create(call, label, description)


@method("task.destroy", "ref:task")
def task_destroy(call, task):
    """Forgets a task."""
    call.db.remove("task", task)


@method("task.cancel", "ref:task")
def task_cancel(call, task):
    """No task of the test pool can be cancelled."""
    call.db.get("task", task)
    raise ApiError("OPERATION_NOT_ALLOWED", "cancel")
