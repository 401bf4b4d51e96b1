/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screens of a running installation and of its end, for their tests: goes as many steps of a
 * plan as the number in the file CONTROL says. Prints whether it was stopped, and what was chosen.
 * Usage: tui-progress HOST.json ANSWERS MANIFEST CONTROL
 */
#include <time.h>

#include "common/str.h"
#include "installer/inputs.h"
#include "installer/screens/progress.h"
#include "installer/screens/screens.h"

static volatile bool stopped;

static void stop(void)
{
	stopped = true;
}

static struct screens_progress progress = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The number of steps that the control file lets pass. */
static size_t allowed(const char *path)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	char text[16] = "0";
	uint64_t number = 0;

	if (file && fgets(text, sizeof(text), file) && str_to_u64(str_trim(text), 10, &number) < 0)
		return 0;
	return (size_t)number;
}

static void *work(void *data)
{
	const struct plan *plan = progress.plan;
	const struct timespec moment = {.tv_nsec = 20000000};
	bool finished = false;

	while (!finished) {
		size_t step = allowed(data);

		nanosleep(&moment, NULL);
		finished = stopped || step >= plan->n_steps;
		pthread_mutex_lock(&progress.lock);
		progress.step = finished ? progress.step : plan->steps[step].id;
		progress.permille = (unsigned)(step * 1000 / (plan->n_steps ?: 1));
		progress.bytes = 3UL << 20;
		progress.total_bytes = str_eq(progress.step, "write-image:root") ? 12UL << 20 : 0;
		progress.bytes_per_second = 1 << 20;
		progress.seconds_left = 9;
		progress.finished = finished;
		pthread_mutex_unlock(&progress.lock);
	}
	return NULL;
}

static int make_plan(char **argv, struct plan **ret, struct error **err)
{
	static const uint8_t seed[PLAN_SEED_BYTES];
	_cleanup_host_ struct host *host = NULL;
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_source_ struct source *source = NULL;
	_cleanup_findings_ struct findings findings = {0};
	int r = host_load(argv[1], &host, err);

	if (r == 0)
		r = inputs_answers(argv[2], NULL, argv[3], &answers, &secrets, err);
	if (r == 0)
		r = inputs_manifest(argv[3], answers, &source, err);
	return r < 0 ? r : plan_build(host, answers, source, seed, 0, ret, &findings, err);
}

int main(int argc, char **argv)
{
	_cleanup_plan_ struct plan *plan = NULL;
	enum screens_choice choice;
	pthread_t thread;

	if (argc != 5 || make_plan(argv, &plan, NULL) < 0 || screens_open("progress", NULL) < 0)
		return 1;
	progress.plan = plan;
	if (pthread_create(&thread, NULL, work, argv[4]) != 0)
		return 1;
	screens_watch(&progress, argv[4], stop);
	pthread_join(thread, NULL);
	choice = screens_end("All is done.", !stopped, argv[4]);
	screens_close();
	printf("stopped %d chosen %d\n", stopped, (int)choice);
	return 0;
}
