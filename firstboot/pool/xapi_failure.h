/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What XAPI's error codes mean: a table from code and parameters to a sentence, what to do, and
 * whether trying again helps. For the client and the join; a code that is not in it is shown as it
 * came. No I/O.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/* An answer that says no: the code and its parameters, a NULL-terminated list (or NULL). */
struct xapi_failure {
	char *code; /* NULL: none */
	char **params;
};
void xapi_failure_done(struct xapi_failure *failure);

/* Sets *err (ERROR_POOL): sentence with code and parameters, and hint. Gives -EREMOTEIO. */
int xapi_failure_explain(const struct xapi_failure *failure, struct error **err);
/* True where the same call may succeed later with nothing changed by anybody. */
bool xapi_failure_passes(const struct xapi_failure *failure);
/* True for what a server says while it, or the host, restarts. */
bool xapi_failure_is_restart(const struct xapi_failure *failure);
/* True for a check of pool.join that pool.join_force leaves out. */
bool xapi_failure_is_forceable(const struct xapi_failure *failure);
