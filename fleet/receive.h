/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What machines send: checked, then kept. Called by server.c once the sender has proved itself;
 * knows nothing of HTTP but the status of the answer.
 */
#pragma once

#include "fleet/store.h"

/*
 * An event or a report. 200: it is kept, now or before (*ret_new); 400: it is neither, and err says
 * why; 503: it cannot be kept at the moment, so it must come again.
 */
unsigned receive(struct store *store, const char *body, size_t length, int64_t now, bool *ret_new,
		 struct error **err);
/* Whether a request proves that its sender knows the token: `authorization` and `signature` are its
 * headers, or NULL. */
bool receive_is_proved(const char *token, const char *authorization, const char *signature,
		       const char *body, size_t length);
