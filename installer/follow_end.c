/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an installation without questions ended: told by it, shown to who watches. */
#include <errno.h>

#include "common/file.h"
#include "common/i18n.h"
#include "common/json.h"
#include "common/log.h"
#include "common/str.h"
#include "installer/ending.h"
#include "installer/follow.h"
#include "installer/keep.h"
#include "installer/network/network.h"
#include "installer/result.h"
#include "installer/screens/alone.h"
#include "installer/watched.h"

#define TAG      "install"
#define JSON_MAX (16 * MIB)

void follow_tell_end(const struct fsroot *root, const struct plan *plan,
		     const struct report *report, bool cancelled)
{
	_cleanup_free_ char *lease = plan ? watched_lease(root, plan) : NULL;
	const struct ending ending = {
		.plan = plan, .report = report, .lease = lease, .log = RESULT_LOG};
	_cleanup_free_ char *words = ending_words(&ending), *masked = log_mask(words);
	_cleanup_free_ char *text = xasprintf("%s\n%s",
					      cancelled ? N_("The installation was cancelled")
							: end_title(report->success),
					      masked);
	int r = fsroot_write_text(root, RESULT_ENDING, text, 0600);

	if (r < 0)
		log_warning(TAG, "cannot write " RESULT_ENDING ": %s", strerror(-r));
}

/* What is needed to keep the log somewhere. */
struct end {
	const char *folder;
	struct fsroot *root;
	struct host *host;
	struct plan plan; /* its disks' ids: no stick is one of them */
};

static char *path_in(const struct end *end, const char *name)
{
	return xasprintf("%s/%s", end->folder, strrchr(name, '/') + 1);
}

static void take_disks(struct end *end)
{
	_cleanup_free_ char *path = path_in(end, RESULT_PLAN), *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	const struct json *disks;
	struct plan *plan = &end->plan;
	size_t length;

	if (file_read(path, JSON_MAX, &text, &length) < 0 ||
	    json_parse(text, length, path, &json, NULL) < 0)
		return;
	disks = json_get_array(json, "disks");
	for (size_t i = 0; i < json_length(disks); i++) {
		struct plan_disk *disk = ARRAY_APPEND(plan->disks, plan->n_disks);

		disk->id = xstrdup(json_get_string(json_at(disks, i), "id"));
	}
}

static void end_done(struct end *end)
{
	for (size_t i = 0; i < end->plan.n_disks; i++)
		free(end->plan.disks[i].id);
	free(end->plan.disks);
	host_free(end->host);
	fsroot_free(end->root);
}

/* As the installation itself found its network, which may be what failed. */
static int reach(const char *where, void *data, struct error **err)
{
	struct end *end = data;
	_cleanup_network_config_ struct network_config *config = NULL;
	_cleanup_free_ char *command_line = NULL;
	int r = fsroot_read_text(end->root, "/proc/cmdline", &command_line);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read /proc/cmdline");
	r = network_config_parse(command_line, &config, err);
	return r < 0 ? r : network_up_to(end->root, end->host, config, where, err);
}

static enum screens_choice show(struct end *end, const char *title, const char *words)
{
	_cleanup_free_ char *log = path_in(end, RESULT_LOG), *path = path_in(end, RESULT_HOST);
	struct keep keep = {
		.root = end->root, .plan = &end->plan, .log = log, .reach = reach, .data = end};
	struct screens_ending ending = {.title = title, .words = words, .log = log};
	struct screens_keep on_screen;
	enum screens_choice choice;

	/* Where not even the machine was known, nothing was logged. */
	if (fsroot_open("/", &end->root) == 0 && host_load(path, &end->host, NULL) == 0) {
		take_disks(end);
		keep.root = end->root;
		keep.host = end->host;
		on_screen = keep_for_screens(&keep);
		ending.keep = &on_screen;
	}
	ending.success = str_eq(title, end_title(true));
	choice = screens_alone_end(&ending);
	keep_done(&keep);
	return choice;
}

bool follow_end(const char *folder)
{
	static const char *const next[] = {"reboot", "poweroff"};
	_cleanup_(end_done) struct end end = {.folder = folder};
	_cleanup_free_ char *path = path_in(&end, RESULT_ENDING), *text = NULL, *word = NULL;
	enum screens_choice choice;
	size_t length;
	char *words;

	/* It was killed before it could say anything. */
	if (file_read(path, 1 << 20, &text, &length) < 0)
		text = xasprintf("%s\nIt ended without a word; the log tells how far it came.\n",
				 end_title(false));
	words = strchr(text, '\n') ?: text + strlen(text);
	if (*words)
		*words++ = '\0';
	choice = show(&end, text, words);
	if (choice == SCREENS_SHELL)
		return false;
	word = path_in(&end, RESULT_NEXT);
	if (file_write_private(word, next[choice]) < 0)
		log_warning(TAG, "cannot write %s", word);
	return true;
}
