/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time it is, as others tell it: time servers, or the answers of a web server. */
#include <errno.h>
#include <locale.h>
#include <time.h>

#include "common/http.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "common/url.h"
#include "installer/network/network.h"

#define TAG "network"
/* Seconds since 1970, written by initrd/installer/build.sh. */
#define BUILT "/etc/xenhost/built"
/* A header tells whole seconds, and was written a moment ago. */
#define CLOSE_ENOUGH_S 5

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form that RFC 9110 lets servers write. */
static int parse_date(const char *text, time_t *ret)
{
	locale_t english = newlocale(LC_TIME_MASK, "C", (locale_t)0);
	struct tm tm = {0};
	const char *end =
		english ? strptime_l(text, "%a, %d %b %Y %H:%M:%S GMT", &tm, english) : NULL;

	if (english)
		freelocale(english);
	if (!end || *end)
		return -EINVAL;
	*ret = timegm(&tm);
	return 0;
}

static char *text_of(time_t time)
{
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&time, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	return xstrdup(text);
}

int network_http_time(const char *url, time_t *ret, struct error **err)
{
	char no_cache[] = "Cache-Control: no-cache", *headers[] = {no_cache, NULL};
	_cleanup_free_ char *date = NULL, *body = NULL, *masked = url_masked(url);
	_cleanup_error_ struct error *error = NULL;
	/* Many a server only says that the page is elsewhere, by https: that answer has a date. */
	const struct http_request request = {
		.url = url,
		.headers = headers,
		.no_redirect = true,
		.connect_timeout_s = 10,
		.stall_timeout_s = 10,
		.wanted_header = "Date",
		.ret_header = &date,
	};

	if (http_get(&request, &body, NULL, &error) < 0 && !date) {
		if (err)
			*err = TAKE_PTR(error);
		return -EIO;
	}
	if (date && parse_date(date, ret) == 0)
		return 0;
	error_set(err, ERROR_NETWORK, "%s: the server's answer tells no time", masked);
	return error_hint(err, "Name a time server, or a web server that sends a Date.");
}

/* Nobody's clock that is older than this installer is right. */
static bool is_possible(const struct fsroot *root, time_t time)
{
	_cleanup_free_ char *text = NULL;
	uint64_t built = 0;

	if (fsroot_read_text(root, BUILT, &text) == 0)
		(void)str_to_u64(str_trim(text), 10, &built);
	return time > 0 && (uint64_t)time >= built;
}

static void cannot_set(const char *why)
{
	fprintf(stderr, "the clock could not be set: %s\n", why);
	log_warning(TAG, "the clock could not be set: %s", why);
}

static void set_to(time_t now, const char *after, const char *by)
{
	_cleanup_free_ char *before = text_of(time(NULL));

	if (clock_settime(CLOCK_REALTIME, &(struct timespec){.tv_sec = now}) < 0) {
		cannot_set(strerror(errno));
		return;
	}
	fprintf(stderr, "the clock said %s and is set to %s UTC by %s\n", before, after, by);
	log_info(TAG, "the clock said %s; set to %s UTC by %s", before, after, by);
}

static void set_from(const struct fsroot *root, const char *url)
{
	_cleanup_free_ char *masked = url_masked(url), *after = NULL, *why = NULL;
	_cleanup_error_ struct error *error = NULL;
	time_t now;

	if (network_http_time(url, &now, &error) < 0) {
		why = error_text(error);
		cannot_set(why);
		return;
	}
	after = text_of(now);
	if (!is_possible(root, now)) {
		why = xasprintf("%s says that it is %s, before this installer was made", masked,
				after);
		cannot_set(why);
	} else if (llabs((long long)(now - time(NULL))) > CLOSE_ENOUGH_S) {
		set_to(now, after, masked);
	}
}

static void collect_time_servers(const struct fsroot *root, char ***servers)
{
	_cleanup_strv_ char **links = network_leases(root);

	for (char **link = links; link && *link; link++) {
		_cleanup_free_ char *value = network_lease_value(root, *link, "ntp");
		_cleanup_strv_ char **list = strv_split(value ? value : "", " ");

		for (char **server = list; server && *server; server++)
			if (!strv_contains(*servers, *server))
				strv_add(servers, *server);
	}
}

static void ask_time_servers(char *const *servers)
{
	_cleanup_strv_ char **argv = strv_split("chronyd -q -u root -t 10", " ");
	_cleanup_error_ struct error *error = NULL;
	struct proc proc = {.tag = TAG, .timeout_s = 15};

	for (char *const *server = servers; *server; server++)
		strv_addf(&argv, "server %s iburst", *server);
	proc.argv = (const char *const *)argv;
	if (proc_run(&proc, NULL, &error) < 0) {
		_cleanup_free_ char *why = error_text(error);

		cannot_set(why);
	}
}

void network_set_clock(const struct fsroot *root, const char *where)
{
	_cleanup_strv_ char **servers = NULL;
	bool by_http = where && str_starts(where, "http://");

	if (by_http)
		set_from(root, where);
	else if (where && strstr(where, "://"))
		cannot_set("xenhost.time= is neither a time server nor an http:// URL");
	else if (!str_empty(where))
		strv_add(&servers, where);
	collect_time_servers(root, &servers);
	if (servers)
		ask_time_servers(servers);
}
