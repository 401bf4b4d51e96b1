/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `xenhost-install plan`: what would be done to a machine, on any machine; writes nothing. */
#include "common/file.h"
#include "common/http.h"
#include "common/str.h"
#include "installer/fitness.h"
#include "installer/inputs.h"

static int read_pem(const char *path, char **ret, size_t *ret_length, struct error **err)
{
	int r = file_read(path, MIB, ret, ret_length);

	return r < 0 ? error_errno(err, ERROR_USAGE, r, "cannot read %s", path) : 0;
}

/* To servers of answers and source, in the name of who plans: the machine's own is not here. */
static int present(const struct install_options *options, struct error **err)
{
	const char *key_path = options->client_key ?: options->client_certificate;
	_cleanup_free_ char *certificate = NULL, *key = NULL;
	size_t length = 0, key_length = 0;
	int r;

	if (!options->client_certificate)
		return 0;
	r = read_pem(options->client_certificate, &certificate, &length, err);
	if (r == 0)
		r = read_pem(key_path, &key, &key_length, err);
	if (r == 0)
		r = http_present(certificate, key, err);
	if (certificate)
		explicit_bzero(certificate, length);
	if (key)
		explicit_bzero(key, key_length);
	return r;
}

int install_plan(const struct install_options *options, struct error **err)
{
	_cleanup_host_ struct host *host = NULL;
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_source_ struct source *source = NULL;
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_plan_ struct plan *plan = NULL;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *text = NULL;
	uint8_t seed[PLAN_SEED_BYTES];
	int64_t time;
	int r = host_load(options->machine, &host, err);

	if (r == 0)
		r = present(options, err);
	if (r == 0)
		r = inputs_answers(options->answers, host, options->source, &answers, &secrets,
				   err);
	if (r == 0)
		r = fitness_check(host, answers, err);
	if (r == 0)
		r = inputs_manifest(options->source, answers, &source, err);
	if (r == 0)
		r = inputs_seed(options, seed, &time, err);
	if (r == 0) {
		r = plan_build(host, answers, source, seed, time, &plan, &findings, err);
		inputs_show_findings(&findings);
	}
	if (r < 0)
		return r;
	json = options->json ? plan_to_json(plan) : NULL;
	text = json ? json_to_text(json) : plan_to_text(plan);
	fputs(text, stdout);
	return 0;
}
