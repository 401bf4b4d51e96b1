/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `new`: an answer file from --set NAME=VALUE, or from questions on a terminal. Names, help and
 * words are the field table's; what was written is read back before anybody gets it.
 */
#include <errno.h>
#include <unistd.h>

#include "answerfiles/tool/draft.h"
#include "answerfiles/tool/tool.h"
#include "common/ask.h"
#include "common/file.h"
#include "common/password.h"
#include "common/str.h"

/* What most files say; everything else can be set by name. */
static const char *const questions[] = {
	"primary-disk@match",
	"primary-disk",
	"layout",
	"source@type",
	"source",
	"admin-interface@name",
	"admin-interface@proto",
	"admin-interface/ip",
	"admin-interface/subnet-mask",
	"admin-interface/gateway",
	"name-server",
	"hostname",
	"timezone",
	"keymap",
	"ntp-server",
};

/* What a file needs and nearly all say alike; a file of many machines names no more than this. */
static const struct {
	const char *name, *value;
} starters[] = {
	{"installation@sr-type", "lvm"},
	{"source@type", "local"},
	{"admin-interface@name", "eth0"},
	{"admin-interface@proto", "dhcp"},
};

static bool is_starter_wanted(const struct draft *draft, const char *name)
{
	if (str_eq(name, "admin-interface@name") && draft_get(draft, "admin-interface@hwaddr"))
		return false;
	return !draft_get(draft, name);
}

static void add_starters(struct draft *draft)
{
	for (size_t i = 0; i < ARRAY_SIZE(starters); i++)
		if (is_starter_wanted(draft, starters[i].name))
			draft_set(draft, starters[i].name, 0, starters[i].value);
}

static int refuse_name(const char *name, struct error **err)
{
	_cleanup_strv_ char **names = NULL;
	const char *near;

	for (const struct field *field = fields; field->element; field++) {
		_cleanup_free_ char *right = field_name(field);

		if (draft_field(right))
			strv_add(&names, right);
	}
	near = str_nearest(name, (const char *const *)names);
	error_set(err, ERROR_USAGE, "There is nothing in an answer file called %s", name);
	return error_hint(err, near ? "Did you mean %s?" : "See xenhost-answers reference%s",
			  near ?: "");
}

/* "NAME=VALUE", a name of a repeating element each time for one more of it. */
static int apply_setting(struct draft *draft, const char *setting, struct error **err)
{
	const char *equals = strchr(setting, '=');
	_cleanup_free_ char *name = equals ? xstrndup(setting, (size_t)(equals - setting)) : NULL;
	const struct field *field = name ? draft_field(name) : NULL;
	bool repeats;

	if (!equals) {
		error_set(err, ERROR_USAGE, "--set wants NAME=VALUE, not %s", setting);
		return error_hint(err, "Such as --set primary-disk@match=transport=nvme");
	}
	if (!field)
		return refuse_name(name, err);
	if (field->flags & FIELD_SECRET) {
		error_set(err, ERROR_USAGE, "%s is a secret, and others can read command lines",
			  name);
		return error_hint(err, "Give --password, and the password on standard input");
	}
	repeats = record_is_list(field->record) || field->flags & FIELD_REPEATS;
	if (!repeats && draft_get(draft, name)) {
		error_set(err, ERROR_USAGE, "%s is set twice: %s and %s", name,
			  draft_get(draft, name), equals + 1);
		return error_hint(err, "Only one of them can count");
	}
	draft_set(draft, name, repeats ? draft_count(draft, name) : 0, equals + 1);
	return 0;
}

/* Reads the text back as an installation would; gives whether it could be used. */
bool tool_read_back(const char *text, struct findings *findings)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};

	if (answers_from_xml(text, strlen(text), "(new)", &answers, &secrets, findings, NULL) < 0)
		return false;
	answers_check_complete(answers, ANSWERS_FILE, findings);
	return !findings_has_errors(findings);
}

/* The answer to one question is wrong where the file that holds it is wrong at that place. */
static bool is_accepted(const struct draft *draft, const char *name)
{
	_cleanup_free_ char *text = draft_to_xml(draft, "");
	_cleanup_findings_ struct findings findings = {0};

	(void)tool_read_back(text, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *finding = &findings.list[i];

		if (finding->severity != SEVERITY_ERROR || !str_eq(finding->where, name))
			continue;
		fprintf(stderr, "  %s\n", finding->message);
		if (finding->hint)
			fprintf(stderr, "  hint: %s\n", finding->hint);
		return false;
	}
	return true;
}

/* 1 with an answer (or none: the default), 0 to ask again, -ECANCELED at the end of input. */
static int ask(struct draft *draft, const char *name)
{
	const struct field *field = draft_field(name);
	const char *value = draft_get(draft, name) ?: field->fallback;
	_cleanup_free_ char *line = NULL;
	struct draft trial = {0};
	size_t allocated = 0;
	bool good;

	fprintf(stderr, "%s: %s\n", field->label ?: name, field->help);
	for (const struct word *word = field->words; word && word->word; word++)
		fprintf(stderr, "%s%s%s", word == field->words ? "  one of: " : ", ", word->word,
			word[1].word ? "" : "\n");
	fprintf(stderr, "%s [%s]: ", name, value ?: "");
	if (getline(&line, &allocated, stdin) < 0)
		return -ECANCELED;
	if (!*str_trim(line))
		return 1;
	for (size_t i = 0; i < draft->n_values; i++) {
		_cleanup_free_ char *own = field_name(draft->values[i].field);

		draft_set(&trial, own, draft->values[i].index, draft->values[i].value);
	}
	draft_set(&trial, name, 0, str_trim(line));
	good = is_accepted(&trial, name);
	if (good)
		draft_set(draft, name, 0, str_trim(line));
	draft_done(&trial);
	return good ? 1 : 0;
}

static bool is_asked(const struct draft *draft, const char *name)
{
	if (str_starts(name, "admin-interface/"))
		return str_eq(draft_get(draft, "admin-interface@proto"), "static");
	if (str_eq(name, "source"))
		return !str_eq(draft_get(draft, "source@type"), "local");
	return true;
}

static int ask_all(struct draft *draft, struct error **err)
{
	fputs("Nothing is written to this machine. An empty line takes what stands in brackets.\n",
	      stderr);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		int r = is_asked(draft, questions[i]) ? 0 : 1;

		while (r == 0)
			r = ask(draft, questions[i]);
		if (r < 0) {
			error_set(err, ERROR_CANCELLED, "the questions were ended");
			return error_hint(err, "Nothing was written");
		}
	}
	return 0;
}

int tool_read_password(char **ret, struct error **err)
{
	_cleanup_free_ char *line = NULL;
	int r = 0;

	if (isatty(STDIN_FILENO))
		r = ask_secret("Password: ", "Once more: ", &line, err);
	else
		line = file_line(stdin);
	if (r < 0)
		return r;
	if (str_empty(line)) {
		error_set(err, ERROR_USAGE, "no password was given");
		return error_hint(err, "Type it, or give it on standard input.");
	}
	*ret = TAKE_PTR(line);
	return 0;
}

static int set_password(struct draft *draft, const char *password, struct error **err)
{
	_cleanup_free_ char *hash = NULL;
	int r = password_hash(password, &hash, err);

	if (r < 0)
		return r;
	draft_set(draft, "root-password", 0, hash);
	draft_set(draft, "root-password@type", 0, "hash");
	return 0;
}

static int add_password(struct draft *draft, struct error **err)
{
	_cleanup_secrets_ struct secrets secrets = {0};
	int r = tool_read_password(&secrets.root_password, err);

	return r < 0 ? r : set_password(draft, secrets.root_password, err);
}

/* The last of the questions, and the one that needs no answer. */
static int ask_password(struct draft *draft, struct error **err)
{
	_cleanup_secrets_ struct secrets secrets = {0};
	int r = ask_secret("Root's password (not shown; empty: locked until first boot sets one): ",
			   "Once more: ", &secrets.root_password, err);

	if (r < 0 || str_empty(secrets.root_password))
		return r;
	return set_password(draft, secrets.root_password, err);
}

int tool_new(const struct tool_options *options)
{
	_cleanup_draft_ struct draft draft = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < strv_length(options->settings); i++)
		r = apply_setting(&draft, options->settings[i], &error);
	if (r == 0) {
		add_starters(&draft);
		if (!options->settings && isatty(STDIN_FILENO))
			r = ask_all(&draft, &error);
		if (r == 0 && !options->settings && !options->password && isatty(STDIN_FILENO))
			r = ask_password(&draft, &error);
	}
	if (r == 0 && options->password)
		r = add_password(&draft, &error);
	if (r < 0)
		return tool_report(error);
	text = draft_to_xml(&draft, "Made by xenhost-answers new; docs/ANSWERFILE.md has the "
				    "reference. Check it with xenhost-answers check.");
	if (tool_read_back(text, &findings)) {
		fputs(text, stdout);
		tool_print_findings(&findings, stderr);
		return 0;
	}
	tool_print_findings(&findings, stderr);
	fputs("xenhost-answers: nothing was written, since it could not be used\n", stderr);
	return error_kind_exit_code(ERROR_USER);
}
