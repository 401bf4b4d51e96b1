/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/goal.h"

#include "common/str.h"

/* Ports by scheme: IANA's service names. */
static const struct scheme {
	const char *name;
	unsigned port;
	bool datagram, by_proxy;
} schemes[] = {
	{"http", 80, false, true},   {"https", 443, false, true}, {"ftp", 21, false, true},
	{"nfs", 2049, false, false}, {"tftp", 69, true, false},
};

void goal_done(struct goal *goal)
{
	free(goal->host);
}

static const struct scheme *scheme_of(const char *url, const char **ret_rest)
{
	const char *end = url ? strstr(url, "://") : NULL;
	_cleanup_free_ char *name = NULL, *lower = NULL;

	if (!end)
		return NULL;
	name = xstrndup(url, (size_t)(end - url));
	lower = str_lower(name);
	*ret_rest = end + strlen("://");
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (str_eq(lower, schemes[i].name))
			return &schemes[i];
	return NULL;
}

/* "host", "host:port", "[v6]:port", with the port's colon in *ret_colon or NULL. */
static char *host_of(char *authority, char **ret_colon)
{
	char *end;

	if (*authority != '[') {
		*ret_colon = strchr(authority, ':');
		return authority;
	}
	end = strchr(authority, ']');
	if (!end)
		return NULL;
	*end = '\0';
	*ret_colon = end[1] == ':' ? end + 1 : NULL;
	return authority + 1;
}

bool goal_of_url(const char *url, const char *proxy, struct goal *ret)
{
	const char *rest = NULL;
	const struct scheme *scheme = scheme_of(url, &rest);
	_cleanup_free_ char *authority = NULL;
	char *host, *colon = NULL, *at;
	unsigned port;

	if (!scheme)
		return false;
	if (proxy && scheme->by_proxy) {
		_cleanup_free_ char *with_scheme =
			strstr(proxy, "://") ? xstrdup(proxy) : xasprintf("http://%s", proxy);

		return goal_of_url(with_scheme, NULL, ret);
	}
	authority = xstrndup(rest, strcspn(rest, "/?#"));
	/* Whoever logs in stands before the last "@". */
	at = strrchr(authority, '@');
	host = host_of(at ? at + 1 : authority, &colon);
	port = scheme->port;
	if (colon) {
		*colon = '\0';
		if (colon[1] && str_to_uint(colon + 1, 1, 65535, &port) < 0)
			return false;
	}
	if (str_empty(host) || strchr(host, '$'))
		return false;
	*ret = (struct goal){xstrdup(host), port, scheme->datagram};
	return true;
}
