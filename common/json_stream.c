/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/json_stream.h"

#include <errno.h>

#include "common/str.h"

enum place {
	BEFORE,  /* the list */
	BETWEEN, /* its elements */
	INSIDE,  /* an element */
	BEHIND,  /* the list */
};

struct json_stream {
	const char *list;
	void (*take)(struct json *element, void *data);
	void *data;
	enum place place;
	struct strbuf rest, element;
	bool in_string, is_escaped;
	unsigned depth;      /* brackets that are open inside the element */
	size_t string_start; /* within `rest`: of the last string, behind its quote */
	size_t string_length;
	bool is_named; /* BEFORE: the member's name and its colon were the last */
	bool had_element, had_comma;
};

struct json_stream *json_stream_new(const char *list,
				    void (*take)(struct json *element, void *data), void *data)
{
	struct json_stream *stream = xcalloc(1, sizeof(*stream));

	stream->list = list;
	stream->take = take;
	stream->data = data;
	return stream;
}

void json_stream_free(struct json_stream *stream)
{
	if (!stream)
		return;
	strbuf_done(&stream->rest);
	strbuf_done(&stream->element);
	free(stream);
}

const char *json_stream_rest(const struct json_stream *stream, size_t *ret_length)
{
	*ret_length = stream->rest.length;
	return stream->rest.text ? stream->rest.text : "";
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether this character belongs to a string or its quotes. */
static bool is_in_string(struct json_stream *stream, char c)
{
	if (!stream->in_string) {
		stream->in_string = c == '"';
		return stream->in_string;
	}
	if (stream->is_escaped)
		stream->is_escaped = false;
	else if (c == '\\')
		stream->is_escaped = true;
	else if (c == '"')
		stream->in_string = false;
	return true;
}

static bool is_wanted(const struct json_stream *stream)
{
	return stream->string_length == strlen(stream->list) &&
	       memcmp(stream->rest.text + stream->string_start, stream->list,
		      stream->string_length) == 0;
}

/* Looks for the list; `at` is where the character stands in `rest`. */
static void look(struct json_stream *stream, char c, size_t at)
{
	bool was_in = stream->in_string;

	if (is_in_string(stream, c)) {
		if (!was_in)
			stream->string_start = at + 1;
		else if (!stream->in_string)
			stream->string_length = at - stream->string_start;
		stream->is_named = false;
	} else if (c == ':') {
		stream->is_named = is_wanted(stream);
	} else if (c == '[' && stream->is_named) {
		stream->place = BETWEEN;
	} else if (!is_space(c)) {
		stream->is_named = false;
	}
}

static int wrong(const struct json_stream *stream, struct error **err)
{
	error_set(err, ERROR_USER, "\"%s\" is not a list of objects", stream->list);
	error_hint(err, "Correct the document.");
	return error_code(err, EPROTO);
}

static int between(struct json_stream *stream, char c, struct error **err)
{
	if (is_space(c))
		return 0;
	if (c == '{' && (!stream->had_element || stream->had_comma)) {
		stream->place = INSIDE;
		stream->depth = 1;
		stream->had_comma = false;
		return 0;
	}
	if (c == ',' && stream->had_element && !stream->had_comma) {
		stream->had_comma = true;
		return 0;
	}
	if (c != ']' || stream->had_comma)
		return wrong(stream, err);
	stream->place = BEHIND;
	return 0;
}

static int finish_element(struct json_stream *stream, struct error **err)
{
	_cleanup_json_ struct json *element = NULL;
	int r = json_parse(stream->element.text, stream->element.length, stream->list, &element,
			   err);

	if (r < 0)
		return r;
	stream->take(element, stream->data);
	stream->element.length = 0;
	stream->had_element = true;
	stream->place = BETWEEN;
	return 0;
}

/* The length of the element's piece at the start of `bytes`. */
static size_t inside(struct json_stream *stream, const char *bytes, size_t length)
{
	size_t n = 0;

	while (n < length && stream->depth > 0) {
		char c = bytes[n++];

		if (is_in_string(stream, c))
			continue;
		if (c == '{' || c == '[')
			stream->depth++;
		else if (c == '}' || c == ']')
			stream->depth--;
	}
	return n;
}

/* One step on; gives how many bytes it took. */
static int step(struct json_stream *stream, const char *bytes, size_t length, size_t *ret_taken,
		struct error **err)
{
	int r = 0;

	*ret_taken = 1;
	switch (stream->place) {
	case BEFORE:
		strbuf_add_bytes(&stream->rest, bytes, 1);
		look(stream, *bytes, stream->rest.length - 1);
		return 0;
	case BETWEEN:
		r = between(stream, *bytes, err);
		if (stream->place == INSIDE)
			strbuf_add_bytes(&stream->element, bytes, 1);
		if (stream->place == BEHIND)
			strbuf_add_bytes(&stream->rest, bytes, 1);
		return r;
	case INSIDE:
		*ret_taken = inside(stream, bytes, length);
		strbuf_add_bytes(&stream->element, bytes, *ret_taken);
		return stream->depth == 0 ? finish_element(stream, err) : 0;
	case BEHIND:
		*ret_taken = length;
		strbuf_add_bytes(&stream->rest, bytes, length);
		return 0;
	}
	return 0;
}

int json_stream_feed(struct json_stream *stream, const void *bytes, size_t length,
		     struct error **err)
{
	const char *at = bytes;

	while (length > 0) {
		size_t taken = 0;
		int r = step(stream, at, length, &taken, err);

		if (r < 0)
			return r;
		at += taken;
		length -= taken;
	}
	return 0;
}
