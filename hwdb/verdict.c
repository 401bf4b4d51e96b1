/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/verdict.h"

#include "common/str.h"
#include "hwdb/rule.h"

/* More than a line of names helps nobody; the offences have them all. */
#define MEASURED_MAX 4

struct judging {
	const struct rule *rule;
	const struct json *document;
	struct verdict *verdict;
};

static void verdict_done(struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->n_offences; i++) {
		free(verdict->offences[i].where);
		free(verdict->offences[i].message);
		free(verdict->offences[i].hint);
	}
	free(verdict->offences);
	free(verdict->measured);
	free(verdict->required);
}

void verdicts_done(struct verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->n; i++)
		verdict_done(&verdicts->list[i]);
	free(verdicts->list);
	*verdicts = (struct verdicts){0};
}

size_t verdicts_count(const struct verdicts *verdicts, enum verdict_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < verdicts->n; i++)
		n += verdicts->list[i].result == result;
	return n;
}

static char *required_words(const struct rule *rule)
{
	_cleanup_free_ char *joined = rule->values ? strv_join(rule->values, ", ") : NULL;
	_cleanup_free_ char *number = xasprintf("%llu", (unsigned long long)rule->number);
	_cleanup_free_ char *size = rule_value_words(rule, number);
	_cleanup_free_ char *plain = rule_value_words(rule, rule_is_number(rule) ? number : joined);

	switch (rule->op) {
	case OPERATOR_KNOWN:
		return xstrdup("present");
	case OPERATOR_IS:
		return xstrdup(plain);
	case OPERATOR_IS_NOT:
		return xasprintf("not %s", plain);
	case OPERATOR_ONE_OF:
		return xasprintf("one of %s", joined);
	case OPERATOR_MATCHES:
		return xasprintf("like %s", joined);
	case OPERATOR_MATCHES_NOT:
		return xasprintf("not like %s", joined);
	case OPERATOR_AT_LEAST:
		return xasprintf("at least %s", size);
	case OPERATOR_AT_MOST:
		return xasprintf("at most %s", size);
	case OPERATOR_COUNT_AT_LEAST:
		return xasprintf("at least %s", number);
	case OPERATOR_COUNT_AT_MOST:
		return rule->number ? xasprintf("at most %s", number) : xstrdup("none");
	}
	return xstrdup("");
}

/* "eth0", "0000:00:1f.2", ...: what people call a box, or NULL. */
static char *box_name(const struct json *box)
{
	static const char *const members[] = {"where", "name",      "address",
					      "id",    "partition", "pci_address"};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		char *text = fact_member_text(box, members[i]);

		if (text)
			return text;
	}
	return NULL;
}

static char *fact_where(const struct fact *fact, bool many)
{
	_cleanup_free_ char *name = many ? box_name(fact->box) : NULL;
	_cleanup_free_ char *kind = xstrdup(fact->list);
	_cleanup_free_ char *where = many ? fact_member_text(fact->box, "where") : NULL;

	if (where)
		return TAKE_PTR(where);
	if (many && str_ends(kind, "s"))
		kind[strlen(kind) - 1] = '\0';
	return name ? xasprintf("%s %s", kind, name) : TAKE_PTR(kind);
}

static bool counts(const struct rule *rule)
{
	return rule->op == OPERATOR_COUNT_AT_LEAST || rule->op == OPERATOR_COUNT_AT_MOST;
}

/* What the values are, in one line. */
static char *measured_words(const struct rule *rule, const struct facts *facts)
{
	struct strbuf buf = {0};

	if (rule->path.many && facts->n == 0)
		strbuf_add(&buf, counts(rule) ? "none" : "nothing to look at");
	for (size_t i = 0; i < facts->n; i++) {
		const struct fact *fact = &facts->list[i];
		_cleanup_free_ char *name = rule->path.many ? box_name(fact->box) : NULL;
		_cleanup_free_ char *value = rule_value_words(rule, fact->value);

		if (i == MEASURED_MAX) {
			strbuf_addf(&buf, " and %zu more", facts->n - i);
			break;
		}
		if (rule->path.field->fields) {
			strbuf_addf(&buf, "%s%s", i ? ", " : "",
				    name ?: (fact->known ? "present" : "absent"));
			continue;
		}
		strbuf_add(&buf, i ? ", " : "");
		if (name)
			strbuf_addf(&buf, "%s: ", name);
		strbuf_add(&buf, value);
	}
	return strbuf_take(&buf);
}

static bool value_fits(const struct rule *rule, const char *value)
{
	uint64_t number = 0;
	bool is_number = rule_is_number(rule) && str_to_u64(value, 10, &number) == 0;

	switch (rule->op) {
	case OPERATOR_IS:
		return is_number ? number == rule->number : str_eq(value, rule->values[0]);
	case OPERATOR_IS_NOT:
		return is_number ? number != rule->number : !str_eq(value, rule->values[0]);
	case OPERATOR_ONE_OF:
		return strv_contains(rule->values, value);
	case OPERATOR_MATCHES:
		return str_glob(rule->values[0], value);
	case OPERATOR_MATCHES_NOT:
		return !str_glob(rule->values[0], value);
	case OPERATOR_AT_LEAST:
		return number >= rule->number;
	case OPERATOR_AT_MOST:
		return number <= rule->number;
	case OPERATOR_KNOWN:
	case OPERATOR_COUNT_AT_LEAST:
	case OPERATOR_COUNT_AT_MOST:
		return true;
	}
	return false;
}

/* A rule about a whole list: "disks", also for "installable_disks". */
static char *list_where(const struct rule *rule)
{
	const char *name = rule->path.steps[0].name;
	const char *last = strrchr(name, '_');

	return xstrdup(last ? last + 1 : name);
}

static void add_offence(const struct judging *judging, const struct fact *fact, bool known)
{
	const struct rule *rule = judging->rule;
	struct verdict *verdict = judging->verdict;
	struct offence *offence = ARRAY_APPEND(verdict->offences, verdict->n_offences);
	const char *problem = rule->texts[RULE_PROBLEM].value;
	const char *hint = rule->texts[RULE_HINT].value;
	const char *title = rule->texts[RULE_TITLE].value ?: rule->name;

	offence->where = fact ? fact_where(fact, rule->path.many) : list_where(rule);
	if (!known)
		offence->message = xasprintf("%s: it is not known", title);
	else if (problem)
		offence->message = rule_fill(rule, problem, judging->document, fact,
					     verdict->measured, verdict->required);
	else
		offence->message = xasprintf("%s: %s, where %s is required", title,
					     verdict->measured, verdict->required);
	if (hint && known)
		offence->hint = rule_fill(rule, hint, judging->document, fact, verdict->measured,
					  verdict->required);
	/* "{hint}" alone, of a box that has none. */
	if (offence->hint && strcmp(offence->hint, RULE_UNKNOWN_WORD) == 0) {
		free(offence->hint);
		offence->hint = NULL;
	}
	if (!known)
		offence->hint = xstrdup("Run as root on the machine itself");
}

static enum verdict_result failed(const struct rule *rule)
{
	switch (rule->severity) {
	case SEVERITY_ERROR:
		return VERDICT_FAIL;
	case SEVERITY_WARNING:
		return VERDICT_WARN;
	case SEVERITY_NOTE:
		return VERDICT_PASS;
	}
	return VERDICT_FAIL;
}

static void judge_unknown(const struct judging *judging, const struct fact *fact)
{
	struct verdict *verdict = judging->verdict;
	enum verdict_result result = VERDICT_UNKNOWN;

	switch (judging->rule->unknown) {
	case UNKNOWN_SKIP:
		break;
	case UNKNOWN_WARN:
		result = VERDICT_WARN;
		break;
	case UNKNOWN_FAIL:
		result = VERDICT_FAIL;
		break;
	}
	/* What is known to be wrong weighs more. */
	if (verdict->result == VERDICT_PASS || result == VERDICT_FAIL)
		verdict->result = result;
	if (result != VERDICT_UNKNOWN)
		add_offence(judging, fact, false);
}

static void judge_count(const struct judging *judging, const struct facts *facts)
{
	const struct rule *rule = judging->rule;

	if (rule->op == OPERATOR_COUNT_AT_LEAST) {
		if (facts->n >= rule->number)
			return;
		add_offence(judging, NULL, true);
	} else {
		if (facts->n <= rule->number)
			return;
		for (size_t i = 0; i < facts->n; i++)
			add_offence(judging, &facts->list[i], true);
	}
	judging->verdict->result = failed(rule);
}

/* One is enough; if none fits, one that is not known keeps the question open. */
static void judge_any(const struct judging *judging, const struct facts *facts)
{
	const struct rule *rule = judging->rule;
	const struct fact *unknown = NULL;

	for (size_t i = 0; i < facts->n; i++) {
		const struct fact *fact = &facts->list[i];

		if (fact->known && (!fact->value || value_fits(rule, fact->value)))
			return;
		if (!fact->known)
			unknown = fact;
	}
	if (unknown && rule->op != OPERATOR_KNOWN) {
		judge_unknown(judging, unknown);
		return;
	}
	judging->verdict->result = failed(rule);
	add_offence(judging, NULL, true);
}

static void judge_all(const struct judging *judging, const struct facts *facts)
{
	const struct rule *rule = judging->rule;

	for (size_t i = 0; i < facts->n; i++) {
		const struct fact *fact = &facts->list[i];
		bool open = !fact->known && rule->op != OPERATOR_KNOWN;

		if (open) {
			judge_unknown(judging, fact);
		} else if (!fact->known || (fact->value && !value_fits(rule, fact->value))) {
			if (judging->verdict->result != VERDICT_FAIL)
				judging->verdict->result = failed(rule);
			add_offence(judging, fact, true);
		}
	}
}

static void judge(const struct rule *rule, const struct json *document, struct verdict *verdict)
{
	const struct judging judging = {rule, document, verdict};
	_cleanup_facts_ struct facts facts = {0};

	facts_collect(&rule->path, document, &facts);
	verdict->rule = rule;
	/* Nothing to look at leaves a rule open; rules that count are for that. */
	verdict->result = facts.n || counts(rule) ? VERDICT_PASS : VERDICT_UNKNOWN;
	verdict->measured = measured_words(rule, &facts);
	verdict->required = required_words(rule);
	if (counts(rule))
		judge_count(&judging, &facts);
	else if (facts.n && rule->any)
		judge_any(&judging, &facts);
	else if (facts.n)
		judge_all(&judging, &facts);
}

void verdicts_judge(const struct profile *profile, const struct host *host, struct verdicts *ret)
{
	_cleanup_explanation_ struct explanation explanation = {0};
	_cleanup_json_ struct json *document = NULL;

	explain(host, &explanation);
	document = facts_document(host, &explanation);
	*ret = (struct verdicts){.profile = profile};
	for (size_t i = 0; i < profile->n; i++)
		if (!profile->rules[i].off)
			judge(&profile->rules[i], document, ARRAY_APPEND(ret->list, ret->n));
}
