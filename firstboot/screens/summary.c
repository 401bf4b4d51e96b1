/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every answer in one list; each line leads to its screen and back. One confirmation. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/flow.h"

/* Typed in the operator's own language. */
#define CONSENT N_("erase")
#define DISKS   "guest-disk"
#define ERASED  "destroy-existing"

static char *value_of(const struct flow *flow, const struct wizard_question *question)
{
	const char *text = wizard_get(&flow->values, question->name);
	const char *word = wizard_word(question->name, text);

	if (question->kind == TUI_PASSWORD)
		return xstrdup(str_empty(text) ? _("(none)") : "********");
	if (str_empty(text))
		return xstrdup(str_eq(question->name, "hostname") ? _("(from DHCP)") : _("(none)"));
	return xstrdup(word ? _(word) : text);
}

static size_t add_screen(const struct flow *flow, struct tui_form *form,
			 const struct screen *screen)
{
	size_t changes = 0;

	for (const char *const *name = screen->fields; name && *name; name++) {
		const struct wizard_question *question = wizard_question(*name);
		_cleanup_free_ char *label = NULL;
		bool changed = !wizard_same(&flow->values, flow->setup->values, *name);

		/* Means nothing without disks. */
		if (str_eq(*name, "installation@sr-type") &&
		    str_empty(wizard_get(&flow->values, DISKS)))
			continue;

		changes += changed;
		if (!wizard_asks(&flow->values, *name) ||
		    (str_eq(*name, "bond@mode") &&
		     str_empty(wizard_get(&flow->values, "bond-port@name"))))
			continue;
		label = xasprintf("%c %s", changed ? '*' : ' ',
				  _(question->label ?: field_find(*name)->label));
		tui_add(form, TUI_LINK, screen->name, label,
			_("Enter goes there and returns here."))
			->text = value_of(flow, question);
	}
	return changes;
}

/* The chosen disks that are not empty: their paths with blanks between, their words, or how many.
 */
static size_t find_lost(const struct flow *flow, struct strbuf *paths, struct strbuf *words)
{
	const struct wizard_setup *setup = flow->setup;
	_cleanup_strv_ char **chosen = strv_split(wizard_get(&flow->values, DISKS), " ");
	size_t count = 0;

	for (size_t i = 0; i < setup->n_disks; i++) {
		const struct wizard_disk *disk = &setup->disks[i];

		if (!disk->lost || !strv_contains(chosen, disk->path))
			continue;
		strbuf_addf(paths, "%s%s", count++ ? " " : "", disk->path);
		strbuf_addf(words, "  %s\n", disk->lost);
	}
	return count;
}

static void check(struct tui_form *form, void *data _unused_)
{
	struct tui_row *row = tui_find(form, CONSENT);

	if (row && !str_eq(row->text ?: "", _(CONSENT)))
		tui_complain(row, "Nothing happens until the word \"%s\" stands here", _(CONSENT));
}

/* What is going to be lost stands first, and is typed for, as at an installation. */
static void ask_consent(const struct flow *flow, struct tui_form *form)
{
	_cleanup_strbuf_ struct strbuf paths = {0}, words = {0};
	size_t count = find_lost(flow, &paths, &words);
	_cleanup_free_ char *label = NULL;
	char *intro = form->intro;

	if (!count)
		return;
	form->intro = xasprintf("%s\n%s\n%s",
				count == 1 ? _("THIS DISK WILL BE ERASED")
					   : _("THESE DISKS WILL BE ERASED"),
				words.text, intro);
	free(intro);
	label = xasprintf(_("Type %s to go on"), _(CONSENT));
	tui_add(form, TUI_ENTRY, CONSENT, label,
		_("What stands under ERASED above will be lost for good."));
}

/* What was confirmed here is erased, and nothing else. */
static void note_consent(struct flow *flow)
{
	_cleanup_strbuf_ struct strbuf paths = {0}, words = {0};

	find_lost(flow, &paths, &words);
	wizard_set(&flow->values, ERASED, paths.text);
}

enum screen_end wizard_summary(struct flow *flow, const struct screen *screen)
{
	static const char *const act[] = {N_("Carry out"), N_("Back"), NULL};
	static const char *const nothing[] = {N_("Back"), NULL};
	_cleanup_tui_form_ struct tui_form form = {
		.title = screen->title, .keys = wizard_keys, .placed = true, .check = check};
	struct tui_result result;
	enum screen_end end;
	size_t changes = 0;
	bool again;

	flow->complete = true;
	for (size_t i = 0; i < wizard_screens_count(); i++)
		if (wizard_screen_applies(flow, &wizard_screens[i]))
			changes += add_screen(flow, &form, &wizard_screens[i]);
	form.buttons = changes ? act : nothing;
	form.intro =
		xstrdup(changes ? _("What is marked * is new. Nothing was changed so far: Carry "
				    "out does it. Enter on a line goes to its screen.")
				: _("Nothing is to be changed. Enter on a line goes to its "
				    "screen."));
	ask_consent(flow, &form);
	form.row = form.n_rows;
	do {
		result = tui_run(&form);
		if (result.end == TUI_FOLLOW) {
			flow->jump = wizard_screen_number(form.rows[result.number].name);
			return SCREEN_JUMP;
		}
		if (result.end == TUI_BUTTON && (!changes || result.number == 1))
			result.end = TUI_BACK;
		end = wizard_form_end(flow, &result, &again);
	} while (again);
	if (end == SCREEN_BACK) {
		flow->jump = wizard_screen_number("status");
		return SCREEN_JUMP;
	}
	if (end == SCREEN_FORWARD) {
		note_consent(flow);
		flow->end = WIZARD_APPLY;
		return SCREEN_END;
	}
	return end;
}
