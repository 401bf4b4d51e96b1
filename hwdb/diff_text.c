/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Differences in words and JSON. */
#include "hwdb/diff.h"
#include "hwdb/host_text.h"

#define LINE_MAX_LENGTH 72 /* of a member with both values; longer ones get a line each */

static const char *const class_words[] = {
	[DIFF_FACT] = "fact",
	[DIFF_OWN] = "own",
	[DIFF_PASSING] = "passing",
};

static const char *const class_titles[] = {
	[DIFF_FACT] = "Differences",
	[DIFF_OWN] = "What each has of its own",
	[DIFF_PASSING] = "Of the moment, not counted",
};

/* The unit at the end of a member's name, and how people write it. */
static const struct {
	const char *suffix, *unit;
} units[] = {
	{"_bytes", NULL}, /* a size */
	{"_mbps", "Mbit/s"}, {"_mts", "MT/s"}, {"_mtps", "MT/s"}, {"_celsius", "C"},
	{"_percent", "%"},   {"_hours", "h"},  {"_seconds", "s"}, {"_s", "s"},
};

const char *diff_class_to_string(enum diff_class class)
{
	return class_words[class];
}

static char *number_words(const char *member, const char *number)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!str_ends(member, units[i].suffix))
			continue;
		if (!units[i].unit && str_to_u64(number, 10, &value) == 0)
			return str_from_size(value);
		return units[i].unit ? xasprintf("%s %s", number, units[i].unit) : xstrdup(number);
	}
	return xstrdup(number);
}

/* Both sides of a list of words: only what the other lacks. */
static char *list_words(const struct json *list, const struct json *other)
{
	_cleanup_strv_ char **have = NULL, **more = NULL;
	_cleanup_free_ char *joined = NULL;

	for (size_t i = 0; i < json_length(other); i++)
		strv_add(&have, json_at_string(other, i) ?: "");
	for (size_t i = 0; i < json_length(list); i++) {
		const char *word = json_at_string(list, i) ?: "";

		if (!strv_contains(have, word))
			strv_add(&more, word);
	}
	joined = strv_join(more, ", ");
	return more ? xasprintf("also %s", joined) : xstrdup("no more than the other");
}

static char *value_words(const struct diff_entry *entry, const struct json *value,
			 const struct json *other)
{
	_cleanup_json_ struct json *holder = json_new_object();
	_cleanup_free_ char *line = NULL;
	bool truth;

	if (!value)
		return xstrdup("none or unknown");
	json_set(holder, "value", json_share(value));
	if (json_get_string(holder, "value"))
		return xstrdup(json_get_string(holder, "value"));
	if (json_get_bool(holder, "value", &truth))
		return xstrdup(truth ? "yes" : "no");
	if (json_get_object(holder, "value"))
		return xstrdup("there");
	if (json_at_string(value, 0) || json_at_string(other, 0))
		return list_words(value, other);
	line = json_to_line(value);
	return number_words(entry->member, line);
}

/* Strings of hardware may hold anything; a terminal must not obey it. */
static void add_clean(struct strbuf *out, char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	text_words(out, 6, 9, text);
}

static void add_member(struct strbuf *out, const struct diff_entry *entry)
{
	_cleanup_free_ char *a = value_words(entry, entry->a, entry->b);
	_cleanup_free_ char *b = value_words(entry, entry->b, entry->a);
	_cleanup_free_ char *name = xstrdup(entry->member);
	_cleanup_free_ char *line = NULL, *line_a = NULL, *line_b = NULL;

	for (char *c = name; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	line = xasprintf("%s: %s -> %s", name, a, b);
	strbuf_add(out, "    ");
	if (strlen(line) <= LINE_MAX_LENGTH) {
		add_clean(out, line);
		return;
	}
	line_a = xasprintf("A: %s", a);
	line_b = xasprintf("B: %s", b);
	strbuf_addf(out, "%s\n      ", name);
	add_clean(out, line_a);
	strbuf_add(out, "      ");
	add_clean(out, line_b);
}

/* What people know a missing thing by: the first of these that it has. */
static void add_alone(struct strbuf *out, const struct diff_entry *entry)
{
	static const char *const names[] = {"product_name", "model", "device_name", "part_number",
					    "description",  "mac",   "status",      "class_name"};
	const struct json *box = entry->a ?: entry->b;
	_cleanup_strbuf_ struct strbuf buf = {0};
	uint64_t size;

	strbuf_addf(&buf, "in %s alone", entry->a ? "A" : "B");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!json_get_string(box, names[i]))
			continue;
		strbuf_addf(&buf, ": %s", json_get_string(box, names[i]));
		break;
	}
	if (json_get_u64(box, "size_bytes", &size)) {
		_cleanup_free_ char *words = str_from_size(size);

		strbuf_addf(&buf, ", %s", words);
	}
	strbuf_add(out, "    ");
	add_clean(out, buf.text);
}

static void add_class(struct strbuf *out, const struct diff *diff, enum diff_class class)
{
	const char *box = NULL;

	for (size_t i = 0; i < diff->n_entries; i++) {
		const struct diff_entry *entry = &diff->entries[i];

		if (entry->class != class)
			continue;
		if (!box)
			strbuf_addf(out, "\n%s\n", class_titles[class]);
		if (!str_eq(box, entry->box)) {
			_cleanup_free_ char *head =
				xstrdup(*entry->box ? entry->box : "the machine");

			box = entry->box;
			strbuf_add(out, "\n");
			add_clean(out, head);
		}
		if (entry->member)
			add_member(out, entry);
		else
			add_alone(out, entry);
	}
}

char *diff_to_text(const struct diff *diff, const char *name_a, const char *name_b, bool model)
{
	struct strbuf out = {0};

	strbuf_addf(&out, "A  %s\nB  %s\n", name_a, name_b);
	add_class(&out, diff, DIFF_FACT);
	if (!model)
		add_class(&out, diff, DIFF_OWN);
	add_class(&out, diff, DIFF_PASSING);
	if (diff_counts(diff, model))
		return strbuf_take(&out);
	strbuf_add(&out, model ? "\nOne model: nothing differs but what each has of its own.\n"
			       : "\nNothing differs.\n");
	return strbuf_take(&out);
}

struct json *diff_to_json(const struct diff *diff, const char *name_a, const char *name_b,
			  bool model)
{
	struct json *document = json_new_object();
	struct json *list;

	json_set_string(document, "schema", "xenhost.diff/1");
	json_set_string(document, "a", name_a);
	json_set_string(document, "b", name_b);
	json_set_bool(document, "model", model);
	json_set_bool(document, "different", diff_counts(diff, model));
	list = json_set_array(document, "differences");
	for (size_t i = 0; i < diff->n_entries; i++) {
		const struct diff_entry *entry = &diff->entries[i];
		struct json *object = json_append_object(list);

		json_set_string(object, "class", diff_class_to_string(entry->class));
		json_set_string(object, "path", entry->path);
		json_set_string(object, "only_in", entry->member ? NULL : entry->a ? "a" : "b");
		json_set(object, "a_value", json_share(entry->a));
		json_set(object, "b_value", json_share(entry->b));
	}
	return document;
}
