/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <time.h>

#include "common/http.h"
#include "common/proc.h"
#include "common/str.h"

static void say_again(const struct http_patience *patience, const struct error *error,
		      unsigned pause_s)
{
	_cleanup_free_ char *text = error_text(error);
	_cleanup_free_ char *line = xasprintf("%s; again in %u s", text, pause_s);

	if (patience->say)
		patience->say(line, patience->data);
}

int http_get_patiently(const struct http_request *request, const struct http_patience *patience,
		       char **ret, size_t *ret_length, struct error **err)
{
	unsigned pause_s = patience->pause_s;

	for (unsigned tried = 1;; tried++) {
		_cleanup_error_ struct error *error = NULL;
		int r = http_get(request, ret, ret_length, &error);

		if (r == 0)
			return 0;
		if (tried >= patience->tries || !http_error_is_transient(error) ||
		    proc_cancelled()) {
			if (err)
				*err = TAKE_PTR(error);
			return r;
		}
		say_again(patience, error, pause_s);
		nanosleep(&(struct timespec){.tv_sec = pause_s}, NULL);
		pause_s *= 2;
	}
}
