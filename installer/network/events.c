/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/events.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>

#include "installer/network/links.h"

#define GROUPS (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE)

static int open_netlink(void)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = GROUPS};
	_cleanup_close_ int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int open_files(const struct fsroot *root)
{
	_cleanup_free_ char *folder = fsroot_outer_path(root, NETWORK_STATE_FOLDER);
	_cleanup_close_ int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0 || inotify_add_watch(fd, folder, IN_MOVED_TO | IN_DELETE) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int link_events_open(const struct fsroot *root, struct link_events *ret, struct error **err)
{
	struct link_events events = {open_netlink(), open_files(root), -1};
	int r;

	events.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (events.netlink >= 0 && events.files >= 0 && events.wake >= 0) {
		*ret = events;
		return 0;
	}
	r = events.netlink < 0 ? events.netlink : events.files < 0 ? events.files : -errno;
	link_events_close(&events);
	return error_errno(err, ERROR_INTERNAL, r, "cannot watch the network interfaces");
}

void link_events_close(struct link_events *events)
{
	cleanup_close(&events->netlink);
	cleanup_close(&events->files);
	cleanup_close(&events->wake);
}

void link_events_wait(struct link_events *events, int timeout_ms)
{
	struct pollfd polls[] = {
		{.fd = events->netlink, .events = POLLIN},
		{.fd = events->files, .events = POLLIN},
		{.fd = events->wake, .events = POLLIN},
	};
	char bytes[8192];

	if (poll(polls, ARRAY_SIZE(polls), timeout_ms) <= 0)
		return;
	/* An overrun (ENOBUFS) is news like any other, and is gone once it was read. */
	for (size_t i = 0; i < ARRAY_SIZE(polls); i++)
		while (polls[i].revents && read(polls[i].fd, bytes, sizeof(bytes)) > 0)
			;
}

void link_events_wake(struct link_events *events)
{
	const uint64_t one = 1;
	ssize_t written = write(events->wake, &one, sizeof(one));

	/* Full means that the other side is awake already. */
	(void)written;
}
