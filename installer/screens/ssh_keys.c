/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that may log in: pasted, a line each, or fetched from where a list of them is published. */
#include "common/http.h"
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define FIELD    "ssh-key"
#define LIST_MAX (64U << 10)

static bool is_url(const char *text)
{
	return str_starts(text, "https://") || str_starts(text, "http://");
}

static bool is_key_row(const struct tui_row *row)
{
	return row->name && str_starts(row->name, FIELD);
}

/* What the field's own validator says, for this row alone. */
static void judge_key(struct tui_row *row)
{
	const struct field *field = field_find(FIELD);
	_cleanup_findings_ struct findings findings = {0};
	const struct reading reading = {.where = FIELD, .findings = &findings};
	char **keys = NULL;

	if (str_empty(row->text) || is_url(row->text))
		return;
	if (!field->type->parse(field, row->text, &keys, &reading))
		tui_complain(
			row,
			"\"%.40s\" is no public key: paste a line such as ssh-ed25519 AAAA... name",
			row->text);
	strv_free(keys);
}

void ssh_keys_check(struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++)
		if (is_key_row(&form->rows[i]) && !form->rows[i].hidden)
			judge_key(&form->rows[i]);
}

struct fetching {
	struct flow *flow;
	const char *url;
	char *text;
};

static int fetch(void *data, struct error **err)
{
	struct fetching *fetching = data;
	const struct http_request request = {.url = fetching->url, .max_bytes = LIST_MAX};
	size_t length;
	int r = flow_link_up(fetching->flow, err);

	return r < 0 ? r : http_get(&request, &fetching->text, &length, err);
}

static struct tui_row *empty_row(struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++)
		if (is_key_row(&form->rows[i]) && str_empty(form->rows[i].text))
			return &form->rows[i];
	return NULL;
}

/* Lines of the list into the rows from that of the URL on; how many had no room. */
static size_t take_lines(struct tui_form *form, struct tui_row *row, const char *text,
			 size_t *ret_taken)
{
	_cleanup_strv_ char **lines = strv_split(text, "\r\n");
	size_t over = 0, taken = 0;

	free(row->text);
	row->text = xstrdup("");
	for (char **line = lines; line && *line; line++) {
		struct tui_row *to = empty_row(form);

		if (**line == '#')
			continue;
		if (!to) {
			over++;
			continue;
		}
		free(to->text);
		to->text = xstrdup(*line);
		to->touched = true;
		taken++;
	}
	*ret_taken = taken;
	return over;
}

static void say_failure(const char *url, const struct error *error)
{
	_cleanup_free_ char *text = error_words(error);
	_cleanup_free_ char *words =
		xasprintf(_("%s\n\nThe address was %s. It can be corrected, or emptied: keys "
			    "can be added to the host later."),
			  text, url);

	tui_view(_("The keys could not be fetched"), words);
}

static void say_keys(size_t taken, size_t over)
{
	_cleanup_free_ char *words = NULL;

	if (!taken)
		words = xstrdup(_("The list is empty: there is no key in it."));
	else if (over)
		words = xasprintf(
			_("%zu keys are in their rows now. %zu more had no room: an answer "
			  "file may name them."),
			taken, over);
	else
		words = xasprintf(
			P_("%zu key is in its row now. Look at it before you go on.",
			   "%zu keys are in their rows now. Look at them before you go on.", taken),
			taken);
	tui_view(_("Keys for ssh"), words);
}

bool ssh_keys_fetch(struct flow *flow, struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++) {
		struct tui_row *row = &form->rows[i];
		_cleanup_free_ char *url = xstrdup(row->text);
		struct fetching fetching = {.flow = flow, .url = url};
		_cleanup_error_ struct error *error = NULL;
		size_t taken, over;
		int r;

		if (!is_key_row(row) || row->hidden || !is_url(url))
			continue;
		r = flow_wait(_("Keys for ssh"), _("The list of keys is fetched."), fetch,
			      &fetching, &error);
		if (r < 0) {
			say_failure(url, error);
			return false;
		}
		over = take_lines(form, row, fetching.text, &taken);
		free(fetching.text);
		say_keys(taken, over);
		return false;
	}
	return true;
}

char *ssh_key_words(const char *key)
{
	const char *space = strchr(key, ' '), *last = strrchr(key, ' ');

	if (!space)
		return xstrdup(key);
	if (last == space)
		return xasprintf("%.*s ...%s", (int)(space - key), key,
				 strlen(last) > 12 ? last + strlen(last) - 12 : last);
	return xasprintf("%.*s %s", (int)(space - key), key, last + 1);
}
