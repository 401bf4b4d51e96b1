/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON values: a thin, ordered layer over json-c, the only file that includes it. Building never
 * fails; members keep the order in which they were set, so output is deterministic. No I/O.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

struct json; /* opaque; an object, array, string, number, boolean or null */

void json_free(struct json *json);
DEFINE_CLEANUP(struct json *, json_free)
#define _cleanup_json_ _cleanup_(json_freep)

struct json *json_new_object(void);
struct json *json_new_array(void);

/* Setters copy strings. A NULL string is written as null: unknown is null, never "" or 0. */
void json_set_string(struct json *object, const char *key, const char *value);
void json_set_stringf(struct json *object, const char *key, const char *format, ...) _printf_(3, 4);
void json_set_u64(struct json *object, const char *key, uint64_t value);
void json_set_i64(struct json *object, const char *key, int64_t value);
void json_set_double(struct json *object, const char *key, double value);
void json_set_bool(struct json *object, const char *key, bool value);
void json_set_null(struct json *object, const char *key);
void json_set_strv(struct json *object, const char *key, char *const *strv);
/* Make the child, give it to `object` (which owns it) and return it borrowed. */
struct json *json_set_object(struct json *object, const char *key);
struct json *json_set_array(struct json *object, const char *key);
/* Takes ownership of value (NULL is written as null). */
void json_set(struct json *object, const char *key, struct json *value);
void json_append(struct json *array, struct json *value);
/* One more owner of the same value, for json_set() into another document. */
struct json *json_share(const struct json *value);
void json_append_string(struct json *array, const char *value);
void json_append_u64(struct json *array, uint64_t value);
struct json *json_append_object(struct json *array);
/* Every member of `from` becomes one of `object` too, in its order; the values are shared. */
void json_set_members(struct json *object, const struct json *from);

/* Readers: borrowed results; NULL or false when the member is missing, null or of another type. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_get_object(const struct json *object, const char *key);
const struct json *json_get_array(const struct json *object, const char *key);
const char *json_get_string(const struct json *object, const char *key);
bool json_get_u64(const struct json *object, const char *key, uint64_t *ret);
bool json_get_i64(const struct json *object, const char *key, int64_t *ret);
bool json_get_bool(const struct json *object, const char *key, bool *ret);
bool json_get_double(const struct json *object, const char *key, double *ret); /* any number */
bool json_is_null(const struct json *object, const char *key); /* missing counts as null */
bool json_has(const struct json *object, const char *key);     /* null counts as there */
size_t json_length(const struct json *array);
enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INTEGER,
	JSON_DOUBLE,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};
bool json_equal(const struct json *a, const struct json *b);
enum json_kind json_kind(const struct json *value); /* NULL is JSON_NULL, as json-c has it */
const struct json *json_at(const struct json *array, size_t index);
const char *json_at_string(const struct json *array, size_t index);
/*
 * Walks the members of an object in their order, of anything else none:
 *	for (struct json_member at = {0}; json_next(object, &at);) ... at.key, at.value ...
 * The object must not change meanwhile.
 */
struct json_member {
	const char *key;
	const struct json *value; /* NULL for null */
	const void *place;        /* of json_next() alone */
};
bool json_next(const struct json *object, struct json_member *at);
bool json_is_object(const struct json *value);
/* A string, number or boolean as text, newly allocated; NULL for null, lists, objects and NULL. */
char *json_scalar_text(const struct json *value);
bool json_at_u64(const struct json *array, size_t index, uint64_t *ret);

/* Parses one whole document of at most `length` bytes; `name` appears in the error's sentence. */
int json_parse(const char *text, size_t length, const char *name, struct json **ret,
	       struct error **err) _must_check_;
/* Indented with two spaces and a newline at the end, or one line without. Newly allocated. */
char *json_to_text(const struct json *json);
char *json_to_line(const struct json *json);
