/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screens of a running installation and of its end, for their tests. The installation does what
 * the file CONTROL says, one "name=value" a line: the step it is at, the time, what its source
 * sent, that a step failed. What the screens decided is appended to CONTROL.out. Usage:
 * tui-progress HOST.json ANSWERS MANIFEST CONTROL
 */
#include <time.h>

#include "common/file.h"
#include "common/str.h"
#include "installer/ending.h"
#include "installer/inputs.h"
#include "installer/keep.h"
#include "installer/screens/end.h"
#include "installer/screens/progress.h"
#include "installer/screens/screens.h"

static const char *control;
static volatile bool stopped;
static struct screens_progress progress = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A value of the control file, or NULL. */
static char *setting(const char *name)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	size_t length = strlen(name), size;

	if (file_read(control, 1 << 20, &text, &size) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++)
		if (str_starts(*line, name) && (*line)[length] == '=')
			return xstrdup(*line + length + 1);
	return NULL;
}

static uint64_t number(const char *name)
{
	_cleanup_free_ char *text = setting(name);
	uint64_t value = 0;

	return text && str_to_u64(text, 10, &value) == 0 ? value : 0;
}

static void record(const char *word, const char *more)
{
	_cleanup_free_ char *path = xasprintf("%s.out", control);
	_cleanup_fclose_ FILE *file = fopen(path, "ae");

	if (file)
		fprintf(file, "%s%s%s\n", word, *more ? " " : "", more);
}

static void stop(void)
{
	stopped = true;
	record("stop", "");
}

static double clock_of_control(void)
{
	return (double)number("time");
}

static void look(struct screens_supply *ret, void *data _unused_)
{
	_cleanup_free_ char *local = setting("local");

	*ret = (struct screens_supply){.reading = number("received") > 0,
				       .remote = !local,
				       .bytes = number("received"),
				       .held_seconds = (double)number("held")};
}

static int retry(void *data _unused_, struct error **err _unused_)
{
	record("retry", "");
	return 0;
}

static int change(const char *where, void *data _unused_, struct error **err)
{
	record("change", where);
	if (!strstr(where, "wrong"))
		return 0;
	error_set(err, ERROR_MEDIA, "%s holds another build of the system", where);
	return error_hint(err, "Name a copy of the very source that it began with.");
}

static const struct screens_source source = {.look = look, .retry = retry, .change = change};

/* Sticks are folders here; whatever goes to a server goes there for real. */
static char **find_sticks(void *data _unused_)
{
	_cleanup_free_ char *stick = setting("stick");
	char **sticks = NULL;

	if (stick)
		strv_add(&sticks, "/dev/sdz1  XENHOST  14.9 GiB  Flash Drive");
	return sticks;
}

static int write_stick(enum screens_thing thing, size_t place, char **ret, void *data,
		       struct error **err)
{
	const struct screens_keep *real = data;
	_cleanup_free_ char *folder = setting("stick"), *text = real->read(thing, real->data);
	_cleanup_free_ char *path = NULL;

	path = xasprintf("%s/%s", folder, thing == SCREENS_LOG ? "install.log" : "answers.xml");
	if (place != 0 || !text || file_write_private(path, text) < 0) {
		error_set(err, ERROR_INTERNAL, "the stick is full");
		return error_hint(err, "Make room for 1 kB on it");
	}
	*ret = xstrdup("install.log on /dev/sdz1");
	return 0;
}

static int send_real(enum screens_thing thing, const char *url, bool put, char **ret, void *data,
		     struct error **err)
{
	const struct screens_keep *real = data;

	return real->send(thing, url, put, ret, real->data, err);
}

static char *read_real(enum screens_thing thing, void *data)
{
	const struct screens_keep *real = data;

	return real->read(thing, real->data);
}

static struct screens_keep real;
static const struct screens_keep on_screen = {.places = find_sticks,
					      .write = write_stick,
					      .send = send_real,
					      .read = read_real,
					      .data = &real};

static int eject(void *data _unused_, struct error **err _unused_)
{
	record("eject", "");
	return 0;
}

static void go_on(size_t step)
{
	pthread_mutex_lock(&progress.lock);
	progress.step = progress.plan->steps[step].id;
	progress.permille = (unsigned)(step * 1000 / (progress.plan->n_steps ?: 1));
	progress.bytes = 3UL << 20;
	progress.total_bytes = str_eq(progress.step, "write-image:root") ? 12UL << 20 : 0;
	progress.bytes_per_second = 1 << 20;
	progress.seconds_left = 9;
	pthread_mutex_unlock(&progress.lock);
}

static void *work(void *data _unused_)
{
	const struct timespec moment = {.tv_nsec = 20000000};
	bool failed = false;
	size_t step;

	while (!failed && !stopped && (step = number("step")) < progress.plan->n_steps) {
		_cleanup_free_ char *failure = setting("failure");

		go_on(step);
		nanosleep(&moment, NULL);
		if (!failure)
			continue;
		failed = !screens_decide(&progress, failure, "Plug the cable in.");
		record(failed ? "give up" : "again", "");
	}
	pthread_mutex_lock(&progress.lock);
	progress.finished = true;
	pthread_mutex_unlock(&progress.lock);
	stopped |= failed;
	return NULL;
}

static int make_plan(char **argv, struct host *host, struct plan **ret, struct error **err)
{
	static const uint8_t seed[PLAN_SEED_BYTES];
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_source_ struct source *manifest = NULL;
	_cleanup_findings_ struct findings findings = {0};
	int r = inputs_answers(argv[2], NULL, argv[3], &answers, &secrets, err);

	if (r == 0)
		r = inputs_manifest(argv[3], answers, &manifest, err);
	return r < 0 ? r : plan_build(host, answers, manifest, seed, 0, ret, &findings, err);
}

/* A report as an installation would leave it, so many seconds a step. */
static void make_report(const struct plan *plan, struct report *ret)
{
	*ret = (struct report){.success = !stopped,
			       .changed = true,
			       .n_steps = plan->n_steps,
			       .seconds = 5.2 * (double)plan->n_steps};
	ret->steps = xcalloc(plan->n_steps, sizeof(*ret->steps));
	for (size_t i = 0; i < plan->n_steps; i++)
		ret->steps[i] = (struct report_step){.done = true, .seconds = 5.2};
	if (!stopped) {
		strv_add(&ret->host_keys,
			 "ED25519 SHA256:fsRtMaqZWZwoMhhWHfc8NRHO2ulgm4nlfe85uUc/0kE");
		strv_add(&ret->notes, "sdb was not touched and may hold a system that the firmware "
				      "can boot: look at its boot order");
		return;
	}
	ret->failed_step = xstrdup(plan->steps[number("step")].id);
	ret->message = xstrdup("mkfs.ext4 failed with status 1: Device or resource busy");
	ret->hint = xstrdup("Look what uses the disk, then install again.");
	strv_add(&ret->notes, "/dev/vda was erased and holds no system that boots; the "
			      "installation can be started again");
}

static enum screens_choice end(const struct plan *plan, const struct screens_keep *keep)
{
	struct report *report = xcalloc(1, sizeof(*report));
	struct ending ending = {.plan = plan,
				.report = report,
				.lease = "192.0.2.77",
				.answers = "/run/xenhost/answers.xml",
				.log = "/run/xenhost/install.log",
				.medium = true};
	_cleanup_free_ char *words = NULL, *log = setting("log");
	_cleanup_free_ char *pool = setting("pool");
	struct screens_keep mine = *keep;
	struct screens_ending screen = {.success = !stopped, .log = log, .keep = &mine};
	enum screens_choice choice;

	make_report(plan, report);
	words = ending_words(&ending);
	mine.lacks_password = pool != NULL;
	mine.url = real.url;
	screen.words = words;
	screen.eject = eject;
	choice = screens_end(&screen);
	report_free(report);
	return choice;
}

int main(int argc, char **argv)
{
	_cleanup_plan_ struct plan *plan = NULL;
	_cleanup_host_ struct host *host = NULL;
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *answers = NULL, *log = NULL, *chosen = NULL;
	_cleanup_free_ char *folder = NULL;
	struct keep keep = {.answers = NULL};
	pthread_t thread;
	size_t length;

	control = argc == 5 ? argv[4] : "";
	/* With a boot line of its own; the log is in it. */
	folder = setting("root");
	if (argc != 5 || host_load(argv[1], &host, NULL) < 0 ||
	    make_plan(argv, host, &plan, NULL) < 0 || fsroot_open(folder ?: "/", &root) < 0 ||
	    file_read(argv[2], 1 << 20, &answers, &length) < 0 ||
	    screens_open("xenhost " XENHOST_VERSION, NULL) < 0)
		return 1;
	log = setting("log");
	keep.root = root;
	keep.host = host;
	keep.plan = plan;
	keep.answers = answers;
	keep.log = folder && log ? strrchr(log, '/') : log;
	real = keep_for_screens(&keep);
	progress.plan = plan;
	progress.source = &source;
	progress.keep = &on_screen;
	progress.clock = clock_of_control;
	if (pthread_create(&thread, NULL, work, NULL) != 0)
		return 1;
	screens_watch(&progress, log, stop);
	pthread_join(thread, NULL);
	chosen = xasprintf("%d", (int)end(plan, &on_screen));
	screens_close();
	record("chosen", chosen);
	keep_done(&keep);
	return 0;
}
