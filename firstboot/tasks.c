/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/firstboot.h"
#include "firstboot/network_try.h"

static const struct task tasks[] = {
	{.name = "nic-names", .every_boot = true, .run = task_nic_names},
	{.name = "local-storage", .run = task_local_storage},
	{.name = "iscsi-name", .run = task_iscsi_name},
};

char *firstboot_to_text(const struct firstboot *firstboot)
{
	struct strbuf text = {0};

	for (size_t i = 0; i < firstboot->n_results; i++) {
		const struct task_result *result = &firstboot->results[i];

		strbuf_addf(&text, "%s: %s%s\n", result->name,
			    result->state == TASK_FAILED ? "FAILED: " : "",
			    result->message ? result->message
					    : task_state_to_string(result->state));
		if (result->hint)
			strbuf_addf(&text, "  %s\n", result->hint);
	}
	return strbuf_take(&text);
}

static int run_task(struct firstboot *firstboot, const struct task *task, struct error **err)
{
	struct task_result *result = state_result(firstboot, task->name);
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *message = NULL;
	enum task_state state = TASK_FAILED;
	int r;

	if (result->state == TASK_DONE && !task->every_boot)
		return 0;
	r = task->run(firstboot, &state, &message, &error);
	result = state_result(firstboot, task->name);
	free(result->message);
	free(result->hint);
	result->state = r < 0 ? TASK_FAILED : state;
	result->message = r < 0 ? error_text(error) : TAKE_PTR(message);
	result->hint = r < 0 && error ? xstrdup(error_get_hint(error)) : NULL;
	log_write(r < 0 ? LOG_ERROR : LOG_INFO, task->name, "%s",
		  result->message ? result->message : "");
	if (r < 0 && err && !*err)
		*err = TAKE_PTR(error);
	return r;
}

int firstboot_run(struct firstboot *firstboot, struct error **err)
{
	_cleanup_error_ struct error *first = NULL;
	bool taken_back;
	int r, failed = 0;

	/* A restart in the middle of a try is no confirmation. */
	if (network_take_back(firstboot->root, &taken_back, NULL) < 0)
		log_error("network", "the network of before could not be brought back");
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		r = run_task(firstboot, &tasks[i], &first);
		if (r < 0 && failed == 0)
			failed = r;
		r = state_save(firstboot, failed ? NULL : err);
		if (r < 0)
			return r;
	}
	r = firstboot_mark(firstboot, failed ? NULL : err);
	if (r == 0)
		r = greeting_write(firstboot, failed ? NULL : err);
	if (failed && err)
		*err = TAKE_PTR(first);
	return failed ? failed : r;
}
