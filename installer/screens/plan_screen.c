/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan in its own words, and the consent to it. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

/* Typed in the operator's own language. */
#define CONSENT N_("erase")

static void say(const char *title, const struct error *error, const struct findings *findings)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *text = error ? error_words(error) : NULL;

	if (text)
		strbuf_addf(&buf, "%s\n", text);
	for (size_t i = 0; findings && i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		_cleanup_free_ char *message = i18n_sentence(finding->message);
		_cleanup_free_ char *hint = i18n_sentence(finding->hint);

		if (error ? false : finding->severity != SEVERITY_ERROR)
			continue;
		strbuf_addf(&buf, "\n%s: %s\n", finding->where, message);
		if (hint)
			strbuf_addf(&buf, "  %s\n", hint);
	}
	tui_view(title, buf.text ?: "");
}

/* What no screen asks for, and no kept file has. */
static void take_secrets(struct flow *flow)
{
	const struct secrets *known = flow->setup->secrets;
	struct secrets *secrets = &flow->result.secrets;

	if (!known)
		return;
	if (known->pool_token && !secrets->pool_token)
		secrets->pool_token = xstrdup(known->pool_token);
	if (known->report_token && !secrets->report_token)
		secrets->report_token = xstrdup(known->report_token);
}

/* The answers, read from the very text that is kept; false when something is wrong in them. */
static bool settle(struct flow *flow)
{
	_cleanup_findings_ struct findings findings = {0};
	struct screens_result result = {0};

	screens_result_done(&flow->result);
	result.xml = flow_xml(flow, true);
	if (!result.xml) {
		tui_view(_("The password"), _("The password's hash could not be made."));
		return false;
	}
	flow->result = result;
	if (flow_answers(flow, &flow->result.answers, &flow->result.secrets, &findings) == 0 &&
	    !findings_has_fatal(&findings)) {
		/* What is not kept. */
		if (flow_asks(flow, POOL_PASSWORD))
			flow->result.secrets.pool_password = xstrdup(flow_get(flow, POOL_PASSWORD));
		take_secrets(flow);
		return true;
	}
	say(_("The answers do not fit together"), NULL, &findings);
	screens_result_done(&flow->result);
	return false;
}

static bool make_plan(struct flow *flow)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;
	const struct screens_setup *setup = flow->setup;

	if (!settle(flow))
		return false;
	if (plan_build(setup->host, flow->result.answers, flow->source, setup->seed, setup->time,
		       &flow->result.plan, &findings, &error) == 0)
		return true;
	say(_("This cannot be done"), error, &findings);
	screens_result_done(&flow->result);
	return false;
}

char *plan_words(const struct flow *flow)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_plan_ struct plan *copy = NULL;
	const struct screens_setup *setup = flow->setup;
	struct plan *plan = flow->result.plan;
	bool before = i18n_copy(true);
	int r = plan_build(setup->host, flow->result.answers, flow->source, setup->seed,
			   setup->time, &copy, &findings, NULL);
	char *text = plan_to_text(r < 0 ? plan : copy);

	i18n_copy(before);
	for (size_t i = 0; r == 0 && i < plan->n_steps; i++) {
		free(plan->steps[i].shown);
		plan->steps[i].shown = TAKE_PTR(copy->steps[i].title);
	}
	return text;
}

static void check(struct tui_form *form, void *data _unused_)
{
	struct tui_row *row = tui_find(form, CONSENT);

	if (row && !str_eq(row->text ?: "", _(CONSENT)))
		tui_complain(row, "Nothing happens until the word \"%s\" stands here", _(CONSENT));
}

static bool loses_something(const struct flow *flow)
{
	const struct plan *plan = flow->result.plan;

	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct host_disk *disk = host_find_disk(flow->setup->host, plan->disks[i].id);

		for (size_t c = 0; disk && c < disk->n_contents; c++)
			if (disk->contents[c].kind != CONTENT_NONE)
				return true;
	}
	return false;
}

/* Disks that are empty need no word, but still a second look. */
static bool confirmed(const struct flow *flow)
{
	static const char *const buttons[] = {N_("Not yet"), N_("Install now"), NULL};

	if (flow->setup->recorded || loses_something(flow))
		return true;
	return tui_ask(_("Install now?"),
		       _("The chosen disks seem to be empty. From here on they are "
			 "written to."),
		       buttons) == 1;
}

enum screen_end plan_screen(struct flow *flow, const struct screen *screen)
{
	_cleanup_tui_form_ struct tui_form form = {
		.title = screen->title, .keys = flow_keys, .check = check};
	struct tui_result result;
	enum screen_end end;
	bool again;

	if (!make_plan(flow)) {
		flow->asked = true;
		return SCREEN_BACK;
	}
	if (flow->preset && !flow->asked && !flow->result.answers->confirm) {
		end = last_call_screen(flow, screen->title);
		if (end != SCREEN_FORWARD)
			screens_result_done(&flow->result);
		flow->asked = true;
		return end;
	}
	form.intro = plan_words(flow);
	if (!flow->setup->recorded && loses_something(flow)) {
		_cleanup_free_ char *label = xasprintf(_("Type %s to go on"), _(CONSENT));

		tui_add(&form, TUI_ENTRY, CONSENT, label,
			_("What stands under ERASED above will be lost for good."));
	}
	form.row = form.n_rows;
	form.placed = true;
	do {
		result = flow_run(flow, &form);
		end = flow_end(flow, &result, &again);
		if (!again && end == SCREEN_FORWARD && !confirmed(flow))
			again = true;
	} while (again);
	if (end != SCREEN_FORWARD)
		screens_result_done(&flow->result);
	return end;
}
