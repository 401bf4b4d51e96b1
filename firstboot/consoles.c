/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/consoles.h"

#include <errno.h>

#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/status.h"

#define TAG "consoles"
/* Nobody should wait longer for a login prompt; a failure is shown at the next boot then. */
#define WAIT_S 90
/* Their turn comes behind disks and links, which have time limits of their own. */
#define QUEUE_S 600

char **consoles_list(const struct fsroot *root)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **names = NULL;
	char **list = NULL;

	if (fsroot_read_text(root, "/sys/class/tty/console/active", &text) < 0)
		return NULL;
	names = strv_split(text, " \n");
	for (char **name = names; name && *name; name++) {
		/* The screen that is seen; its login prompt is on the first. */
		const char *console = str_eq(*name, "tty0") ? "tty1" : *name;

		if (!strv_contains(list, console))
			strv_add(&list, console);
	}
	return list;
}

enum turn {
	TURN_OVER,    /* the tasks have ended, or nothing starts them */
	TURN_WAITING, /* they wait for what must come before them */
	TURN_NOW,
};

/* Without --value, which leaves the names away: "ActiveState=inactive", "Job=17" or "Job=". */
static enum turn tasks_turn(void)
{
	const char *argv[] = {"systemctl", "show", "--property=ActiveState,Job",
			      "xenhost-firstboot.service", NULL};
	const struct proc proc = {.argv = argv, .tag = TAG, .timeout_s = 30, .quiet = true};
	_cleanup_proc_result_ struct proc_result result = {0};
	const char *job;

	if (proc_run(&proc, &result, NULL) < 0)
		return TURN_OVER;
	if (strstr(result.output, "ActiveState=activating"))
		return TURN_NOW;
	job = strstr(result.output, "Job=");
	return job && strtoul(job + strlen("Job="), NULL, 10) > 0 ? TURN_WAITING : TURN_OVER;
}

static void wait_for_tasks(void)
{
	unsigned queued = 0, worked = 0;

	while (queued < QUEUE_S && worked < WAIT_S) {
		switch (tasks_turn()) {
		case TURN_OVER:
			return;
		case TURN_WAITING:
			queued++;
			break;
		case TURN_NOW:
			worked++;
			break;
		}
		sleep(1);
	}
	log_info(TAG, "the tasks of first boot are not done yet");
}

static int start(const struct fsroot *root, const char *console, struct error **err)
{
	_cleanup_free_ char *mark = xasprintf(CONSOLES_FOLDER "/%s", console);
	_cleanup_free_ char *unit = xasprintf("xenhost-firstboot-wizard@%s.service", console);
	int r = fsroot_write_text(root, mark, "", 0644);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", mark);
	r = proc_runl(err, TAG, "systemctl", "--no-block", "start", unit, NULL);
	if (r < 0 && fsroot_unlink(root, mark) < 0)
		log_error(TAG, "cannot remove %s", mark);
	return r;
}

int consoles_start(struct firstboot *firstboot, struct error **err)
{
	_cleanup_strv_ char **list = consoles_list(firstboot->root);
	int r = 0;

	wait_for_tasks();
	r = state_reload(firstboot, err);
	if (r < 0)
		return r;
	if (!status_wants_wizard(firstboot)) {
		log_info(TAG, "nothing is open");
		return 0;
	}
	for (char **console = list; r == 0 && console && *console; console++)
		r = start(firstboot->root, *console, err);
	return r;
}
