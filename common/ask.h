/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions at a terminal, on standard error, so that results can go elsewhere. Called by programs
 * that take a password from whoever sits there; never by what runs unattended.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/*
 * A line from standard input, a terminal, that is not shown while it is typed. With `again` that is
 * asked too, and both lines must be the same (ERROR_USAGE). NULL at the end of the input.
 * Ctrl-C and the like give ERROR_CANCELLED, with the terminal as it was before.
 */
int ask_secret(const char *question, const char *again, char **ret,
	       struct error **err) _must_check_;
