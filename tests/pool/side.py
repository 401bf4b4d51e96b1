# SPDX-License-Identifier: GPL-3.0-or-later
"""One side of a join as its checks see it: records by class, read once."""

from model import ApiError


class Side:
    """`read` gives all records of a class; `uuid` is that of the host, or None for the coordinator."""

    def __init__(self, read, uuid=None):
        self._read = read
        self._uuid = uuid
        self._known = {}

    def all(self, cls):
        """{reference: record} of a class."""
        if cls not in self._known:
            self._known[cls] = self._read(cls)
        return self._known[cls]

    def records(self, cls):
        """The records alone."""
        return list(self.all(cls).values())

    @property
    def pool(self):
        """The pool's record."""
        return self.records("pool")[0]

    @property
    def host_ref(self):
        """The host that joins, or the coordinator."""
        if self._uuid is None:
            return self.pool["master"]
        return next(ref for ref, host in self.all("host").items() if host["uuid"] == self._uuid)

    @property
    def host(self):
        """Its record."""
        return self.all("host")[self.host_ref]

    @property
    def software(self):
        """What runs on it."""
        return self.host["software_version"]

    def management(self):
        """The interface the host is managed by."""
        for pif in self.records("PIF"):
            if pif["host"] == self.host_ref and pif["management"]:
                return pif
        raise ApiError("HOST_STILL_BOOTING")

    def bridge(self, pif):
        """The bridge of an interface's network."""
        return self.all("network")[pif["network"]]["bridge"]
