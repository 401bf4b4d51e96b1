/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rule's words for people: values with units, and sentences with {words} in them. */
#include "common/str.h"
#include "hwdb/rule.h"

char *rule_value_words(const struct rule *rule, const char *value)
{
	const char *key = rule->path.field->key;
	uint64_t number;

	if (!value)
		return xstrdup("not known");
	if (rule_is_bool(rule))
		return xstrdup(str_eq(value, "true") ? "yes" : "no");
	if (!rule_is_number(rule) || str_to_u64(value, 10, &number) < 0)
		return xstrdup(value);
	if (str_ends(key, "_bytes"))
		return str_from_size(number);
	if (str_ends(key, "_mbps"))
		return xasprintf("%s Mb/s", value);
	return xstrdup(value);
}

/* A single fact by its whole path, as the document has it. */
static char *single_fact(const char *word, const struct json *document)
{
	_cleanup_(fact_path_done) struct fact_path path = {0};
	_cleanup_facts_ struct facts facts = {0};

	if (fact_path_parse(word, &path, NULL) < 0 || path.many)
		return NULL;
	facts_collect(&path, document, &facts);
	return xstrdup(facts.n && facts.list[0].value ? facts.list[0].value : RULE_UNKNOWN_WORD);
}

/* The next {word} from *at on; *at is then behind it. What stands before it goes to `before`. */
static char *next_word(const char **at, struct strbuf *before)
{
	const char *open = strchr(*at, '{');
	const char *close = open ? strchr(open, '}') : NULL;
	char *word;

	if (!close) {
		strbuf_add(before, *at);
		*at += strlen(*at);
		return NULL;
	}
	strbuf_add_bytes(before, *at, (size_t)(open - *at));
	word = xstrndup(open + 1, (size_t)(close - open - 1));
	*at = close + 1;
	return word;
}

char *rule_wrong_word(const struct rule *rule, const char *template)
{
	for (;;) {
		_cleanup_strbuf_ struct strbuf before = {0};
		_cleanup_free_ char *word = next_word(&template, &before);
		_cleanup_(fact_path_done) struct fact_path path = {0};

		if (!word)
			return NULL;
		if (str_eq(word, "measured") || str_eq(word, "required") || str_eq(word, "value") ||
		    (rule->path.box && fact_member(rule->path.box, word)))
			continue;
		if (fact_path_parse(word, &path, NULL) < 0 || path.many || path.field->fields)
			return TAKE_PTR(word);
	}
}

char *rule_fill(const struct rule *rule, const char *template, const struct json *document,
		const struct fact *fact, const char *measured, const char *required)
{
	struct strbuf buf = {0};

	for (;;) {
		_cleanup_free_ char *word = next_word(&template, &buf);
		_cleanup_free_ char *text = NULL;

		if (!word)
			return strbuf_take(&buf);
		if (str_eq(word, "measured"))
			text = xstrdup(measured);
		else if (str_eq(word, "required"))
			text = xstrdup(required);
		else if (str_eq(word, "value"))
			text = rule_value_words(rule, fact ? fact->value : NULL);
		else if (rule->path.box && fact_member(rule->path.box, word))
			text = fact ? fact_member_text(fact->box, word) : NULL;
		else
			text = single_fact(word, document);
		strbuf_add(&buf, text ? text : RULE_UNKNOWN_WORD);
	}
}
