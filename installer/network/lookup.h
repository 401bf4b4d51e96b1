/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses of a host name as one link's name servers tell them; libc asks over whichever link the
 * routes name, and knows three servers of all. For way.c alone. What servers answer is not trusted.
 */
#pragma once

#include <netinet/in.h>

#include "common/error.h"
#include "common/fsroot.h"
#include "common/macro.h"

#define LOOKUP_ADDRESSES 8

struct lookup {
	struct sockaddr_storage addresses[LOOKUP_ADDRESSES]; /* IPv4 and IPv6, with the port */
	size_t count;
};

/*
 * The servers are those of the file that DHCP's script writes for `link`; without a link libc is
 * asked. Kind ERROR_NETWORK: -ENOENT when there is no such name, -EAGAIN when nobody answers.
 */
int lookup_host(const struct fsroot *root, const char *link, const char *host, unsigned port,
		struct lookup *ret, struct error **err) _must_check_;
/* Adds the addresses of an answer (RFC 1035) to *lookup; -ENOENT when it says that there is no such
 * name, -EBADMSG when it is none. */
int lookup_parse(const uint8_t *bytes, size_t length, unsigned port,
		 struct lookup *lookup) _must_check_;
