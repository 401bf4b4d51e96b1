/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen that is a row of the table: its fields as a form, judged by the answers' own reader. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/flow.h"

#define AGAIN     "again"
#define INTERFACE "admin-interface@name"
#define PORTS     "bond-port@name"
#define DISKS     "guest-disk"
#define MODE      "bond@mode"

static void add_choice(struct tui_row *row, const char *value, const char *label, const char *now)
{
	struct tui_option *option = tui_add_option(row, label);

	option->value = xstrdup(value);
	option->marks = str_eq(value, now);
}

static char *nic_words(const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%-5s %s  ", nic->name, nic->mac ?: "");
	if (!nic->has_link)
		strbuf_add(&buf, _("link unknown"));
	else if (!nic->link)
		strbuf_add(&buf, _("no link"));
	else if (nic->has_speed && nic->speed_mbps)
		strbuf_addf(&buf, _("%u Mb/s"), nic->speed_mbps);
	else
		strbuf_add(&buf, _("link"));
	if (nic->driver)
		strbuf_addf(&buf, ", %s", nic->driver);
	if (nic->slot)
		strbuf_addf(&buf, ", %s", nic->slot);
	return strbuf_take(&buf);
}

static void add_nics(const struct flow *flow, struct tui_row *row)
{
	const char *now = wizard_get(&flow->values, row->name);
	_cleanup_strv_ char **marked = strv_split(now, " ");
	const struct host *host = flow->setup->host;

	for (size_t i = 0; i < host->n_nics; i++) {
		_cleanup_free_ char *label = nic_words(&host->nics[i]);

		add_choice(row, host->nics[i].name, label, now);
		if (row->kind == TUI_TABLE)
			row->options[i].marks = strv_contains(marked, host->nics[i].name);
	}
}

static void add_disks(const struct flow *flow, struct tui_row *row)
{
	_cleanup_strv_ char **marked = strv_split(wizard_get(&flow->values, row->name), " ");

	for (size_t i = 0; i < flow->setup->n_disks; i++) {
		const struct wizard_disk *disk = &flow->setup->disks[i];

		add_choice(row, disk->path, disk->label, NULL);
		row->options[i].details = xstrdup(disk->words);
		row->options[i].refused = xstrdup(disk->refused);
		row->options[i].marks = !disk->refused && strv_contains(marked, disk->path);
	}
}

static const char *const pools[] = {"alone", "create", "join"};

static void add_options(const struct flow *flow, struct tui_row *row, const struct field *field)
{
	const char *now = wizard_get(&flow->values, row->name);
	const char *const *choices = field_choices(field);

	if (str_eq(row->name, INTERFACE) || str_eq(row->name, PORTS))
		add_nics(flow, row);
	if (str_eq(row->name, DISKS))
		add_disks(flow, row);
	for (size_t i = 0; choices && choices[i]; i++)
		add_choice(row, choices[i], choices[i], now);
	for (size_t i = 0; str_eq(row->name, "pool") && i < ARRAY_SIZE(pools); i++)
		add_choice(row, pools[i], wizard_word("pool", pools[i]), now);
	for (const struct word *word = field->words; word && word->word; word++)
		if (wizard_word(row->name, word->word))
			add_choice(row, word->word, wizard_word(row->name, word->word), now);
}

static void add_field(const struct flow *flow, struct tui_form *form, const char *name)
{
	const struct wizard_question *question = wizard_question(name);
	const struct field *field = field_find(name);
	struct tui_row *row =
		tui_add(form, question->kind, question->name, question->label ?: field->label,
			question->help ?: field->help);

	if (question->kind == TUI_TABLE)
		row->columns[0] =
			(struct tui_column){str_eq(name, DISKS) ? _("disks of virtual machines")
								: _("further interfaces"),
					    false};
	if (question->kind == TUI_CHOICE || question->kind == TUI_LIST ||
	    question->kind == TUI_TABLE)
		add_options(flow, row, field);
	else
		row->text = xstrdup(wizard_get(&flow->values, name));
	if (str_eq(name, "root-password"))
		tui_add(form, TUI_PASSWORD, AGAIN, _("The same again"),
			_("Typed twice, so that a slip of the finger locks nobody out."))
			->text = xstrdup(wizard_get(&flow->values, name));
}

/* What the row holds, as the values have it. Newly allocated. */
static char *row_text(const struct tui_row *row)
{
	_cleanup_strbuf_ struct strbuf marked = {0};

	if (row->kind != TUI_CHOICE && row->kind != TUI_LIST && row->kind != TUI_TABLE)
		return xstrdup(row->text ?: "");
	for (size_t i = 0; i < row->n_options; i++)
		if (row->options[i].marks)
			strbuf_addf(&marked, "%s%s", marked.length ? " " : "",
				    row->options[i].value);
	return strbuf_take(&marked);
}

static void take(struct flow *flow, const struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++) {
		const struct tui_row *row = &form->rows[i];
		char *text;

		if (!row->name || !wizard_name(row->name))
			continue;
		text = row_text(row);
		wizard_set(&flow->values, wizard_name(row->name), text);
		explicit_bzero(text, strlen(text));
		free(text);
	}
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
	_cleanup_free_ char *hint = i18n_sentence(finding->hint);

	tui_complain(row, "%s%s%s", words, hint ? ": " : "", hint ?: "");
}

/* The field that this one asks for is empty, and says so itself in words for who sees no file. */
static bool is_said_below(const struct tui_form *form, const char *where)
{
	for (size_t i = 0; i < form->n_rows; i++) {
		const struct tui_row *row = &form->rows[i];
		const struct wizard_question *question =
			row->name ? wizard_question(row->name) : NULL;

		if (question && question->required && str_eq(question->only_with, where) &&
		    !row->hidden && str_empty(row->text))
			return true;
	}
	return false;
}

/* The reader's findings go to the rows that they name. */
static void complain(struct tui_form *form, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		const char *where =
			str_starts(finding->where, "bond") && !str_eq(finding->where, MODE)
				? PORTS
				: finding->where;
		struct tui_row *row = tui_find(form, where);

		if (row && !row->hidden && finding->severity == SEVERITY_ERROR &&
		    !is_said_below(form, where))
			complain_row(row, finding);
	}
}

/* The management interface is in the bond anyway. */
static void bar_interface(struct tui_form *form, const char *interface)
{
	struct tui_row *ports = tui_find(form, PORTS);

	for (size_t i = 0; ports && i < ports->n_options; i++) {
		struct tui_option *option = &ports->options[i];

		option->barred = str_eq(option->value, interface);
		if (option->barred)
			option->marks = 0;
	}
}

/* Says what the marks mean, all the time, in the line below. */
static void explain_disks(const struct flow *flow, struct tui_form *form)
{
	struct tui_row *row = tui_find(form, DISKS);
	_cleanup_strbuf_ struct strbuf erased = {0};

	for (size_t i = 0; row && i < row->n_options; i++) {
		const struct tui_option *option = &row->options[i];

		if (option->marks && flow->setup->disks[i].lost)
			strbuf_addf(&erased, "%s%.*s", erased.length ? ", " : "",
				    (int)strcspn(option->label, " "), option->label);
	}
	if (!row)
		return;
	free(row->help);
	row->help = erased.length ? xasprintf(_("WILL BE ERASED: %s."), erased.text)
				  : xstrdup(wizard_question(DISKS)->help);
}

static void check(struct tui_form *form, void *data)
{
	struct flow *flow = data;
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	struct tui_row *again = tui_find(form, AGAIN), *mode = tui_find(form, MODE);
	struct tui_row *type = tui_find(form, "installation@sr-type");

	take(flow, form);
	bar_interface(form, wizard_get(&flow->values, INTERFACE));
	take(flow, form);
	explain_disks(flow, form);
	for (size_t i = 0; i < form->n_rows; i++) {
		struct tui_row *row = &form->rows[i];
		const struct wizard_question *question =
			row->name ? wizard_question(row->name) : NULL;

		row->hidden = question && !wizard_asks(&flow->values, row->name);
		if (question && question->required && !row->hidden &&
		    str_empty(wizard_get(&flow->values, row->name)))
			tui_complain(row, "%s", question->required);
	}
	if (type)
		type->hidden = str_empty(wizard_get(&flow->values, DISKS));
	if (mode)
		mode->hidden = str_empty(wizard_get(&flow->values, PORTS));
	if (again && !str_eq(again->text ?: "", wizard_get(&flow->values, "root-password")))
		tui_complain(again, "It differs from the first one");
	if (wizard_answers(&flow->values, &answers, &secrets, &findings) == 0)
		complain(form, &findings);
}

static bool has_problem(const struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++)
		if (!form->rows[i].hidden && form->rows[i].problem)
			return true;
	return false;
}

/* Once, and only on the screen: what is not gone through again is not tried again. */
static void recall(struct flow *flow)
{
	const struct wizard_values *former = flow->setup->former;

	for (size_t i = 0; !flow->recalled && i < former->count; i++)
		wizard_set(&flow->values, former->list[i].name, former->list[i].text);
	flow->recalled = true;
}

enum screen_end wizard_form(struct flow *flow, const struct screen *screen)
{
	struct tui_kept **unfinished = &flow->unfinished[screen - wizard_screens];
	_cleanup_wizard_values_ struct wizard_values before = {0};
	_cleanup_tui_form_ struct tui_form form = {.title = screen->title,
						   .keys = screen->test ? wizard_test_keys
									: wizard_keys,
						   .check = check,
						   .data = flow};
	struct tui_result result;
	enum screen_end end;
	bool again;

	wizard_values_copy(&flow->values, &before);
	if (str_eq(screen->name, "pool"))
		recall(flow);
	form.intro = xstrdup(screen->intro);
	for (const char *const *name = screen->fields; name && *name; name++)
		add_field(flow, &form, *name);
	tui_restore(&form, *unfinished);
	tui_kept_free(*unfinished);
	*unfinished = NULL;
	do {
		result = tui_run(&form);
		if (result.end == TUI_KEY && result.number == 8)
			wizard_test_page(flow);
		end = wizard_form_end(flow, &result, &again);
	} while (again);
	/* Going back loses nothing, but what is wrong never becomes a value. */
	if (end != SCREEN_FORWARD && has_problem(&form)) {
		*unfinished = tui_keep(&form);
		wizard_values_done(&flow->values);
		flow->values = before;
		before = (struct wizard_values){0};
	}
	return end;
}
