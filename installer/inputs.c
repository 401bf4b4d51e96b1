/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/inputs.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "common/bootline.h"
#include "common/digest.h"
#include "common/http.h"
#include "common/log.h"
#include "common/str.h"
#include "installer/payload/payload.h"
#include "installer/unattended/unattended.h"

static enum log_level severity_level(enum severity severity)
{
	switch (severity) {
	case SEVERITY_NOTE:
		return LOG_INFO;
	case SEVERITY_WARNING:
		return LOG_WARNING;
	case SEVERITY_ERROR:
		return LOG_ERROR;
	}
	return LOG_ERROR;
}

void inputs_show_findings(const struct findings *findings)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *masked = NULL;

	if (!findings->count)
		return;
	text = findings_to_text(findings);
	masked = log_mask(text);
	fputs(masked, stderr);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		log_write(severity_level(finding->severity), "answers", "%s:%u:%u: %s",
			  finding->file ? finding->file : "", finding->line, finding->column,
			  finding->message);
	}
}

/* A secret never leaves through the log or an event, whoever writes it there by mistake. */
static void hide_secrets(const struct secrets *secrets)
{
	const char *const all[] = {secrets->root_password, secrets->pool_password,
				   secrets->pool_token, secrets->report_token};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i])
			log_hide(all[i]);
}

static int refuse_fatal(const struct findings *findings, const struct inputs_beside *beside,
			struct error **err)
{
	size_t fatal = 0;

	for (size_t i = 0; i < findings->count; i++)
		fatal += findings->list[i].fatal &&
			 !(beside->is_asked && beside->is_asked(findings->list[i].where));
	if (!fatal)
		return 0;
	error_set(err, ERROR_USER,
		  "the answers are wrong in %zu %s that decide%s over the "
		  "installation",
		  fatal, fatal == 1 ? "place" : "places", fatal == 1 ? "s" : "");
	return error_hint(err, "Correct what is listed above; xenhost-answers check FILE tells the "
			       "same on any machine. Nothing was changed.");
}

/* Known before a disk is touched, a host that could not join its pool is none yet. */
static int refuse_without_password(const struct answers *answers, const struct secrets *secrets,
				   struct error **err)
{
	const struct answers_pool *pool = &answers->pool;

	if (!answers->has_pool || !pool->coordinator || secrets->pool_password ||
	    secrets->pool_token || pool->password_from || pool->token_from)
		return 0;
	error_set(err, ERROR_USER, "the answers name a pool to join, and no password for it");
	return error_hint(err,
			  "Fill it in inside <pool>: <password from=\"https://...\"/>. Nothing "
			  "was changed.");
}

/* Authorities of the boot medium and of the answers together. */
static void configure_http(const struct answers *answers, char *const *authorities)
{
	_cleanup_strv_ char **all = NULL;

	for (char *const *text = authorities; text && *text; text++)
		strv_add(&all, *text);
	for (char *const *text = answers->ca_certificates; text && *text; text++)
		strv_add(&all, *text);
	http_configure(answers->proxy, all);
	payload_hold_to(answers->xenhost_source_certificate);
}

int inputs_judge(struct answers *answers, struct secrets *secrets, struct findings *findings,
		 const struct inputs_beside *beside, struct error **err)
{
	int r = 0;

	if (beside->command_line)
		r = answers_apply_cmdline(answers, secrets, beside->command_line, findings);
	if (r == 0)
		answers_check_complete(
			answers, beside->source ? ANSWERS_WITH_SOURCE : ANSWERS_COMPLETE, findings);
	hide_secrets(secrets);
	findings_sort(findings);
	inputs_show_findings(findings);
	if (r < 0)
		return error_errno(err, ERROR_USER, r, "cannot use the boot line");
	r = refuse_fatal(findings, beside, err);
	if (r == 0 && !beside->only_planned)
		r = refuse_without_password(answers, secrets, err);
	if (r == 0)
		configure_http(answers, beside->authorities);
	return r;
}

int inputs_answers(const char *where, const struct host *host, const char *source,
		   struct answers **ret, struct secrets *ret_secrets, struct error **err)
{
	const struct inputs_beside beside = {.command_line = host ? host->command_line : NULL,
					     .source = source,
					     .only_planned = true};
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	int r = host ? unattended_rehearse(host, where, &answers, &secrets, &findings, err)
		     : answers_load(where, &answers, &secrets, &findings, err);

	if (r == 0)
		r = inputs_judge(answers, &secrets, &findings, &beside, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(answers);
	*ret_secrets = secrets;
	secrets = (struct secrets){0};
	return 0;
}

int inputs_hold_source(const char *command_line, struct error **err)
{
	_cleanup_free_ char *text = bootline_get(command_line, "xenhost.source-fingerprint");
	char hex[SHA256_HEX];

	if (!text)
		return 0;
	if (digest_parse_sha256(text, hex) < 0) {
		error_set(err, ERROR_USER, "boot line: xenhost.source-fingerprint= is no SHA-256");
		return error_hint(err, "Give the 64 hex digits that openssl x509 -noout "
				       "-fingerprint -sha256 prints.");
	}
	payload_hold_to(hex);
	return 0;
}

static int medium_source(const struct fsroot *root, char **ret, struct error **err)
{
	if (!fsroot_exists(root, INSTALL_MEDIUM_SOURCE "/manifest.json")) {
		error_set(err, ERROR_MEDIA, "there is no install medium to install from");
		return error_hint(err, "Put it in, or name where the system comes from: "
				       "xenhost.source=URL on the boot line, <xenhost-source> in "
				       "the answers, or --source.");
	}
	*ret = xstrdup(INSTALL_MEDIUM_SOURCE);
	return 0;
}

int inputs_source(const char *option, const struct answers *answers, const struct fsroot *root,
		  char **ret, struct error **err)
{
	if (option || answers->xenhost_source) {
		*ret = xstrdup(option ? option : answers->xenhost_source);
		return 0;
	}
	if (!answers->n_sources || answers->sources[0].type == SOURCE_LOCAL)
		return medium_source(root, ret, err);
	*ret = answers_source_place(&answers->sources[0]);
	return 0;
}

int inputs_manifest(const char *option, const struct answers *answers, struct source **ret,
		    struct error **err)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *where = NULL;
	_cleanup_free_ char *manifest = NULL;
	int r = fsroot_open("/", &root);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot open /");
	r = inputs_source(option, answers, root, &where, err);
	if (r < 0)
		return r;
	manifest = str_ends(where, ".json") ? xstrdup(where) : xasprintf("%s/manifest.json", where);
	return payload_load_source(manifest, root, ret, err);
}

int inputs_seed(const struct install_options *options, uint8_t ret[PLAN_SEED_BYTES],
		int64_t *ret_time, struct error **err)
{
	if (options->has_seed)
		memcpy(ret, options->seed, PLAN_SEED_BYTES);
	else if (getrandom(ret, PLAN_SEED_BYTES, 0) != PLAN_SEED_BYTES)
		return error_errno(err, ERROR_INTERNAL, errno, "no random bytes");
	*ret_time = options->has_time ? options->time : (int64_t)time(NULL);
	return 0;
}
