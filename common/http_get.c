/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http.h"
#include "common/str.h"

#define GET_MAX (16 * MIB)

static int collect(const void *bytes, size_t length, void *data)
{
	strbuf_add_bytes(data, bytes, length);
	return 0;
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
	if (ret_length)
		*ret_length = body.length;
	*ret = strbuf_take(&body);
	return 0;
}
