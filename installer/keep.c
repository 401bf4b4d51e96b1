/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/keep.h"
#include "common/url.h"

#include "common/bootline.h"
#include "common/http.h"
#include "common/log.h"
#include "common/str.h"

#define TAG "keep"
/* Long enough for a server that thinks, short enough for somebody who waits. */
#define PATIENCE_S 20
#define LOG_MAX    (64 * MIB)

static const struct {
	const char *suffix, *content_type;
} things[] = {
	[SCREENS_ANSWERS] = {"-answers.xml", "application/xml"},
	[SCREENS_LOG] = {"-install.log", "text/plain; charset=utf-8"},
};

static void forget_sticks(struct keep *keep)
{
	sticks_done(&keep->sticks);
	host_free(keep->now);
	keep->now = NULL;
}

void keep_done(struct keep *keep)
{
	forget_sticks(keep);
	free(keep->url);
	keep->url = NULL;
}

static char *read_thing(enum screens_thing thing, void *data)
{
	const struct keep *keep = data;
	size_t length;
	char *text;

	if (thing == SCREENS_ANSWERS)
		return xstrdup(keep->answers);
	return fsroot_read(keep->root, keep->log, LOG_MAX, &text, &length) < 0 ? NULL : text;
}

static bool is_planned(const struct plan *plan, const struct host_disk *disk)
{
	for (size_t i = 0; plan && i < plan->n_disks; i++)
		if (str_eq(plan->disks[i].id, disk->id))
			return true;
	return false;
}

/* The host may be on a disk that a stick looks like. */
static void drop_planned(struct keep *keep)
{
	size_t kept = 0;

	for (size_t i = 0; i < keep->sticks.count; i++) {
		if (is_planned(keep->plan, keep->sticks.list[i].disk))
			stick_done(&keep->sticks.list[i]);
		else
			keep->sticks.list[kept++] = keep->sticks.list[i];
	}
	keep->sticks.count = kept;
}

static char *words_of(const struct stick *stick)
{
	_cleanup_free_ char *size = str_from_size(stick->disk->size_bytes);
	const char *label = str_empty(stick->label) ? "no label" : stick->label;

	return xasprintf("%s  %s  %s  %s", stick->node, label, size, stick->disk->model ?: "");
}

/* Anew each time: the stick was plugged in just now. */
static char **find_places(void *data)
{
	_cleanup_error_ struct error *error = NULL;
	struct keep *keep = data;
	char **places = NULL;

	forget_sticks(keep);
	if (host_detect(keep->root, NULL, &keep->now, &error) < 0) {
		log_warning(TAG, "no stick can be looked for: %s", error->message);
		return NULL;
	}
	sticks_find(keep->now, &keep->sticks);
	drop_planned(keep);
	for (size_t i = 0; i < keep->sticks.count; i++) {
		_cleanup_free_ char *words = words_of(&keep->sticks.list[i]);

		strv_add(&places, words);
	}
	return places;
}

static int no_text(enum screens_thing thing, struct error **err)
{
	return error_set(err, ERROR_INTERNAL, "there %s",
			 thing == SCREENS_LOG ? "is no log" : "are no answers");
}

static int write_to_stick(enum screens_thing thing, size_t number, char **ret, void *data,
			  struct error **err)
{
	struct keep *keep = data;
	_cleanup_free_ char *text = read_thing(thing, keep), *file = NULL;
	_cleanup_free_ char *stem = documents_machine(keep->host);
	int r;

	if (!text)
		return no_text(thing, err);
	r = stick_save_text(&keep->sticks.list[number], stem, things[thing].suffix, text, &file,
			    err);
	if (r < 0)
		return r;
	*ret = xasprintf("%s on %s", file, keep->sticks.list[number].node);
	log_info(TAG, "wrote %s", *ret);
	return 0;
}

/* A URL that ends with a slash names a folder, in which PUT makes a file. */
static char *full_url(const struct keep *keep, enum screens_thing thing, const char *url, bool put)
{
	_cleanup_free_ char *stem = documents_machine(keep->host);

	if (!put || !str_ends(url, "/"))
		return xstrdup(url);
	return xasprintf("%s%s%s", url, stem, things[thing].suffix);
}

static int send_to_url(enum screens_thing thing, const char *url, bool put, char **ret, void *data,
		       struct error **err)
{
	struct keep *keep = data;
	_cleanup_free_ char *text = read_thing(thing, keep), *answer = NULL;
	_cleanup_free_ char *full = full_url(keep, thing, url, put);
	struct http_request request = {
		.url = full, .body = text, .put = put, .connect_timeout_s = PATIENCE_S};
	int r;

	if (!text)
		return no_text(thing, err);
	request.body_length = strlen(text);
	request.content_type = things[thing].content_type;
	r = keep->reach ? keep->reach(full, keep->data, err) : 0;
	if (r == 0)
		r = http_get(&request, &answer, NULL, err);
	if (r < 0)
		return r;
	*ret = url_masked(full);
	log_info(TAG, "sent %s", *ret);
	return 0;
}

/* The boot line's, which may be wrong: then it is seen, and refused when it is used. */
static char *known_url(const struct fsroot *root)
{
	_cleanup_free_ char *command_line = NULL;

	return fsroot_read_text(root, "/proc/cmdline", &command_line) < 0
		       ? NULL
		       : bootline_get(command_line, KEEP_TOKEN);
}

struct screens_keep keep_for_screens(struct keep *keep)
{
	if (!keep->url)
		keep->url = known_url(keep->root);
	return (struct screens_keep){.places = find_places,
				     .write = write_to_stick,
				     .send = send_to_url,
				     .read = read_thing,
				     .url = keep->url,
				     .lacks_password = keep->lacks_password,
				     .data = keep};
}
