# SPDX-License-Identifier: GPL-3.0-or-later
"""What pool.join asks of networks and interfaces. J is the host that joins, C the coordinator."""

from model import NULL, ApiError


def _cluster_bridges(c):
    """The bridges a cluster that takes in new hosts talks over; none without such a cluster."""
    clusters = [ref for ref, cluster in c.all("Cluster").items() if cluster["pool_auto_join"]]
    for member in c.records("Cluster_host"):
        if member["cluster"] not in clusters or member["host"] != c.host_ref:
            continue
        pif = c.all("PIF")[member["PIF"]]
        if pif["VLAN"] != -1 and not pif["management"]:
            raise ApiError("POOL_JOINING_POOL_CANNOT_ENABLE_CLUSTERING_ON_VLAN_NETWORK", pif["VLAN"])
        bonds = [c.all("Bond")[ref] for ref in pif["bond_master_of"]]
        below = [c.all("PIF")[ref] for bond in bonds for ref in bond["slaves"]]
        return {c.bridge(p) for p in below or [pif]}
    return set()


def cluster_network(j, c, _):
    """A cluster must be able to grow over one address of the new host."""
    bridges = _cluster_bridges(c)
    if not bridges:
        return
    addresses = [p for p in j.records("PIF") if p["IP"] and j.bridge(p) in bridges]
    if len(addresses) != 1:
        raise ApiError("POOL_JOINING_HOST_MUST_HAVE_ONLY_ONE_IP_ON_CLUSTERING_NETWORK")


def no_bonds(j, _c, _):
    """The pool makes its bonds on a new member itself."""
    if j.all("Bond"):
        raise ApiError("POOL_JOINING_HOST_HAS_BONDS")


def no_tunnels(j, _c, _):
    """Tunnels are not taken along."""
    if j.all("tunnel"):
        raise ApiError("POOL_JOINING_HOST_HAS_TUNNELS")


def no_sriov(j, _c, _):
    """Nor is network SR-IOV."""
    if j.all("network_sriov"):
        raise ApiError("POOL_JOINING_HOST_HAS_NETWORK_SRIOVS")


def only_management_vlan(j, _c, _):
    """The one VLAN allowed is the one the host is managed over."""
    for vlan in j.records("VLAN"):
        pif = j.all("PIF").get(vlan["untagged_PIF"])
        if pif is None or not pif["management"]:
            raise ApiError("POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS")


def same_management_vlan(j, c, _):
    """Tag 0 is not the same as no tag, which is written -1."""
    mine, theirs = j.management()["VLAN"], c.management()["VLAN"]
    if mine != theirs:
        raise ApiError("POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH", mine, theirs)


def same_backend(j, c, _):
    """Bridges or Open vSwitch; and whoever brings a controller must find the same one."""
    mine = j.software.get("network_backend", "bridge")
    if mine != c.software.get("network_backend", "bridge"):
        raise ApiError("OPERATION_NOT_ALLOWED", "Network backends differ")
    if mine != "openvswitch":
        return

    def controllers(side):
        return [(r["protocol"], r["address"], r["port"]) for r in side.records("SDN_controller")]

    own = controllers(j)
    if own and own[:1] != controllers(c)[:1]:
        raise ApiError("OPERATION_NOT_ALLOWED", "SDN controller differs")


def same_address_type(j, c, _):
    """IPv4 and IPv6 management do not mix."""
    if j.management()["primary_address_type"] != c.management()["primary_address_type"]:
        raise ApiError("OPERATION_NOT_ALLOWED", "Primary address type differs")


def network_purposes(j, c, _):
    """Encrypted and plain NBD exclude each other."""
    purposes = {p for side in (j, c) for network in side.records("network") for p in network["purpose"]}
    if {"nbd", "insecure_nbd"} <= purposes:
        raise ApiError("OPERATION_NOT_ALLOWED", "Incompatible network purposes: nbd and insecure_nbd")


def clustering_off(j, _c, _):
    """A host of one cluster cannot go into another."""
    for ref, member in j.all("Cluster_host").items():
        if member["host"] in (j.host_ref, NULL) and member["enabled"]:
            raise ApiError("CLUSTERING_ENABLED", ref)
