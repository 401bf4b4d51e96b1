/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scripts that came from elsewhere: what can be known of them before they run. Runs nothing.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/*
 * The first line names an interpreter, and with `runs_here` one that is there; the kernel would say
 * so only when the script is run. `name` is what messages call it.
 */
int script_check(const char *text, const char *name, bool runs_here,
		 struct error **err) _must_check_;
