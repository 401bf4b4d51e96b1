/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/json.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>

#include "common/json_text.h"
#include "common/str.h"

/* Deeper than any document of ours; bounds the recursion of the parser and the writer. */
#define JSON_DEPTH 64
#define UTF8_MAX   4 /* bytes of one character */

/* `struct json` is json-c's object under our own name; json-c's readers lack const. */
static struct json_object *native(const struct json *json)
{
	return (struct json_object *)(uintptr_t)json;
}

static struct json *ours(struct json_object *object)
{
	return (struct json *)object;
}

static struct json *made(struct json_object *object)
{
	if (!object)
		abort();
	return ours(object);
}

void json_free(struct json *json)
{
	json_object_put(native(json));
}

struct json *json_new_object(void)
{
	return made(json_object_new_object());
}

struct json *json_new_array(void)
{
	return made(json_object_new_array());
}

struct json *json_share(const struct json *value)
{
	return ours(json_object_get(native(value)));
}

static struct json *new_string(const char *value)
{
	_cleanup_free_ char *valid = NULL;

	if (!value)
		return NULL;
	valid = json_valid_utf8(value);
	return made(json_object_new_string(valid));
}

void json_set(struct json *object, const char *key, struct json *value)
{
	if (json_object_object_add(native(object), key, native(value)) < 0)
		abort();
}

void json_set_string(struct json *object, const char *key, const char *value)
{
	json_set(object, key, new_string(value));
}

void json_set_stringf(struct json *object, const char *key, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	json_set_string(object, key, text);
}

void json_set_u64(struct json *object, const char *key, uint64_t value)
{
	json_set(object, key, made(json_object_new_uint64(value)));
}

void json_set_i64(struct json *object, const char *key, int64_t value)
{
	json_set(object, key, made(json_object_new_int64(value)));
}

void json_set_double(struct json *object, const char *key, double value)
{
	/* JSON has no word for infinity. */
	json_set(object, key, isfinite(value) ? made(json_object_new_double(value)) : NULL);
}

void json_set_bool(struct json *object, const char *key, bool value)
{
	json_set(object, key, made(json_object_new_boolean(value)));
}

void json_set_null(struct json *object, const char *key)
{
	json_set(object, key, NULL);
}

struct json *json_set_object(struct json *object, const char *key)
{
	struct json *child = json_new_object();

	json_set(object, key, child);
	return child;
}

struct json *json_set_array(struct json *object, const char *key)
{
	struct json *child = json_new_array();

	json_set(object, key, child);
	return child;
}

void json_set_strv(struct json *object, const char *key, char *const *strv)
{
	struct json *array = json_set_array(object, key);

	for (; strv && *strv; strv++)
		json_append_string(array, *strv);
}

void json_append(struct json *array, struct json *value)
{
	if (json_object_array_add(native(array), native(value)) < 0)
		abort();
}

void json_append_string(struct json *array, const char *value)
{
	json_append(array, new_string(value));
}

void json_append_u64(struct json *array, uint64_t value)
{
	json_append(array, made(json_object_new_uint64(value)));
}

struct json *json_append_object(struct json *array)
{
	struct json *child = json_new_object();

	json_append(array, child);
	return child;
}

void json_set_members(struct json *object, const struct json *from)
{
	struct json_object_iterator it = json_object_iter_begin(native(from));
	struct json_object_iterator end = json_object_iter_end(native(from));

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it))
		json_set(object, json_object_iter_peek_name(&it),
			 ours(json_object_get(json_object_iter_peek_value(&it))));
}

const struct json *json_get(const struct json *object, const char *key)
{
	struct json_object *value;

	if (!object || !json_object_is_type(native(object), json_type_object) ||
	    !json_object_object_get_ex(native(object), key, &value))
		return NULL;
	return ours(value);
}

static const struct json *get_typed(const struct json *object, const char *key, enum json_type type)
{
	const struct json *value = json_get(object, key);

	return value && json_object_is_type(native(value), type) ? value : NULL;
}

const struct json *json_get_object(const struct json *object, const char *key)
{
	return get_typed(object, key, json_type_object);
}

const struct json *json_get_array(const struct json *object, const char *key)
{
	return get_typed(object, key, json_type_array);
}

const char *json_get_string(const struct json *object, const char *key)
{
	const struct json *value = get_typed(object, key, json_type_string);

	return value ? json_object_get_string(native(value)) : NULL;
}

bool json_get_u64(const struct json *object, const char *key, uint64_t *ret)
{
	const struct json *value = get_typed(object, key, json_type_int);

	if (!value || json_object_get_int64(native(value)) < 0)
		return false;
	*ret = json_object_get_uint64(native(value));
	return true;
}

bool json_get_i64(const struct json *object, const char *key, int64_t *ret)
{
	const struct json *value = get_typed(object, key, json_type_int);

	/* json-c answers with the nearest value for what does not fit. */
	if (!value || json_object_get_uint64(native(value)) > INT64_MAX)
		return false;
	*ret = json_object_get_int64(native(value));
	return true;
}

bool json_get_bool(const struct json *object, const char *key, bool *ret)
{
	const struct json *value = get_typed(object, key, json_type_boolean);

	if (!value)
		return false;
	*ret = json_object_get_boolean(native(value));
	return true;
}

bool json_get_double(const struct json *object, const char *key, double *ret)
{
	struct json_object *value = native(json_get(object, key));

	if (!json_object_is_type(value, json_type_double) &&
	    !json_object_is_type(value, json_type_int))
		return false;
	*ret = json_object_get_double(value);
	return true;
}

bool json_is_null(const struct json *object, const char *key)
{
	return !json_get(object, key);
}

bool json_is_object(const struct json *value)
{
	return json_object_is_type(native(value), json_type_object);
}

bool json_next(const struct json *object, struct json_member *at)
{
	const struct lh_entry *entry = at->place;

	if (!json_is_object(object))
		return false;
	entry = entry ? entry->next : json_object_get_object(native(object))->head;
	if (!entry)
		return false;
	at->place = entry;
	at->key = lh_entry_k(entry);
	at->value = lh_entry_v(entry);
	return true;
}

enum json_kind json_kind(const struct json *value)
{
	static const enum json_kind kinds[] = {
		[json_type_null] = JSON_NULL,     [json_type_boolean] = JSON_BOOL,
		[json_type_double] = JSON_DOUBLE, [json_type_int] = JSON_INTEGER,
		[json_type_object] = JSON_OBJECT, [json_type_array] = JSON_ARRAY,
		[json_type_string] = JSON_STRING,
	};

	return kinds[json_object_get_type(native(value))];
}

bool json_has(const struct json *object, const char *key)
{
	return json_kind(object) == JSON_OBJECT &&
	       json_object_object_get_ex(native(object), key, NULL);
}

bool json_equal(const struct json *a, const struct json *b)
{
	return json_object_equal(native(a), native(b));
}

size_t json_length(const struct json *array)
{
	if (!array || !json_object_is_type(native(array), json_type_array))
		return 0;
	return json_object_array_length(native(array));
}

const struct json *json_at(const struct json *array, size_t index)
{
	if (index >= json_length(array))
		return NULL;
	return ours(json_object_array_get_idx(native(array), index));
}

const char *json_at_string(const struct json *array, size_t index)
{
	const struct json *value = json_at(array, index);

	if (!value || !json_object_is_type(native(value), json_type_string))
		return NULL;
	return json_object_get_string(native(value));
}

char *json_scalar_text(const struct json *value)
{
	switch (value ? json_object_get_type(native(value)) : json_type_null) {
	case json_type_string:
	case json_type_int:
	case json_type_double:
	case json_type_boolean:
		return xstrdup(json_object_get_string(native(value)));
	case json_type_null:
	case json_type_object:
	case json_type_array:
		return NULL;
	}
	return NULL;
}

bool json_at_u64(const struct json *array, size_t index, uint64_t *ret)
{
	const struct json *value = json_at(array, index);

	if (!value || !json_object_is_type(native(value), json_type_int) ||
	    json_object_get_int64(native(value)) < 0)
		return false;
	*ret = json_object_get_uint64(native(value));
	return true;
}

static void count_lines(const char *text, size_t length, unsigned *ret_line, unsigned *ret_column)
{
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < length; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

static int parse_failed(enum json_tokener_error problem, const char *text, size_t length,
			size_t end, const char *name, struct error **err)
{
	const char *words = json_tokener_error_desc(problem);
	unsigned line, column;

	if (problem == json_tokener_success)
		words = end < length ? "something follows its end" : "it says no more than null";
	else if (problem == json_tokener_continue)
		words = "these bytes are not UTF-8";
	count_lines(text, end < length ? end : length, &line, &column);
	error_set(err, ERROR_USER, "%s:%u:%u: not valid JSON: %s", name, line, column, words);
	return error_hint(err, "Correct the document at this place.");
}

/* json-c takes "Infinity", "NaN" and 1e999, which no other reader of ours would. */
static bool is_finite(struct json_object *value)
{
	bool finite = true;

	if (json_object_is_type(value, json_type_double))
		return isfinite(json_object_get_double(value));
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; finite && i < json_object_array_length(value); i++)
			finite = is_finite(json_object_array_get_idx(value, i));
	} else if (json_object_is_type(value, json_type_object)) {
		struct json_object_iterator it = json_object_iter_begin(value);
		struct json_object_iterator end = json_object_iter_end(value);

		for (; finite && !json_object_iter_equal(&it, &end); json_object_iter_next(&it))
			finite = is_finite(json_object_iter_peek_value(&it));
	}
	return finite;
}

/* Whether an odd number of backslashes stands before text[at]: what follows is their victim. */
static bool is_escaped(const char *text, size_t at)
{
	size_t n = 0;

	while (n < at && text[at - n - 1] == '\\')
		n++;
	return n % 2 == 1;
}

/* json_escape_sequence() for text that has no NUL behind it. */
static size_t escape_one(const char *text, size_t length, char ret[JSON_ESCAPES_SIZE])
{
	char last[UTF8_MAX + 1] = "";

	if (length > UTF8_MAX)
		return json_escape_sequence(text, ret);
	memcpy(last, text, length);
	return json_escape_sequence(last, ret);
}

/*
 * json-c 0.18, when strict, takes bytes above 0x7f in a string for control characters, so it is fed
 * ASCII with escapes in their place. NULL and json_tokener_continue mean bytes that are not UTF-8.
 * A NUL at the end tells json-c that nothing more will come.
 */
static struct json_object *feed(struct json_tokener *tokener, const char *text, size_t length,
				size_t *ret_end)
{
	struct json_object *object = NULL;
	size_t at = 0;

	while (at < length) {
		char escapes[JSON_ESCAPES_SIZE];
		size_t n = is_escaped(text, at) ? 1 : 0;

		while (at + n < length && (unsigned char)text[at + n] < 0x80)
			n++;
		*ret_end = at;
		if (n > 0) {
			object = json_tokener_parse_ex(tokener, text + at, (int)n);
			*ret_end += json_tokener_get_parse_end(tokener);
		} else {
			n = escape_one(text + at, length - at, escapes);
			if (n == 0)
				return NULL;
			object = json_tokener_parse_ex(tokener, escapes, (int)strlen(escapes));
		}
		at += n;
		if (object || json_tokener_get_error(tokener) != json_tokener_continue)
			return object;
	}
	*ret_end = length;
	return json_tokener_parse_ex(tokener, "", 1);
}

int json_parse(const char *text, size_t length, const char *name, struct json **ret,
	       struct error **err)
{
	struct json_tokener *tokener;
	struct json_object *object;
	size_t end = 0;
	int r = 0;

	/* A strict json-c takes white space at the end for a second document. */
	while (length > 0 && strchr(" \t\r\n", text[length - 1]) && text[length - 1])
		length--;
	if (length >= INT_MAX)
		return error_errno(err, ERROR_USER, EFBIG, "%s: the JSON document", name);

	tokener = json_tokener_new_ex(JSON_DEPTH);
	if (!tokener)
		abort();
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = feed(tokener, text, length, &end);
	if (!object || end < length) {
		r = parse_failed(json_tokener_get_error(tokener), text, length, end, name, err);
		json_object_put(object);
	} else if (!is_finite(object)) {
		error_set(err, ERROR_USER, "%s: a number is too large, or none", name);
		r = error_hint(err, "Correct the numbers of the document.");
		json_object_put(object);
	} else {
		*ret = ours(object);
	}
	json_tokener_free(tokener);
	return r;
}

static void add_value(struct strbuf *buf, struct json_object *value, unsigned depth, bool pretty);

static void add_break(struct strbuf *buf, unsigned depth, bool pretty)
{
	if (!pretty)
		return;
	strbuf_add_bytes(buf, "\n", 1);
	while (depth-- > 0)
		strbuf_add_bytes(buf, "  ", 2);
}

static void add_object(struct strbuf *buf, struct json_object *object, unsigned depth, bool pretty)
{
	struct json_object_iterator it = json_object_iter_begin(object);
	struct json_object_iterator end = json_object_iter_end(object);
	bool first = true;

	strbuf_add(buf, "{");
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *key = json_object_iter_peek_name(&it);

		if (!first)
			strbuf_add(buf, pretty ? "," : ", ");
		first = false;
		add_break(buf, depth + 1, pretty);
		json_add_quoted(buf, key, strlen(key));
		strbuf_add(buf, ": ");
		add_value(buf, json_object_iter_peek_value(&it), depth + 1, pretty);
	}
	if (!first)
		add_break(buf, depth, pretty);
	strbuf_add(buf, "}");
}

static void add_array(struct strbuf *buf, struct json_object *array, unsigned depth, bool pretty)
{
	size_t n = json_object_array_length(array);

	strbuf_add(buf, "[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			strbuf_add(buf, pretty ? "," : ", ");
		add_break(buf, depth + 1, pretty);
		add_value(buf, json_object_array_get_idx(array, i), depth + 1, pretty);
	}
	if (n > 0)
		add_break(buf, depth, pretty);
	strbuf_add(buf, "]");
}

static void add_int(struct strbuf *buf, struct json_object *value)
{
	int64_t number = json_object_get_int64(value);

	if (number < 0)
		strbuf_addf(buf, "%lld", (long long)number);
	else
		strbuf_addf(buf, "%llu", (unsigned long long)json_object_get_uint64(value));
}

static void add_value(struct strbuf *buf, struct json_object *value, unsigned depth, bool pretty)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		strbuf_add(buf, "null");
		break;
	case json_type_boolean:
		strbuf_add(buf, json_object_get_boolean(value) ? "true" : "false");
		break;
	case json_type_double:
		json_add_double(buf, json_object_get_double(value));
		break;
	case json_type_int:
		add_int(buf, value);
		break;
	case json_type_string:
		json_add_quoted(buf, json_object_get_string(value),
				(size_t)json_object_get_string_len(value));
		break;
	case json_type_object:
		add_object(buf, value, depth, pretty);
		break;
	case json_type_array:
		add_array(buf, value, depth, pretty);
		break;
	}
}

char *json_to_text(const struct json *json)
{
	struct strbuf buf = {0};

	add_value(&buf, native(json), 0, true);
	strbuf_add(&buf, "\n");
	return strbuf_take(&buf);
}

char *json_to_line(const struct json *json)
{
	struct strbuf buf = {0};

	add_value(&buf, native(json), 0, false);
	return strbuf_take(&buf);
}
