/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stress-ng, fio and iperf3: what they are started with, side by side, and what they say. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "common/clock.h"
#include "common/proc.h"
#include "common/str.h"
#include "hwdb/burnin.h"

#define GRACE_S      120 /* that a tool may take to start, stop and sum up */
#define CELL         64  /* bits of a rate in words */
#define STRESS_WRONG 2   /* stress-ng's exit status when what it computed was wrong */
#define BITS         8

static const struct {
	const char *name, *title, *program;
} tools[] = {
	[BURNIN_STRESS] = {"processors", "Processors and memory under load", "stress-ng"},
	[BURNIN_FIO] = {"disks", "Disks read", "fio"},
	[BURNIN_IPERF] = {"network", "Network", "iperf3"},
};

static char **stress_argv(unsigned seconds)
{
	char **argv = NULL;

	/* Every kind of arithmetic on every processor, most of the memory that is free; results are
	 * compared with what they must be. */
	for (const char *const *word =
		     (const char *const[]){"stress-ng", "--cpu", "0", "--vm", "1", "--vm-bytes",
					   "70%", "--vm-keep", "--verify", "--oomable",
					   "--temp-path", "/tmp", "--timeout", NULL};
	     *word; word++)
		strv_add(&argv, *word);
	strv_addf(&argv, "%us", seconds);
	return argv;
}

/* Nothing here writes: reads alone, files are not made, and fio is told to refuse anything else. */
static char **fio_argv(const struct fsroot *root, const struct host *host, unsigned seconds)
{
	char **argv = NULL;
	size_t n = 0;

	for (const char *const *word =
		     (const char *const[]){"fio", "--readonly", "--rw=randread", "--bs=256k",
					   "--ioengine=psync", "--direct=1", "--time_based",
					   "--allow_file_create=0", "--thread",
					   "--output-format=json", NULL};
	     *word; word++)
		strv_add(&argv, *word);
	strv_addf(&argv, "--runtime=%u", seconds);
	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];
		_cleanup_free_ char *node = NULL;

		if (!str_eq(disk->kind, "disk") || disk->removable || !disk->size_bytes ||
		    host_disk_node(root, disk->id, &node, NULL) < 0)
			continue;
		strv_addf(&argv, "--name=%s", disk->name ?: disk->id);
		strv_addf(&argv, "--filename=%s", node);
		n++;
	}
	if (!n) {
		strv_free(argv);
		argv = NULL;
	}
	return argv;
}

static char **iperf_argv(const char *peer, unsigned seconds)
{
	char **argv = NULL;

	for (const char *const *word = (const char *const[]){"iperf3", "--json", "--bidir",
							     "--client", peer, "--time", NULL};
	     *word; word++)
		strv_add(&argv, *word);
	strv_addf(&argv, "%u", seconds);
	return argv;
}

char **burnin_tool_argv(enum burnin_tool tool, const struct fsroot *root, const struct host *host,
			const struct burnin_options *options, char **ret_why)
{
	char **argv = NULL;

	switch (tool) {
	case BURNIN_STRESS:
		argv = stress_argv(options->seconds);
		break;
	case BURNIN_FIO:
		argv = fio_argv(root, host, options->seconds);
		if (!argv)
			*ret_why = xstrdup("there is no fixed disk");
		break;
	case BURNIN_IPERF:
		if (options->peer)
			argv = iperf_argv(options->peer, options->seconds);
		else
			*ret_why = xstrdup("no --peer was named");
		break;
	}
	return argv;
}

/* The last line that is not empty, as what a tool died of. */
static char *last_line(const char *text)
{
	_cleanup_strv_ char **lines = strv_split(text ?: "", "\n");
	const char *last = "it said nothing";

	for (char **line = lines; line && *line; line++)
		if (!str_empty(str_trim(*line)))
			last = str_trim(*line);
	return xstrdup(last);
}

static void judge_failed(enum burnin_tool tool, int status, const char *errors, const char *hint,
			 struct burnin *burnin)
{
	_cleanup_free_ char *line = last_line(errors);

	burnin_add(burnin, tools[tool].name, tools[tool].title, VERDICT_FAIL, hint,
		   "%s ended with %d: %s", tools[tool].program, status, line);
}

static void judge_stress(int status, const char *errors, struct burnin *burnin)
{
	if (status)
		judge_failed(BURNIN_STRESS, status, errors,
			     status == STRESS_WRONG ? "Test memory and processors one by one"
						    : "See what it said, and the kernel's log",
			     burnin);
	else
		burnin_add(burnin, tools[BURNIN_STRESS].name, tools[BURNIN_STRESS].title,
			   VERDICT_PASS, NULL, "every result was right");
}

static double number(const struct json *object, const char *key)
{
	const struct json *value = json_get(object, key);
	_cleanup_free_ char *text = value ? json_scalar_text(value) : NULL;

	return text ? strtod(text, NULL) : 0;
}

static void rate_words(double bits, bool bytes, char ret[static CELL])
{
	static const char *const steps[] = {"", "k", "M", "G", "T"};
	double value = bytes ? bits / BITS : bits;
	size_t step = 0;

	while (value >= 1000 && step + 1 < ARRAY_SIZE(steps)) {
		value /= 1000;
		step++;
	}
	(void)snprintf(ret, CELL, "%.3g %s%s", value, steps[step], bytes ? "B/s" : "bit/s");
}

/* Tools print warnings before their JSON. */
static struct json *find_json(const char *output)
{
	const char *start = output ? strchr(output, '{') : NULL;
	struct json *json = NULL;

	if (!start || json_parse(start, strlen(start), "output", &json, NULL) < 0)
		return NULL;
	return json;
}

static void add_word(struct strbuf *words, const char *name, const char *value)
{
	strbuf_addf(words, "%s%s: %s", words->length ? ", " : "", name, value);
}

static void judge_fio(int status, const char *output, const char *errors, struct burnin *burnin)
{
	const char *name = tools[BURNIN_FIO].name, *title = tools[BURNIN_FIO].title;
	_cleanup_json_ struct json *json = find_json(output);
	const struct json *jobs = json_get_array(json, "jobs");
	_cleanup_strbuf_ struct strbuf good = {0}, bad = {0};
	bool forbidden = true;

	for (size_t i = 0; i < json_length(jobs); i++) {
		const struct json *job = json_at(jobs, i);
		const char *disk = json_get_string(job, "jobname") ?: "?";
		double bytes = number(json_get_object(job, "read"), "bw_bytes");
		double code = number(job, "error");
		int error = code >= 0 && code < INT_MAX ? (int)code : EIO;
		char words[CELL];

		rate_words(bytes * BITS, true, words);
		if (error)
			add_word(&bad, disk, strerror(error));
		else if (bytes > 0)
			add_word(&good, disk, words);
		else
			add_word(&bad, disk, "nothing was read");
		forbidden &= (!error && bytes > 0) || error == EPERM || error == EACCES;
	}
	if (bad.length && forbidden)
		burnin_add(burnin, name, title, VERDICT_UNKNOWN, "Run as root", "%s", bad.text);
	else if (bad.length)
		burnin_add(burnin, name, title, VERDICT_FAIL,
			   "Check cables and backplane; replace the disk", "%s", bad.text);
	else if (status || !good.length)
		judge_failed(BURNIN_FIO, status, errors, "See what it said", burnin);
	else
		burnin_add(burnin, name, title, VERDICT_PASS, NULL, "%s", good.text);
}

static void judge_iperf(int status, const char *output, const char *errors, struct burnin *burnin)
{
	static const char hint[] = "Start \"iperf3 -s\" there; check cables and firewalls";
	_cleanup_json_ struct json *json = find_json(output);
	const struct json *end = json_get_object(json, "end");
	const struct json *sent = json_get_object(end, "sum_sent");
	double there = number(sent, "bits_per_second");
	double back = number(json_get_object(end, "sum_received_bidir_reverse"), "bits_per_second");
	const char *problem = json_get_string(json, "error");
	char out[CELL], in[CELL];

	if (status || problem || there <= 0) {
		judge_failed(BURNIN_IPERF, status, problem ?: errors, hint, burnin);
		return;
	}
	rate_words(there, false, out);
	rate_words(back, false, in);
	burnin_add(burnin, tools[BURNIN_IPERF].name, tools[BURNIN_IPERF].title, VERDICT_PASS, NULL,
		   "%s out, %s in, %.0f segments sent again", out, in, number(sent, "retransmits"));
}

void burnin_tool_judge(enum burnin_tool tool, int status, const char *output, const char *errors,
		       struct burnin *burnin)
{
	switch (tool) {
	case BURNIN_STRESS:
		judge_stress(status, errors, burnin);
		break;
	case BURNIN_FIO:
		judge_fio(status, output, errors, burnin);
		break;
	case BURNIN_IPERF:
		judge_iperf(status, output, errors, burnin);
		break;
	}
}

struct job {
	enum burnin_tool tool;
	char **argv;
	char *why; /* it was not started */
	unsigned seconds;
	pthread_t thread;
	bool started, ended;
	int r;
	struct proc_result result;
	struct error *error;
};

static void *run_job(void *data)
{
	struct job *job = data;
	const struct proc proc = {
		.argv = (const char *const *)job->argv,
		.timeout_s = job->seconds + GRACE_S,
		.any_status = true,
		.quiet = true,
	};

	job->r = proc_run(&proc, &job->result, &job->error);
	return NULL;
}

static void start_job(struct job *job, const struct fsroot *root, const struct host *host,
		      const struct burnin_options *options)
{
	job->seconds = options->seconds;
	job->argv = burnin_tool_argv(job->tool, root, host, options, &job->why);
	if (job->argv && !proc_exists(tools[job->tool].program, NULL))
		job->why = xasprintf("%s is not installed", tools[job->tool].program);
	if (!job->why)
		job->started = pthread_create(&job->thread, NULL, run_job, job) == 0;
}

static bool all_ended(struct job *jobs)
{
	bool all = true;

	for (size_t i = 0; i < BURNIN_TOOLS; i++) {
		if (jobs[i].started && !jobs[i].ended)
			jobs[i].ended = pthread_tryjoin_np(jobs[i].thread, NULL) == 0;
		all &= !jobs[i].started || jobs[i].ended;
	}
	return all;
}

static void judge_job(const struct job *job, struct burnin *burnin)
{
	const char *name = tools[job->tool].name, *title = tools[job->tool].title;
	_cleanup_free_ char *hint = xasprintf("apt-get install %s", tools[job->tool].program);

	if (!job->started)
		burnin_add(burnin, name, title, VERDICT_UNKNOWN, job->argv ? hint : NULL, "%s",
			   job->why ?: "no thread could be made");
	else if (job->r < 0 && job->error && job->error->kind == ERROR_CANCELLED)
		burnin_add(burnin, name, title, VERDICT_UNKNOWN, NULL, "cancelled");
	else if (job->r < 0)
		burnin_add(burnin, name, title, VERDICT_FAIL, "See the kernel's log", "%s",
			   job->error ? job->error->message : "it could not be run");
	else
		burnin_tool_judge(job->tool, job->result.status, job->result.output,
				  job->result.errors, burnin);
}

size_t burnin_tools_run(const struct fsroot *root, const struct host *host,
			const struct burnin_options *options, struct burnin_watch *watch,
			struct burnin *burnin)
{
	const struct timespec second = {.tv_sec = 1};
	struct job jobs[BURNIN_TOOLS] = {0};
	double start = clock_seconds();
	size_t n = 0;

	for (size_t i = 0; i < BURNIN_TOOLS; i++) {
		jobs[i].tool = (enum burnin_tool)i;
		start_job(&jobs[i], root, host, options);
	}
	while (!all_ended(jobs)) {
		unsigned celsius = burnin_watch_tick(watch);

		if (options->on_second)
			options->on_second((unsigned)(clock_seconds() - start), celsius,
					   options->data);
		(void)nanosleep(&second, NULL);
	}
	for (size_t i = 0; i < BURNIN_TOOLS; i++) {
		n += jobs[i].started;
		judge_job(&jobs[i], burnin);
		strv_free(jobs[i].argv);
		free(jobs[i].why);
		proc_result_done(&jobs[i].result);
		error_free(jobs[i].error);
	}
	return n;
}
