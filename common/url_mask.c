/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By itself, since the planner uses it, which may pull in nothing that could do more. */
#include "common/str.h"
#include "common/url.h"

char *url_masked(const char *url)
{
	const char *scheme = url ? strstr(url, "://") : NULL;
	const char *host = scheme ? scheme + 3 : url;
	const char *at = url ? memrchr(host, '@', strcspn(host, "/?#")) : NULL;

	return at ? xasprintf("%.*s***%s", (int)(host - url), url, at) : xstrdup(url);
}
