/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool before it is joined: who its coordinator is, and all that stands against the join. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/flow.h"
#include "firstboot/screens/pool_look.h"

#define TICK_MS     200
#define CERTIFICATE "pool@certificate-sha256"

static char *copy(const struct flow *flow, const char *name)
{
	const char *text = wizard_get(&flow->values, name);

	return *text ? xstrdup(text) : NULL;
}

static struct pool_look *look_new(const struct flow *flow, enum pool_look_at at)
{
	struct pool_look *look = xcalloc(1, sizeof(*look));

	look->at = at;
	look->address = copy(flow, "pool@coordinator");
	look->user = copy(flow, "pool@user");
	look->password = copy(flow, "pool/password");
	look->certificate_sha256 = copy(flow, CERTIFICATE);
	look->socket = xstrdup(flow->setup->socket);
	look->force = str_eq(wizard_get(&flow->values, "pool@force"), "true");
	return look;
}

/* True when it has finished; false when the operator does not want to wait. */
static bool wait_for(struct pool_look *look)
{
	static const char *const buttons[] = {N_("Back"), NULL};
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("Looking at the pool"), .buttons = buttons, .wait_ms = TICK_MS};

	for (;;) {
		struct tui_result result;
		bool finished;

		free(form.intro);
		pthread_mutex_lock(&look->lock);
		form.intro = xasprintf("%s: %s ...", look->address, look->words ?: "");
		finished = look->finished;
		pthread_mutex_unlock(&look->lock);
		if (finished)
			return true;
		result = tui_run(&form);
		if (result.end != TUI_TICK && result.end != TUI_KEY)
			return false;
	}
}

static void show_error(const struct error *error)
{
	static const char *const buttons[] = {N_("Back"), NULL};
	_cleanup_free_ char *words = error_words(error);

	tui_ask(_("The pool cannot be looked at"), words, buttons);
}

/* A look to its end; NULL when it was left, or has failed and said so. */
static struct pool_look *look_at(const struct flow *flow, enum pool_look_at at)
{
	struct pool_look *look = look_new(flow, at);
	bool good;

	pool_look_start(look);
	good = wait_for(look);
	if (good && look->error) {
		show_error(look->error);
		good = false;
	}
	if (good)
		return look;
	pool_look_release(look);
	return NULL;
}

/* Nobody but the operator can know whether this is the coordinator: the fingerprint is compared. */
static bool confirm_certificate(struct flow *flow)
{
	static const char *const buttons[] = {N_("Back"), N_("It is the same"), NULL};
	struct pool_look *look = look_at(flow, LOOK_CERTIFICATE);
	bool same;

	if (!look)
		return false;
	_cleanup_free_ char *print = xapi_fingerprint_text(look->certificate.sha256);
	_cleanup_free_ char *words =
		xasprintf(_("%s shows this certificate:\n\n  %s\n\n%s\n\nCompare it with what the "
			    "coordinator's "
			    "own console shows (xsconsole, Status Display). The password is sent "
			    "only when it "
			    "is the same."),
			  look->address, look->certificate.subject ?: _("without a name"), print);

	same = tui_ask(_("Is this the coordinator?"), words, buttons) == 1;
	if (same)
		wizard_set(&flow->values, wizard_name(CERTIFICATE), look->certificate.sha256);
	pool_look_release(look);
	return same;
}

static void add_obstacle(struct tui_form *form, const struct obstacle *obstacle)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *message = i18n_sentence(obstacle->message);
	_cleanup_free_ char *fix = i18n_sentence(obstacle->fix ?: obstacle->check->fix);

	strbuf_addf(&buf, "%s: %s\n", _(join_verdict_to_string(obstacle->verdict)), message);
	strbuf_addf(&buf, _("    this host: %s\n    the pool:  %s\n"), obstacle->here ?: "-",
		    obstacle->there ?: "-");
	strbuf_addf(&buf, "    %s\n ", fix);
	tui_add(form, TUI_TEXT, NULL, buf.text, NULL);
}

enum finding_button { BUTTON_GO, BUTTON_AGAIN, BUTTON_BACK, BUTTON_FORCE };

/* Force passes over these, and over nothing else. */
static bool force_helps(const struct preflight *preflight)
{
	for (size_t i = 0; i < preflight->count; i++)
		if (preflight->list[i].verdict == JOIN_BLOCKER)
			return false;
	return !preflight_passes(preflight);
}

static char *intro_of(const struct preflight *preflight)
{
	if (preflight->member)
		return xstrdup(_("This host is a member of the pool already."));
	if (!preflight->count)
		return xstrdup(_("Nothing stands against the join."));
	if (preflight_passes(preflight))
		return xstrdup(_("The join can work. What should be known:"));
	return xstrdup(
		force_helps(preflight)
			? _("The pool takes this host by force alone:")
			: _("The join cannot work before this is mended. Nothing was changed:"));
}

/* Shows all that was found. */
static enum finding_button show_findings(struct flow *flow, const struct preflight *preflight)
{
	static const char *const good[] = {N_("Go on"), N_("Look again"), N_("Back"), NULL};
	static const char *const bad[] = {N_("Look again"), N_("Back"), NULL};
	static const char *const forced[] = {N_("Look again"), N_("Back"), N_("Join by force"),
					     NULL};
	bool passes = preflight_passes(preflight);
	_cleanup_tui_form_ struct tui_form form = {.title = _("What stands against the join"),
						   .keys = wizard_keys,
						   .buttons = passes                   ? good
							      : force_helps(preflight) ? forced
										       : bad};
	struct tui_result result;

	form.intro = intro_of(preflight);
	for (size_t i = 0; i < preflight->count; i++)
		add_obstacle(&form, &preflight->list[i]);
	for (;;) {
		result = tui_run(&form);
		if (wizard_key(flow, &result))
			continue;
		if (result.end == TUI_BACK || result.end == TUI_GONE || result.end == TUI_STOP)
			return BUTTON_BACK;
		if (result.end == TUI_BUTTON)
			return (enum finding_button)(result.number + !passes);
	}
}

/* Another coordinator has another certificate, and whether to use force is asked for it anew. */
static void forget_another(struct flow *flow)
{
	const char *coordinator = wizard_get(&flow->values, "pool@coordinator");

	if (str_eq(coordinator, flow->known_pool))
		return;
	wizard_set(&flow->values, wizard_name(CERTIFICATE), "");
	wizard_set(&flow->values, wizard_name("pool@force"), "");
	free(flow->known_pool);
	flow->known_pool = xstrdup(coordinator);
}

enum screen_end wizard_pool_page(struct flow *flow, const struct screen *screen)
{
	enum finding_button button = BUTTON_AGAIN;

	(void)screen;
	forget_another(flow);
	if (str_empty(wizard_get(&flow->values, CERTIFICATE)) && !confirm_certificate(flow))
		return SCREEN_BACK;
	while (button == BUTTON_AGAIN) {
		struct pool_look *look = look_at(flow, LOOK_PREFLIGHT);

		if (!look) {
			/* Another coordinator may have another certificate. */
			wizard_set(&flow->values, wizard_name(CERTIFICATE), "");
			return SCREEN_BACK;
		}
		button = show_findings(flow, &look->preflight);
		pool_look_release(look);
		if (button == BUTTON_FORCE) {
			wizard_set(&flow->values, wizard_name("pool@force"), "true");
			button = BUTTON_AGAIN;
		}
	}
	return button == BUTTON_GO ? SCREEN_FORWARD : SCREEN_BACK;
}
