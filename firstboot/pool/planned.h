/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pre-flight of a host that is not installed yet: what its hardware and its answers already
 * settle, against a pool that was read. Called by the installer's screens, before a disk is
 * touched; the whole pre-flight follows at first boot. Asks nobody.
 */
#pragma once

#include "answerfiles/answers.h"
#include "firstboot/pool/preflight.h"
#include "hwdb/host.h"

/*
 * `nic` is the name of the management NIC, `now` the time here in seconds since 1970. What only
 * the installed host can tell (versions, storage, licences of its own) is not judged. ERROR_POOL
 * when the pool's records lack what a comparison needs.
 */
int preflight_planned(const struct host *host, const struct answers *answers, const char *nic,
		      const struct side *pool, int64_t now, struct preflight *ret,
		      struct error **err) _must_check_;
