/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The server that the installer's network must lead to, and whether one link does: names looked up
 * with the servers that this link was told of, a connection that may leave by no other link. For
 * up.c and attempt.c. Sends no request to the server; certificates and answers such as 404 are for
 * who fetches.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/macro.h"

struct goal {
	char *host; /* a name or an address, without brackets */
	unsigned port;
	bool datagram; /* TFTP: nothing that could be connected to */
};

void goal_done(struct goal *goal);
#define _cleanup_goal_ _cleanup_(goal_done)

/*
 * The server of a URL (http, https, ftp, tftp, nfs), or the proxy in its place. False, and *ret
 * untouched, for what names none: a path, another scheme, a host with a variable in it.
 */
bool goal_of_url(const char *url, const char *proxy, struct goal *ret);

/* A way to the goal, as it looks over one link. */
struct way {
	const struct fsroot *root;
	const char *link; /* NULL: as the routes have it, whichever link that is */
	const struct goal *goal;
	/* True when the answer is no longer wanted; asked every 100 ms. */
	bool (*stopped)(void *data);
	void *data;
};

/*
 * 0 when the server answers, be it by refusing the connection. Else kind ERROR_NETWORK and what is
 * wrong on this link: -ENOENT when its name servers say that there is no such host, -EAGAIN for
 * what may pass, -ECANCELED. Takes up to 10 s.
 */
int way_try(const struct way *way, struct error **err) _must_check_;
