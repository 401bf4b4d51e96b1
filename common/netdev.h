/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of the running kernel's network links: gives several links new names at once, even when
 * those are each other's. Called by the installer's network and by xenhost-firstboot nic-names;
 * never decides which link bears which name.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

struct netdev_name {
	char **name;        /* what the link is called now; follows each renaming */
	const char *wanted; /* what it shall be called */
};

struct netdev_step {
	char *from, *to;
};

struct netdev_plan {
	struct netdev_step *steps;
	size_t n;
};

void netdev_plan_done(struct netdev_plan *plan);
#define _cleanup_netdev_plan_ _cleanup_(netdev_plan_done)

/*
 * Pure: the fewest renamings that lead to the wanted names, in an order in which no name is taken
 * when its turn comes. `links` are the names of all links there are; a name that is not among them
 * is passed over. Who stands in the way is first called "sideN", and stays so when it is none of
 * `names`. -EINVAL when two links want one name.
 */
int netdev_plan(const struct netdev_name *names, size_t n, char *const *links,
		struct netdev_plan *ret) _must_check_;

/*
 * Carries such a plan out, and once more for as long as the kernel brings new links in between. A
 * link that is up and must be down for this (Linux before 6.2) is up again afterwards. Kind
 * ERROR_INTERNAL.
 */
int netdev_rename(const struct netdev_name *names, size_t n, struct error **err) _must_check_;
