/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <strings.h>

#include "common/http.h"
#include "common/http_failure.h"
#include "common/str.h"
#include "common/url.h"

#define GET_MAX (16 * MIB)

static int collect(const void *bytes, size_t length, void *data)
{
	strbuf_add_bytes(data, bytes, length);
	return 0;
}

/*
 * Proxies and portals that want a login answer 200 and a page for everything. What is fetched here
 * begins with a brace, "<?xml" or "<installation", or is a script.
 */
static bool is_page(const struct strbuf *body)
{
	static const char *const beginnings[] = {"<!doctype html", "<html"};
	const char *text = body->length ? body->text : "";

	/* The mark that some editors put before UTF-8. */
	if (str_starts(text, "\xef\xbb\xbf"))
		text += 3;
	text += strspn(text, " \t\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (strncasecmp(text, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

static int refuse_page(const char *url, struct error **err)
{
	_cleanup_free_ char *masked = url_masked(url);

	return http_fail(err, HTTP_PAGE, masked, "");
}

int http_get(const struct http_request *request, char **ret, size_t *ret_length, struct error **err)
{
	_cleanup_strbuf_ struct strbuf body = {0};
	struct http_request whole = *request;
	int r;

	whole.on_data = collect;
	whole.data = &body;
	if (whole.max_bytes == 0)
		whole.max_bytes = GET_MAX;
	r = http_fetch(&whole, err);
	if (r < 0)
		return r;
	if (request->no_page && is_page(&body))
		return refuse_page(request->url, err);
	if (ret_length)
		*ret_length = body.length;
	*ret = strbuf_take(&body);
	return 0;
}
