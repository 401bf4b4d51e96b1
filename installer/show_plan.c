/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `xenhost-install plan`: what would be done to a machine, on any machine; writes nothing. */
#include "common/bootline.h"
#include "common/str.h"
#include "installer/fitness.h"
#include "installer/inputs.h"
#include "installer/payload/payload.h"

static int load_source(const struct install_options *options, const struct answers *answers,
		       struct source **ret, struct error **err)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *where = NULL;
	_cleanup_free_ char *manifest = NULL;
	int r = fsroot_open("/", &root);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot open /");
	r = inputs_source(options->source, answers, root, &where, err);
	if (r < 0)
		return r;
	manifest = str_ends(where, ".json") ? xstrdup(where) : xasprintf("%s/manifest.json", where);
	return payload_load_source(manifest, root, ret, err);
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
		r = inputs_answers(options->answers, host->command_line, options->source, &answers,
				   &secrets, err);
	if (r == 0)
		r = fitness_check(host, answers, err);
	if (r == 0)
		r = load_source(options, answers, &source, err);
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
