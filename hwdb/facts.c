/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking a host's JSON document along a path. */
#include "hwdb/facts.h"

#include "common/str.h"

struct json *facts_document(const struct host *host, const struct explanation *explanation)
{
	struct json *document = host_to_json(host);
	struct json *disks = json_set_array(document, "installable_disks");
	struct json *obstacles = json_set_array(document, "obstacles");
	struct json *errors = json_set_array(document, "memory_errors");

	for (size_t i = 0; i < explanation->n_installable_disks; i++)
		host_fields_to_json(host_disk_fields, explanation->installable_disks[i],
				    json_append_object(disks));
	for (size_t i = 0; i < explanation->n_obstacles; i++)
		host_fields_to_json(obstacle_fields, &explanation->obstacles[i],
				    json_append_object(obstacles));
	for (size_t i = 0; i < explanation->n_memory_errors; i++)
		host_fields_to_json(memory_errors_fields, &explanation->memory_errors[i],
				    json_append_object(errors));
	return document;
}

char *fact_member_text(const struct json *box, const char *name)
{
	_cleanup_strv_ char **parts = strv_split(name, ".");

	for (char **part = parts; part && *part; part++)
		box = json_get(box, *part);
	return json_scalar_text(box);
}

static bool filter_fits(const struct fact_filter *filter, const struct json *box)
{
	_cleanup_free_ char *value = fact_member_text(box, filter->member);
	bool fits = false;

	for (char **pattern = filter->patterns; pattern && *pattern; pattern++)
		fits |= value ? str_glob(*pattern, value) : str_eq(*pattern, "null");
	return fits != filter->negated;
}

static bool filters_fit(const struct fact_step *step, const struct json *box)
{
	for (size_t i = 0; i < step->n_filters; i++)
		if (!filter_fits(&step->filters[i], box))
			return false;
	return true;
}

struct walk {
	const struct fact_path *path;
	struct facts *facts;
};

static void add_fact(const struct walk *walk, const struct json *value, const struct json *box,
		     const char *list)
{
	struct fact *fact = ARRAY_APPEND(walk->facts->list, walk->facts->n);

	*fact = (struct fact){
		.value = json_scalar_text(value),
		.known = value != NULL,
		.box = box,
		.list = list,
	};
}

/* `value` is what the steps before `step` lead to, NULL when some of it is unknown. */
static void walk_from(const struct walk *walk, size_t step, const struct json *value,
		      const struct json *box, const char *list)
{
	const struct fact_step *at = &walk->path->steps[step];

	if (step == walk->path->n_steps) {
		add_fact(walk, value, box, list);
		return;
	}
	value = json_get(value, at->name);
	if (!at->list) {
		walk_from(walk, step + 1, value, step + 1 < walk->path->n_steps ? value : box,
			  list ? list : at->name);
		return;
	}
	for (size_t i = 0; i < json_length(value); i++) {
		const struct json *element = json_at(value, i);

		if (filters_fit(at, element))
			walk_from(walk, step + 1, element, element, at->name);
	}
}

void facts_collect(const struct fact_path *path, const struct json *document, struct facts *ret)
{
	const struct walk walk = {.path = path, .facts = ret};

	*ret = (struct facts){0};
	walk_from(&walk, 0, document, document, NULL);
}

void facts_done(struct facts *facts)
{
	for (size_t i = 0; i < facts->n; i++)
		free(facts->list[i].value);
	free(facts->list);
	*facts = (struct facts){0};
}
