/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `xenhost-install run`: gathers, plans, shows, asks if asked to, and has the plan carried out. */
#include <errno.h>

#include "common/bootline.h"
#include "common/fetch.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/board.h"
#include "installer/deliver.h"
#include "installer/fitness.h"
#include "installer/follow.h"
#include "installer/inputs.h"
#include "installer/install_id.h"
#include "installer/last_call.h"
#include "installer/live.h"
#include "installer/network/network.h"
#include "installer/payload/payload.h"
#include "installer/progress.h"
#include "installer/remote.h"
#include "installer/result.h"
#include "installer/unattended/unattended.h"

#define TAG "install"

/* Everything an installation is made of, in the order in which it comes to be. */
struct run {
	const struct install_options *options;
	struct fsroot *root;
	char *command_line; /* as the kernel has it; may hold credentials */
	struct host *host;
	bool network_up;
	char *network_url; /* that it was last seen to lead to */
	struct answers *answers;
	struct secrets secrets;
	char *source_where;
	struct payload *payload;
	uint8_t seed[PLAN_SEED_BYTES];
	int64_t time;
	struct plan *plan;
	unsigned last_call_s;
	struct progress progress;
	struct deliver deliver;
	struct remote remote;
	bool receiver_sought;
	bool watched; /* other processes show it, and hear who is there */
	bool asks;    /* the answers are to be confirmed on screens */
	struct board *board;
};

static void run_done(struct run *run)
{
	board_close(run->board);
	deliver_done(&run->deliver);
	remote_done(&run->remote);
	plan_free(run->plan);
	payload_free(run->payload);
	free(run->source_where);
	free(run->network_url);
	secrets_done(&run->secrets);
	answers_free(run->answers);
	host_free(run->host);
	free(run->command_line);
	fsroot_free(run->root);
}

static int check_cancelled(struct error **err)
{
	return proc_cancelled() ? error_set(err, ERROR_CANCELLED, "cancelled; nothing was changed")
				: 0;
}

/* Screens are there, and somebody may come to them: what the answers want to be confirmed is left
 * to those who ask on them. */
static int leave_to_screens(struct run *run, struct error **err)
{
	if (!run->watched || !run->answers->confirm || run->options->yes)
		return 0;
	if (fsroot_write_text(run->root, RESULT_ASK, "missing", 0644) < 0)
		return error_set(err, ERROR_INTERNAL, "cannot write " RESULT_ASK);
	run->asks = true;
	return error_set(err, ERROR_CANCELLED,
			 "the answers want to be confirmed, which the screens ask for");
}

/* When the first thing needs it: an installation from a disc needs no network at all. What is
 * fetched from `url` (or NULL) may need another link than what came before. */
static int need_network(struct run *run, const char *url, struct error **err)
{
	_cleanup_network_config_ struct network_config *config = NULL;
	int r;

	if (run->network_up && (!url || str_eq(url, run->network_url)))
		return 0;
	r = network_config_parse(run->command_line, &config, err);
	if (r < 0)
		return r;
	if (!run->network_up)
		fprintf(stderr, "bringing up the network (%s)\n", config->device);
	r = network_up_to(run->root, run->host, config, url, err);
	if (r < 0)
		return r;
	if (!run->network_up) {
		_cleanup_free_ char *time = bootline_get(run->command_line, "xenhost.time");

		network_set_clock(run->root, time);
	}
	run->network_up = true;
	if (url) {
		free(run->network_url);
		run->network_url = xstrdup(url);
	}
	return 0;
}

static int bring_up(void *data, struct error **err)
{
	return need_network(data, NULL, err);
}

static int bring_up_to(const char *url, void *data, struct error **err)
{
	return need_network(data, url, err);
}

static int gather_answers(struct run *run, struct error **err)
{
	const struct unattended unattended = {
		.root = run->root,
		.host = run->host,
		.command_line = run->command_line,
		.option = run->options->answers,
		.medium = INSTALL_MEDIUM,
		.need_network = bring_up,
		.need_way = bring_up_to,
		.data = run,
	};
	struct inputs_beside beside = {.command_line = run->command_line,
				       .source = run->options->source};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_strv_ char **authorities = NULL;
	_cleanup_free_ char *text = NULL;
	int r = unattended_answers(&unattended, &run->answers, &run->secrets, &findings,
				   &authorities, err);

	if (r < 0)
		return r;
	beside.authorities = authorities;
	r = inputs_judge(run->answers, &run->secrets, &findings, &beside, err);
	text = answers_to_text(run->answers);
	log_info(TAG, "each value, and where it came from:\n%s", text);
	if (r == 0 && run->answers->client_certificate)
		r = unattended_present(&unattended, run->answers->client_certificate,
				       run->answers->client_key, err);
	return r;
}

struct link_questions {
	bool link, neighbour;
};

static void collect_questions(const struct nic_choice *choice, struct link_questions *questions)
{
	for (size_t i = 0; i < choice->n_terms; i++) {
		enum nic_property property = choice->terms[i].property;

		questions->link |= property == NIC_LINK;
		questions->neighbour |= property == NIC_SWITCH || property == NIC_PORT;
	}
}

/* Answers may name NICs by their link or the switch that they are at, which only those that are up
 * show. */
static int look_at_links(struct run *run, struct error **err)
{
	const struct answers *answers = run->answers;
	struct host_options options = {0};
	struct link_questions questions = {0};
	struct host *host = NULL;
	int r;

	collect_questions(&answers->admin.match, &questions);
	for (size_t i = 0; i < answers->n_bond_ports; i++)
		collect_questions(&answers->bond_ports[i].match, &questions);
	if (!questions.link && !questions.neighbour)
		return 0;
	fprintf(stderr, "looking at the links of all network interfaces%s\n",
		questions.neighbour ? ", listening for switches (LLDP)" : "");
	r = network_links_up(run->root, run->host, err);
	if (r < 0)
		return r;
	options.lldp_seconds = questions.neighbour ? HOST_LLDP_SECONDS : 0;
	r = host_detect(run->root, &options, &host, err);
	if (r < 0)
		return r;
	host_free(run->host);
	run->host = host;
	return 0;
}

static bool any_is_remote(const struct answers_script *scripts, size_t count)
{
	bool remote = false;

	for (size_t i = 0; i < count && !remote; i++) {
		_cleanup_free_ char *place = answers_script_place(&scripts[i]);

		remote = fetch_is_remote(place);
	}
	return remote;
}

static bool scripts_are_remote(const struct answers *answers)
{
	return any_is_remote(answers->scripts, answers->n_scripts) ||
	       any_is_remote(answers->firstboot_scripts, answers->n_firstboot_scripts);
}

static void go_on_without(const char *what, const struct error *problem)
{
	_cleanup_free_ char *text = error_text(problem);

	fprintf(stderr, "%s: %s\n", what, text);
	log_warning(TAG, "%s: %s", what, text);
}

/* Who is told of an installation must not be what it fails for. */
static void reach_receiver(struct run *run)
{
	_cleanup_error_ struct error *problem = NULL;

	/* The link that leads to the source stays the one that is used. */
	if (!run->answers->report_url || run->receiver_sought || run->network_up)
		return;
	run->receiver_sought = true;
	if (need_network(run, run->answers->report_url, &problem) < 0)
		go_on_without("nothing can be reported", problem);
}

/* Who helps from afar must not be what an installation fails for either. */
static void let_in(struct run *run)
{
	_cleanup_error_ struct error *problem = NULL;

	if (remote_start(&run->remote, run->root, run->command_line, run->answers, &problem) < 0)
		go_on_without("nobody can log in by ssh", problem);
}

/* Says where to log in, for which it brings up a network if nothing else wanted one. */
static void tell_where(struct run *run)
{
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL;

	if (!run->remote.fingerprint)
		return;
	if (need_network(run, NULL, &problem) < 0) {
		go_on_without("nobody can log in by ssh", problem);
		return;
	}
	text = remote_text(&run->remote);
	fprintf(stderr, "%s\n", text);
	log_info(TAG, "%s", text);
}

/* One of its mirrors will do; payload_open() finds out which ones serve. */
static int reach_source(struct run *run, struct error **err)
{
	_cleanup_strv_ char **mirrors = strv_split(run->source_where, " ");
	int r = 0;

	if (strv_length(mirrors) < 2)
		return need_network(run, run->source_where, err);
	if (run->network_up)
		return 0;
	for (char **mirror = mirrors; *mirror; mirror++) {
		r = need_network(run, *mirror, mirror[1] ? NULL : err);
		if (r == 0)
			break;
	}
	return r;
}

static int gather_source(struct run *run, struct error **err)
{
	const struct source *source;
	int r = inputs_source(run->options->source, run->answers, run->root, &run->source_where,
			      err);

	if (r == 0 && fetch_is_remote(run->source_where))
		r = reach_source(run, err);
	else if (r == 0 && scripts_are_remote(run->answers))
		r = need_network(run, NULL, err);
	if (r == 0)
		r = payload_open(run->source_where, run->root, &run->payload, err);
	if (r < 0)
		return r;
	source = payload_source(run->payload);
	fprintf(stderr, "source: %s, %s %s, signed by key %s%s\n", payload_where(run->payload),
		source->product_name, source->product_version,
		source->key_id ? source->key_id : "(none)",
		source->development ? ", DEVELOPMENT: not a release" : "");
	log_info(TAG, "source: %s, manifest %s", payload_where(run->payload),
		 source->manifest_sha256);
	return 0;
}

static int make_plan(struct run *run, struct error **err)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_free_ char *text = NULL;
	int r = inputs_seed(run->options, run->seed, &run->time, err);

	if (r < 0)
		return r;
	r = plan_build(run->host, run->answers, payload_source(run->payload), run->seed, run->time,
		       &run->plan, &findings, err);
	inputs_show_findings(&findings);
	if (r < 0)
		return r;
	result_save_inputs(run->root, run->host, run->plan);
	text = plan_to_text(run->plan);
	fputs(text, run->options->events ? stderr : stdout);
	fflush(stdout);
	return 0;
}

static int confirm(const struct run *run, struct error **err)
{
	char line[16] = "";

	if (!run->answers->confirm || run->options->yes)
		return 0;
	if (!isatty(STDIN_FILENO)) {
		error_set(err, ERROR_USER,
			  "the answers ask for confirmation, but there is nobody to ask");
		return error_hint(
			err, "Start it on a terminal, give --yes, add xenhost.ask=summary to the "
			     "boot line, or take ui-confirmation-prompt out of the answers.");
	}
	fputs("Everything listed above will be lost. Type yes to go on: ", stderr);
	if (fgets(line, sizeof(line), stdin) && str_eq(str_trim(line), "yes"))
		return 0;
	return error_set(err, ERROR_CANCELLED, "not confirmed; nothing was changed");
}

/* Without it the installation goes on, and the consoles show its lines. */
static void put_up_board(struct run *run)
{
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *path = fsroot_outer_path(run->root, RESULT_BOARD);

	if (run->watched && board_open(path, run->plan, run->payload, (int)run->last_call_s * 1000,
				       &run->board, &problem) < 0)
		log_warning(TAG, "%s", problem->message);
}

/* Whoever halted it is there; the machine does not start over behind their back. */
static int call_last(const struct run *run, struct error **err)
{
	const struct last_call call = {.folder = "/dev",
				       .consoles = run->options->consoles,
				       .wait_ms = (int)run->last_call_s * 1000,
				       .plan = run->plan,
				       .board = run->board};
	bool halted;
	int r = last_call(&call, &halted, err);

	if (halted && fsroot_write_text(run->root, RESULT_NEXT, "stay", 0644) < 0)
		log_warning(TAG, "cannot write %s", RESULT_NEXT);
	return r;
}

static void on_event(const struct event *event, void *data)
{
	struct run *run = data;

	progress_event(event, &run->progress);
	if (run->board)
		board_event(run->board, event);
	deliver_event(&run->deliver, event);
}

static char *last_warning(void *data)
{
	return deliver_trouble(&((struct run *)data)->deliver);
}

static int carry_out(struct run *run, struct report **ret, struct error **err)
{
	_cleanup_free_ char *medium = fsroot_outer_path(run->root, INSTALL_MEDIUM);
	const struct fetch places = unattended_places(run->host, medium);
	const struct execute_job job = {
		.plan = run->plan,
		.secrets = &run->secrets,
		.payload = run->payload,
		.root = run->root,
		.target = LIVE_TARGET,
		.log_file = RESULT_LOG,
		.places = &places,
		.on_event = on_event,
		.last_warning = last_warning,
		.data = run,
	};

	return execute_run(&job, ret, err);
}

/* By who forked it off, or on the consoles by init, unless these show lines. */
static bool is_watched(const struct run *run)
{
	_cleanup_free_ char *word = bootline_get(run->command_line, FOLLOW_TOKEN);

	return run->options->watched || (run->options->consoles && !str_eq(word, FOLLOW_LINES));
}

static int run_steps(struct run *run, struct report **ret, struct error **err)
{
	int r = live_start(&run->root, &run->command_line, &run->host, err);

	if (r == 0)
		r = last_call_seconds(run->options->last_call, run->command_line, &run->last_call_s,
				      err);
	if (r == 0) {
		run->watched = is_watched(run);
		/* Those of the boot line get in whatever becomes of the answers. */
		let_in(run);
		r = gather_answers(run, err);
	}
	/* Also before screens that ask: whom the answers name can come to them. */
	if (r == 0) {
		let_in(run);
		r = leave_to_screens(run, err);
	}
	if (r == 0)
		r = check_cancelled(err);
	if (r == 0)
		deliver_start(&run->deliver, run->host, run->answers, &run->secrets, RESULT_FOLDER);
	if (r == 0 &&
	    (*ret = install_id_done_before(run->root, run->host, run->answers, run->command_line)))
		return 0;
	if (r == 0)
		r = fitness_check(run->host, run->answers, err);
	if (r == 0)
		r = look_at_links(run, err);
	if (r == 0) {
		deliver_phase(&run->deliver, "source", "read and verify the source");
		r = gather_source(run, err);
	}
	/* After the source, which may need another link. */
	if (r == 0) {
		reach_receiver(run);
		tell_where(run);
	}
	if (r == 0)
		r = check_cancelled(err);
	if (r == 0) {
		deliver_phase(&run->deliver, "plan", "plan the installation");
		r = make_plan(run, err);
	}
	if (r == 0)
		r = confirm(run, err);
	if (r == 0) {
		put_up_board(run);
		r = call_last(run, err);
	}
	if (r == 0)
		r = check_cancelled(err);
	if (r == 0 && run->board)
		board_run(run->board);
	return r < 0 ? r : carry_out(run, ret, err);
}

/* The machine is as it is by now, whether anybody hears of it or not. */
static void tell_end(struct run *run, const struct report *report, const struct error *error)
{
	int r;

	/* What came before it on the consoles may be far away by now. */
	if (!report->success)
		tell_where(run);
	if (run->answers) {
		deliver_start(&run->deliver, run->host, run->answers, &run->secrets, RESULT_FOLDER);
		/* It may have failed, or be done, before anything wanted a network. */
		reach_receiver(run);
	}
	r = deliver_end(&run->deliver, run->host, run->answers, run->plan, report, error);
	if (r == 0) {
		fprintf(stderr, "report sent to %s\n", run->deliver.url);
	} else if (r != -ENOENT) {
		const char *why = r == -ETIMEDOUT ? "the receiver does not take it; it is tried on"
						  : "part of it was refused or lost";

		fprintf(stderr, "the report was not sent to %s: %s\n", run->deliver.url, why);
		log_warning(TAG, "the report was not sent: %s; see events.log", why);
	}
}

int install_run(const struct install_options *options, struct error **err)
{
	_cleanup_(run_done) struct run run = {.options = options};
	_cleanup_report_ struct report *report = NULL;
	_cleanup_error_ struct error *error = NULL;
	int r;

	run.deliver.remote = &run.remote;
	progress_start(&run.progress, options->events);
	r = run_steps(&run, &report, &error);
	if (run.asks) {
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	if (r < 0 && !report) {
		report = result_of_refusal(error, run.seed, run.time);
		progress_event(&(struct event){.kind = EVENT_FAILED,
					       .text = report->message,
					       .error = error},
			       &run.progress);
	}
	if (run.root && run.host && !run.plan)
		result_save_inputs(run.root, run.host, NULL);
	if (run.root)
		follow_tell_end(run.root, run.plan, report,
				error && error->kind == ERROR_CANCELLED);
	board_close(TAKE_PTR(run.board));
	result_publish(run.root, report, options->events);
	tell_end(&run, report, error);
	if (error) {
		_cleanup_free_ char *text = error_text(error);

		log_error(TAG, "%s", text);
		if (err)
			*err = TAKE_PTR(error);
	}
	return r;
}
