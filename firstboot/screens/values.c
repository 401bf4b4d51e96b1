/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/screens/values.h"

#include "answerfiles/tool/draft.h"
#include "common/str.h"

#define DISKS  "guest-disk"
#define ERASED "destroy-existing"

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void wizard_values_done(struct wizard_values *values)
{
	for (size_t i = 0; i < values->count; i++)
		wipe(values->list[i].text);
	free(values->list);
	*values = (struct wizard_values){0};
}

void wizard_values_copy(const struct wizard_values *values, struct wizard_values *ret)
{
	*ret = (struct wizard_values){0};
	for (size_t i = 0; i < values->count; i++)
		wizard_set(ret, values->list[i].name, values->list[i].text);
}

static struct wizard_value *find(const struct wizard_values *values, const char *name)
{
	for (size_t i = 0; i < values->count; i++)
		if (str_eq(values->list[i].name, name))
			return &values->list[i];
	return NULL;
}

const char *wizard_get(const struct wizard_values *values, const char *name)
{
	const struct wizard_value *value = find(values, name);

	return value && value->text ? value->text : "";
}

void wizard_set(struct wizard_values *values, const char *name, const char *text)
{
	struct wizard_value *value = find(values, name);

	if (!value) {
		value = ARRAY_APPEND(values->list, values->count);
		value->name = name;
	}
	wipe(value->text);
	value->text = xstrdup(text ?: "");
}

bool wizard_same(const struct wizard_values *a, const struct wizard_values *b, const char *name)
{
	/* What is not asked is as good as empty. */
	const char *one = wizard_asks(a, name) ? wizard_get(a, name) : "";
	const char *other = wizard_asks(b, name) ? wizard_get(b, name) : "";

	return str_eq(one, other);
}

bool wizard_asks(const struct wizard_values *values, const char *name)
{
	const struct wizard_question *question = wizard_question(name);

	return question && (!question->only_with ||
			    str_eq(wizard_get(values, question->only_with), question->value));
}

/* A value of a row that repeats is several, parted by blanks or commas. */
static void add_value(struct draft *draft, const struct wizard_question *question, const char *text)
{
	_cleanup_strv_ char **parts = NULL;

	/* An element that holds nothing itself is the wizard's own question; further disks mean
	 * something beside one that a system is installed to. */
	if (str_empty(text) || !field_find(question->name)->type || str_eq(question->name, DISKS) ||
	    str_eq(question->name, ERASED))
		return;
	if (question->kind != TUI_TABLE && !(field_find(question->name)->flags & FIELD_REPEATS)) {
		draft_set(draft, question->name, 0, text);
		return;
	}
	parts = strv_split(text, " ,;\t");
	for (size_t i = 0; i < strv_length(parts); i++)
		draft_set(draft, question->name, i, parts[i]);
}

static char *to_xml(const struct wizard_values *values)
{
	_cleanup_draft_ struct draft draft = {0};
	bool bond = !str_empty(wizard_get(values, "bond-port@name"));

	for (const struct wizard_question *question = wizard_questions; question->name; question++)
		if (wizard_asks(values, question->name) &&
		    (bond || !str_eq(question->name, "bond@mode")))
			add_value(&draft, question, wizard_get(values, question->name));
	if (draft_get(&draft, "root-password"))
		draft_set(&draft, "root-password@type", 0, "plaintext");
	return draft_to_xml(&draft, "Made by the screens of xenhost-firstboot.");
}

/* "admin-interface/ip" is of a question when its element is one's. */
static bool is_asked(const char *where)
{
	size_t length = strcspn(where, "@/");

	for (const struct wizard_question *question = wizard_questions; question->name; question++)
		if (strcspn(question->name, "@/") == length &&
		    strncmp(question->name, where, length) == 0)
			return !str_eq(where, "installation");
	return str_starts(where, "bond");
}

int wizard_answers(const struct wizard_values *values, struct answers **ret,
		   struct secrets *ret_secrets, struct findings *findings)
{
	_cleanup_findings_ struct findings all = {0};
	char *xml = to_xml(values);
	int r = answers_from_xml(xml, strlen(xml), "the screens", ret, ret_secrets, &all, NULL);

	wipe(xml);
	for (size_t i = 0; i < all.count; i++) {
		const struct finding *finding = &all.list[i];

		/* The rest is what an installation needs, such as its disk. */
		if (!finding->where || !is_asked(finding->where))
			continue;
		struct finding *kept = findings_add(findings, finding->severity, finding->where,
						    "%s", finding->message);

		if (finding->hint)
			finding_set_hint(kept, "%s", finding->hint);
	}
	return r;
}
