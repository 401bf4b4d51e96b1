/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of the host as they are and as they shall be: made of two plans of settings, written, taken
 * back. A change of the network is kept in a file until it is confirmed, so that whatever ends the
 * wizard, the loss of the operator's own connection included, the old network comes back.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "installer/plan/plan.h"

#define CHANGES_PENDING "/var/lib/xenhost/firstboot/network-before.json"

struct changes_state {
	bool there;
	unsigned mode;
	char *content; /* of a file */
	char *symlink; /* of a link */
};

struct change {
	char *path;
	struct changes_state before, after; /* as found on the host; as it shall be */
};

struct changes {
	struct change *list;
	size_t count;
};
void changes_done(struct changes *changes);
#define _cleanup_changes_ _cleanup_(changes_done)

/* Which files a step is about. */
enum changes_part { CHANGES_NAME, CHANGES_TIME, CHANGES_NETWORK };

/*
 * What differs between two plans of settings, of one part. What is the same in both is left as it
 * is, also where somebody changed it by hand. `from` NULL: nothing was planned before.
 */
int changes_make(const struct fsroot *root, const struct plan *from, const struct plan *to,
		 enum changes_part part, struct changes *ret, struct error **err) _must_check_;
int changes_write(const struct fsroot *root, const struct changes *changes,
		  struct error **err) _must_check_;
/* The files are as `after` says. */
bool changes_hold(const struct fsroot *root, const struct changes *changes);
/* The same the other way round: what `after` says becomes what `before` says. */
void changes_turn(struct changes *changes);

/* Keeps them for changes_load(), until changes_forget(). */
int changes_keep(const struct fsroot *root, const struct changes *changes,
		 struct error **err) _must_check_;
/* -ENOENT without an error where none are kept. */
int changes_load(const struct fsroot *root, struct changes *ret, struct error **err) _must_check_;
int changes_forget(const struct fsroot *root, struct error **err) _must_check_;
