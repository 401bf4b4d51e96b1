/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the steps of a plan: journal, events, undo after a failure, and the report at the end. */
#include "installer/execute/engine.h"

#include <errno.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/proc.h"
#include "installer/execute/journal.h"

struct disk *execution_disk(struct execution *execution, const char *id)
{
	for (size_t i = 0; i < execution->n_disks; i++)
		if (str_eq(execution->disks[i].plan->id, id))
			return &execution->disks[i];
	return NULL;
}

static struct report *report_new(const struct plan *plan)
{
	struct report *report = xcalloc(1, sizeof(*report));
	char digest[SHA256_HEX];

	plan_digest(plan, digest);
	report->plan_digest = xstrdup(digest);
	memcpy(report->seed, plan->seed, sizeof(report->seed));
	report->time = plan->time;
	report->steps = xcalloc(plan->n_steps + 1, sizeof(*report->steps));
	report->n_steps = plan->n_steps;
	for (size_t i = 0; i < plan->n_steps; i++) {
		report->steps[i].id = xstrdup(plan->steps[i].id);
		report->steps[i].title = xstrdup(plan->steps[i].title);
	}
	for (size_t i = 0; i < plan->warnings.count; i++)
		strv_add(&report->warnings, plan->warnings.list[i].message);
	return report;
}

static int journal_write(struct execution *execution, enum journal_event event, const char *text,
			 struct error **err)
{
	const char *step = execution->step ? execution->step->id : NULL;
	int r;

	if (!execution->journal)
		return 0;
	r = journal_add(execution->journal, event, step, text);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write the journal");
	return 0;
}

static int run_step(struct execution *execution, const struct plan_step *step,
		    struct report_step *report, struct error **err)
{
	const struct step_row *row = step_row_find(step->kind);
	double started = clock_seconds();
	int r;

	execution_step_begins(execution, step);
	/* Behind the event: who heard that the point of no return comes cancels no more. */
	if (proc_cancelled())
		return error_errno(err, ERROR_CANCELLED, ECANCELED, "cancelled");
	r = journal_write(execution, JOURNAL_STEP_BEGIN, NULL, err);
	if (r == 0)
		r = row ? row->run(execution, step, err)
			: error_set(err, ERROR_INTERNAL, "nothing carries out the step %s",
				    step->id);
	report->seconds += clock_seconds() - started;
	if (r == 0)
		r = journal_write(execution, JOURNAL_STEP_END, NULL, err);
	if (r < 0)
		return r;
	report->done = true;
	execution_step_ended(execution, step);
	return 0;
}

/* From the step that failed back to the first; each does what it can. */
static void undo_steps(struct execution *execution, size_t begun)
{
	while (begun-- > 0) {
		const struct plan_step *step = &execution->plan->steps[begun];
		const struct step_row *row = step_row_find(step->kind);

		if (row && row->undo) {
			log_info(EXECUTE_TAG, "takes back %s", step->id);
			row->undo(execution, step);
		}
	}
}

static void report_failure(struct execution *execution, const struct error *err)
{
	_cleanup_free_ char *raw = error_text(err);
	struct report *report = execution->report;
	const char *hint = error_get_hint(err);

	report->message = log_mask(raw);
	report->hint = hint ? xstrdup(hint) : NULL;
	report->failed_step = execution->step ? xstrdup(execution->step->id) : NULL;
	log_error(EXECUTE_TAG, "%s", report->message);
	if (journal_write(execution, JOURNAL_FAILED, report->message, NULL) < 0)
		log_warning(EXECUTE_TAG, "the journal does not tell of the failure");
}

void execution_close_disks(struct execution *execution)
{
	for (size_t i = 0; i < execution->n_disks; i++) {
		struct disk *disk = &execution->disks[i];

		if (disk->fd >= 0)
			close(disk->fd);
		free(disk->node);
		strv_free(disk->old_uuids);
	}
	free(execution->disks);
	execution->disks = NULL;
	execution->n_disks = 0;
}

static void execution_done(struct execution *execution)
{
	journal_free(execution->journal);
	fsroot_free(execution->target);
	strv_free(execution->mounts);
	scripts_free(execution);
	execution_close_disks(execution);
}

/* The operator may have plugged in a cable, or given back what was in use. */
static bool is_repeated(const struct execution *execution, const struct plan_step *step,
			const struct error *error)
{
	const struct execute_job *job = execution->job;
	const struct step_row *row = step_row_find(step->kind);
	_cleanup_free_ char *text = NULL;

	if (!row || !row->repeatable || !job->on_failure || proc_cancelled())
		return false;
	text = error_text(error);
	log_error(EXECUTE_TAG, "%s: %s", step->id, text);
	if (!job->on_failure(step, error, job->data) || proc_cancelled())
		return false;
	log_info(EXECUTE_TAG, "%s: once more", step->id);
	return true;
}

static int run_steps(struct execution *execution, size_t *ret_begun, struct error **err)
{
	const struct plan *plan = execution->plan;

	for (size_t i = 0; i < plan->n_steps; i++) {
		int r;

		*ret_begun = i + 1;
		r = run_step(execution, &plan->steps[i], &execution->report->steps[i], err);
		while (r < 0 && is_repeated(execution, &plan->steps[i], *err)) {
			error_free(TAKE_PTR(*err));
			r = run_step(execution, &plan->steps[i], &execution->report->steps[i], err);
		}
		if (r < 0)
			return r;
	}
	execution->step = NULL;
	return journal_write(execution, JOURNAL_DONE, NULL, err);
}

static void finish(struct execution *execution, int result, size_t begun, const struct error *err)
{
	struct report *report = execution->report;

	report->success = result == 0;
	if (result < 0) {
		report_failure(execution, err);
		undo_steps(execution, begun);
		scripts_tell_failure(execution);
	}
	notes_add(execution, report->success);
	report->seconds = clock_seconds() - execution->progress.started;
	execution_emit(execution, result < 0 ? EVENT_FAILED : EVENT_DONE, report->message, err);
}

int execute_run(const struct execute_job *job, struct report **ret, struct error **err)
{
	_cleanup_(execution_done) struct execution execution = {.job = job, .plan = job->plan};
	_cleanup_error_ struct error *problem = NULL;
	size_t begun = 0;
	int r;

	execution.report = report_new(job->plan);
	execution.progress.started = clock_seconds();
	for (size_t i = 0; i < job->plan->n_steps; i++)
		execution.progress.weight_total += job->plan->steps[i].weight;
	r = run_steps(&execution, &begun, &problem);
	finish(&execution, r, begun, problem);
	if (err)
		*err = TAKE_PTR(problem);
	*ret = execution.report;
	return r;
}
