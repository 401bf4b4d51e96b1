/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/str.h"
#include "installer/network/goal.h"
#include "installer/network/links.h"
#include "installer/network/lookup.h"

/* TCP's second and third try come after 1 and 3 s (RFC 6298, 2.1). */
#define CONNECT_S 5.0
#define POLL_MS   100

static int open_connection(const struct way *way, const struct sockaddr_storage *address)
{
	socklen_t size = address->ss_family == AF_INET ? sizeof(struct sockaddr_in)
						       : sizeof(struct sockaddr_in6);
	int kind = way->goal->datagram ? SOCK_DGRAM : SOCK_STREAM;
	_cleanup_close_ int fd = socket(address->ss_family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (way->link && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, way->link,
				    (socklen_t)strlen(way->link)) < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, size) < 0 && errno != EINPROGRESS)
		return -errno;
	return TAKE_FD(fd);
}

/* 0, or why the server cannot be reached by it. A refusal comes from the server itself. */
static int outcome(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -errno;
	return error == ECONNREFUSED ? 0 : -error;
}

/* All addresses at once; gives what became of the last one when none of them leads there. */
static int connect_any(const struct way *way, const struct lookup *lookup)
{
	struct pollfd polls[LOOKUP_ADDRESSES];
	double end = clock_seconds() + CONNECT_S;
	size_t pending = 0;
	int r = -ETIMEDOUT;

	for (size_t i = 0; i < lookup->count; i++) {
		int fd = open_connection(way, &lookup->addresses[i]);

		polls[i] = (struct pollfd){.fd = fd < 0 ? -1 : fd, .events = POLLOUT};
		if (fd < 0)
			r = fd;
		else
			pending++;
	}
	while (pending && clock_seconds() < end && !way->stopped(way->data)) {
		if (poll(polls, lookup->count, POLL_MS) <= 0)
			continue;
		for (size_t i = 0; i < lookup->count; i++) {
			if (polls[i].fd < 0 || !polls[i].revents)
				continue;
			r = outcome(polls[i].fd);
			close(TAKE_FD(polls[i].fd));
			pending--;
			if (r == 0) {
				end = 0;
				break;
			}
		}
	}
	if (pending && r != 0)
		r = -ETIMEDOUT;
	for (size_t i = 0; i < lookup->count; i++)
		if (polls[i].fd >= 0)
			close(polls[i].fd);
	return r;
}

static bool has_router(const struct way *way)
{
	_cleanup_free_ char *gateway = link_lease_value(way->root, way->link, "gateway"),
			    *address = link_lease_value(way->root, way->link, "address");

	return gateway || !address;
}

static int no_way(const struct way *way, int errnum, struct error **err)
{
	const struct goal *goal = way->goal;

	if (way->link && !has_router(way))
		error_set(err, ERROR_NETWORK,
			  "no route to %s: the DHCP server names no router, and nobody answers "
			  "beside",
			  goal->host);
	else if (errnum == -EHOSTUNREACH || errnum == -ENETUNREACH || errnum == -EADDRNOTAVAIL)
		error_set(err, ERROR_NETWORK, "no route to %s", goal->host);
	else
		error_errno(err, ERROR_NETWORK, errnum, "%s port %u does not answer", goal->host,
			    goal->port);
	return error_code(err, EAGAIN);
}

int way_try(const struct way *way, struct error **err)
{
	struct lookup lookup = {0};
	int r = lookup_host(way->root, way->link, way->goal->host, way->goal->port, &lookup, err);

	if (r < 0)
		return r;
	r = connect_any(way, &lookup);
	if (r == 0)
		return 0;
	if (way->stopped(way->data)) {
		error_set(err, ERROR_NETWORK, "no longer wanted");
		return error_code(err, ECANCELED);
	}
	return no_way(way, r, err);
}
