/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may take long runs in a thread, while the screen shows that it lives. */
#include <pthread.h>
#include <time.h>

#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

/* What is done within this time is not worth a screen. */
#define GLANCE_MS 300
#define STEP_MS   20
#define TICK_MS   500

struct background {
	int (*run)(void *data, struct error **err);
	void *data;
	struct error *error;
	int r;
	pthread_mutex_t lock; /* over done */
	bool done;
};

static void *carry_out(void *data)
{
	struct background *background = data;

	background->r = background->run(background->data, &background->error);
	pthread_mutex_lock(&background->lock);
	background->done = true;
	pthread_mutex_unlock(&background->lock);
	return NULL;
}

static bool is_done(struct background *background)
{
	bool done;

	pthread_mutex_lock(&background->lock);
	done = background->done;
	pthread_mutex_unlock(&background->lock);
	return done;
}

static void show(struct background *background, const char *title, const char *words)
{
	static const char *const buttons[] = {N_("Please wait"), NULL};
	bool gone = false;

	for (int ms = 0; ms < GLANCE_MS && !is_done(background); ms += STEP_MS)
		nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
	for (time_t began = time(NULL); !gone && !is_done(background);) {
		_cleanup_tui_form_ struct tui_form form = {
			.title = title, .buttons = buttons, .wait_ms = TICK_MS};

		form.intro = xasprintf(_("%s\n\n%d s so far."), words, (int)(time(NULL) - began));
		gone = tui_run(&form).end == TUI_GONE;
	}
}

int flow_wait(const char *title, const char *words, int (*run)(void *data, struct error **err),
	      void *data, struct error **err)
{
	struct background background = {.run = run, .data = data};
	pthread_t thread;
	int r;

	pthread_mutex_init(&background.lock, NULL);
	r = pthread_create(&thread, NULL, carry_out, &background);
	if (r != 0)
		return error_errno(err, ERROR_INTERNAL, -r, "cannot start another thread");
	show(&background, title, words);
	pthread_join(thread, NULL);
	pthread_mutex_destroy(&background.lock);
	if (err)
		*err = background.error;
	else
		error_free(background.error);
	return background.r;
}
