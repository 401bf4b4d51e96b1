# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain host and its pool as records, and the changes that state files make to them.

A change is one of
    {"set": LABEL, "values": {...}}                 maps are merged, null takes a key away
    {"add": CLASS, "as": LABEL, "values": {...}}
    {"host": LABEL, "values": {...}}                one more host with all that belongs to it
    {"remove": LABEL}
and "@LABEL" in a value stands for the reference of that record.
What a plain host has is labelled pool, host, host_metrics, eth0, eth1, network0, network1, local_sr,
local_pbd, tools_sr, tools_pbd, dom0, sm_lvm, sm_ext, sm_nfs, sm_iso and certificate; a host
added as "b" has "b", "b/host_metrics", "b/eth0" and so on.
"""

import hashlib

from database import new_ref, uuid_of

SOFTWARE = {
    "product_version": "8.3.0", "product_version_text": "8.3", "product_version_text_short": "8.3",
    "product_brand": "XCP-ng", "platform_name": "XCP", "platform_version": "3.4.0",
    "network_backend": "openvswitch", "xapi": "25.33", "xapi_build": "25.33.2", "build_number": "cloud",
    "git_id": "0", "hostname": "localhost", "date": "20261001T00:00:00Z", "dbv": "0.0.1",
    "xen": "4.17.5-20", "linux": "4.19.0+1", "db_schema": "5.909",
    "xencenter_min": "2.21", "xencenter_max": "2.21",
}  # fmt: skip
PROCESSOR = {
    "cpu_count": "8", "socket_count": "1", "threads_per_core": "2", "nr_nodes": "1",
    "vendor": "GenuineIntel", "speed": "2400.000", "modelname": "Intel(R) Xeon(R) CPU",
    "family": "6", "model": "85", "stepping": "4", "flags": "fpu de tsc msr",
    "features_pv": "1fc9cbf5-f6f83203-2991cbf5-00000123", "features_hvm": "1fcbfbff-f7fa3223-2d93fbff-00000523",
    "features_pv_host": "1fc9cbf5-f6f83203-2991cbf5-00000123",
    "features_hvm_host": "1fcbfbff-f7fa3223-2d93fbff-00000523",
}  # fmt: skip
FEATURES = ("vlan", "qos", "pool_attached_storage", "pooling", "email_alerting", "wlb", "rbac", "dmc",
            "checkpoint", "cpu_masking", "intellicache", "gpu", "dr", "vif_locking", "storage_xen_motion",
            "vgpu", "vss", "xen_motion", "ad", "nested_virt", "live_patching", "pool_size", "cbt",
            "usb_passthrough", "network_sriov", "corosync", "zstd_export", "pool_secret_rotation",
            "certificate_verification", "updates", "vtpm")  # fmt: skip
RESTRICTIONS = {f"restrict_{name}": "false" for name in FEATURES}
MANAGERS = {
    "lvm": "Local VHD on LVM", "ext": "Local EXT3 VHD", "nfs": "NFS VHD", "iso": "ISO",
}  # fmt: skip
SM_FEATURES = {"SR_PROBE": 1, "SR_UPDATE": 1, "VDI_CREATE": 1, "VDI_DELETE": 1, "VDI_RESIZE": 1}


class Furnisher:
    """Fills a database. `seed` makes UUIDs repeatable; references differ from `epoch` to `epoch`."""

    def __init__(self, database, seed, epoch=0):
        self.db = database
        self.seed = seed
        self.epoch = epoch

    def _add(self, cls, label, values):
        values = {"uuid": uuid_of(self.seed, label), **values}
        return self.db.add(cls, values, new_ref(self.seed, label, self.epoch), label)

    def ref(self, label):
        """The reference of a labelled record."""
        if label not in self.db.labels:
            raise ValueError(f"no record is labelled {label!r}")
        return self.db.labels[label][1]

    def pool(self, host_values, fingerprint=""):
        """A pool of one host."""
        master = new_ref(self.seed, "host", self.epoch)
        self._add("pool", "pool", {
            "master": master, "cpu_info": dict(PROCESSOR), "restrictions": dict(RESTRICTIONS),
            "other_config": {"memory-ratio-hvm": "0.25", "memory-ratio-pv": "0.25"},
            "tls_verification_enabled": True,
        })  # fmt: skip
        for name, label in MANAGERS.items():
            self._add("SM", f"sm_{name}", {
                "type": name, "name_label": label, "name_description": f"SR plugin for {label}",
                "vendor": "Test pool", "version": "3.0", "required_api_version": "1.1",
                "capabilities": list(SM_FEATURES), "features": dict(SM_FEATURES),
                "driver_filename": f"/opt/xensource/sm/{name.upper()}SR",
            })  # fmt: skip
        for number in (0, 1):
            self._add("network", f"network{number}", {
                "name_label": f"Pool-wide network associated with eth{number}", "bridge": f"xenbr{number}",
            })  # fmt: skip
        self._add("SR", "tools_sr", {
            "name_label": "XCP-ng Tools", "name_description": "XCP-ng Tools ISOs", "type": "iso",
            "content_type": "iso", "shared": True, "is_tools_sr": True,
            "other_config": {"xenserver_tools_sr": "true"},
        })  # fmt: skip
        self.host("host", host_values, fingerprint)
        self.db.set("pool", self.ref("pool"), default_SR=self.ref("local_sr"))

    def host(self, label, values, fingerprint=""):
        """One host with its metrics, interfaces, storage, control domain and certificate."""
        inside = "" if label == "host" else f"{label}/"
        host = new_ref(self.seed, label, self.epoch)
        name = values.get("name_label", label)
        address = values.get("address", "")
        metrics = self._add("host_metrics", f"{inside}host_metrics", {
            "live": True, "memory_total": 34359738368, "memory_free": 30064771072,
        })  # fmt: skip
        pifs = [self._interface(inside, host, number, address) for number in (0, 1)]
        local = self._add("SR", f"{inside}local_sr", {
            "name_label": "Local storage", "type": "lvm", "content_type": "user",
            "physical_size": 480000000000, "other_config": {"i18n-key": "local-storage"},
        })  # fmt: skip
        pbds = [self._plug(host, local, f"{inside}local_pbd", {"device": "/dev/disk/by-id/x-part3"}),
                self._plug(host, self.ref("tools_sr"), f"{inside}tools_pbd",
                           {"location": "/opt/xensource/packages/iso"})]  # fmt: skip
        dom0 = self._add("VM", f"{inside}dom0", {
            "name_label": f"Control domain on host: {name}", "is_control_domain": True,
            "power_state": "Running", "resident_on": host, "affinity": host,
        })  # fmt: skip
        certificate = self._certificate(f"{inside}certificate", host, fingerprint or _made_up(self.seed, label))
        uuid = {"uuid": values["uuid"]} if "uuid" in values else {}
        self._add("host", label, {
            "name_label": name, "hostname": name, "name_description": "Default install",
            "software_version": dict(SOFTWARE), "cpu_info": dict(PROCESSOR), "edition": "xcp-ng",
            "license_params": dict(RESTRICTIONS), "license_server": {"address": "localhost", "port": "27000"},
            "supported_bootloaders": ["pygrub", "eliloader"], "virtual_hardware_platform_versions": [0, 1, 2],
            "metrics": metrics, "PIFs": pifs, "PBDs": pbds, "resident_VMs": [dom0], "control_domain": dom0,
            "certificates": [certificate], "tls_verification_enabled": True, **values, **uuid,
        })  # fmt: skip
        return host

    def _interface(self, inside, host, number, address):
        label = f"{inside}eth{number}"
        network = self.ref(f"network{number}")
        digits = hashlib.sha256(f"{self.seed}/{label}".encode()).hexdigest()
        metrics = self._add("PIF_metrics", f"{label}/metrics", {
            "carrier": True, "duplex": True, "speed": 10000, "vendor_name": "Test pool",
        })  # fmt: skip
        values = {
            "device": f"eth{number}", "network": network, "host": host, "metrics": metrics,
            "MAC": "02:" + ":".join(digits[i:i + 2] for i in range(0, 10, 2)), "properties": {"gro": "on"},
        }  # fmt: skip
        if number == 0:
            values |= {"management": True, "ip_configuration_mode": "Static", "IP": address,
                       "netmask": "255.255.255.0", "disallow_unplug": True}  # fmt: skip
        pif = self._add("PIF", label, values)
        attached = self.db.get("network", network)["PIFs"]
        self.db.set("network", network, PIFs=[*attached, pif])
        return pif

    def _plug(self, host, sr, label, config):
        pbd = self._add("PBD", label, {
            "host": host, "SR": sr, "device_config": config, "currently_attached": True,
        })  # fmt: skip
        self.db.set("SR", sr, PBDs=[*self.db.get("SR", sr)["PBDs"], pbd])
        return pbd

    def _certificate(self, label, host, fingerprint):
        return self._add("Certificate", label, {
            "type": "host", "host": host, "fingerprint": fingerprint, "fingerprint_sha256": fingerprint,
            "not_before": "20260101T00:00:00Z", "not_after": "20360101T00:00:00Z",
        })  # fmt: skip

    def change(self, change):
        """Carries out one change of a state file; ValueError says what is wrong with it."""
        verb = next((v for v in ("set", "add", "host", "remove") if v in change), None)
        if verb is None or set(change) - {verb, "as", "values"}:
            raise ValueError(f"not a change: {change}")
        values = self._resolve(change.get("values", {}))
        if verb == "add":
            label = change.get("as") or f"{change['add']}{len(self.db.stamps)}"
            self._add(change["add"], label, values)
        elif verb == "host":
            self.host(change["host"], values)
        elif verb == "remove":
            self.ref(change["remove"])
            self.db.remove(*self.db.labels.pop(change["remove"]))
        else:
            self.ref(change["set"])
            cls, ref = self.db.labels[change["set"]]
            self.db.set(cls, ref, **_merged(self.db.get(cls, ref), values))

    def _resolve(self, value):
        if isinstance(value, str) and value.startswith("@"):
            return self.ref(value[1:])
        if isinstance(value, list):
            return [self._resolve(v) for v in value]
        if isinstance(value, dict):
            return {k: self._resolve(v) for k, v in value.items()}
        return value


def _merged(record, values):
    result = {}
    for name, value in values.items():
        old = record.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            value = {k: v for k, v in {**old, **value}.items() if v is not None}
        result[name] = value
    return result


def _made_up(*words):
    digits = hashlib.sha256("/".join(words).encode()).hexdigest().upper()
    return ":".join(digits[i:i + 2] for i in range(0, 64, 2))  # fmt: skip
