/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/netdev.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "common/str.h"

/*
 * How long a link bears an interim name. Who is told of one and asks the kernel whether it is so
 * (systemd-networkd) must be able to hear "yes", else it holds the old name for taken.
 */
#define INTERIM_MS 100
/* A machine brings its cards within a second or two: so often may one come between. */
#define TRIES   16
#define INTERIM "side"

/* Where the links are while a plan is made. */
struct links {
	char **all;
	char **ours; /* parallel to the names that were given */
	struct netdev_plan plan;
};

static void links_done(struct links *links)
{
	strv_free(links->all);
	strv_free(links->ours);
	netdev_plan_done(&links->plan);
}

void netdev_plan_done(struct netdev_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		free(plan->steps[i].from);
		free(plan->steps[i].to);
	}
	free(plan->steps);
}

static void replace(char **strv, const char *from, const char *to)
{
	for (; strv && *strv; strv++)
		if (str_eq(*strv, from)) {
			free(*strv);
			*strv = xstrdup(to);
		}
}

static void add_step(struct links *links, const char *from, const char *to)
{
	struct netdev_step *step = ARRAY_APPEND(links->plan.steps, links->plan.n);

	*step = (struct netdev_step){xstrdup(from), xstrdup(to)};
	replace(links->all, step->from, to);
	replace(links->ours, step->from, to);
}

/* True when every link that still has a wrong name wants one that is taken: *ret_taken. */
static bool walk(struct links *links, const struct netdev_name *names, size_t n,
		 const char **ret_taken)
{
	bool moved = false;

	*ret_taken = NULL;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(links->ours[i], names[i].wanted) ||
		    !strv_contains(links->all, links->ours[i]))
			continue;
		if (strv_contains(links->all, names[i].wanted)) {
			*ret_taken = names[i].wanted;
			continue;
		}
		add_step(links, links->ours[i], names[i].wanted);
		moved = true;
	}
	return !moved && *ret_taken;
}

static void push_aside(struct links *links, const char *taken)
{
	_cleanup_free_ char *side = NULL;
	unsigned number = 0;

	do {
		free(side);
		side = xasprintf(INTERIM "%u", number++);
	} while (strv_contains(links->all, side));
	add_step(links, taken, side);
}

int netdev_plan(const struct netdev_name *names, size_t n, char *const *all,
		struct netdev_plan *ret)
{
	_cleanup_(links_done) struct links links = {0};
	const char *taken = NULL;

	for (; all && *all; all++)
		strv_add(&links.all, *all);
	for (size_t i = 0; i < n; i++) {
		strv_add(&links.ours, *names[i].name);
		for (size_t j = 0; j < i; j++)
			if (str_eq(names[i].wanted, names[j].wanted))
				return -EINVAL;
	}
	do {
		if (walk(&links, names, n, &taken))
			push_aside(&links, taken);
	} while (taken);
	*ret = links.plan;
	links.plan = (struct netdev_plan){0};
	return 0;
}

static int set_flags(int fd, const char *name, short flags)
{
	struct ifreq request = {.ifr_flags = flags};
	int r = str_copy(request.ifr_name, sizeof(request.ifr_name), name);

	if (r < 0)
		return r;
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

static int set_name(int fd, const char *from, const char *to)
{
	struct ifreq request = {0};
	int r = str_copy(request.ifr_name, sizeof(request.ifr_name), from);

	if (r == 0)
		r = str_copy(request.ifr_newname, sizeof(request.ifr_newname), to);
	if (r < 0)
		return r;
	return ioctl(fd, SIOCSIFNAME, &request) < 0 ? -errno : 0;
}

static int rename_link(int fd, const char *from, const char *to)
{
	struct ifreq state = {0};
	int r, up;

	r = set_name(fd, from, to);
	if (r != -EBUSY)
		return r;
	r = str_copy(state.ifr_name, sizeof(state.ifr_name), from);
	if (r < 0)
		return r;
	if (ioctl(fd, SIOCGIFFLAGS, &state) < 0)
		return -errno;
	r = set_flags(fd, from, (short)(state.ifr_flags & ~IFF_UP));
	if (r < 0)
		return r;
	r = set_name(fd, from, to);
	up = set_flags(fd, r < 0 ? from : to, state.ifr_flags);
	return r < 0 ? r : up;
}

static int list_links(char ***ret)
{
	struct if_nameindex *links = if_nameindex();
	char **all = NULL;

	if (!links)
		return -errno;
	for (struct if_nameindex *link = links; link->if_name; link++)
		strv_add(&all, link->if_name);
	if_freenameindex(links);
	*ret = all;
	return 0;
}

static int carry_out(int fd, const struct netdev_plan *plan, const struct netdev_name *names,
		     size_t n, struct error **err)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct netdev_step *step = &plan->steps[i];
		int r;

		if (str_starts(step->from, INTERIM))
			nanosleep(&(struct timespec){.tv_nsec = INTERIM_MS * 1000000L}, NULL);
		r = rename_link(fd, step->from, step->to);
		/* A card that came or went since: whoever made the plan looks again. */
		if (r == -EEXIST || r == -ENODEV)
			return 0;
		if (r < 0)
			return error_errno(err, ERROR_INTERNAL, r,
					   "cannot rename the network link %s to %s", step->from,
					   step->to);
		for (size_t j = 0; j < n; j++)
			if (str_eq(*names[j].name, step->from)) {
				free(*names[j].name);
				*names[j].name = xstrdup(step->to);
			}
	}
	return 0;
}

int netdev_rename(const struct netdev_name *names, size_t n, struct error **err)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_errno(err, ERROR_INTERNAL, errno, "cannot open a socket");
	for (unsigned tries = 0; tries < TRIES; tries++) {
		_cleanup_netdev_plan_ struct netdev_plan plan = {0};
		_cleanup_strv_ char **links = NULL;
		int r = list_links(&links);

		if (r == 0)
			r = netdev_plan(names, n, links, &plan);
		if (r < 0)
			return error_errno(err, ERROR_INTERNAL, r, "cannot name the network links");
		if (plan.n == 0)
			return 0;
		r = carry_out(fd, &plan, names, n, err);
		if (r < 0)
			return r;
	}
	return error_set(err, ERROR_INTERNAL,
			 "the network links take each other's names again "
			 "and again");
}
