/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/screens/keep.h"

#include <errno.h>

#include "common/i18n.h"
#include "common/str.h"
#include "common/tui/tui.h"

/* Places besides sticks, as values of the options. */
#define PUT    "put"
#define POST   "post"
#define SCREEN "screen"

static const struct {
	const char *title, *intro, *done;
} things[] = {
	[SCREENS_ANSWERS] =
		{N_("Keep the answers"),
		 N_("What was answered, as an answer file: with it the same installation "
		    "runs again without a question. It holds the password's hash."),
		 N_("The answers are in")},
	[SCREENS_LOG] = {N_("Save the log"), N_("What was done, with all that the tools said."),
			 N_("The log is in")},
};

static const struct tui_key keys[] = {{8, 'R', N_("Look again")}, {0}};

static bool is_web(const char *place)
{
	return str_eq(place, PUT) || str_eq(place, POST);
}

static void check(struct tui_form *form, void *data _unused_)
{
	struct tui_row *url = tui_find(form, "url");
	const struct tui_option *place = tui_chosen(tui_find(form, "place"));
	const char *text = url->text ?: "";

	url->hidden = !place || !is_web(place->value);
	if (url->hidden)
		return;
	if (!*text)
		tui_complain(url, "Say where to: http://SERVER/PATH");
	else if (!str_starts(text, "http://") && !str_starts(text, "https://"))
		tui_complain(url, "It begins with http:// or https://");
}

static void add_place(struct tui_row *row, const char *label, char *value)
{
	struct tui_option *option = tui_add_option(row, label);

	option->value = value;
	/* The first one, until somebody wants another. */
	option->marks = row->n_options == 1;
}

static void add_places(struct tui_row *row, const struct screens_keep *keep,
		       enum screens_thing thing)
{
	_cleanup_strv_ char **sticks = keep->places(keep->data);

	for (size_t i = 0; i < strv_length(sticks); i++)
		add_place(row, sticks[i], xasprintf("%zu", i));
	add_place(row, _("a web server, by PUT"), xstrdup(PUT));
	add_place(row, _("a web server, by POST"), xstrdup(POST));
	if (thing == SCREENS_ANSWERS)
		add_place(row, _("this screen, as QR codes"), xstrdup(SCREEN));
	if (!sticks)
		row->help =
			xstrdup(_("No stick is in. One with FAT, exFAT or ext4 is found by F8."));
}

static void say_error(const struct error *error)
{
	_cleanup_free_ char *words = error_words(error);

	tui_view(_("That did not work"), words);
}

static void show_code(const struct screens_keep *keep, enum screens_thing thing)
{
	_cleanup_free_ char *text = keep->read(thing, keep->data);

	int r = text ? tui_code(things[thing].title, text) : -ENOENT;

	if (r == -ENOTSUP)
		tui_view(_("QR codes"),
			 _("This terminal cannot show them: they need UTF-8 and colours. "
			   "Take a stick or a web server."));
	else if (r == -E2BIG)
		tui_view(_("QR codes"),
			 _("This screen is too small for them. Make the window larger, or "
			   "take a stick or a web server."));
	else if (r < 0)
		tui_view(_("QR codes"), _("There is nothing to show."));
	if (text)
		explicit_bzero(text, strlen(text));
}

/* True when it is done. */
static bool keep_at(const struct screens_keep *keep, enum screens_thing thing, const char *place,
		    const char *url)
{
	_cleanup_tui_form_ struct tui_form wait = {.title = things[thing].title};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *where = NULL, *words = NULL;
	uint64_t number;
	int r;

	if (str_eq(place, SCREEN)) {
		show_code(keep, thing);
		return false;
	}
	wait.intro = xstrdup(_("Writing it ..."));
	tui_show(&wait);
	if (is_web(place))
		r = keep->send(thing, url, str_eq(place, PUT), &where, keep->data, &error);
	else if (str_to_u64(place, 10, &number) == 0)
		r = keep->write(thing, (size_t)number, &where, keep->data, &error);
	else
		return false;
	if (r < 0) {
		say_error(error);
		return false;
	}
	words = xasprintf("%s %s.", things[thing].done, where);
	tui_view(_("Done"), words);
	return true;
}

/* The form, with what is there now. */
static void make_form(struct tui_form *form, const struct screens_keep *keep,
		      enum screens_thing thing)
{
	static const char *const buttons[] = {N_("Save"), N_("Back"), NULL};
	const char *title = things[thing].title;
	_cleanup_tui_form_ struct tui_form wait = {.title = title};

	wait.intro = xstrdup(_("Looking for sticks ..."));
	tui_show(&wait);
	*form = (struct tui_form){
		.title = title, .buttons = buttons, .keys = keys, .check = check, .placed = true};
	form->intro = xasprintf("%s%s", things[thing].intro,
				thing == SCREENS_ANSWERS && keep->lacks_password
					? _(" The pool's password is not in it: fill it in before "
					    "the file is used.")
					: "");
	add_places(tui_add(form, TUI_CHOICE, "place", _("Where to"), NULL), keep, thing);
	tui_add(form, TUI_ENTRY, "url", "URL",
		_("Such as http://192.0.2.1/hosts/; by PUT a / at the end gets the file's name."))
		->text = keep->url ? xstrdup(keep->url) : NULL;
	/* On the button, unless something has to be said first. */
	form->row = is_web(form->rows[0].options[0].value) && !keep->url ? 0 : form->n_rows;
}

void screens_keep_ask(const struct screens_keep *keep, enum screens_thing thing)
{
	_cleanup_tui_form_ struct tui_form form = {0};

	make_form(&form, keep, thing);
	for (;;) {
		struct tui_result result = tui_run(&form);

		if (result.end == TUI_KEY) {
			tui_form_done(&form);
			make_form(&form, keep, thing);
			continue;
		}
		if (result.end != TUI_BUTTON || result.number != 0)
			return;
		if (keep_at(keep, thing, tui_chosen(tui_find(&form, "place"))->value,
			    tui_find(&form, "url")->text))
			return;
	}
}
