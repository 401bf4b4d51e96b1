/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pool that is to be joined is looked at before a disk is touched: its certificate is shown or
 * compared, only then a password is sent, and what would keep this machine out is said.
 */
#include <ctype.h>
#include <time.h>

#include "common/http.h"
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/pool/planned.h"
#include "firstboot/pool/xapi.h"
#include "installer/screens/flow.h"

#define TITLE       N_("Pool")
#define CERTIFICATE "pool@certificate-sha256"

struct look {
	struct flow *flow;
	struct http_certificate certificate;
	struct side *side;
};

/* The pool as it was read last, so that answers that change later can be judged by it too. */
struct pool_seen {
	struct side *side;
	int64_t time;   /* when */
	char *by;       /* what it was reached by; holds the password */
	char *accepted; /* what was found, once the operator went on with it; "": nothing */
};

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void pool_forget(struct flow *flow)
{
	struct pool_seen *seen = TAKE_PTR(flow->pool_seen);

	if (!seen)
		return;
	side_free(seen->side);
	wipe(seen->by);
	free(seen->accepted);
	free(seen);
}

/* Another coordinator, user or certificate is another pool. */
static char *reached_by(const struct flow *flow)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (const struct question *question = questions; question->name; question++)
		if (str_starts(question->name, "pool") && flow_asks(flow, question->name))
			strbuf_addf(&buf, "%s\n", flow_get(flow, question->name));
	return strbuf_take(&buf);
}

bool flow_has_engine(const struct flow *flow, const char *engine)
{
	return flow->source && strv_contains(flow->source->pool_engines, engine);
}

static void say(const char *title, const struct error *error)
{
	_cleanup_free_ char *words = error_words(error);

	tui_view(title, words);
}

static int ask_certificate(void *data, struct error **err)
{
	struct look *look = data;
	_cleanup_free_ char *url =
		xasprintf("https://%s/", flow_get(look->flow, "pool@coordinator"));
	int r = flow_link_up(look->flow, err);

	return r < 0 ? r : http_get_certificate(url, XAPI_CONNECT_S, &look->certificate, err);
}

/* "AB:CD:...", two lines of it, as openssl prints it and people compare it. */
static char *grouped(const char *sha256)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; sha256[i] && sha256[i + 1]; i += 2)
		strbuf_addf(&buf, "%s%c%c",
			    i == 0   ? ""
			    : i % 32 ? ":"
				     : ":\n  ",
			    toupper((unsigned char)sha256[i]),
			    toupper((unsigned char)sha256[i + 1]));
	return strbuf_take(&buf);
}

/* Digits alone, lower case: however somebody wrote them. */
static char *plain_digits(const char *text)
{
	_cleanup_free_ char *lower = str_lower(text);
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (const char *c = lower; *c; c++)
		if (isxdigit((unsigned char)*c))
			strbuf_add_bytes(&buf, c, 1);
	return buf.length ? strbuf_take(&buf) : xstrdup("");
}

static bool same_certificate(const struct flow *flow, const struct look *look)
{
	static const char *const buttons[] = {N_("It is another one"), N_("It is the same"), NULL};
	_cleanup_free_ char *shown = grouped(look->certificate.sha256);
	_cleanup_free_ char *wanted = plain_digits(flow_get(flow, CERTIFICATE));
	_cleanup_free_ char *words = NULL;

	if (str_eq(wanted, look->certificate.sha256))
		return true;
	if (*wanted) {
		_cleanup_free_ char *entered = grouped(wanted);

		words = xasprintf(_("Whoever answers has another certificate. No password was sent."
				    "\n\nIt shows\n  %s\n\nEntered was\n  %s"),
				  shown, entered);
		tui_view(_("This is not the coordinator"), words);
		return false;
	}
	words = xasprintf(_("The coordinator shows this certificate (SHA-256):\n\n  %s\n\n"
			    "of %s. Compare it with what the coordinator itself says:\n\n"
			    "  openssl x509 -noout -fingerprint -sha256 -in "
			    "/etc/xensource/xapi-ssl.pem\n\nNo password was sent so far."),
			  shown, look->certificate.subject ?: _("nobody"));
	return tui_ask(_("Is this the coordinator?"), words, buttons) == 1;
}

static int read_pool(void *data, struct error **err)
{
	struct look *look = data;
	const struct flow *flow = look->flow;
	_cleanup_free_ char *pin = plain_digits(flow_get(flow, CERTIFICATE));
	const struct xapi_target target = {.address = flow_get(flow, "pool@coordinator"),
					   .certificate_sha256 = pin};
	_cleanup_xapi_ struct xapi *xapi = NULL;
	int r = xapi_connect(&target, &xapi, err);

	if (r == 0)
		r = xapi_login(xapi, flow_get(flow, "pool@user"), flow_get(flow, POOL_PASSWORD),
			       err);
	if (r < 0)
		return r;
	r = side_read(xapi, false, &look->side, err);
	xapi_logout(xapi);
	return r;
}

/* What was found is read first; the second look asks whether to go on. */
static bool accept_findings(const char *title, const struct preflight *preflight, const char *text)
{
	static const char *const buttons[] = {N_("Change the answers"), N_("Go on all the same"),
					      NULL};

	if (!preflight->count)
		return true;
	tui_view(title, text);
	if (preflight_passes(preflight))
		return true;
	return tui_ask(_("This machine would not be taken into the pool"),
		       _("The installation itself would work. At first boot the host tries to "
			 "join, "
			 "and says again what stands against it. What can be settled in the pool "
			 "may "
			 "be settled until then."),
		       buttons) == 1;
}

/* Says nothing of what was accepted before, word for word. */
static bool judge(struct flow *flow, const char *title)
{
	struct pool_seen *seen = flow->pool_seen;
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_(preflight_done) struct preflight preflight = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL;
	int r = flow_answers(flow, &answers, &secrets, &findings);

	if (r == 0)
		r = preflight_planned(flow->setup->host, answers,
				      flow_get(flow, "admin-interface@name"), seen->side,
				      seen->time, &preflight, &error);
	if (r < 0 && error)
		say(_("The pool cannot be judged"), error);
	text = preflight.count ? preflight_to_text(&preflight) : xstrdup("");
	if (str_eq(text, seen->accepted))
		return true;
	free(TAKE_PTR(seen->accepted));
	if (!accept_findings(title, &preflight, text))
		return false;
	seen->accepted = TAKE_PTR(text);
	return true;
}

static bool look_at(struct flow *flow, struct tui_form *form, struct look *look)
{
	_cleanup_error_ struct error *error = NULL;
	struct tui_row *row = tui_find(form, CERTIFICATE);

	if (flow_wait(TITLE, _("The coordinator is asked for its certificate."), ask_certificate,
		      look, &error) < 0) {
		say(_("The coordinator does not answer"), error);
		return false;
	}
	if (!same_certificate(flow, look))
		return false;
	free(row->text);
	row->text = xstrdup(look->certificate.sha256);
	if (flow_wait(TITLE, _("The pool is read."), read_pool, look, &error) < 0) {
		say(_("The pool cannot be read"), error);
		return false;
	}
	flow->pool_seen = xcalloc(1, sizeof(*flow->pool_seen));
	flow->pool_seen->side = TAKE_PTR(look->side);
	flow->pool_seen->time = time(NULL);
	flow->pool_seen->by = reached_by(flow);
	return judge(flow, _("What was found of this pool"));
}

static bool wants_to_join(const struct flow *flow)
{
	return flow_asks(flow, "pool") && str_eq(flow_get(flow, "pool"), "join");
}

bool pool_wish_settle(struct flow *flow, struct tui_form *form)
{
	struct look look = {.flow = flow};
	bool settled;

	pool_forget(flow);
	if (!wants_to_join(flow))
		return true;
	settled = look_at(flow, form, &look);
	http_certificate_done(&look.certificate);
	side_free(look.side);
	return settled;
}

static bool was_seen(const struct flow *flow)
{
	char *by = reached_by(flow);
	bool same = flow->pool_seen && str_eq(flow->pool_seen->by, by);

	wipe(by);
	return same;
}

bool pool_is_open(const struct flow *flow)
{
	return wants_to_join(flow) && !preset_knows_pool_secret(flow) &&
	       (!was_seen(flow) || !flow->pool_seen->accepted);
}

void pool_judge_again(struct flow *flow)
{
	if (wants_to_join(flow) && was_seen(flow))
		(void)judge(flow, _("What this pool makes of the answers as they are now"));
}
