/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/preflight.h"

#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/pool/checks.h"

static const char *const verdict_names[] = {
	[JOIN_WARNING] = N_("warning"),
	[JOIN_NEEDS_FORCE] = N_("needs-force"),
	[JOIN_BLOCKER] = N_("blocker"),
};

const char *join_verdict_to_string(enum join_verdict verdict)
{
	return (size_t)verdict < ARRAY_SIZE(verdict_names) ? verdict_names[verdict] : "?";
}

static char *tame_copy(const char *text)
{
	return text ? finding_tame(xstrdup(text)) : NULL;
}

/*
 * A release from before the check does not make it; what it would have refused is still worth a
 * warning. A host that does not name its schema is taken for a new one.
 */
static enum join_verdict verdict_of(const struct check *check, const struct side *joining)
{
	const char *schema = api_map(joining->host, "software_version", "db_schema");

	if (check->since && *schema && strverscmp(schema, check->since) < 0)
		return JOIN_WARNING;
	return check->verdict;
}

struct obstacle *found(struct sides *sides, const char *here, const char *there, const char *format,
		       ...)
{
	struct obstacle *obstacle = ARRAY_APPEND(sides->out->list, sides->out->count);
	va_list args;

	obstacle->check = sides->check;
	obstacle->verdict = verdict_of(sides->check, sides->joining);
	obstacle->code = sides->check->code;
	va_start(args, format);
	obstacle->message = finding_tame(xvasprintf(format, args));
	va_end(args);
	obstacle->here = tame_copy(here);
	obstacle->there = tame_copy(there);
	obstacle->fix = xstrdup(sides->check->fix);
	return obstacle;
}

void obstacle_fix(struct obstacle *obstacle, const char *format, ...)
{
	va_list args;

	free(obstacle->fix);
	va_start(args, format);
	obstacle->fix = finding_tame(xvasprintf(format, args));
	va_end(args);
}

/* The host's own records are the pool's then, and there is nothing to compare. */
static bool is_member(const struct side *joining, const struct side *pool)
{
	const char *uuid = api_string(joining->pool, "uuid");

	return *uuid && str_eq(uuid, api_string(pool->pool, "uuid")) &&
	       !str_eq(api_string(joining->host, "uuid"), api_string(pool->coordinator, "uuid"));
}

void preflight_run(const struct side *joining, const struct side *pool, bool force,
		   struct preflight *ret)
{
	struct sides sides = {.joining = joining, .pool = pool, .out = ret};

	*ret = (struct preflight){.force = force, .member = is_member(joining, pool)};
	if (ret->member)
		return;
	for (size_t i = 0; preflight_check(i); i++) {
		sides.check = preflight_check(i);
		check_row(i)(&sides);
	}
}

void preflight_done(struct preflight *preflight)
{
	for (size_t i = 0; i < preflight->count; i++) {
		struct obstacle *obstacle = &preflight->list[i];

		free(obstacle->message);
		free(obstacle->here);
		free(obstacle->there);
		free(obstacle->fix);
		strv_free(obstacle->params);
	}
	free(preflight->list);
	*preflight = (struct preflight){0};
}

static enum severity severity_of(const struct preflight *preflight, enum join_verdict verdict)
{
	switch (verdict) {
	case JOIN_WARNING:
		return SEVERITY_WARNING;
	case JOIN_NEEDS_FORCE:
		return preflight->force ? SEVERITY_WARNING : SEVERITY_ERROR;
	case JOIN_BLOCKER:
		return SEVERITY_ERROR;
	}
	return SEVERITY_ERROR;
}

const struct obstacle *preflight_first(const struct preflight *preflight)
{
	for (size_t i = 0; i < preflight->count; i++) {
		if (severity_of(preflight, preflight->list[i].verdict) == SEVERITY_ERROR)
			return &preflight->list[i];
	}
	return NULL;
}

bool preflight_passes(const struct preflight *preflight)
{
	return !preflight_first(preflight);
}

static void add_text(struct strbuf *buf, const struct obstacle *obstacle)
{
	_cleanup_free_ char *message = i18n_sentence(obstacle->message);
	_cleanup_free_ char *fix = i18n_sentence(obstacle->fix);

	strbuf_addf(buf, "%s: %s: %s\n", _(join_verdict_to_string(obstacle->verdict)),
		    obstacle->check->name, message);
	strbuf_addf(buf, _("    host: %-34s  pool: %s\n"), obstacle->here ? obstacle->here : "-",
		    obstacle->there ? obstacle->there : "-");
	strbuf_addf(buf, _("    fix:  %s\n"), fix);
}

static char *count_words(enum join_verdict verdict, unsigned count)
{
	switch (verdict) {
	case JOIN_BLOCKER:
		return xasprintf(P_("%u blocker", "%u blockers", count), count);
	case JOIN_NEEDS_FORCE:
		return xasprintf(P_("%u needs-force", "%u needs-force", count), count);
	case JOIN_WARNING:
		break;
	}
	return xasprintf(P_("%u warning", "%u warnings", count), count);
}

char *obstacle_sentence(const struct obstacle *obstacle)
{
	if (!obstacle->here && !obstacle->there)
		return xstrdup(obstacle->message);
	return xasprintf("%s (host: %s; pool: %s)", obstacle->message, obstacle->here ?: "-",
			 obstacle->there ?: "-");
}

/* Counts in words: "2 blockers, 1 warning". */
static void add_counts(struct strbuf *buf, const struct preflight *preflight)
{
	static const enum join_verdict verdicts[] = {JOIN_BLOCKER, JOIN_NEEDS_FORCE, JOIN_WARNING};
	const char *separator = "";

	for (size_t v = 0; v < ARRAY_SIZE(verdicts); v++) {
		unsigned count = 0;

		for (size_t i = 0; i < preflight->count; i++)
			count += preflight->list[i].verdict == verdicts[v];
		if (!count)
			continue;
		_cleanup_free_ char *words = count_words(verdicts[v], count);
		strbuf_addf(buf, "%s%s", separator, words);
		separator = ", ";
	}
}

char *preflight_to_text(const struct preflight *preflight)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (preflight->member) {
		strbuf_add(&buf, _("this host is a member of the pool already\n"));
		return strbuf_take(&buf);
	}
	for (size_t i = 0; i < preflight->count; i++)
		add_text(&buf, &preflight->list[i]);
	if (preflight->count == 0) {
		strbuf_add(&buf, _("nothing stands against the join\n"));
		return strbuf_take(&buf);
	}
	add_counts(&buf, preflight);
	strbuf_add(&buf, !preflight_passes(preflight) ? _(": this host cannot join the pool\n")
			 : preflight->force ? _(": this host can join the pool by force\n")
					    : _(": this host can join the pool\n"));
	return strbuf_take(&buf);
}

void preflight_to_findings(const struct preflight *preflight, struct findings *findings)
{
	for (size_t i = 0; i < preflight->count; i++) {
		const struct obstacle *obstacle = &preflight->list[i];
		struct finding *finding =
			findings_add(findings, severity_of(preflight, obstacle->verdict),
				     obstacle->check->name, "%s", obstacle->message);
		struct json *more = finding_more(finding);

		finding_set_hint(finding, "%s", obstacle->fix);
		finding->fatal = finding->severity == SEVERITY_ERROR;
		json_set_string(more, "verdict", join_verdict_to_string(obstacle->verdict));
		json_set_string(more, "code", obstacle->code);
		json_set_strv(more, "params", obstacle->params);
		json_set_string(more, "host", obstacle->here);
		json_set_string(more, "pool", obstacle->there);
	}
}
