/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pool that is to be joined is looked at before a disk is touched: its certificate is shown or
 * compared, only then a password is sent, and what would keep this machine out is said.
 */
#include <ctype.h>
#include <time.h>

#include "common/http.h"
#include "common/str.h"
#include "firstboot/pool/planned.h"
#include "firstboot/pool/xapi.h"
#include "installer/screens/flow.h"

#define TITLE       "Pool"
#define CERTIFICATE "pool@certificate-sha256"

struct look {
	struct flow *flow;
	struct http_certificate certificate;
	struct side *side;
};

bool flow_has_engine(const struct flow *flow, const char *engine)
{
	return flow->source && strv_contains(flow->source->pool_engines, engine);
}

static void say(const char *title, const struct error *error)
{
	_cleanup_free_ char *text = error_text(error);
	_cleanup_free_ char *words = xasprintf("%s\n\n%s", text, error_get_hint(error) ?: "");

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
	static const char *const buttons[] = {"It is another one", "It is the same", NULL};
	_cleanup_free_ char *shown = grouped(look->certificate.sha256);
	_cleanup_free_ char *wanted = plain_digits(flow_get(flow, CERTIFICATE));
	_cleanup_free_ char *words = NULL;

	if (str_eq(wanted, look->certificate.sha256))
		return true;
	if (*wanted) {
		_cleanup_free_ char *entered = grouped(wanted);

		words = xasprintf("Whoever answers has another certificate. No password was sent."
				  "\n\nIt shows\n  %s\n\nEntered was\n  %s",
				  shown, entered);
		tui_view("This is not the coordinator", words);
		return false;
	}
	words = xasprintf("The coordinator shows this certificate (SHA-256):\n\n  %s\n\n"
			  "of %s. Compare it with what the coordinator itself says:\n\n"
			  "  openssl x509 -noout -fingerprint -sha256 -in "
			  "/etc/xensource/xapi-ssl.pem\n\nNo password was sent so far.",
			  shown, look->certificate.subject ?: "nobody");
	return tui_ask("Is this the coordinator?", words, buttons) == 1;
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
		r = xapi_login(xapi, flow_get(flow, "pool@user"), flow_get(flow, "pool/password"),
			       err);
	if (r < 0)
		return r;
	r = side_read(xapi, false, &look->side, err);
	xapi_logout(xapi);
	return r;
}

/* What was found is read first; the second look asks whether to go on. */
static bool accept_findings(const struct preflight *preflight)
{
	static const char *const buttons[] = {"Change the answers", "Go on all the same", NULL};
	_cleanup_free_ char *text = NULL;

	if (!preflight->count)
		return true;
	text = preflight_to_text(preflight);
	tui_view("What was found of this pool", text);
	if (preflight_passes(preflight))
		return true;
	return tui_ask("This machine would not be taken into the pool",
		       "The installation itself would work. At first boot the host tries to join, "
		       "and says again what stands against it. What can be settled in the pool may "
		       "be settled until then.",
		       buttons) == 1;
}

static bool judge(struct flow *flow, const struct side *pool)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_(preflight_done) struct preflight preflight = {0};
	_cleanup_error_ struct error *error = NULL;
	int r = flow_answers(flow, &answers, &secrets, &findings);

	if (r == 0)
		r = preflight_planned(flow->setup->host, answers,
				      flow_get(flow, "admin-interface@name"), pool, time(NULL),
				      &preflight, &error);
	if (r < 0 && error)
		say("The pool cannot be judged", error);
	return r < 0 || accept_findings(&preflight);
}

static bool look_at(struct flow *flow, struct tui_form *form, struct look *look)
{
	_cleanup_error_ struct error *error = NULL;
	struct tui_row *row = tui_find(form, CERTIFICATE);

	if (flow_wait(TITLE, "The coordinator is asked for its certificate.", ask_certificate, look,
		      &error) < 0) {
		say("The coordinator does not answer", error);
		return false;
	}
	if (!same_certificate(flow, look))
		return false;
	free(row->text);
	row->text = xstrdup(look->certificate.sha256);
	if (flow_wait(TITLE, "The pool is read.", read_pool, look, &error) < 0) {
		say("The pool cannot be read", error);
		return false;
	}
	return judge(flow, look->side);
}

bool pool_wish_settle(struct flow *flow, struct tui_form *form)
{
	struct look look = {.flow = flow};
	bool settled;

	if (!str_eq(flow_get(flow, "pool"), "join"))
		return true;
	settled = look_at(flow, form, &look);
	http_certificate_done(&look.certificate);
	side_free(look.side);
	return settled;
}
