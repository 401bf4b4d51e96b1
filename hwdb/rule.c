/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/rule.h"

#include <errno.h>

#include "common/str.h"

static const char *const key_names[] = {
	[RULE_TITLE] = "title",     [RULE_FACT] = "fact",       [RULE_OPERATOR] = "operator",
	[RULE_VALUE] = "value",     [RULE_NEED] = "need",       [RULE_SEVERITY] = "severity",
	[RULE_UNKNOWN] = "unknown", [RULE_PROBLEM] = "problem", [RULE_WHY] = "why",
	[RULE_HINT] = "hint",
};

static const char *const operator_names[] = {
	[OPERATOR_KNOWN] = "known",
	[OPERATOR_IS] = "is",
	[OPERATOR_IS_NOT] = "is-not",
	[OPERATOR_ONE_OF] = "one-of",
	[OPERATOR_MATCHES] = "matches",
	[OPERATOR_MATCHES_NOT] = "matches-not",
	[OPERATOR_AT_LEAST] = "at-least",
	[OPERATOR_AT_MOST] = "at-most",
	[OPERATOR_COUNT_AT_LEAST] = "count-at-least",
	[OPERATOR_COUNT_AT_MOST] = "count-at-most",
};

static const char *const unknown_names[] = {
	[UNKNOWN_WARN] = "warn",
	[UNKNOWN_SKIP] = "skip",
	[UNKNOWN_FAIL] = "fail",
};

static const char *const need_names[] = {"all", "any"};
static const char *const severity_words[] = {"fail", "warn", "note", "off"};

static int word_index(const char *const *names, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(names[i], text))
			return (int)i;
	return -EINVAL;
}

int rule_key_from_string(const char *text, enum rule_key *ret)
{
	int i = word_index(key_names, ARRAY_SIZE(key_names), text);

	if (i < 0)
		return i;
	*ret = (enum rule_key)i;
	return 0;
}

/* "Did you mean ...?", else all the words. */
static char *words_hint(const char *const *names, size_t count, const char *word)
{
	const char *candidates[RULE_KEYS + 1] = {0};
	struct strbuf buf = {0};
	const char *near;

	for (size_t i = 0; i < count; i++)
		candidates[i] = names[i];
	near = str_nearest(word, candidates);
	if (near)
		return xasprintf("Did you mean \"%s\"?", near);
	strbuf_add(&buf, "Write one of:");
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&buf, "%s %s", i ? "," : "", names[i]);
	return strbuf_take(&buf);
}

char *rule_key_hint(const char *word)
{
	return words_hint(key_names, ARRAY_SIZE(key_names), word);
}

bool rule_is_bool(const struct rule *rule)
{
	return rule->path.field->type == FIELD_BOOL || rule->path.field->type == FIELD_MAYBE_BOOL;
}

bool rule_is_number(const struct rule *rule)
{
	switch (rule->path.field->type) {
	case FIELD_UINT:
	case FIELD_KNOWN_UINT:
	case FIELD_U64:
	case FIELD_KNOWN_U64:
	case FIELD_MAYBE_UINT:
	case FIELD_MAYBE_U64:
	case FIELD_UINTS:
		return true;
	case FIELD_STRING:
	case FIELD_STRV:
	case FIELD_BOOL:
	case FIELD_MAYBE_BOOL:
	case FIELD_OBJECT:
	case FIELD_MAYBE_OBJECT:
	case FIELD_BOXES:
	case FIELD_FIRMWARE:
	case FIELD_SECURE_BOOT:
	case FIELD_CONTENT_KIND:
		return false;
	}
	return false;
}

static bool is_box(const struct rule *rule)
{
	return rule->path.field->fields != NULL;
}

static bool counts(const struct rule *rule)
{
	return rule->op == OPERATOR_COUNT_AT_LEAST || rule->op == OPERATOR_COUNT_AT_MOST;
}

static int mistake(const struct rule *rule, enum rule_key key, const char *hint, struct error **err,
		   const char *format, ...) _printf_(5, 6);
static int mistake(const struct rule *rule, enum rule_key key, const char *hint, struct error **err,
		   const char *format, ...)
{
	/* A key that is missing is missed where the rule's first one stands. */
	const struct rule_text *at = &rule->texts[key];
	_cleanup_free_ char *sentence = NULL;
	va_list args;

	for (size_t i = 0; !at->value && i < RULE_KEYS; i++)
		at = &rule->texts[i];
	va_start(args, format);
	sentence = xvasprintf(format, args);
	va_end(args);
	error_set(err, ERROR_USAGE, "%s:%u: %s", at->file, at->line, sentence);
	return error_hint(err, "%s", hint);
}

/* The index of a key's word, `fallback` when it is not given. */
static int compile_word(const struct rule *rule, enum rule_key key, const char *const *names,
			size_t count, int fallback, int *ret, struct error **err)
{
	const char *word = rule->texts[key].value;
	_cleanup_free_ char *hint = NULL;

	*ret = word ? word_index(names, count, word) : fallback;
	if (*ret >= 0)
		return 0;
	hint = words_hint(names, count, word ?: "");
	if (!word)
		return mistake(rule, key, hint, err, "The rule \"%s\" has no %s", rule->name,
			       key_names[key]);
	return mistake(rule, key, hint, err, "\"%s\" is no %s", word, key_names[key]);
}

static int compile_words(struct rule *rule, struct error **err)
{
	int op = 0, need = 0, severity = 0, unknown = 0, r;

	r = compile_word(rule, RULE_OPERATOR, operator_names, ARRAY_SIZE(operator_names), -1, &op,
			 err);
	if (r == 0)
		r = compile_word(rule, RULE_NEED, need_names, ARRAY_SIZE(need_names), 0, &need,
				 err);
	if (r == 0)
		r = compile_word(rule, RULE_SEVERITY, severity_words, ARRAY_SIZE(severity_words), 0,
				 &severity, err);
	if (r == 0)
		r = compile_word(rule, RULE_UNKNOWN, unknown_names, ARRAY_SIZE(unknown_names),
				 UNKNOWN_WARN, &unknown, err);
	if (r < 0)
		return r;
	rule->op = (enum rule_operator)op;
	rule->any = need == 1;
	rule->severity = severity == 0   ? SEVERITY_ERROR
			 : severity == 1 ? SEVERITY_WARNING
					 : SEVERITY_NOTE;
	rule->off = severity == 3;
	rule->unknown = (enum rule_unknown)unknown;
	return 0;
}

static int compile_fact(struct rule *rule, struct error **err)
{
	const char *text = rule->texts[RULE_FACT].value;
	_cleanup_error_ struct error *error = NULL;

	if (!text)
		return mistake(rule, RULE_FACT,
			       "\"xenhost-hwinfo show --json\" shows the facts of a machine", err,
			       "The rule \"%s\" has no fact", rule->name);
	if (fact_path_parse(text, &rule->path, &error) < 0)
		return mistake(rule, RULE_FACT, error_get_hint(error), err, "%s", error->message);
	return 0;
}

/* Whether the operator can say anything about such a fact. */
static int check_operator(const struct rule *rule, struct error **err)
{
	const char *fact = rule->path.text, *word = operator_names[rule->op];

	if (counts(rule) && !rule->path.many)
		return mistake(rule, RULE_OPERATOR, "Count lists, such as nics[]", err,
			       "%s is a single value: there is nothing to count", fact);
	if (is_box(rule) && !counts(rule) && rule->op != OPERATOR_KNOWN)
		return mistake(rule, RULE_FACT, "Go on with a member, or use known or count-...",
			       err, "%s has no value of its own that \"%s\" could look at", fact,
			       word);
	if ((rule->op == OPERATOR_AT_LEAST || rule->op == OPERATOR_AT_MOST) &&
	    !rule_is_number(rule))
		return mistake(rule, RULE_OPERATOR, "Use is, one-of or matches", err,
			       "%s is no number, which \"%s\" needs", fact, word);
	return 0;
}

static int compile_number(struct rule *rule, struct error **err)
{
	const char *value = rule->values[0];

	if (str_to_u64(value, 10, &rule->number) == 0 || str_to_size(value, &rule->number) == 0)
		return 0;
	return mistake(rule, RULE_VALUE, "Write a number, or a size such as 16GiB", err,
		       "\"%s\" is no number", value);
}

static int compile_value(struct rule *rule, struct error **err)
{
	const char *value = rule->texts[RULE_VALUE].value;
	bool number = rule_is_number(rule) && rule->op != OPERATOR_MATCHES &&
		      rule->op != OPERATOR_MATCHES_NOT;

	if (rule->op == OPERATOR_KNOWN) {
		if (!value)
			return 0;
		return mistake(rule, RULE_VALUE, "Take the value out", err,
			       "\"known\" takes no value");
	}
	if (str_empty(value))
		return mistake(rule, RULE_VALUE, "Add value = ...", err, "\"%s\" needs a value",
			       operator_names[rule->op]);
	if (rule->op == OPERATOR_ONE_OF)
		rule->values = strv_split(value, " ,|");
	else
		strv_add(&rule->values, value);
	if (counts(rule) || (number && rule->op != OPERATOR_ONE_OF))
		return compile_number(rule, err);
	for (char **word = rule->values; rule_is_bool(rule) && word && *word; word++)
		if (!str_eq(*word, "true") && !str_eq(*word, "false"))
			return mistake(rule, RULE_VALUE, "Write true or false", err,
				       "%s is true or false, never \"%s\"", rule->path.text, *word);
	return 0;
}

static int check_texts(const struct rule *rule, struct error **err)
{
	static const enum rule_key keys[] = {RULE_PROBLEM, RULE_HINT};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *text = rule->texts[keys[i]].value;
		_cleanup_free_ char *wrong = text ? rule_wrong_word(rule, text) : NULL;

		if (wrong)
			return mistake(rule, keys[i],
				       "Write {measured}, {required}, {value}, a member of the "
				       "fact's box, or the path of a single fact",
				       err, "{%s} stands for nothing", wrong);
	}
	return 0;
}

int rule_compile(struct rule *rule, struct error **err)
{
	int r = compile_words(rule, err);

	if (r == 0)
		r = compile_fact(rule, err);
	if (r == 0)
		r = check_operator(rule, err);
	if (r == 0)
		r = compile_value(rule, err);
	return r == 0 ? check_texts(rule, err) : r;
}
