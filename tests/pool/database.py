# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of one pool: records by class and reference, and what changed since when."""

import threading
import uuid

import model
from model import ApiError

_SPACE = uuid.UUID("6f1c2a0e-3a55-4ee1-9d6c-6c0a1b2c3d4e")


def uuid_of(*words):
    """The same words always give the same UUID, so that a run can be compared with another."""
    return str(uuid.uuid5(_SPACE, "/".join(map(str, words))))


def new_ref(*words):
    """A reference: made up of words, or random without any."""
    return "OpaqueRef:" + (uuid_of("ref", *words) if words else str(uuid.uuid4()))


class Database:
    """Records and a counter of changes. `changed` guards all of it and wakes who waits for news.

    Everything that reads more than one record holds `changed`.
    """

    def __init__(self):
        self.tables = {cls: {} for cls in model.CLASSES}
        self.labels = {}  # names of state files: label -> (class, ref)
        self.generation = 0
        self.stamps = {}  # (class, ref) -> [created, modified]
        self.deletions = []  # (generation, created, class, ref)
        self.injected = 0
        self.changed = threading.Condition(threading.RLock())

    def _tick(self):
        self.generation += 1
        self.changed.notify_all()
        return self.generation

    def add(self, cls, values, ref=None, label=None):
        """Stores a record made of `values` and the defaults; gives its reference."""
        ref = ref or new_ref()
        values = {"uuid": str(uuid.uuid4()), **values}
        with self.changed:
            self.tables[cls][ref] = model.new_record(cls, values)
            now = self._tick()
            self.stamps[cls, ref] = [now, now]
            if label:
                self.labels[label] = (cls, ref)
        return ref

    def get(self, cls, ref):
        """The record itself, not a copy."""
        record = self.tables[cls].get(ref)
        if record is None:
            raise ApiError("HANDLE_INVALID", cls, ref)
        return record

    def set(self, cls, ref, **values):
        """Changes fields; nothing happens where they already have that value."""
        with self.changed:
            record = self.get(cls, ref)
            fresh = {n: model.check(cls, n, v) for n, v in values.items()}
            if any(record[n] != v for n, v in fresh.items()):
                record.update(fresh)
                self.stamps[cls, ref][1] = self._tick()

    def touch(self, cls, ref):
        """Makes an event without a change."""
        with self.changed:
            self.get(cls, ref)
            self.stamps[cls, ref][1] = self._tick()

    def remove(self, cls, ref):
        """Deletes a record; who still refers to it holds a dead reference."""
        with self.changed:
            self.get(cls, ref)
            del self.tables[cls][ref]
            created = self.stamps.pop((cls, ref))[0]
            self.deletions.append((self._tick(), created, cls, ref))

    def find(self, cls, **wanted):
        """References of the records whose fields have these values, oldest first."""
        with self.changed:
            return [
                ref for ref, record in self.tables[cls].items()
                if all(record[n] == v for n, v in wanted.items())
            ]  # fmt: skip

    def by_uuid(self, cls, wanted):
        """The reference of the record with this UUID."""
        found = self.find(cls, uuid=wanted)
        if not found:
            raise ApiError("UUID_INVALID", cls, wanted)
        return found[0]

    def pool(self):
        """Reference and record of the only pool."""
        return next(iter(self.tables["pool"].items()))

    def master(self):
        """The reference of the coordinator."""
        return self.pool()[1]["master"]

    def changes(self, since, wanted):
        """Events after generation `since`, as (operation, class, ref), additions first.

        `wanted` tells of a class and reference whether somebody asked for it.
        """
        added, modified = [], []
        for (cls, ref), (created, last) in self.stamps.items():
            if last > since and wanted(cls, ref):
                kind = added if created > since else modified
                kind.append((last, "add" if kind is added else "mod", cls, ref))
        deleted = [
            (when, "del", cls, ref) for when, created, cls, ref in self.deletions
            if created <= since < when and wanted(cls, ref)
        ]  # fmt: skip
        return [row for rows in (added, modified, deleted) for row in sorted(rows)]
