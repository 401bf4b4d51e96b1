/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen that is a row of the table: its fields as a form, judged by the answers' own reader. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define AGAIN "again"
#define TRY   "try"

static void add_choice(struct tui_row *row, const char *value, const char *label, const char *now)
{
	struct tui_option *option = tui_add_option(row, label);

	option->value = xstrdup(value);
	option->marks = str_eq(value, now);
}

/* Why the system cannot come from there, or NULL. */
static char *source_refused(const struct flow *flow, const char *word)
{
	if (str_eq(word, "local"))
		return flow->setup->medium ? NULL
					   : xstrdup(_("none was found, as where the installer "
						       "came over the network"));
	return flow->setup->host->n_nics || flow->setup->recorded
		       ? NULL
		       : xstrdup(_("this machine has no network interface"));
}

static void add_options(const struct flow *flow, struct tui_row *row, const struct field *field)
{
	const char *now = flow_get(flow, row->name);
	const char *const *choices = field->type ? field_choices(field) : NULL;
	const char *word_of_ours;

	for (size_t i = 0; choices && choices[i]; i++)
		add_choice(row, choices[i], choices[i], now);
	for (size_t i = 0; !field->type && question_offers(row->name, i, &word_of_ours); i++)
		add_choice(row, word_of_ours, question_label(row->name, word_of_ours), now);
	for (const struct word *word = field->words; word && word->word; word++) {
		const char *label = question_label(row->name, word->word);

		if (label)
			add_choice(row, word->word, label, now);
		if (label && str_eq(row->name, "source@type"))
			row->options[row->n_options - 1].refused = source_refused(flow, word->word);
	}
	if (str_ends(row->name, "admin-interface@name"))
		nic_options(flow, row, now, flow_get(flow, question_in(row->name)->name));
}

static bool has_options(const struct question *question)
{
	return question->kind == TUI_CHOICE || question->kind == TUI_LIST ||
	       question->kind == TUI_TABLE;
}

static void add_field(const struct flow *flow, struct tui_form *form, const char *name)
{
	const struct question *question = question_find(name);
	const struct field *field = question_field(name);
	struct tui_row *row;

	if (question->in)
		return;
	row = tui_add(form, question->kind, name, field->label, question_help(name));
	if (has_options(question))
		add_options(flow, row, field);
	else
		row->text = xstrdup(flow_get(flow, name));
	if (str_eq(name, "root-password"))
		tui_add(form, TUI_PASSWORD, AGAIN, _("The same again"),
			_("Typed twice, so that a slip of the finger locks nobody out."))
			->text = xstrdup(flow_get(flow, name));
	if (str_eq(name, "keymap") && !flow->setup->keymap) {
		free(row->help);
		row->help = xstrdup(_("Here your terminal's own keymap counts."));
	}
	if (str_eq(name, "keymap") && flow->setup->keymap)
		tui_add(form, TUI_ENTRY, TRY, _("Try it here"), _("Nothing of this is kept."));
}

/* Of "admin-interface/ip cannot be ..." the name is for files; on the screen the row has one. */
static void complain_row(struct tui_row *row, const struct finding *finding)
{
	const char *message = finding->message;
	bool named = str_starts(message, finding->where);
	_cleanup_free_ char *english =
		named ? xasprintf("%s%s", _(row->label), message + strlen(finding->where))
		      : xstrdup(message);
	_cleanup_free_ char *words = i18n_sentence(english);
	_cleanup_free_ char *hint = i18n_sentence(question_remedy(finding->where) ?: finding->hint);

	tui_complain(row, "%s%s%s", words, hint ? ": " : "", hint ?: "");
}

/* The reader's findings go to the rows that they name, `prefix` before it. */
static void complain(struct tui_form *form, const char *prefix, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		_cleanup_free_ char *name = xasprintf("%s%s", prefix, finding->where);
		struct tui_row *row = tui_find(form, name);

		/* Keys have a check of their own, row by row. */
		if (!row || row->hidden || finding->severity != SEVERITY_ERROR ||
		    str_eq(finding->where, "ssh-key"))
			continue;
		complain_row(row, finding);
	}
}

/* At once, so that it can be tried on the next line. */
static void try_keymap(struct flow *flow, struct tui_form *form)
{
	const struct screens_setup *setup = flow->setup;
	struct tui_row *row = tui_find(form, "keymap"), *line = tui_find(form, TRY);
	const char *name = row ? flow_get(flow, "keymap") : "";

	if (!line || str_empty(name) || str_eq(name, flow->keymap))
		return;
	free(flow->keymap);
	flow->keymap = xstrdup(name);
	free(line->help);
	line->help =
		setup->keymap(name, setup->data) < 0
			? xasprintf(_("! This console could not take it (the log says why); the "
				      "host gets %s all the same."),
				    name)
			: xasprintf(_("This console has %s now. Nothing of this line is kept."),
				    name);
}

static void judge(const struct flow *flow, struct tui_form *form)
{
	_cleanup_answers_ struct answers *answers = NULL, *link = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0}, of_link = {0};

	if (flow_answers(flow, &answers, &secrets, &findings) == 0)
		complain(form, "", &findings);
	if (flow_is_remote(flow) && flow_link_answers(flow, &link, &of_link) == 0)
		complain(form, OWN_LINK, &of_link);
}

static void check(struct tui_form *form, void *data)
{
	struct flow *flow = data;
	struct tui_row *again = tui_find(form, AGAIN);

	for (size_t i = 0; i < form->n_rows; i++) {
		struct tui_row *row = &form->rows[i];
		const struct question *question = row->name ? question_find(row->name) : NULL;

		row->hidden = question && !flow_asks(flow, row->name);
		if (question && str_ends(row->name, "admin-interface@name"))
			nic_check(flow, row);
		if (question && question->required && !row->hidden &&
		    str_empty(flow_get(flow, row->name)) && !preset_keeps_hash(flow, row->name))
			tui_complain(row, "%s", question->required);
	}
	if (again && !str_eq(again->text ?: "", flow_get(flow, "root-password")))
		tui_complain(again, "It differs from the first one");
	ssh_keys_check(form);
	if (language_check(form)) {
		free(form->intro);
		form->intro = welcome_words(flow);
	}
	judge(flow, form);
	try_keymap(flow, form);
}

/* Nobody chose it, so it goes on following the address, on which it depends. */
static bool follows(const struct flow *flow, const char *name)
{
	const struct tui_row *row = tui_find(flow->form, name);

	return str_eq(name, "ntp@source") && row && !row->touched && !flow_was_said(flow, name);
}

static void keep(struct flow *flow, const struct screen *screen)
{
	for (const char *const *name = screen->fields; name && *name; name++) {
		/* Where there is no NIC none was chosen. */
		if (strstr(*name, "admin-interface@name") && !flow->setup->host->n_nics)
			continue;
		if (!follows(flow, *name))
			flow_set(flow, *name, flow_get(flow, *name));
	}
}

static bool has_problem(const struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++)
		if (!form->rows[i].hidden && form->rows[i].problem)
			return true;
	return false;
}

/* From a line of the summary to the row that it shows; of options to the one that is chosen. */
static void focus_row(struct flow *flow, struct tui_form *form)
{
	const struct question *question = flow->jump_to ? question_find(flow->jump_to) : NULL;
	const char *name = question && question->in ? question->in : flow->jump_to;

	for (size_t i = 0; i < form->n_rows; i++) {
		const struct tui_row *row = &form->rows[i];

		if (!name || !str_eq(row->name, name))
			continue;
		form->row = i;
		form->placed = true;
		for (size_t o = 0; o < row->n_options; o++)
			if (row->options[o].marks & 1U)
				form->option = o;
	}
	flow->jump_to = NULL;
}

/* Going back loses nothing, but what is wrong never becomes an answer. */
static void leave(struct flow *flow, const struct screen *screen, const struct tui_form *form,
		  bool forward)
{
	struct tui_kept **unfinished = &flow->unfinished[screen - screens];

	tui_kept_free(*unfinished);
	*unfinished = NULL;
	if (forward || !has_problem(form))
		keep(flow, screen);
	else
		*unfinished = tui_keep(form);
}

static char *intro_of(const struct flow *flow, const struct screen *screen)
{
	return screen->words ? screen->words(flow) : xstrdup(screen->intro);
}

/* The machine is another one: what is chosen among its parts is chosen anew, or found again. */
static void renew_options(const struct flow *flow, struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++) {
		struct tui_row *row = &form->rows[i];
		const struct question *question = row->name ? question_find(row->name) : NULL;
		_cleanup_free_ char *now = NULL, *bonded = NULL;

		if (!question || !str_ends(row->name, "admin-interface@name"))
			continue;
		now = xstrdup(flow_get(flow, row->name));
		bonded = xstrdup(row->text ?: "");
		tui_row_clear_options(row);
		nic_options(flow, row, now, bonded);
		form->tried = true;
	}
}

enum screen_end form_screen(struct flow *flow, const struct screen *screen)
{
	_cleanup_tui_form_ struct tui_form form = {
		.title = screen->title, .keys = flow_keys, .check = check, .data = flow};
	struct tui_result result;
	enum screen_end end;
	bool again;

	form.intro = intro_of(flow, screen);
	for (const char *const *name = screen->fields; name && *name; name++)
		add_field(flow, &form, *name);
	if (screen->words == welcome_words)
		language_add(&form);
	form.tried = flow->scans > 0;
	tui_restore(&form, flow->unfinished[screen - screens]);
	focus_row(flow, &form);
	flow->form = &form;
	do {
		result = flow_run(flow, &form);
		end = flow_end(flow, &result, &again);
		if (end == SCREEN_AGAIN && !again) {
			renew_options(flow, &form);
			free(form.intro);
			form.intro = intro_of(flow, screen);
			again = true;
		}
		if (end == SCREEN_FORWARD && !again && screen->settle)
			again = !screen->settle(flow, &form);
	} while (again);
	leave(flow, screen, &form, end == SCREEN_FORWARD);
	flow->form = NULL;
	if (end == SCREEN_FORWARD &&
	    str_eq(screen->name, flow_is_remote(flow) ? "source-network" : "source"))
		probe_start(flow);
	return end;
}
