/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/telling.h"

#include <errno.h>

#include "common/log.h"
#include "common/str.h"
#include "installer/inputs.h"

#define TAG "report"

void telling_done(struct telling *telling)
{
	deliver_done(&telling->deliver);
	free(telling->url);
	telling->url = NULL;
}

static void *reach(void *data)
{
	struct telling *telling = data;
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL;

	if (telling->reach(telling->url, telling->data, &problem) == 0)
		return NULL;
	text = error_text(problem);
	log_warning(TAG, "nothing can be reported: %s", text);
	return NULL;
}

void telling_start(struct telling *telling, const struct host *host, struct answers *answers,
		   struct secrets *secrets, const char *command_line, bool network_up,
		   const char *log_folder)
{
	_cleanup_findings_ struct findings findings = {0};

	answers_apply_report(answers, secrets, command_line, &findings);
	inputs_show_findings(&findings);
	deliver_start(&telling->deliver, host, answers, secrets, log_folder);
	if (!answers->report_url || network_up)
		return;
	telling->url = xstrdup(answers->report_url);
	telling->has_thread = pthread_create(&telling->thread, NULL, reach, telling) == 0;
}

void telling_stop(struct telling *telling)
{
	int r = deliver_wait(&telling->deliver);

	if (r < 0 && r != -ENOENT)
		log_warning(TAG, "part of the report was not sent; see events.log");
	if (telling->has_thread)
		pthread_join(telling->thread, NULL);
	telling->has_thread = false;
}
