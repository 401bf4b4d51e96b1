/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/xapi_failure.h"

#include <errno.h>

#include "common/i18n.h"
#include "common/str.h"

enum nature {
	LASTS,    /* somebody must do something first */
	PASSES,   /* later may be better */
	RESTARTS, /* said by a server that starts, or has forgotten what was before */
};

/* "{1}" in a text stands for the first parameter; a parameter that did not come is left out. */
struct row {
	const char *code;
	const char
		*with; /* what the first parameter begins with, where one code has many meanings */
	enum nature nature;
	bool forceable;
	const char *sentence;
	const char *hint;
};

#define UPDATE_BOTH N_("Bring both to the same version and the same updates, then try again.")

static const struct row rows[] = {
	/* Who may do what */
	{"SESSION_AUTHENTICATION_FAILED", NULL, LASTS, false,
	 N_("the user name or the password is wrong (user \"{1}\")"),
	 N_("Give the root password of the pool's coordinator; it is not this host's own.")},
	{"SESSION_AUTHORIZATION_FAILED", NULL, LASTS, false,
	 N_("the user \"{1}\" exists but has no role in this pool"),
	 N_("Use root, or give the user the role of a pool operator or pool administrator.")},
	{"RBAC_PERMISSION_DENIED", NULL, LASTS, false,
	 N_("the user's role does not allow it ({1})"),
	 N_("Use root, or a user with the role of a pool operator or pool administrator.")},
	{"LICENCE_RESTRICTION", "Pool_size", LASTS, false,
	 N_("the licence of this host allows no larger pool than this one is"),
	 N_("License the host, or join a pool that has fewer than three hosts.")},
	{"LICENCE_RESTRICTION", NULL, LASTS, false, N_("the licence of this host allows no pools"),
	 N_("License the host for pools, then try again.")},
	{"LICENSE_HOST_POOL_MISMATCH", NULL, LASTS, false,
	 N_("host and pool have different licences ({1}, {2})"),
	 N_("License this host as the hosts of the pool are.")},
	{"V6D_FAILURE", NULL, LASTS, false, N_("the licensing service does not agree ({1})"),
	 N_("License this host as the hosts of the pool are.")},
	/* Servers that are somewhere else, starting, or busy */
	{"HOST_IS_SLAVE", NULL, RESTARTS, false,
	 N_("this host is a member of a pool whose coordinator is {1}"),
	 N_("Give the coordinator's address, {1}.")},
	{"HOST_STILL_BOOTING", NULL, RESTARTS, false,
	 N_("its toolstack is starting, or it has no management interface yet"),
	 N_("Wait a minute. If it stays so, see on its console whether the management network has "
	    "an address.")},
	{"HOST_HAS_NO_MANAGEMENT_IP", NULL, RESTARTS, false,
	 N_("its management interface has no address"),
	 N_("Check the cable and the DHCP server, or configure the management interface anew.")},
	{"SESSION_INVALID", NULL, RESTARTS, false,
	 N_("the session has ended, because it expired or the toolstack restarted"),
	 N_("Try again.")},
	{"HANDLE_INVALID", NULL, RESTARTS, false, N_("there is no such {1} any more"),
	 N_("Somebody removed it meanwhile, or the toolstack restarted; try again.")},
	{"TOO_BUSY", NULL, PASSES, false, N_("it is too busy"), N_("Try again in a minute.")},
	{"TOO_MANY_PENDING_TASKS", NULL, PASSES, false, N_("too many tasks are waiting there"),
	 N_("Try again in a minute.")},
	{"OTHER_OPERATION_IN_PROGRESS", NULL, PASSES, false,
	 N_("another operation runs on the same {1} ({3})"), N_("Wait until it has ended.")},
	{"NOT_SUPPORTED_DURING_UPGRADE", NULL, PASSES, false, N_("the pool is being updated"),
	 N_("Wait until the update of the pool has ended.")},
	{"JOINING_HOST_SERVICE_FAILED", NULL, PASSES, false,
	 N_("the coordinator's toolstack does not serve this host"),
	 N_("See on the coordinator whether xapi runs, and in its /var/log/xensource.log why "
	    "not.")},
	{"JOINING_HOST_CONNECTION_FAILED", NULL, PASSES, false,
	 N_("the connection from this host to the coordinator broke off"),
	 N_("Check the network between the two, and that port 443 of the coordinator is open.")},
	{"TASK_CANCELLED", NULL, LASTS, false, N_("somebody cancelled it"),
	 N_("Try again when it suits.")},
	/* States of emergency, in which a member cannot work with its coordinator */
	{"HOST_ITS_OWN_SLAVE", NULL, LASTS, false, N_("the host believes to be its own member"),
	 N_("Run xe pool-emergency-transition-to-master on it.")},
	{"HOST_BROKEN", NULL, LASTS, false, N_("the host's configuration of its pool is broken"),
	 N_("Reset it with xe-toolstack-restart or reinstall the host.")},
	{"HOST_MASTER_CANNOT_TALK_BACK", NULL, LASTS, false,
	 N_("the coordinator cannot reach this host at {1}"),
	 N_("Check firewall and routes from the coordinator to {1}, port 443.")},
	{"HOST_UNKNOWN_TO_MASTER", NULL, LASTS, false,
	 N_("the coordinator does not know this host"),
	 N_("On this host: xe pool-emergency-transition-to-master makes it a lone host again; then "
	    "join it anew.")},
	{"HOST_XAPI_VERSION_HIGHER_THAN_COORDINATOR", NULL, LASTS, false,
	 N_("this host's toolstack ({1}) is newer than the coordinator's"),
	 N_("Update the coordinator first; a pool is updated beginning with it.")},
	/* The checks of pool.join */
	{"HA_IS_ENABLED", NULL, LASTS, false, N_("high availability is enabled"),
	 N_("Disable it for the time of the join: xe pool-ha-disable; enable it again "
	    "afterwards.")},
	{"CLUSTERING_ENABLED", NULL, LASTS, false, N_("this host belongs to a cluster"),
	 N_("Destroy the cluster on this host before it joins: xe cluster-pool-destroy.")},
	{"POOL_JOINING_POOL_CANNOT_ENABLE_CLUSTERING_ON_VLAN_NETWORK", NULL, LASTS, false,
	 N_("the pool's cluster uses VLAN {1}, which a new host does not have yet"),
	 N_("Move the cluster to a network without a VLAN, or make it anew after the join.")},
	{"POOL_JOINING_HOST_MUST_HAVE_ONLY_ONE_IP_ON_CLUSTERING_NETWORK", NULL, LASTS, false,
	 N_("this host does not have exactly one address on the network of the pool's cluster"),
	 N_("Give exactly one of its interfaces on that network an address.")},
	{"OPERATION_NOT_ALLOWED", "Host cannot become slave of itself", LASTS, false,
	 N_("the address is this host's own, or that host is a copy of this one"),
	 N_("Give the address of another host; a host installed by copying disks must be "
	    "installed anew.")},
	{"OPERATION_NOT_ALLOWED", "Host is already part of a pool", LASTS, false,
	 N_("this host is already part of that pool"), N_("There is nothing to do.")},
	{"OPERATION_NOT_ALLOWED", "Network backends differ", LASTS, false,
	 N_("one side uses Open vSwitch, the other the Linux bridge"),
	 N_("On this host: xe-switch-network-backend bridge (or openvswitch), then reboot it.")},
	{"OPERATION_NOT_ALLOWED", "SDN controller differs", LASTS, false,
	 N_("this host has another SDN controller than the pool"),
	 N_("Remove it on this host: xe sdn-controller-forget.")},
	{"OPERATION_NOT_ALLOWED", "Primary address type differs", LASTS, false,
	 N_("one side is managed over IPv4, the other over IPv6"),
	 N_("Configure this host's management interface as the pool's hosts are.")},
	{"OPERATION_NOT_ALLOWED", "Incompatible network purposes", LASTS, false,
	 N_("the networks serve block devices with encryption on one side and without on the "
	    "other"),
	 N_("Give the networks of both sides the same purpose: nbd, or insecure_nbd.")},
	{"OPERATION_NOT_ALLOWED", NULL, LASTS, false, N_("it is not allowed: {1}"),
	 N_("See the log of the server for what stands in the way.")},
	{"JOINING_HOST_CANNOT_BE_MASTER_OF_OTHER_HOSTS", NULL, LASTS, false,
	 N_("this host is the coordinator of a pool with other hosts"),
	 N_("Eject the other hosts from its pool first; only a lone host can join.")},
	{"JOINING_HOST_CANNOT_HAVE_RUNNING_VMS", NULL, LASTS, false,
	 N_("virtual machines run on this host"), N_("Shut them down: xe vm-shutdown.")},
	{"JOINING_HOST_CANNOT_HAVE_RUNNING_OR_SUSPENDED_VMS", NULL, LASTS, false,
	 N_("virtual machines run or are suspended on this host"),
	 N_("Shut them down: xe vm-shutdown.")},
	{"JOINING_HOST_CANNOT_HAVE_VMS_WITH_CURRENT_OPERATIONS", NULL, PASSES, false,
	 N_("something is being done to virtual machines of this host"),
	 N_("Wait until it has ended.")},
	{"HOST_PENDING_MANDATORY_GUIDANCE_NOT_EMPTY", NULL, LASTS, false,
	 N_("a host must be rebooted, or its toolstack restarted, before the join"),
	 N_("Do what its pending tasks say: reboot this host, or the coordinator.")},
	{"HOSTS_NOT_COMPATIBLE", NULL, LASTS, false,
	 N_("this host runs another product or another version of it than the pool"),
	 N_("Install the version that the pool runs; this cannot be forced.")},
	{"HOSTS_NOT_HOMOGENEOUS", "CPUs differ", LASTS, true,
	 N_("the processors are of different vendors"),
	 N_("Join a pool of hosts with the same vendor's processors. It can be forced; virtual "
	    "machines then cannot move between them while they run.")},
	{"HOSTS_NOT_HOMOGENEOUS", "Software version differs", LASTS, true,
	 N_("the toolstacks are of different builds"), UPDATE_BOTH},
	{"HOSTS_NOT_HOMOGENEOUS", "Updates on local host", LASTS, false,
	 N_("other updates are applied here than on the pool's coordinator"), UPDATE_BOTH},
	{"HOSTS_NOT_HOMOGENEOUS", NULL, LASTS, false, N_("the hosts are not alike: {1}"),
	 UPDATE_BOTH},
	{"JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS", NULL, LASTS, false,
	 N_("this host has shared storage"),
	 N_("Forget it on this host: xe sr-forget. The pool brings its own.")},
	{"POOL_JOINING_HOST_HAS_BONDS", NULL, LASTS, false, N_("this host has bonded interfaces"),
	 N_("Remove the bonds of this host; it gets the pool's when it has joined.")},
	{"POOL_JOINING_HOST_HAS_TUNNELS", NULL, LASTS, false, N_("this host has network tunnels"),
	 N_("Remove them on this host: xe tunnel-destroy.")},
	{"POOL_JOINING_HOST_HAS_NETWORK_SRIOVS", NULL, LASTS, false,
	 N_("this host has networks on SR-IOV"), N_("Remove them: xe network-sriov-destroy.")},
	{"POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS", NULL, LASTS, false,
	 N_("this host has VLANs beside that of its management interface"),
	 N_("Remove them: xe vlan-destroy; it gets the pool's when it has joined.")},
	{"POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH", NULL, LASTS, false,
	 N_("the management interface has VLAN {1} here and {2} in the pool (-1 is none)"),
	 N_("Move this host's management interface to the pool's VLAN.")},
	{"POOL_JOINING_EXTERNAL_AUTH_MISMATCH", NULL, LASTS, false,
	 N_("this host and the pool use different directories of users"),
	 N_("Let this host join the pool's domain first, or leave its own.")},
	{"POOL_JOINING_HOST_MUST_HAVE_SAME_API_VERSION", NULL, LASTS, false,
	 N_("the API is version {1} here and {2} in the pool"), UPDATE_BOTH},
	{"POOL_JOINING_HOST_MUST_HAVE_SAME_DB_SCHEMA", NULL, LASTS, false,
	 N_("the database is of version \"{1}\" here and \"{2}\" in the pool"), UPDATE_BOTH},
	{"POOL_JOINING_HOST_MUST_HAVE_SAME_PRODUCT_VERSION", NULL, LASTS, false,
	 N_("this host runs another version than the pool"), UPDATE_BOTH},
	{"POOL_JOINING_HOST_MUST_HAVE_PHYSICAL_MANAGEMENT_NIC", NULL, LASTS, false,
	 N_("the management interface of this host is no physical one"),
	 N_("Move management to a network card, without bond and VLAN.")},
	{"POOL_JOINING_HOST_MUST_ONLY_HAVE_PHYSICAL_PIFS", NULL, LASTS, false,
	 N_("this host has bonds or VLANs"),
	 N_("Remove them; it gets the pool's when it has joined.")},
	{"POOL_JOINING_HOST_TLS_VERIFICATION_MISMATCH", NULL, LASTS, false,
	 N_("one side verifies the certificates of its pool, the other does not"),
	 N_("Enable it on the side that lacks it, mostly a pool that was updated from an old "
	    "version: xe pool-enable-tls-verification.")},
	{"POOL_JOINING_HOST_CA_CERTIFICATES_CONFLICT", NULL, LASTS, false,
	 N_("certificates of the same name ({1}) differ between host and pool"),
	 N_("Uninstall this host's: xe pool-uninstall-ca-certificate.")},
	{"POOL_JOINING_HOST_TRUSTED_CERTIFICATES_CONFLICT", NULL, LASTS, false,
	 N_("a certificate is trusted for other purposes here than in the pool"),
	 N_("Install it on this host anew, with the pool's purposes.")},
	{"POOL_JOINING_SM_FEATURES_INCOMPATIBLE", NULL, LASTS, false,
	 N_("a storage driver of the pool is missing here, or older"),
	 N_("Install the same storage packages as the pool's hosts have.")},
	{"POOL_JOINING_MASTER_CERTIFICATE_NOT_IN_POOL_BUNDLE", NULL, LASTS, false,
	 N_("the coordinator's own certificate is missing from what it gives to members"),
	 N_("On the coordinator: xe pool-certificate-sync.")},
	{"POOL_JOINING_POOL_BUNDLE_EMPTY_AFTER_IMPORT", NULL, LASTS, false,
	 N_("the pool's certificates could not be stored on this host ({1})"),
	 N_("See why update-ca-bundle.sh fails on this host.")},
	{"XAPI_HOOK_FAILED", NULL, LASTS, false,
	 N_("a script of this host failed, although it has joined ({1})"),
	 N_("See what is in /etc/xapi.d/pool-join on this host; the join itself stands.")},
	/* Calls */
	{"UUID_INVALID", NULL, LASTS, false, N_("there is no {1} with the UUID {2}"),
	 N_("It was removed, or has not been made yet.")},
	{"INTERNAL_ERROR", "Connection failed", PASSES, false, "{1}",
	 N_("The host cannot reach the coordinator: check address, cable and port 443.")},
	{"INTERNAL_ERROR", "Stunnel.Stunnel_verify_error", LASTS, false,
	 N_("a certificate of the pool could not be verified ({1})"),
	 N_("Check the clocks of both hosts, and run xe pool-certificate-sync on the "
	    "coordinator.")},
};

void xapi_failure_done(struct xapi_failure *failure)
{
	free(failure->code);
	strv_free(failure->params);
	*failure = (struct xapi_failure){0};
}

static const char *param(const struct xapi_failure *failure, size_t index)
{
	return index < strv_length(failure->params) ? failure->params[index] : "";
}

static const struct row *find(const struct xapi_failure *failure)
{
	for (size_t i = 0; failure->code && i < ARRAY_SIZE(rows); i++) {
		if (str_eq(rows[i].code, failure->code) &&
		    (!rows[i].with || str_starts(param(failure, 0), rows[i].with)))
			return &rows[i];
	}
	return NULL;
}

static char *fill(const char *text, const struct xapi_failure *failure)
{
	struct strbuf buf = {0};

	for (const char *c = text; *c; c++) {
		if (c[0] == '{' && c[1] >= '1' && c[1] <= '9' && c[2] == '}') {
			strbuf_add(&buf, param(failure, (size_t)(c[1] - '1')));
			c += 2;
		} else {
			strbuf_add_bytes(&buf, c, 1);
		}
	}
	return strbuf_take(&buf);
}

/* "CODE(a, b)", as the toolstack's own programs write it. */
static char *verbatim(const struct xapi_failure *failure)
{
	_cleanup_free_ char *params = strv_join(failure->params, ", ");

	return xasprintf("%s(%s)", failure->code, params ? params : "");
}

int xapi_failure_explain(const struct xapi_failure *failure, struct error **err)
{
	const struct row *row = find(failure);
	_cleanup_free_ char *code = verbatim(failure);
	_cleanup_free_ char *sentence = row ? fill(row->sentence, failure) : NULL;
	_cleanup_free_ char *hint = row ? fill(row->hint, failure) : NULL;

	if (row)
		error_set(err, ERROR_POOL, "%s [%s]", sentence, code);
	else
		error_set(err, ERROR_POOL, "it answers %s", code);
	error_hint(
		err, "%s",
		hint
			?: N_("Look the code up in the documentation of the pool's product, and in "
			      "/var/log/xensource.log of that host."));
	return error_code(err, EREMOTEIO);
}

bool xapi_failure_passes(const struct xapi_failure *failure)
{
	const struct row *row = find(failure);

	return row && row->nature != LASTS;
}

bool xapi_failure_is_restart(const struct xapi_failure *failure)
{
	const struct row *row = find(failure);

	return row && row->nature == RESTARTS;
}

bool xapi_failure_is_forceable(const struct xapi_failure *failure)
{
	const struct row *row = find(failure);

	return row && row->forceable;
}
