/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the source as soon as what is needed for it was answered; shows itself only on trouble. */
#include "common/str.h"
#include "installer/screens/flow.h"

/* What decides how the source is reached: another one is opened when this changes. */
static char *reach_of(const struct flow *flow)
{
	static const char *const names[] = {
		"source@type",
		"source",
		"admin-interface@name",
		"admin-interface@proto",
		"admin-interface/ip",
		"admin-interface/subnet-mask",
		"admin-interface/gateway",
		"admin-interface@vlan",
		"name-server",
	};
	bool remote = str_eq(flow_get(flow, "source@type"), "url");
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < (remote ? ARRAY_SIZE(names) : 1); i++)
		strbuf_addf(&buf, "%s\n", flow_get(flow, names[i]));
	return strbuf_take(&buf);
}

static int open_source(struct flow *flow, struct error **err)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	int r = flow_answers(flow, &answers, &secrets, &findings);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read the answers");
	return flow->setup->open_source(answers, &flow->source, flow->setup->data, err);
}

enum screen_end source_reach(struct flow *flow, const struct screen *screen)
{
	static const char *const buttons[] = {"Try again", "Back", NULL};
	_cleanup_free_ char *reach = reach_of(flow);

	while (!str_eq(reach, flow->source_for)) {
		_cleanup_tui_form_ struct tui_form form = {.title = screen->title,
							   .buttons = buttons};
		_cleanup_error_ struct error *error = NULL;
		_cleanup_free_ char *text = NULL, *words = NULL;

		form.intro = xstrdup("Looking for the system to install ...");
		tui_show(&form);
		if (open_source(flow, &error) == 0) {
			free(flow->source_for);
			flow->source_for = TAKE_PTR(reach);
			break;
		}
		text = error_text(error);
		words = xasprintf("%s\n\n%s", text, error_get_hint(error) ?: "");
		if (tui_ask(screen->title, words, buttons) != 0) {
			flow->jump = screen_number(flow->setup->source ? "network" : "source");
			return SCREEN_JUMP;
		}
	}
	return SCREEN_FORWARD;
}
