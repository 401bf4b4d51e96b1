/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen that is a row of the table: its fields as a form, judged by the answers' own reader. */
#include "common/str.h"
#include "installer/screens/flow.h"

#define AGAIN "again"
#define TRY   "try"

char *network_words(const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%-5s %s  ", nic->name, nic->mac ?: "");
	if (!nic->has_link)
		strbuf_add(&buf, "link unknown");
	else if (!nic->link)
		strbuf_add(&buf, "no link");
	else if (nic->has_speed && nic->speed_mbps)
		strbuf_addf(&buf, "%u Mb/s", nic->speed_mbps);
	else
		strbuf_add(&buf, "link");
	if (nic->driver)
		strbuf_addf(&buf, ", %s", nic->driver);
	if (nic->slot)
		strbuf_addf(&buf, ", %s", nic->slot);
	for (size_t i = 0; i < nic->n_lldp && i < 1; i++)
		strbuf_addf(&buf, ", to %s %s", nic->lldp[i].system_name ?: nic->lldp[i].chassis_id ?: "",
			    nic->lldp[i].port_id ?: "");
	return strbuf_take(&buf);
}

static void add_choice(struct tui_row *row, const char *value, const char *label, const char *now)
{
	struct tui_option *option = tui_add_option(row, label);

	option->value = xstrdup(value);
	option->marks = str_eq(value, now);
}

static void add_options(const struct flow *flow, struct tui_row *row, const struct field *field)
{
	const char *now = flow_get(flow, row->name);
	const char *const *choices = field_choices(field);
	const struct host *host = flow->setup->host;

	for (size_t i = 0; choices && choices[i]; i++)
		add_choice(row, choices[i], choices[i], now);
	for (const struct word *word = field->words; word && word->word; word++) {
		const char *label = question_label(row->name, word->word);

		if (label)
			add_choice(row, word->word, label, now);
		if (label && str_eq(row->name, "source@type") && str_eq(word->word, "local") &&
		    !flow->setup->medium)
			row->options[row->n_options - 1].refused =
				xstrdup("it was not found: the installer came over the network");
	}
	for (size_t i = 0; str_eq(row->name, "admin-interface@name") && i < host->n_nics; i++) {
		_cleanup_free_ char *label = network_words(&host->nics[i]);

		add_choice(row, host->nics[i].name, label, now);
	}
}

static void add_field(const struct flow *flow, struct tui_form *form, const char *name)
{
	const struct question *question = question_find(name);
	const struct field *field = field_find(name);
	struct tui_row *row =
		tui_add(form, question->kind, name, field->label, question_help(name));

	if (question->kind == TUI_CHOICE || question->kind == TUI_LIST)
		add_options(flow, row, field);
	else
		row->text = xstrdup(flow_get(flow, name));
	if (question->kind == TUI_PASSWORD)
		tui_add(form, TUI_PASSWORD, AGAIN, "The same again",
			"Typed twice, so that a slip of the finger locks nobody out.")
			->text = xstrdup(flow_get(flow, name));
	if (str_eq(name, "keymap") && flow->setup->keymap)
		tui_add(form, TUI_ENTRY, TRY, "Try it here", "Nothing of this is kept.");
}

/* Of "admin-interface/ip cannot be ..." the name is for files; on the screen the row has one. */
static void complain_row(struct tui_row *row, const struct finding *finding)
{
	const char *message = finding->message;
	bool named = str_starts(message, finding->where);

	if (named)
		message += strlen(finding->where);
	tui_complain(row, "%s%s%s%s", named ? row->label : "", message, finding->hint ? ": " : "",
		     finding->hint ?: "");
}

/* The reader's findings go to the rows that they name. */
static void complain(struct tui_form *form, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		struct tui_row *row = tui_find(form, finding->where);

		if (!row || row->hidden || finding->severity != SEVERITY_ERROR)
			continue;
		complain_row(row, finding);
	}
}

static void check(struct tui_form *form, void *data)
{
	struct flow *flow = data;
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	struct tui_row *again = tui_find(form, AGAIN);

	for (size_t i = 0; i < form->n_rows; i++) {
		struct tui_row *row = &form->rows[i];
		const struct question *question = row->name ? question_find(row->name) : NULL;

		row->hidden = question && !flow_asks(flow, row->name);
		if (question && question->required && !row->hidden &&
		    str_empty(flow_get(flow, row->name)))
			tui_complain(row, "%s", question->required);
	}
	if (again && !str_eq(again->text ?: "", flow_get(flow, "root-password")))
		tui_complain(again, "It differs from the first one");
	if (flow_answers(flow, &answers, &secrets, &findings) == 0)
		complain(form, &findings);
}

static void keep(struct flow *flow, const struct screen *screen)
{
	for (const char *const *name = screen->fields; name && *name; name++)
		flow_set(flow, *name, flow_get(flow, *name));
}

static bool has_problem(const struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++)
		if (!form->rows[i].hidden && form->rows[i].problem)
			return true;
	return false;
}

static char *intro_of(const struct flow *flow, const struct screen *screen)
{
	return screen->words ? screen->words(flow) : xstrdup(screen->intro);
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
	flow->form = &form;
	do {
		result = tui_run(&form);
		end = flow_end(flow, &result, &again);
	} while (again);
	/* Going back loses nothing, but what is wrong never becomes an answer. */
	if (end == SCREEN_FORWARD || !has_problem(&form))
		keep(flow, screen);
	flow->form = NULL;
	if (end == SCREEN_FORWARD && flow->setup->keymap && str_eq(screen->name, "keymap"))
		flow->setup->keymap(flow_get(flow, "keymap"), flow->setup->data);
	return end;
}
