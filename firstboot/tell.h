/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells who heard of the installation how the join of the first boot went: "joined" or "failed",
 * as common/notifier.h sends them. The installer left word of whom to tell; without it nothing
 * happens. Waits half a minute at most, and fails nothing.
 */
#pragma once

#include "common/fsroot.h"
#include "firstboot/pool/join.h"

/* Where the installer left word: the configuration of a notifier, with a token. Root's alone. */
#define TELL_FILE "/var/lib/xenhost/firstboot/report.json"

/* `error` is NULL for a host that joined; the file is taken away then. */
void tell_join(const struct fsroot *root, const struct join_result *result,
	       const struct error *error);
