/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Name servers and domains that routers advertise (RFC 8106), of which networks with IPv6 and
 * without DHCP live. The kernel makes addresses and routes of advertisements, but leaves these to
 * others. For attempt.c alone. Asks and listens; never changes a link.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/str.h"

/* Both newly allocated lists without repetitions, or NULL. */
struct advertised {
	char **servers; /* "2001:db8::1", "fe80::1" */
	char **domains;
};

void advertised_done(struct advertised *advertised);
#define _cleanup_advertised_ _cleanup_(advertised_done)

/*
 * Adds what a router advertisement holds, an ICMPv6 message as it came. 0, or -EBADMSG for what is
 * none, and then nothing is added; names that are no host names are passed over, for a file of the
 * resolver is made of them.
 */
int advertised_parse(const uint8_t *bytes, size_t length,
		     struct advertised *advertised) _must_check_;
/*
 * Asks the routers of a link, again every second, until one of them names servers, `seconds` are
 * over, or stopped() says so. Leaves lines of resolv.conf in NAME.dnsra of the state folder. 0 when
 * there are servers, -ENOENT without, another -errno where the link cannot be asked.
 */
int advertised_find(const struct fsroot *root, const char *link, unsigned seconds,
		    bool (*stopped)(void *data), void *data) _must_check_;
