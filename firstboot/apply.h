/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was confirmed in the wizard, carried out step by step: name, password, time, network, pool.
 * Each step that fails leaves its part of the host as it was, and the others go on. Runs in a
 * thread of its own while the screens watch the job.
 */
#pragma once

#include "firstboot/firstboot.h"
#include "firstboot/screens/wizard.h"
#include "installer/plan/plan.h"

struct apply {
	struct firstboot *firstboot;
	const struct host *host;
	const struct wizard_values *before, *after;
	const char *socket; /* of this host's toolstack, or NULL for the usual one */
	struct wizard_job job;
	/* Its own. */
	struct plan *from, *to;
	char *password;
	size_t step; /* at work */
};

/*
 * Makes the plans and lists the steps in apply->job. ERROR_USER for what cannot be: then nothing
 * was changed.
 */
int apply_prepare(struct apply *apply, struct error **err) _must_check_;
void *apply_run(void *apply); /* for pthread_create() */
/* The host was to begin a pool or to join one, and did not. */
bool apply_pool_failed(const struct apply *apply);
void apply_done(struct apply *apply);
