/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a machine says who it is when it asks for its answers: variables in the URL, lines in the
 * header of the request, the environment of a script that makes them. Data in, text out; no I/O.
 */
#pragma once

#include "common/error.h"
#include "hwdb/host.h"

/* NULL what the machine does not tell. */
struct identity {
	const char *mac;      /* of the NIC that the answers come over */
	const char *uuid;     /* SMBIOS, lower case */
	const char *serial;   /* of the product */
	const char *asset;    /* tag of the chassis */
	const char *hostname; /* as the DHCP server calls it */
};

/* `nic` is the one that the answers come over, or NULL; `hostname` as above. Borrows all of it. */
void identity_of(const struct host *host, const struct host_nic *nic, const char *hostname,
		 struct identity *ret);
/*
 * `text` with ${mac} and its like replaced, escaped as parts of a URL have to be. Kind ERROR_USER
 * for a variable that is unknown, or that this machine has no value for; the hint lists all.
 */
int identity_expand(const struct identity *identity, const char *text, char **ret,
		    struct error **err) _must_check_;
/* True when only a network that is up can tell what `text` asks for. */
bool identity_needs_network(const char *text);
/* Lines of a request's header: all MACs as Anaconda sends them, serial, UUID, asset tag. */
char **identity_headers(const struct host *host, const struct identity *identity);
/* "XENHOST_MAC=..." and its like, for scripts. */
char **identity_environment(const struct identity *identity);
