/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a document with a list: what is good JSON gives the list's elements, in any pieces.
 */
#include "common/json_stream.h"
#include "common/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void take(struct json *element, void *data)
{
	if (json_kind(element) != JSON_OBJECT)
		abort();
	json_append(data, json_share(element));
}

/* What was taken and what remained, as one text; NULL when it was refused. */
static char *split(const uint8_t *bytes, size_t length, size_t piece)
{
	_cleanup_json_ struct json *list = json_new_array();
	_cleanup_(json_stream_freep) struct json_stream *stream =
		json_stream_new("events", take, list);
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *line = NULL;
	const char *rest;
	size_t rest_length;

	for (size_t at = 0; at < length; at += piece) {
		size_t left = length - at;

		if (json_stream_feed(stream, bytes + at, left < piece ? left : piece, &error) >= 0)
			continue;
		if (!error || !error->hint)
			abort();
		return NULL;
	}
	line = json_to_line(list);
	rest = json_stream_rest(stream, &rest_length);
	return xasprintf("%s%.*s", line, (int)rest_length, rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *whole = split(bytes, length, length + 1),
			    *pieces = split(bytes, length, 3);

	if (!str_eq(whole, pieces))
		abort();
	return 0;
}
