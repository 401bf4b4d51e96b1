/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a path and checking it against the tables of host_fields.c. */
#include <errno.h>

#include "common/str.h"
#include "hwdb/facts.h"

/* What "check" adds to a host's document; only keys, types and tables count here. */
static const struct host_field derived_fields[] = {
	{"installable_disks", FIELD_BOXES, 0, 0, false, host_disk_fields, 0},
	{"obstacles", FIELD_BOXES, 0, 0, false, obstacle_fields, 0},
	{"memory_errors", FIELD_BOXES, 0, 0, false, memory_errors_fields, 0},
	{0},
};

static void step_done(struct fact_step *step)
{
	for (size_t i = 0; i < step->n_filters; i++) {
		free(step->filters[i].member);
		strv_free(step->filters[i].patterns);
	}
	free(step->filters);
	free(step->name);
}

void fact_path_done(struct fact_path *path)
{
	for (size_t i = 0; i < path->n_steps; i++)
		step_done(&path->steps[i]);
	free(path->steps);
	free(path->text);
	*path = (struct fact_path){0};
}

static const struct host_field *find_field(const struct host_field *fields, const char *name)
{
	for (; fields && fields->key; fields++)
		if (str_eq(fields->key, name))
			return fields;
	return NULL;
}

static const struct host_field *find_first(const char *name)
{
	return find_field(host_fields, name) ?: find_field(derived_fields, name);
}

static bool is_object(const struct host_field *field)
{
	return field->type == FIELD_OBJECT || field->type == FIELD_MAYBE_OBJECT;
}

static bool is_list(const struct host_field *field)
{
	return field->type == FIELD_BOXES || field->type == FIELD_STRV ||
	       field->type == FIELD_UINTS;
}

const struct host_field *fact_member(const struct host_field *box, const char *name)
{
	_cleanup_strv_ char **parts = strv_split(name, ".");
	const struct host_field *field = NULL;

	for (char **part = parts; part && *part; part++) {
		if (field && !is_object(field))
			return NULL;
		field = field         ? find_field(field->fields, *part)
			: box == NULL ? find_first(*part)
				      : find_field(box, *part);
		if (!field)
			return NULL;
	}
	return field;
}

static int no_such_member(const struct host_field *box, const char *name, struct error **err)
{
	const char **candidates = NULL;
	size_t n = 0;
	const char *near;

	for (const struct host_field *field = box ?: host_fields; field->key; field++)
		*ARRAY_APPEND(candidates, n) = field->key;
	for (const struct host_field *field = derived_fields; !box && field->key; field++)
		*ARRAY_APPEND(candidates, n) = field->key;
	*ARRAY_APPEND(candidates, n) = NULL;
	near = str_nearest(name, candidates);
	error_set(err, ERROR_USAGE, "There is no fact \"%s\"", name);
	if (near)
		error_hint(err, "Did you mean \"%s\"?", near);
	else
		error_hint(err, "\"xenhost-hwinfo show --json\" shows the facts of a machine");
	free(candidates);
	return -EINVAL;
}

/* "kind!=cdrom|loop" */
static int parse_filter(char *text, const struct host_field *box, struct fact_step *step,
			struct error **err)
{
	char *equals = strchr(text, '=');
	const struct host_field *field;
	struct fact_filter *filter;
	bool negated;

	if (!equals || equals == text || !equals[1]) {
		error_set(err, ERROR_USAGE, "The filter \"%s\" is not \"member=pattern\"", text);
		return error_hint(err, "Write for example nics[link=true] or disks[kind=disk]");
	}
	negated = equals[-1] == '!';
	equals[negated ? -1 : 0] = '\0';
	field = fact_member(box, str_trim(text));
	if (!field)
		return no_such_member(box, str_trim(text), err);
	if (is_object(field) || is_list(field)) {
		error_set(err, ERROR_USAGE, "\"%s\" is no single value to filter by", text);
		return error_hint(err, "Filter by a member that is a text, a number or a truth");
	}
	filter = ARRAY_APPEND(step->filters, step->n_filters);
	filter->member = xstrdup(str_trim(text));
	filter->negated = negated;
	filter->patterns = strv_split(str_trim(equals + 1), "|");
	return 0;
}

/* The part in brackets. */
static int parse_list(char *text, const struct host_field *field, struct fact_step *step,
		      struct error **err)
{
	char *part, *rest;

	step->list = true;
	for (part = strtok_r(text, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
		int r;

		if (field->type != FIELD_BOXES) {
			error_set(err, ERROR_USAGE, "What \"%s\" lists has no members", field->key);
			return error_hint(err, "Write %s[]", field->key);
		}
		r = parse_filter(part, field->fields, step, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_kind(const struct host_field *field, bool list, struct error **err)
{
	if (list == is_list(field))
		return 0;
	error_set(err, ERROR_USAGE, "\"%s\" is %s", field->key, list ? "no list" : "a list");
	return error_hint(err, "Write %s%s", field->key, list ? "" : "[]");
}

/* One step, with its filters in brackets. */
static int parse_step(char *text, struct fact_path *path, struct error **err)
{
	const struct host_field *inside = path->field ? path->field->fields : NULL;
	char *bracket = strchr(text, '[');
	size_t length = strlen(text);
	struct fact_step *step;
	int r;

	if (bracket && text[length - 1] != ']') {
		error_set(err, ERROR_USAGE, "A \"]\" is missing in \"%s\"", text);
		return error_hint(err, "Write for example nics[link=true].speed_mbps");
	}
	if (bracket) {
		text[length - 1] = '\0';
		*bracket = '\0';
	}
	if (path->n_steps && !inside) {
		error_set(err, ERROR_USAGE, "\"%s\" has no member \"%s\"", path->field->key, text);
		return error_hint(err, "End the path at %s", path->field->key);
	}
	step = ARRAY_APPEND(path->steps, path->n_steps);
	step->name = xstrdup(text);
	path->field = inside ? find_field(inside, text) : find_first(text);
	if (!path->field)
		return no_such_member(inside, text, err);
	r = check_kind(path->field, bracket != NULL, err);
	if (r == 0 && bracket)
		r = parse_list(bracket + 1, path->field, step, err);
	if (r < 0)
		return r;
	path->many |= step->list;
	if (path->field->fields)
		path->box = path->field->fields;
	return 0;
}

/* Dots inside brackets belong to a filter. */
static char *next_step(char **rest)
{
	char *start = *rest;
	bool inside = false;

	if (!start)
		return NULL;
	for (char *c = start; *c; c++) {
		inside = *c == '[' || (inside && *c != ']');
		if (*c == '.' && !inside) {
			*c = '\0';
			*rest = c + 1;
			return start;
		}
	}
	*rest = NULL;
	return start;
}

int fact_path_parse(const char *text, struct fact_path *ret, struct error **err)
{
	_cleanup_(fact_path_done) struct fact_path path = {.text = xstrdup(text)};
	_cleanup_free_ char *copy = xstrdup(text);
	char *rest = copy;

	for (char *step = next_step(&rest); step; step = next_step(&rest)) {
		int r = parse_step(step, &path, err);

		if (r < 0)
			return r;
	}
	*ret = path;
	path = (struct fact_path){0};
	return 0;
}
