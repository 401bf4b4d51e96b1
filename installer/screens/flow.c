/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/screens/flow.h"

#include "answerfiles/tool/draft.h"
#include "common/fetch.h"
#include "common/i18n.h"
#include "common/password.h"
#include "common/str.h"

#define MADE_BY "Made by the screens of xenhost-install."
#define FILL_IN                                                                                    \
	"The password of the pool is not in here. Fill in where it is, inside <pool>: <password "  \
	"from=\"https://...\"/>, or <password>...</password>."

const struct tui_key flow_keys[] = {{2, 'O', N_("Log")},
				    {5, 'E', N_("Report")},
				    {8, 'R', N_("Rescan")},
				    {10, 'X', N_("Shell")},
				    {0}};

void screens_result_done(struct screens_result *result)
{
	answers_free(result->answers);
	secrets_done(&result->secrets);
	if (result->xml)
		explicit_bzero(result->xml, strlen(result->xml));
	free(result->xml);
	plan_free(result->plan);
	*result = (struct screens_result){0};
}

/* What an open screen holds of a field, or NULL when it is not on it. */
static const char *form_value(const struct tui_form *form, const char *name)
{
	const struct question *question = question_find(name);
	const char *in = question ? question->in : NULL;
	const struct tui_row *row =
		form ? tui_find((struct tui_form *)(uintptr_t)form, in ?: name) : NULL;
	const struct tui_option *chosen;

	if (!row)
		return NULL;
	if (in || !row->n_options)
		return row->text ?: "";
	chosen = tui_chosen(row);
	return chosen ? chosen->value : "";
}

/* With a link first, as an operator would plug it in. */
static const char *first_nic(const struct host *host)
{
	for (size_t i = 0; i < host->n_nics; i++)
		if (host->nics[i].has_link && host->nics[i].link)
			return host->nics[i].name;
	return host->n_nics ? host->nics[0].name : "";
}

/* The link that reaches the source is likely to be that of the management network too. */
static const struct question *own_link_of(const struct flow *flow, const char *name)
{
	_cleanup_free_ char *own = xasprintf(OWN_LINK "%s", name);

	const struct question *question = question_find(own);

	return question && flow_is_remote(flow) ? question : NULL;
}

static const char *source_type(const struct flow *flow)
{
	const struct screens_setup *setup = flow->setup;

	return setup->medium || setup->source || !setup->host->n_nics ? "local" : "url";
}

static const char *time_source(const struct flow *flow)
{
	if (!flow->setup->host->n_nics)
		return "none";
	return str_eq(flow_get(flow, "admin-interface@proto"), "dhcp") ? "dhcp" : "default";
}

static const char *by_default(const struct flow *flow, const char *name)
{
	const struct field *field = question_field(name);
	const struct question *own = own_link_of(flow, name);

	if (own)
		return flow_get(flow, own->name);
	if (str_ends(name, "admin-interface@name"))
		return first_nic(flow->setup->host);
	if (str_ends(name, "admin-interface@proto"))
		return "dhcp";
	if (str_eq(name, "source@type"))
		return source_type(flow);
	if (str_eq(name, "pool"))
		return "none";
	if (str_eq(name, "ntp@source"))
		return time_source(flow);
	return field && field->fallback ? field->fallback : "";
}

bool flow_is_remote(const struct flow *flow)
{
	if (flow->setup->source)
		return fetch_is_remote(flow->setup->source);
	return !str_eq(flow_get(flow, "source@type"), "local");
}

bool flow_has_dhcp(const struct flow *flow)
{
	return flow->setup->host->n_nics &&
	       (str_eq(flow_get(flow, "admin-interface@proto"), "dhcp") ||
		str_eq(flow_get(flow, "admin-interface@protov6"), "dhcp"));
}

bool flow_has_nic(const struct flow *flow, const char *name)
{
	const struct host *host = flow->setup->host;

	for (size_t i = 0; i < host->n_nics; i++)
		if (str_eq(host->nics[i].name, name))
			return true;
	return false;
}

const char *flow_get(const struct flow *flow, const char *name)
{
	const char *open = form_value(flow->form, name);

	if (open)
		return open;
	for (size_t i = 0; i < flow->n_values; i++)
		if (str_eq(flow->values[i].name, name))
			return flow->values[i].text;
	return by_default(flow, name);
}

bool flow_was_said(const struct flow *flow, const char *name)
{
	for (size_t i = 0; i < flow->n_values; i++)
		if (str_eq(flow->values[i].name, name))
			return true;
	return false;
}

bool flow_has(const struct flow *flow, const char *name)
{
	return form_value(flow->form, name) || flow_was_said(flow, name);
}

void flow_set(struct flow *flow, const char *name, const char *text)
{
	struct flow_value *value = NULL;
	char *copy = xstrdup(text); /* it may be the very value that goes */

	for (size_t i = 0; i < flow->n_values; i++)
		if (str_eq(flow->values[i].name, name))
			value = &flow->values[i];
	if (!value)
		value = ARRAY_APPEND(flow->values, flow->n_values);
	if (value->text)
		explicit_bzero(value->text, strlen(value->text));
	free(value->text);
	value->name = name;
	value->text = copy;
}

bool flow_asks(const struct flow *flow, const char *name)
{
	const struct question *question = question_find(name);
	const char *value;

	/* Without a NIC there is nothing to ask about any network. */
	if (!question || (strstr(name, "admin-interface") && !flow->setup->host->n_nics))
		return false;
	/* Which pools there can be is known once the source is. */
	if (str_starts(name, "pool") && !flow_has_engine(flow, "xapi"))
		return false;
	if (!question->only_with)
		return true;
	value = flow_get(flow, question->only_with);
	return flow_asks(flow, question->only_with) &&
	       (str_eq(question->value, "*") ? !str_empty(value) : str_eq(value, question->value));
}

/* A value of a list's row is several, parted by blanks or commas. */
static void add_value(struct draft *draft, const char *name, const char *text)
{
	const struct field *field = question_field(name);
	bool of_bond = str_eq(name, "bond-port@name");
	_cleanup_strv_ char **parts = NULL;

	/* A question that is no value itself, and an address that was not asked for its keys. */
	if (str_empty(text) || !field->type)
		return;
	if (str_starts(name, "ssh-key")) {
		if (!strstr(text, "://"))
			draft_set(draft, "ssh-key", draft_count(draft, "ssh-key"), text);
		return;
	}
	if (!of_bond && (!(field->flags & FIELD_REPEATS) || record_is_list(field->record))) {
		draft_set(draft, name, 0, text);
		return;
	}
	parts = strv_split(text, " ,;\t");
	for (size_t i = 0; i < strv_length(parts); i++)
		draft_set(draft, name, i, parts[i]);
}

static void add_disks(struct draft *draft, const struct flow *flow)
{
	const struct host *host = flow->setup->host;
	size_t guests = 0, erased = 0;

	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];
		bool target = str_eq(disk->id, flow->target);
		bool guest = strv_contains(flow->guests, disk->id);
		_cleanup_free_ char *path = disk_stable_path(disk);

		if (target) {
			draft_set(draft, "primary-disk", 0, path);
			draft_set(draft, "primary-disk@guest-storage", 0, guest ? "true" : "false");
		} else if (guest) {
			draft_set(draft, "guest-disk", guests++, path);
		}
		/* The operator confirms it where the plan shows what is lost. */
		if ((target || guest) && disk_is_valuable(disk))
			draft_set(draft, "destroy-existing", erased++, disk->id);
	}
}

/* The password's hash takes its place, so that a file that is saved does not tell it. */
static bool add_password(struct draft *draft, const struct flow *flow, bool hashed)
{
	const char *plain = flow_get(flow, "root-password");
	_cleanup_free_ char *hash = NULL;

	if (str_empty(plain))
		return true;
	if (hashed && password_hash(plain, &hash, NULL) < 0)
		return false;
	draft_set(draft, "root-password", 0, hash ?: plain);
	draft_set(draft, "root-password@type", 0, hash ? "hash" : "plaintext");
	return true;
}

/* Of a file that is kept it is no part: whoever uses that one says where it is. */
static bool is_left_out(const char *name, bool kept)
{
	return kept && str_eq(name, POOL_PASSWORD);
}

/* A kept file has no secret of the answers but root's hash. */
static char *over_preset(const struct flow *flow, const struct draft *draft, bool kept,
			 const char *title)
{
	const struct secrets *secrets = flow->setup->secrets;
	const struct secrets without = {.root_password = secrets->root_password};

	return draft_over_answers(draft, flow->setup->answers, kept ? &without : secrets,
				  preset_is_asked_anew, flow, title);
}

char *flow_xml(const struct flow *flow, bool kept)
{
	bool lacks_it = kept && flow_asks(flow, POOL_PASSWORD);
	_cleanup_draft_ struct draft draft = {0};
	const char *title;

	for (const struct question *question = questions; question->name; question++)
		if (!str_eq(question->name, "root-password") &&
		    !str_starts(question->name, OWN_LINK) && !is_left_out(question->name, kept) &&
		    flow_asks(flow, question->name))
			add_value(&draft, question->name, flow_get(flow, question->name));
	if (flow_asks(flow, "pool") && !str_eq(flow_get(flow, "pool"), "none"))
		draft_set(&draft, "pool@engine", 0, "xapi");
	/* Said, or a machine without NICs would be refused. */
	if (!flow->setup->host->n_nics)
		draft_set(&draft, "admin-interface@proto", 0, "none");
	add_disks(&draft, flow);
	if (!add_password(&draft, flow, kept))
		return NULL;
	title = lacks_it ? MADE_BY " " FILL_IN : MADE_BY;
	return flow->preset ? over_preset(flow, &draft, kept, title) : draft_to_xml(&draft, title);
}

static int read_xml(const struct flow *flow, const char *xml, struct answers **ret,
		    struct secrets *ret_secrets, struct findings *findings)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	int r = answers_from_xml(xml, strlen(xml), "the screens", &answers, &secrets, findings,
				 NULL);

	if (r < 0)
		return r;
	if (flow->setup->host->command_line)
		r = answers_apply_cmdline(answers, &secrets, flow->setup->host->command_line,
					  findings);
	if (r < 0)
		return r;
	for (size_t i = 0; i < answers->n_origins; i++)
		if (answers->origins[i].kind == ORIGIN_FILE)
			answers->origins[i].kind = ORIGIN_USER;
	*ret = TAKE_PTR(answers);
	*ret_secrets = secrets;
	secrets = (struct secrets){0};
	return 0;
}

int flow_answers(const struct flow *flow, struct answers **ret, struct secrets *ret_secrets,
		 struct findings *findings)
{
	char *xml =
		flow->result.xml && !flow->form ? xstrdup(flow->result.xml) : flow_xml(flow, false);
	int r = read_xml(flow, xml, ret, ret_secrets, findings);

	explicit_bzero(xml, strlen(xml));
	free(xml);
	return r;
}

int flow_link_answers(const struct flow *flow, struct answers **ret, struct findings *findings)
{
	_cleanup_draft_ struct draft draft = {0};
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_free_ char *xml = NULL;

	for (const struct question *question = questions; question->name; question++) {
		const char *name = question->name;

		if (str_starts(name, OWN_LINK))
			name += strlen(OWN_LINK);
		else if (!str_starts(name, "source"))
			continue;
		/* Until somebody says otherwise it is the installer's own affair. */
		if (flow->preset && name != question->name && !flow_has(flow, question->name))
			continue;
		if (flow_asks(flow, question->name))
			add_value(&draft, name, flow_get(flow, question->name));
	}
	xml = draft_to_xml(&draft, NULL);
	return read_xml(flow, xml, ret, &secrets, findings);
}

int flow_link_up(const struct flow *flow, struct error **err)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	int r;

	/* By what the source was reached the rest is reached too. */
	if (!flow->setup->link_up || (flow_is_remote(flow) && flow->source))
		return 0;
	r = flow_is_remote(flow) ? flow_link_answers(flow, &answers, &findings)
				 : flow_answers(flow, &answers, &secrets, &findings);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read the answers");
	return flow->setup->link_up(answers, flow->setup->data, err);
}

struct tui_result flow_run(struct flow *flow, struct tui_form *form)
{
	struct tui_result result;

	do {
		free(form->place);
		form->place = probe_words(flow);
		form->wait_ms = probe_runs(flow) ? 500 : 0;
		result = tui_run(form);
	} while (result.end == TUI_TICK);
	return result;
}

bool flow_key(struct flow *flow, const struct tui_result *result)
{
	static const char *const shell[] = {"/bin/sh", "-l", NULL};

	if (result->end != TUI_KEY)
		return false;
	if (result->number == 2 && flow->setup->log)
		tui_view_log(_("Log"), flow->setup->log);
	else if (result->number == 2)
		tui_view(_("Log"), _("Nothing is logged while a recorded machine is looked at."));
	if (result->number == 5)
		tui_view(_("This machine"), flow->setup->report);
	if (result->number == 8)
		flow_rescan(flow);
	if (result->number == 10 &&
	    tui_program(shell, _("A shell. Type exit to return to the installer.")) < 0)
		tui_view(_("Shell"), _("There is no shell here."));
	return true;
}

enum screen_end flow_end(struct flow *flow, const struct tui_result *result, bool *ret_again)
{
	static const char *const buttons[] = {N_("Stay"), N_("Leave the installer"), NULL};
	unsigned scans = flow->scans;

	*ret_again = false;
	if (flow_key(flow, result)) {
		*ret_again = flow->scans == scans;
		return SCREEN_AGAIN;
	}
	switch (result->end) {
	case TUI_BUTTON:
		return SCREEN_FORWARD;
	case TUI_BACK:
		return SCREEN_BACK;
	case TUI_STOP:
		*ret_again = tui_ask(_("Leave?"),
				     _("Nothing was changed on this machine so far. What "
				       "was entered is lost."),
				     buttons) != 1;
		return SCREEN_LEAVE;
	case TUI_GONE:
		return SCREEN_LEAVE;
	case TUI_KEY:
	case TUI_FOLLOW:
	case TUI_TICK:
		break;
	}
	*ret_again = true;
	return SCREEN_FORWARD;
}
