/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers that are known before the screens open: of the answer file that --answers or the boot
 * line names, with `xenhost.ask=` beside it. What is missing or wrong in them and can be asked for
 * ends nothing. Called by attended.c; writes to no disk.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/fsroot.h"
#include "hwdb/host.h"
#include "installer/options.h"
#include "installer/screens/screens.h"

struct known {
	struct answers *answers; /* NULL: nothing is known */
	struct secrets secrets;
	struct findings findings; /* of reading them */
	char **ask;               /* screens that are opened all the same */
};

void known_done(struct known *known);

/*
 * Of a recorded machine (`root` is NULL) or of this one, whose network comes up when the file is
 * behind it. ERROR_USER when something is wrong that no screen asks for.
 */
int known_load(const struct install_options *options, const struct fsroot *root, struct host *host,
	       const char *command_line, struct known *ret, struct error **err) _must_check_;
/* Hands them to the screens. */
void known_give(const struct known *known, struct screens_setup *setup);
