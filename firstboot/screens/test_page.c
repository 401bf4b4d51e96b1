/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network's checks, line by line while they run; leaving waits for none of them. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/flow.h"

#define TICK_MS 200

static char *words_of(struct wizard_job *job)
{
	_cleanup_free_ char *words = NULL;
	bool finished;

	pthread_mutex_lock(&job->lock);
	words = wizard_job_words(job);
	finished = job->finished;
	pthread_mutex_unlock(&job->lock);
	return xasprintf(
		_("The network that the host has now, with the servers and the gateway that "
		  "were entered.\n\n%s%s"),
		words, finished ? "" : "\n...");
}

void wizard_test_page(struct flow *flow)
{
	static const char *const buttons[] = {N_("Back"), NULL};
	const struct wizard_setup *setup = flow->setup;
	struct wizard_job *job = setup->test(&flow->values, setup->data);
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("Testing the network"), .buttons = buttons, .wait_ms = TICK_MS};
	struct tui_result result;

	do {
		free(form.intro);
		form.intro = words_of(job);
		result = tui_run(&form);
	} while (result.end == TUI_TICK || result.end == TUI_KEY);
	setup->end_test(setup->data);
}
