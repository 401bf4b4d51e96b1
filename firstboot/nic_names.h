/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of the host's network cards: by the rules that the installer left, whatever names the
 * kernel gave them. udev asks for it at each card's appearance, before anybody uses the card, and
 * the first-boot tasks once more at every boot. Never gives a card the name of another one's rule,
 * be that one there or not.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/macro.h"

struct nic_names {
	char **names;  /* of the cards there are; NULL without any */
	size_t absent; /* cards that have a rule, but are not there (yet) */
};

void nic_names_done(struct nic_names *names);
#define _cleanup_nic_names_ _cleanup_(nic_names_done)

/*
 * Names every card there is, and writes a rule for each that has none, so that it keeps its name;
 * while the root file system is still read-only that is left to a later call. Calls at the same
 * time wait for each other.
 */
int nic_names_apply(const struct fsroot *root, struct nic_names *ret,
		    struct error **err) _must_check_;
/* The same again and again until every card that has a rule is there, udev knows of no further
 * device, or a minute has passed. */
int nic_names_wait(const struct fsroot *root, struct error **err) _must_check_;
/*
 * The same for udev: then prints the name that the link with this interface index bears. What went
 * wrong before is logged, since the card is named as it is, and left to the task to report.
 */
int nic_names_print(const struct fsroot *root, const char *index, struct error **err) _must_check_;
