/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A JSON document that is too long to be kept: the elements of one list in it are handed over one
 * by one as they come, and the document is what remains, with that list empty. For answers of
 * servers that are long lists of records. No I/O.
 */
#pragma once

#include "common/json.h"

struct json_stream;
/*
 * `list` names the list: the first one that is the value of such a member, wherever it stands. Its
 * elements must be objects. `take` borrows each, and keeps what it shares (json_share()).
 */
struct json_stream *json_stream_new(const char *list,
				    void (*take)(struct json *element, void *data), void *data);
void json_stream_free(struct json_stream *stream);
DEFINE_CLEANUP(struct json_stream *, json_stream_free)

/* ERROR_USER where the list is none of objects. What stands around it is not looked at. */
int json_stream_feed(struct json_stream *stream, const void *bytes, size_t length,
		     struct error **err) _must_check_;
/*
 * The document without the elements, for json_parse(); borrowed. Where it ended within the list or
 * an element, that is no JSON.
 */
const char *json_stream_rest(const struct json_stream *stream, size_t *ret_length);
