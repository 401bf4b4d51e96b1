/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts as findings, JSON, text and JUnit XML. */
#include <ctype.h>

#include "common/json_text.h"
#include "common/str.h"
#include "common/xml.h"
#include "hwdb/host_text.h"
#include "hwdb/verdict.h"

static const char *const result_names[] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_WARN] = "warn",
	[VERDICT_FAIL] = "fail",
	[VERDICT_UNKNOWN] = "unknown",
};

const char *verdict_result_to_string(enum verdict_result result)
{
	return result_names[result];
}

static const char *title_of(const struct verdict *verdict)
{
	return verdict->rule->texts[RULE_TITLE].value ?: verdict->rule->name;
}

void verdicts_to_findings(const struct verdicts *verdicts, struct findings *findings)
{
	for (size_t i = 0; i < verdicts->n; i++) {
		const struct verdict *verdict = &verdicts->list[i];
		enum severity severity = verdict->result == VERDICT_FAIL   ? SEVERITY_ERROR
					 : verdict->result == VERDICT_WARN ? SEVERITY_WARNING
									   : SEVERITY_NOTE;

		for (size_t k = 0; k < verdict->n_offences; k++) {
			const struct offence *offence = &verdict->offences[k];
			struct finding *finding = findings_add(findings, severity, offence->where,
							       "%s", offence->message);

			if (offence->hint)
				finding_set_hint(finding, "%s", offence->hint);
		}
	}
}

struct json *verdicts_to_json(const struct verdicts *verdicts)
{
	_cleanup_findings_ struct findings findings = {0};
	struct json *document, *profile, *list;

	verdicts_to_findings(verdicts, &findings);
	document = findings_to_json(&findings);
	profile = json_set_object(document, "profile");
	json_set_string(profile, "name", verdicts->profile->name);
	json_set_string(profile, "title", verdicts->profile->title);
	list = json_set_array(document, "verdicts");
	for (size_t i = 0; i < verdicts->n; i++) {
		const struct verdict *verdict = &verdicts->list[i];
		struct json *item = json_append_object(list);

		json_set_string(item, "rule", verdict->rule->name);
		json_set_string(item, "title", title_of(verdict));
		json_set_string(item, "result", result_names[verdict->result]);
		json_set_string(item, "fact", verdict->rule->path.text);
		json_set_string(item, "measured", verdict->measured);
		json_set_string(item, "required", verdict->required);
		json_set_string(item, "why", verdict->rule->texts[RULE_WHY].value);
		json_set_string(item, "hint",
				verdict->n_offences ? verdict->offences[0].hint : NULL);
	}
	return document;
}

static char *upper(const char *text)
{
	char *copy = xstrdup(text);

	for (char *c = copy; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return copy;
}

/* Devices say what they like: nothing of it may steer a terminal or break a line. */
static void add_words(struct strbuf *buf, char *line)
{
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	text_words(buf, 9, 11, line);
}

static void add_indented(struct strbuf *buf, const char *head, const char *text)
{
	_cleanup_free_ char *line = xasprintf("%s%s", head, text);

	strbuf_add(buf, "         ");
	add_words(buf, line);
}

static void add_verdict(struct strbuf *buf, const struct verdict *verdict)
{
	_cleanup_free_ char *word = upper(result_names[verdict->result]);
	_cleanup_free_ char *line =
		verdict->result == VERDICT_PASS
			? xasprintf("%s: %s", title_of(verdict), verdict->measured)
			: xasprintf("%s: %s; required: %s", title_of(verdict), verdict->measured,
				    verdict->required);

	strbuf_addf(buf, "%-7s  ", word);
	add_words(buf, line);
	for (size_t i = 0; i < verdict->n_offences; i++) {
		const struct offence *offence = &verdict->offences[i];
		_cleanup_free_ char *place = xasprintf("%s: ", offence->where);

		add_indented(buf, place, offence->message);
		/* Several often share what is to be done. */
		if (offence->hint &&
		    (i + 1 == verdict->n_offences || !str_eq(offence->hint, offence[1].hint)))
			add_indented(buf, "hint: ", offence->hint);
	}
	if (verdict->n_offences && verdict->rule->texts[RULE_WHY].value)
		add_indented(buf, "why: ", verdict->rule->texts[RULE_WHY].value);
}

char *verdicts_to_text(const struct verdicts *verdicts)
{
	struct strbuf buf = {0};

	for (size_t i = 0; i < verdicts->n; i++)
		add_verdict(&buf, &verdicts->list[i]);
	return strbuf_take(&buf);
}

/* XML 1.0 knows no control characters but tab and line break, and nothing that is no UTF-8. */
char *verdicts_summary(const struct verdicts *verdicts)
{
	const char *name = verdicts->profile->name;
	bool fits = verdicts_count(verdicts, VERDICT_FAIL) == 0;
	struct strbuf text = {0};

	strbuf_addf(&text, "%zu passed, %zu warned, %zu failed, %zu unknown\n",
		    verdicts_count(verdicts, VERDICT_PASS), verdicts_count(verdicts, VERDICT_WARN),
		    verdicts_count(verdicts, VERDICT_FAIL),
		    verdicts_count(verdicts, VERDICT_UNKNOWN));
	if (str_eq(name, "host"))
		strbuf_add(&text, fits ? "This machine can be a Xen host.\n"
				       : "This machine cannot be a Xen host as it is.\n");
	else
		strbuf_addf(&text, "This machine %s the profile \"%s\".\n",
			    fits ? "fits" : "does not fit", name);
	return strbuf_take(&text);
}

static char *xml_text(const char *text)
{
	_cleanup_free_ char *valid = json_valid_utf8(text);

	for (char *c = valid; *c; c++)
		if ((unsigned char)*c < 0x20 && *c != '\t' && *c != '\n')
			*c = ' ';
	return xml_escape(valid);
}

static void add_details(struct strbuf *buf, const struct verdict *verdict)
{
	_cleanup_strbuf_ struct strbuf plain = {0};
	_cleanup_free_ char *text = NULL;

	strbuf_addf(&plain, "measured: %s\nrequired: %s\n", verdict->measured, verdict->required);
	for (size_t i = 0; i < verdict->n_offences; i++) {
		strbuf_addf(&plain, "%s: %s\n", verdict->offences[i].where,
			    verdict->offences[i].message);
		if (verdict->offences[i].hint)
			strbuf_addf(&plain, "  hint: %s\n", verdict->offences[i].hint);
	}
	text = xml_text(plain.text);
	strbuf_add(buf, text);
}

static void add_case(struct strbuf *buf, const char *profile, const struct verdict *verdict)
{
	_cleanup_free_ char *rule = xml_text(verdict->rule->name);
	_cleanup_free_ char *message =
		xml_text(verdict->n_offences ? verdict->offences[0].message : verdict->measured);

	strbuf_addf(buf, "    <testcase classname=\"xenhost.%s\" name=\"%s\">\n", profile, rule);
	switch (verdict->result) {
	case VERDICT_FAIL:
		strbuf_addf(buf, "      <failure message=\"%s\">", message);
		add_details(buf, verdict);
		strbuf_add(buf, "</failure>\n");
		break;
	case VERDICT_UNKNOWN:
		strbuf_addf(buf, "      <skipped message=\"%s\"/>\n", message);
		break;
	case VERDICT_PASS:
	case VERDICT_WARN:
		strbuf_addf(buf, "      <system-out>%s",
			    verdict->result == VERDICT_WARN ? "WARNING\n" : "");
		add_details(buf, verdict);
		strbuf_add(buf, "</system-out>\n");
		break;
	}
	strbuf_add(buf, "    </testcase>\n");
}

char *verdicts_to_junit(const struct verdicts *verdicts)
{
	_cleanup_free_ char *profile = xml_text(verdicts->profile->name);
	struct strbuf buf = {0};

	strbuf_addf(&buf,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<testsuites>\n"
		    "  <testsuite name=\"xenhost-hwinfo check %s\" tests=\"%zu\" failures=\"%zu\" "
		    "errors=\"0\" skipped=\"%zu\">\n",
		    profile, verdicts->n, verdicts_count(verdicts, VERDICT_FAIL),
		    verdicts_count(verdicts, VERDICT_UNKNOWN));
	for (size_t i = 0; i < verdicts->n; i++)
		add_case(&buf, profile, &verdicts->list[i]);
	strbuf_add(&buf, "  </testsuite>\n</testsuites>\n");
	return strbuf_take(&buf);
}
