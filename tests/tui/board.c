/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An installation without questions, for the tests of who watches it: does what the lines on
 * standard input say, and answers each. Usage: tui-board ROOT HOST.json ANSWERS MANIFEST
 *
 *   call SECONDS       puts the board up (ROOT/run/xenhost/board), in its last call
 *   run, close         the plan is carried out; it is over
 *   step NAME          is at it, a fourth of its bytes done
 *   warning TEXT
 *   halted             answers who halted it
 *   end WORD           installed, failed, refused (before there was a plan) or cancelled
 */
#include <stdio.h>

#include "common/str.h"
#include "installer/board.h"
#include "installer/follow.h"
#include "installer/inputs.h"
#include "installer/result.h"

struct told {
	struct fsroot *root;
	struct host *host;
	struct plan *plan;
	struct board *board;
};

static int make_plan(char **argv, struct told *told)
{
	static const uint8_t seed[PLAN_SEED_BYTES];
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_source_ struct source *manifest = NULL;
	_cleanup_findings_ struct findings findings = {0};
	int r = host_load(argv[2], &told->host, NULL);

	if (r == 0)
		r = inputs_answers(argv[3], NULL, argv[4], &answers, &secrets, NULL);
	if (r == 0)
		r = inputs_manifest(argv[4], answers, &manifest, NULL);
	return r < 0 ? r
		     : plan_build(told->host, answers, manifest, seed, 0, &told->plan, &findings,
				  NULL);
}

static void step(struct told *told, const char *id)
{
	struct event event = {.kind = EVENT_PROGRESS,
			      .permille = 250,
			      .bytes = 3UL << 20,
			      .total_bytes = 12UL << 20,
			      .bytes_per_second = 1 << 20,
			      .seconds_left = 9};

	for (size_t i = 0; i < told->plan->n_steps; i++)
		if (str_eq(told->plan->steps[i].id, id))
			event.step = &told->plan->steps[i];
	board_event(told->board, &event);
}

static void end(const struct told *told, const char *word)
{
	bool success = str_eq(word, "installed");
	struct report report = {.success = success, .changed = true, .seconds = 5};

	if (str_eq(word, "failed")) {
		report.failed_step = told->plan->steps[10].id;
		report.message = (char *)(uintptr_t) "mkfs.ext4 failed with status 1";
		report.hint = (char *)(uintptr_t) "Look what uses the disk.";
	} else if (str_eq(word, "refused")) {
		report.message = (char *)(uintptr_t) "no network interface got an address";
		report.hint = (char *)(uintptr_t) "Plug the cable in.";
	} else if (!success) {
		report.message = (char *)(uintptr_t) "halted on ttyS0; nothing was changed";
	}
	result_save_inputs(told->root, told->host, str_eq(word, "refused") ? NULL : told->plan);
	follow_tell_end(told->root, str_eq(word, "refused") ? NULL : told->plan, &report,
			str_eq(word, "cancelled"));
}

static char *obey(struct told *told, const char *verb, const char *value)
{
	_cleanup_free_ char *path = fsroot_outer_path(told->root, RESULT_BOARD);
	struct event warning = {.kind = EVENT_WARNING, .text = value};

	if (str_eq(verb, "call") &&
	    board_open(path, told->plan, NULL, atoi(value) * 1000, &told->board, NULL) < 0)
		return xstrdup("no board");
	if (str_eq(verb, "run"))
		board_run(told->board);
	if (str_eq(verb, "step"))
		step(told, value);
	if (str_eq(verb, "warning"))
		board_event(told->board, &warning);
	if (str_eq(verb, "close"))
		board_close(TAKE_PTR(told->board));
	if (str_eq(verb, "end"))
		end(told, value);
	if (str_eq(verb, "halted")) {
		char *who = board_halted(told->board);

		return who ?: xstrdup("nobody");
	}
	return xstrdup("ok");
}

int main(int argc, char **argv)
{
	struct told told = {.board = NULL};
	char line[256];

	if (argc != 5 || fsroot_open(argv[1], &told.root) < 0 || make_plan(argv, &told) < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		char *value = strchr(str_trim(line), ' ') ?: line + strlen(line);
		_cleanup_free_ char *answer = NULL;

		if (*value)
			*value++ = '\0';
		answer = obey(&told, line, value);
		printf("%s\n", answer);
		fflush(stdout);
	}
	board_close(told.board);
	plan_free(told.plan);
	host_free(told.host);
	fsroot_free(told.root);
	return 0;
}
