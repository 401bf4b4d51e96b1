/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/known.h"

#include "answerfiles/fields.h"
#include "common/bootline.h"
#include "common/str.h"
#include "installer/inputs.h"
#include "installer/network/network.h"
#include "installer/result.h"
#include "installer/unattended/unattended.h"

#define BOOT_TOKEN "xenhost.ask"
/* Opens the screens that must be; stands alone where no other is wanted. */
#define MISSING "missing"

struct asking {
	const struct fsroot *root;
	struct host *host;
	const char *command_line;
};

void known_done(struct known *known)
{
	answers_free(known->answers);
	secrets_done(&known->secrets);
	findings_done(&known->findings);
	strv_free(known->ask);
	*known = (struct known){0};
}

static int refuse_screen(const char *name, bool option, struct error **err)
{
	_cleanup_strbuf_ struct strbuf names = {0};

	for (size_t i = 0; screens_name(i); i++)
		strbuf_addf(&names, "%s%s", i ? ", " : "", screens_name(i));
	error_set(err, option ? ERROR_USAGE : ERROR_USER, "%s: there is no screen \"%s\"",
		  option ? "--ask" : BOOT_TOKEN "=", name);
	return error_hint(err, "Give " MISSING ", or screens with commas between: %s.", names.text);
}

static int parse_ask(const char *text, bool option, char ***ret, struct error **err)
{
	_cleanup_strv_ char **words = strv_split(text, ","), **ask = NULL;

	for (char **word = words; word && *word; word++) {
		size_t i = 0;

		while (screens_name(i) && !str_eq(screens_name(i), *word))
			i++;
		if (!screens_name(i) && !str_eq(*word, MISSING))
			return refuse_screen(*word, option, err);
		strv_add(&ask, *word);
	}
	*ret = TAKE_PTR(ask);
	return 0;
}

static int bring_up_to(const char *url, void *data, struct error **err)
{
	const struct asking *asking = data;
	_cleanup_network_config_ struct network_config *config = NULL;
	_cleanup_free_ char *time = bootline_get(asking->command_line, "xenhost.time");
	int r = network_config_parse(asking->command_line, &config, err);

	if (r == 0)
		r = network_up_to(asking->root, asking->host, config, url, err);
	if (r == 0)
		network_set_clock(asking->root, time);
	return r;
}

static int bring_up(void *data, struct error **err)
{
	return bring_up_to(NULL, data, err);
}

static int load_live(const struct install_options *options, struct asking *asking,
		     struct known *known, char ***ret_authorities, struct error **err)
{
	const struct unattended unattended = {.root = asking->root,
					      .host = asking->host,
					      .command_line = asking->command_line,
					      .option = options->answers,
					      .medium = INSTALL_MEDIUM,
					      .need_network = bring_up,
					      .need_way = bring_up_to,
					      .data = asking};

	int r = unattended_answers(&unattended, &known->answers, &known->secrets, &known->findings,
				   ret_authorities, err);

	if (r == 0 && known->answers->client_certificate)
		r = unattended_present(&unattended, known->answers->client_certificate,
				       known->answers->client_key, err);
	return r;
}

static int refuse_mode(const struct answers *answers, struct error **err)
{
	if (mode_erases(answers->mode))
		return 0;
	error_set(err, ERROR_USER, "the screens install anew, and the answers say mode \"%s\"",
		  answers_mode_to_string(answers->mode));
	return error_hint(err, "Take " BOOT_TOKEN "= from the boot line, so that it is carried out "
			       "without questions. Nothing was changed.");
}

static bool is_asked_for(const struct install_options *options, const char *token,
			 const char *command_line)
{
	return options->answers ||
	       ((token || options->ask) && (bootline_has(command_line, "answerfile") ||
					    bootline_has(command_line, "rt_answerfile") ||
					    bootline_has(command_line, "answerfile_generator")));
}

/* On the boot line, or by an installation whose answers want to be confirmed. */
static char *asked_for(const struct fsroot *root, const char *command_line)
{
	char *token = command_line && root ? bootline_get(command_line, BOOT_TOKEN) : NULL;

	if (!token && root && fsroot_read_text(root, RESULT_ASK, &token) < 0)
		return NULL;
	return token;
}

int known_load(const struct install_options *options, const struct fsroot *root, struct host *host,
	       const char *command_line, struct known *ret, struct error **err)
{
	_cleanup_(known_done) struct known known = {0};
	_cleanup_free_ char *token = asked_for(root, command_line);
	_cleanup_strv_ char **authorities = NULL;
	struct asking asking = {.root = root, .host = host, .command_line = command_line};
	struct inputs_beside beside = {.command_line = command_line,
				       .source = options->source,
				       .only_planned = true,
				       .is_asked = screens_ask_for};
	int r = 0;

	if (!is_asked_for(options, token, command_line)) {
		*ret = (struct known){0};
		return 0;
	}
	if (options->ask || token)
		r = parse_ask(options->ask ?: token, options->ask != NULL, &known.ask, err);
	if (r == 0)
		r = root ? load_live(options, &asking, &known, &authorities, err)
			 : unattended_rehearse(host, options->answers, &known.answers,
					       &known.secrets, &known.findings, err);
	beside.authorities = authorities;
	if (r == 0)
		r = inputs_judge(known.answers, &known.secrets, &known.findings, &beside, err);
	if (r == 0)
		r = refuse_mode(known.answers, err);
	if (r < 0)
		return r;
	*ret = known;
	known = (struct known){0};
	return 0;
}

void known_give(const struct known *known, struct screens_setup *setup)
{
	setup->answers = known->answers;
	setup->secrets = &known->secrets;
	setup->findings = &known->findings;
	setup->ask = known->ask;
	if (known->answers && !setup->source)
		setup->source = known->answers->xenhost_source;
}
