/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/tell.h"

#include <errno.h>

#include "common/log.h"
#include "common/notifier.h"
#include "common/str.h"

#define TAG    "report"
#define WAIT_S 30
/* Every try to join has numbers of its own, whatever became of the notices of the one before. */
#define SEQUENCE_STEP 1000

static int load(const struct fsroot *root, struct json **ret)
{
	_cleanup_free_ char *text = NULL;
	int r = fsroot_read_text(root, TELL_FILE, &text);

	return r < 0 ? r : json_parse(text, strlen(text), TELL_FILE, ret, NULL);
}

/* Before anything is sent: no number may ever be used twice. */
static int use_up_numbers(const struct fsroot *root, struct json *config)
{
	_cleanup_json_ struct json *kept = json_new_object();
	_cleanup_free_ char *text = NULL;
	uint64_t sequence = 0;

	if (!json_get_u64(config, "sequence", &sequence))
		return -EINVAL;
	json_set_members(kept, config);
	json_set_u64(kept, "sequence", sequence + SEQUENCE_STEP);
	text = json_to_text(kept);
	return fsroot_write_text(root, TELL_FILE, text, 0600);
}

static void tell(struct notifier *notifier, const struct join_result *result,
		 const struct error *error)
{
	struct json *members = json_new_object();
	_cleanup_free_ char *text = error ? error_text(error) : NULL;

	if (error) {
		json_set_string(members, "text", text);
		json_set_string(members, "kind", error_kind_to_string(error->kind));
		if (error_get_hint(error))
			json_set_string(members, "hint", error_get_hint(error));
	} else {
		json_set(members, "pool", join_result_to_json(result));
	}
	notifier_tell(notifier, error ? NOTICE_FAILED : NOTICE_JOINED, members);
}

void tell_join(const struct fsroot *root, const struct join_result *result,
	       const struct error *error)
{
	_cleanup_json_ struct json *config = NULL;
	_cleanup_error_ struct error *problem = NULL;
	struct notifier *notifier = NULL;
	int r = root ? load(root, &config) : -ENOENT;

	if (r == -ENOENT)
		return;
	if (r >= 0)
		r = use_up_numbers(root, config);
	if (r >= 0)
		r = notifier_start(config, &notifier, &problem);
	if (r >= 0) {
		tell(notifier, result, error);
		r = notifier_finish(notifier, WAIT_S);
	}
	if (r < 0)
		log_warning(TAG, "how the join went was not reported: %s", strerror(-r));
	/* The process that tries on has its own copy. */
	if (!error && fsroot_unlink(root, TELL_FILE) < 0)
		log_warning(TAG, "cannot remove %s", TELL_FILE);
}
