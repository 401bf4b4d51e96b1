/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/hardware/hardware.h"
#include "common/url.h"

#include <time.h>

#include "common/bootline.h"
#include "common/http.h"
#include "common/log.h"
#include "common/program.h"
#include "common/str.h"
#include "installer/hardware/send.h"
#include "installer/hardware/stick.h"
#include "installer/network/network.h"
#include "installer/unattended/unattended.h"

#define PROGRAM      "xenhost-install"
#define TAG          "hardware"
#define FOLDER       "/run/xenhost"
#define MEDIUM       FOLDER "/medium"
#define LOG_FILE     FOLDER "/hardware-report.log"
#define SEND_PAUSE_S 3

struct job {
	struct fsroot *root;
	char *command_line; /* may hold credentials */
	struct hardware_options options;
	struct host *host;
	struct profile *profile;
	struct verdicts verdicts;
	struct documents documents;
	bool network_up;
	bool saved, sent;
	int exit_code; /* of the first thing that failed */
};

static void job_done(struct job *job)
{
	documents_done(&job->documents);
	verdicts_done(&job->verdicts);
	profile_free(job->profile);
	host_free(job->host);
	hardware_options_done(&job->options);
	free(job->command_line);
	fsroot_free(job->root);
}

/* Told, remembered, and no reason to leave the rest undone. */
static void note_failure(struct job *job, struct error *error)
{
	int code = program_failed(PROGRAM, error, "hint: ");
	_cleanup_free_ char *text = error_text(error);

	log_error(TAG, "%s", text);
	if (!job->exit_code)
		job->exit_code = code;
	error_free(error);
}

static int prepare(struct job *job, struct error **err)
{
	int r;

	if (geteuid() != 0) {
		error_set(err, ERROR_USAGE, "only root can look at all of a machine");
		return error_hint(err, "xenhost-hwinfo check shows what everybody may see.");
	}
	program_cancel_on_signals();
	/* Its lines and those on stderr make one log. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	r = fsroot_open("/", &job->root);
	if (r == 0)
		r = fsroot_mkdir(job->root, FOLDER, 0755);
	if (r == 0)
		r = log_to_file(LOG_DEBUG, LOG_FILE);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write below %s", FOLDER);
	r = fsroot_read_text(job->root, "/proc/cmdline", &job->command_line);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read /proc/cmdline");
	return 0;
}

/* Switches are heard on links that are up, whether or not anything is sent. */
static int prepare_links(struct job *job, struct error **err)
{
	_cleanup_host_ struct host *host = NULL;
	int r = host_detect_nics(job->root, &host, NULL, err);

	if (r == 0)
		r = network_rename(host, err);
	return r < 0 || !host->n_nics ? r : network_links_up(job->root, host, err);
}

/* After listening, when the slowest link has come up. */
static int bring_up_network(struct job *job, struct error **err)
{
	_cleanup_network_config_ struct network_config *config = NULL;
	const struct unattended trust = {
		.root = job->root,
		.host = job->host,
		.command_line = job->command_line,
		.medium = MEDIUM,
	};
	_cleanup_free_ char *time = bootline_get(job->command_line, "xenhost.time");
	int r;

	if (!job->options.url)
		return 0;
	r = unattended_trust(&trust, err);
	if (r == 0)
		r = network_config_parse(job->command_line, &config, err);
	if (r < 0)
		return r;
	puts("bringing up the network");
	r = network_up_to(job->root, job->host, config, job->options.url, err);
	if (r < 0)
		return r;
	job->network_up = true;
	/* A report bears its date, and certificates are checked against the clock. */
	network_set_clock(job->root, time);
	return 0;
}

static int look(struct job *job, struct error **err)
{
	const struct host_options detect = {.lldp_seconds = job->options.lldp_seconds,
					    .health = true};
	int r = profile_load(job->options.profile, &job->profile, err);

	if (r < 0) {
		struct error *problem = err ? TAKE_PTR(*err) : NULL;

		if (problem)
			note_failure(job, problem);
		r = profile_load("host", &job->profile, err);
	}
	if (r < 0)
		return r;
	if (detect.lldp_seconds)
		printf("looking at the hardware; up to %u s of it listening for switches (LLDP)\n",
		       detect.lldp_seconds);
	return host_detect(job->root, &detect, &job->host, err);
}

/* Verdicts for the consoles; all of it in a file that they can page through. */
static int show(struct job *job, struct error **err)
{
	_cleanup_free_ char *judged = verdicts_to_text(&job->verdicts);
	_cleanup_free_ char *summary = verdicts_summary(&job->verdicts);
	int r = fsroot_write_text(job->root, HARDWARE_TEXT, job->documents.list[DOCUMENT_TEXT].text,
				  0644);

	printf("%s%s", judged, summary);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", HARDWARE_TEXT);
	return 0;
}

static int save(struct job *job, struct error **err)
{
	_cleanup_stick_ struct stick stick = {0};
	_cleanup_strv_ char **files = NULL;
	_cleanup_free_ char *names = NULL;
	int r = stick_find(job->host, &stick, err);

	if (r > 0)
		r = stick_save(&stick, &job->documents, &files, err);
	if (r < 0)
		return error_prefix(err, "NOT SAVED");
	if (!files)
		return 0;
	job->saved = true;
	names = strv_join(files, ", ");
	printf("SAVED on the stick %s: %s\n", stick.node, names);
	log_info(TAG, "saved on %s: %s", stick.node, names);
	return 0;
}

static void say_line(const char *line, void *data _unused_)
{
	puts(line);
}

static int send(struct job *job, struct error **err)
{
	const struct receiver receiver = {
		.url = job->options.url,
		.certificate_sha256 = job->options.certificate_sha256,
		.pause_s = SEND_PAUSE_S,
		.say = say_line,
	};
	_cleanup_free_ char *masked = NULL;

	if (!job->options.url)
		return 0;
	if (!job->network_up) {
		error_set(err, ERROR_NETWORK, "NOT SENT: the network is not up");
		return error_hint(err, "See above what each network interface lacks.");
	}
	if (send_documents(&receiver, &job->documents, err) < 0)
		return error_prefix(err, "NOT SENT");
	job->sent = true;
	masked = url_masked(job->options.url);
	printf("SENT to %s\n", masked);
	log_info(TAG, "sent to %s", masked);
	return 0;
}

static void attempt(struct job *job, int (*step)(struct job *job, struct error **err))
{
	struct error *error = NULL;

	if (step(job, &error) < 0 && error)
		note_failure(job, error);
}

int hardware_report(void)
{
	_cleanup_(job_done) struct job job = {0};
	struct error *error = NULL;

	if (prepare(&job, &error) < 0) {
		note_failure(&job, error);
		return job.exit_code;
	}
	if (hardware_options_parse(job.command_line, &job.options, &error) < 0)
		note_failure(&job, TAKE_PTR(error));
	attempt(&job, prepare_links);
	if (look(&job, &error) < 0) {
		note_failure(&job, error);
		return job.exit_code;
	}
	attempt(&job, bring_up_network);
	verdicts_judge(job.profile, job.host, &job.verdicts);
	documents_make(job.host, &job.verdicts, time(NULL), &job.documents);
	attempt(&job, show);
	attempt(&job, save);
	attempt(&job, send);
	if (!job.saved && !job.sent && !job.exit_code)
		puts("Neither saved nor sent. Plug in a stick whose file system is "
		     "labelled " STICK_LABEL
		     ",\nor name a receiver with xenhost.report=URL on the boot line.");
	return job.exit_code;
}
