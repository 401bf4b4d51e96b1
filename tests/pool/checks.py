# SPDX-License-Identifier: GPL-3.0-or-later
"""What pool.join checks, in the order of the real server. J is the host that joins, C the coordinator.

Every check takes both sides and the agent of J, and raises the ApiError that ends the join.
This is the test pool's own reading of the protocol; the client under test shares nothing with it.
"""

import checks_network as network
from model import ApiError


def pool_size(j, c, _):
    """Some licences end at three hosts."""
    if j.pool["restrictions"].get("restrict_pool_size") == "true" and len(c.all("host")) >= 3:
        raise ApiError("LICENCE_RESTRICTION", "Pool_size")


def has_management(j, _c, _):
    """Without a management interface the host has not finished booting."""
    j.management()


def ha_off_here(j, _c, _):
    """High availability must be off on this side."""
    if j.pool["ha_enabled"]:
        raise ApiError("HA_IS_ENABLED")


def ha_off_there(_j, c, _):
    """And on the other."""
    if c.pool["ha_enabled"]:
        raise ApiError("HA_IS_ENABLED")


def not_itself(j, c, _):
    """Cloned disks have the same UUID too."""
    if j.host["uuid"] == c.host["uuid"]:
        members = len(j.all("host")) > 1
        text = "Host is already part of a pool" if members else "Host cannot become slave of itself"
        raise ApiError("OPERATION_NOT_ALLOWED", text)


def alone(j, _c, _):
    """A pool cannot join a pool."""
    if len(j.all("host")) != 1:
        raise ApiError("JOINING_HOST_CANNOT_BE_MASTER_OF_OTHER_HOSTS")


def nothing_runs(j, _c, _):
    """Suspended and paused machines may come along."""
    for vm in j.records("VM"):
        if vm["power_state"] == "Running" and not vm["is_control_domain"]:
            raise ApiError("JOINING_HOST_CANNOT_HAVE_RUNNING_VMS")


def nothing_happens(j, _c, _):
    """No machine is being worked on."""
    if any(vm["current_operations"] for vm in j.records("VM")):
        raise ApiError("JOINING_HOST_CANNOT_HAVE_VMS_WITH_CURRENT_OPERATIONS")


def no_guidance(j, c, _):
    """Nothing mandatory is left over from an update."""
    for side in (j, c):
        if side.host["pending_guidances"]:
            raise ApiError("HOST_PENDING_MANDATORY_GUIDANCE_NOT_EMPTY", side.host_ref)


def _product(side):
    return side.software.get("product_brand", side.software.get("platform_name"))


def compatible(j, c, _):
    """The same platform version of the same product."""
    same = j.software.get("platform_version") == c.software.get("platform_version")
    if not same or _product(j) != _product(c):
        raise ApiError("HOSTS_NOT_COMPATIBLE")


def same_software(j, c, _):
    """The same code; the number of the build does not matter."""

    def level(side):
        return (side.software.get("xapi"), _product(side), side.software.get("git_id"), "xs:linux" in side.software)

    if level(j) != level(c):
        raise ApiError("HOSTS_NOT_HOMOGENEOUS", "Software version differs")


def same_processors(j, c, _):
    """The vendor alone; features are levelled."""
    if j.host["cpu_info"].get("vendor") != c.pool["cpu_info"].get("vendor"):
        raise ApiError("HOSTS_NOT_HOMOGENEOUS", "CPUs differ")


def no_shared_storage(j, _c, _):
    """Only the tools are on every host anyway."""
    if any(sr["shared"] and not sr["is_tools_sr"] for sr in j.records("SR")):
        raise ApiError("JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS")


def same_authentication(j, c, _):
    """The same directory, however it is spelled."""

    def directory(side):
        return side.host["external_auth_type"], side.host["external_auth_service_name"].lower()

    if directory(j) != directory(c):
        raise ApiError("POOL_JOINING_EXTERNAL_AUTH_MISMATCH")


def same_edition(j, c, agent):
    """The host's edition must be the least of the pool's."""
    mine = j.host["edition"]
    theirs = [host["edition"] for host in c.records("host")]
    if all(edition == mine for edition in theirs):
        return
    if agent.editions is None:
        listed = "; ".join(theirs)
        raise ApiError("V6D_FAILURE", f"The pool uses v6d. Pool edition list = [{listed}]")
    for edition in theirs:
        if edition not in agent.editions:
            raise ApiError("LICENSE_HOST_POOL_MISMATCH", f'Edition "{edition}" from pool is not known to v6d.')
    least = min(theirs, key=lambda edition: agent.editions[edition])
    if mine != least:
        raise ApiError("LICENSE_HOST_POOL_MISMATCH", f'host edition = "{mine}"', f'pool edition = "{least}"')


def same_api(j, c, _):
    """Major and minor version of the API."""
    mine, theirs = (f"{s.host['API_version_major']}.{s.host['API_version_minor']}" for s in (j, c))
    if mine != theirs:
        raise ApiError("POOL_JOINING_HOST_MUST_HAVE_SAME_API_VERSION", mine, theirs)


def same_schema(j, c, _):
    """The version of the database, which both must name."""
    mine, theirs = (side.software.get("db_schema", "") for side in (j, c))
    if mine != theirs or not mine:
        raise ApiError("POOL_JOINING_HOST_MUST_HAVE_SAME_DB_SCHEMA", mine, theirs)


def same_updates(j, c, _):
    """Updates of the old kind that every host must have."""

    def updates(side):
        known = [side.all("pool_update").get(ref) for ref in side.host["updates"]]
        return {u["uuid"] for u in known if u and u["enforce_homogeneity"]}

    if updates(j) != updates(c):
        text = f"Updates on local host {j.host['name_label']} and pool host {c.host['name_label']} differ"
        raise ApiError("HOSTS_NOT_HOMOGENEOUS", text)


def same_tls_verification(j, c, _):
    """Both check certificates, or neither does."""
    if j.pool["tls_verification_enabled"] != c.pool["tls_verification_enabled"]:
        raise ApiError("POOL_JOINING_HOST_TLS_VERIFICATION_MISMATCH")


def authorities(j, c, _):
    """One name, one certificate."""

    def named(side):
        return {r["name"]: r["fingerprint_sha256"] for r in side.records("Certificate")
                if r["type"] == "ca" and r["name"]}  # fmt: skip

    mine, theirs = named(j), named(c)
    clash = sorted(name for name in mine if theirs.get(name, mine[name]) != mine[name])
    if clash:
        raise ApiError("POOL_JOINING_HOST_CA_CERTIFICATES_CONFLICT", *clash)


def trusted_certificates(j, c, _):
    """The same certificate is trusted for the same purposes, or for entirely different ones."""

    def nameless(side):
        return [(ref, r) for ref, r in side.all("Certificate").items()
                if r["type"] in ("ca", "pinned") and not r["name"]]  # fmt: skip

    for there, theirs in nameless(c):
        for here, mine in nameless(j):
            a, b = set(mine["purpose"]), set(theirs["purpose"])
            if mine["fingerprint_sha256"] == theirs["fingerprint_sha256"] and a != b and (a & b or not a or not b):
                raise ApiError("POOL_JOINING_HOST_TRUSTED_CERTIFICATES_CONFLICT", there, here)


def no_updating(j, c, _):
    """Nobody is applying updates."""
    for side in (j, c):
        if "apply_updates" in side.pool["current_operations"].values():
            raise ApiError("NOT_SUPPORTED_DURING_UPGRADE")


def storage_managers(j, c, _):
    """What the pool's storage drivers can do, the new host's can do too."""
    for there, theirs in c.all("SM").items():
        same = [(ref, sm) for ref, sm in j.all("SM").items() if sm["type"] == theirs["type"]]
        here, mine = same[0] if len(same) == 1 else ("", {"features": {}})
        fits = all(mine["features"].get(name, -1) >= version for name, version in theirs["features"].items())
        if len(same) != 1 or not fits:
            raise ApiError("POOL_JOINING_SM_FEATURES_INCOMPATIBLE", there, here)


# check, skipped by join_force, the first database schema whose release has it
CHECKS = (
    (pool_size, False, "0"),
    (has_management, False, "0"),
    (ha_off_here, False, "0"),
    (network.clustering_off, False, "0"),
    (network.cluster_network, False, "5.791"),
    (ha_off_there, False, "0"),
    (not_itself, False, "0"),
    (alone, False, "0"),
    (nothing_runs, False, "0"),
    (nothing_happens, False, "0"),
    (no_guidance, False, "5.785"),
    (compatible, False, "0"),
    (same_software, True, "0"),
    (same_processors, True, "0"),
    (no_shared_storage, False, "0"),
    (network.no_bonds, False, "0"),
    (network.no_tunnels, False, "0"),
    (network.no_sriov, False, "0"),
    (network.only_management_vlan, False, "0"),
    (network.same_management_vlan, False, "0"),
    (same_authentication, False, "0"),
    (same_edition, False, "0"),
    (network.same_backend, False, "0"),
    (same_api, False, "0"),
    (same_schema, False, "0"),
    (same_updates, False, "0"),
    (network.same_address_type, False, "0"),
    (network.network_purposes, False, "0"),
    (same_tls_verification, False, "5.779"),
    (authorities, False, "5.779"),
    (trusted_certificates, False, "5.909"),
    (no_updating, False, "5.779"),
    (storage_managers, False, "5.785"),
)


def _version(text):
    return [int(word) for word in text.split(".") if word.isdigit()]


def run(j, c, agent, force):
    """All checks that J's release has, one after the other; the first failure ends it."""
    release = _version(agent.settings.get("release", "5.909"))
    for check, forceable, since in CHECKS:
        if _version(since) <= release and not (force and forceable):
            check(j, c, agent)
