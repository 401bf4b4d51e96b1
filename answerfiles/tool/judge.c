/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `check FILE --machine M`: what the file would do to each recorded machine, by the planner's own
 * stages. One machine is in memory at a time, so a fleet of any size can be judged.
 */
#include <errno.h>

#include "answerfiles/tool/machines.h"
#include "answerfiles/tool/tool.h"
#include "common/str.h"
#include "hwdb/host.h"
#include "installer/plan/plan.h"

struct judge {
	const struct tool_options *options;
	const struct answers *answers; /* NULL: each machine has its own */
	size_t machines, fit, unfit, unreadable, warned;
	FILE *findings; /* JSON: one a line, copied behind the machines, whose number is unknown */
	size_t n_findings;
};

struct verdict {
	const char *machine;
	bool read;
	struct plan *plan; /* NULL: the machine could not be read, or its answers are wrong */
	struct findings findings;
	size_t errors, warnings;
};

static void verdict_done(struct verdict *verdict)
{
	plan_free(verdict->plan);
	findings_done(&verdict->findings);
}

static const struct plan_nic *management_nic(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_nics; i++)
		if (plan->nics[i].management)
			return &plan->nics[i];
	return NULL;
}

/*
 * What stops an installation; what leads to it stands before it in the findings. Without a plan
 * any error did.
 */
static const struct finding *first_refusal(const struct verdict *verdict, size_t *ret_more)
{
	const struct findings *findings = &verdict->findings;
	const struct finding *first = NULL;

	*ret_more = 0;
	for (size_t i = 0; i < findings->count; i++) {
		if (!findings->list[i].fatal &&
		    (verdict->plan || findings->list[i].severity != SEVERITY_ERROR))
			continue;
		*ret_more += first != NULL;
		first = first ?: &findings->list[i];
	}
	return first;
}

static void add_disk(struct strbuf *line, const struct plan_disk *disk)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);

	strbuf_addf(line, "%s (%s", disk->name, size);
	if (!str_empty(disk->model))
		strbuf_addf(line, ", %s", disk->model);
	strbuf_addf(line, ", %s)", str_empty(disk->serial) ? disk->id : disk->serial);
}

static void add_losses(struct strbuf *line, const struct plan_disk *disk)
{
	size_t count = strv_length(disk->destroys);

	strbuf_add(line, disk->target ? "; erases " : "; for storage erases ");
	if (!disk->target)
		add_disk(line, disk);
	if (count > 0)
		strbuf_addf(line, "%s%s", disk->target ? "" : ": ", disk->destroys[0]);
	if (count > 1)
		strbuf_addf(line, " and %zu more", count - 1);
	if (disk->keeps)
		strbuf_addf(line, "; keeps %s", disk->keeps);
}

static char *fit_line(const struct verdict *verdict)
{
	const struct plan_nic *nic = management_nic(verdict->plan);
	_cleanup_strbuf_ struct strbuf line = {0};

	strbuf_add(&line, "fits: ");
	add_disk(&line, &verdict->plan->disks[0]);
	for (size_t i = 0; i < verdict->plan->n_disks; i++)
		add_losses(&line, &verdict->plan->disks[i]);
	if (nic)
		strbuf_addf(&line, "; managed by %s, %s", nic->name, nic->mac ?: "no MAC address");
	else
		strbuf_add(&line, "; without a management network");
	return strbuf_take(&line);
}

/* One line a machine, whatever stands in its texts. */
static void print_line(const struct verdict *verdict)
{
	size_t count;
	const struct finding *refusal = first_refusal(verdict, &count);
	_cleanup_free_ char *more = tool_count(count, "more error");
	_cleanup_free_ char *warnings = tool_count(verdict->warnings, "warning");
	_cleanup_free_ char *name = xstrdup(verdict->machine), *line = NULL;

	if (refusal)
		line = xasprintf("%s: %s%s%s",
				 verdict->plan   ? "does not fit"
				 : verdict->read ? "its answers are wrong"
						 : "unreadable",
				 refusal->message, count ? "; " : "", count ? more : "");
	else
		line = fit_line(verdict);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	str_make_printable(name);
	printf("%s: %s%s%s\n", name, line, verdict->warnings ? "; " : "",
	       verdict->warnings ? warnings : "");
}

/* The findings of a machine, each with what it is about: a disk, an element. */
static void print_details(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		printf("  %s: %s: %s\n", severity_to_string(finding->severity),
		       finding->where ?: "answers", finding->message);
		if (finding->hint)
			printf("    hint: %s\n", finding->hint);
	}
}

static void set_disks(struct json *json, const struct plan *plan)
{
	struct json *list = json_set_array(json, "disks");

	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct plan_disk *disk = &plan->disks[i];
		struct json *object = json_append_object(list);

		json_set_string(object, "id", disk->id);
		json_set_string(object, "name", disk->name);
		json_set_string(object, "model", disk->model);
		json_set_string(object, "serial", disk->serial);
		json_set_u64(object, "size_bytes", disk->size_bytes);
		json_set_bool(object, "target", disk->target);
		json_set_bool(object, "guest_storage", disk->guest_storage);
		json_set_strv(object, "destroys", disk->destroys);
		json_set_string(object, "keeps", disk->keeps);
	}
}

static void set_management(struct json *json, const struct plan *plan)
{
	const struct plan_nic *nic = management_nic(plan);
	struct json *object;

	if (!nic) {
		json_set_null(json, "management");
		return;
	}
	object = json_set_object(json, "management");
	json_set_string(object, "name", nic->name);
	json_set_string(object, "mac", nic->mac);
	json_set_string(object, "pci_address", nic->pci_address);
	json_set_string(object, "slot", nic->slot);
}

static void print_json(struct judge *judge, const struct verdict *verdict)
{
	_cleanup_json_ struct json *json = json_new_object();
	_cleanup_free_ char *line = NULL;

	json_set_string(json, "machine", verdict->machine);
	json_set_string(json, "verdict",
			!verdict->read    ? "unreadable"
			: verdict->errors ? "unfit"
					  : "fit");
	json_set_u64(json, "errors", verdict->errors);
	json_set_u64(json, "warnings", verdict->warnings);
	if (verdict->plan) {
		json_set_string(json, "product", verdict->plan->machine);
		set_disks(json, verdict->plan);
		set_management(json, verdict->plan);
	}
	line = json_to_line(json);
	printf("%s\n    %s", judge->machines > 1 ? "," : "", line);
}

static void keep_findings(struct judge *judge, const struct findings *findings)
{
	_cleanup_json_ struct json *json = findings_to_json(findings);
	const struct json *list = json_get_array(json, "findings");

	for (size_t i = 0; i < json_length(list); i++) {
		_cleanup_free_ char *line = json_to_line(json_at(list, i));

		fprintf(judge->findings, "%s\n    %s", judge->n_findings++ ? "," : "", line);
	}
}

static void refuse_with(struct verdict *verdict, const char *where, const struct error *error)
{
	_cleanup_free_ char *text = error_text(error);

	struct finding *finding =
		findings_add(&verdict->findings, SEVERITY_ERROR, where, "%s", text);

	finding->fatal = true;
	if (error->hint)
		finding_set_hint(finding, "%s", error->hint);
}

/* By the file that this machine would ask for. What is wrong in it stops no other machine. */
static void judge_own(struct judge *judge, struct host *host, struct verdict *verdict)
{
	_cleanup_tool_file_ struct tool_file file = {0};
	_cleanup_error_ struct error *error = NULL;
	const char *where = judge->options->arguments[0];

	if (tool_load_for(judge->options, host, where, &file, &error) < 0) {
		refuse_with(verdict, "answers", error);
		return;
	}
	findings_move(&verdict->findings, &file.findings);
	if (!findings_has_errors(&verdict->findings))
		verdict->plan = plan_preview(host, file.answers, &verdict->findings);
}

static void judge_machine(struct judge *judge, struct verdict *verdict)
{
	_cleanup_host_ struct host *host = NULL;
	_cleanup_error_ struct error *error = NULL;

	verdict->read = host_load(verdict->machine, &host, &error) == 0;
	if (!verdict->read)
		refuse_with(verdict, "machine", error);
	else if (judge->answers)
		verdict->plan = plan_preview(host, judge->answers, &verdict->findings);
	else
		judge_own(judge, host, verdict);
	for (size_t i = 0; i < verdict->findings.count; i++) {
		struct finding *finding = &verdict->findings.list[i];

		finding->file = finding->file ?: xstrdup(verdict->machine);
		verdict->errors += finding->severity == SEVERITY_ERROR;
		verdict->warnings += finding->severity == SEVERITY_WARNING;
	}
}

static void visit(const char *path, void *data)
{
	struct judge *judge = data;
	_cleanup_(verdict_done) struct verdict verdict = {.machine = path};

	judge_machine(judge, &verdict);
	judge->machines++;
	judge->fit += verdict.errors == 0;
	judge->unfit += verdict.read && verdict.errors > 0;
	judge->unreadable += !verdict.read;
	judge->warned += verdict.warnings > 0;
	if (judge->options->json) {
		print_json(judge, &verdict);
		keep_findings(judge, &verdict.findings);
		return;
	}
	print_line(&verdict);
	if (judge->options->details)
		print_details(&verdict.findings);
}

/* What is right for one machine and wrong for many: two hosts with one name or address. */
static void check_shared(const struct judge *judge, struct findings *findings)
{
	const struct answers *answers = judge->answers;
	struct finding *finding = NULL;

	if (!answers || judge->fit < 2)
		return;
	if (answers->has_admin && answers->admin.mode == ADDRESS_STATIC)
		finding = findings_add(findings, SEVERITY_WARNING, "admin-interface",
				       "%zu machines would all get the address %s", judge->fit,
				       answers->admin.ip);
	else if (answers->hostname)
		finding = findings_add(findings, SEVERITY_WARNING, "hostname",
				       "%zu machines would all be named %s", judge->fit,
				       answers->hostname);
	if (!finding)
		return;
	finding->file = xstrdup(answers->file);
	finding_set_hint(finding, "give each machine a file of its own, or let DHCP tell");
}

/* The findings wait in a file without a name, so that memory stays small. */
static void copy_findings(struct judge *judge)
{
	char block[4096];
	size_t n;

	rewind(judge->findings);
	while ((n = fread(block, 1, sizeof(block), judge->findings)) > 0)
		(void)fwrite(block, 1, n, stdout);
}

static void print_summary(const struct judge *judge)
{
	_cleanup_free_ char *machines = tool_count(judge->machines, "machine");

	printf("%s: %zu fit, %zu do not fit, %zu could not be read; %zu with warnings\n", machines,
	       judge->fit, judge->unfit, judge->unreadable, judge->warned);
}

static void print_json_end(struct judge *judge)
{
	printf("\n  ],\n  \"summary\": {\"machines\": %zu, \"fit\": %zu, \"unfit\": %zu, "
	       "\"unreadable\": %zu, \"warned\": %zu},\n  \"findings\": [",
	       judge->machines, judge->fit, judge->unfit, judge->unreadable, judge->warned);
	copy_findings(judge);
	printf("\n  ]\n}\n");
}

static int judge_all(struct judge *judge, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < strv_length(judge->options->machines); i++)
		r = machines_visit(judge->options->machines[i], visit, judge, err);
	return r;
}

int tool_judge(const struct tool_options *options, const struct tool_file *file)
{
	struct judge judge = {.options = options, .answers = file->answers};
	_cleanup_findings_ struct findings shared = {0};
	_cleanup_fclose_ FILE *kept = options->json ? tmpfile() : NULL;
	_cleanup_error_ struct error *error = NULL;
	int r = 0;

	judge.findings = kept;
	if (options->json && !kept)
		r = error_errno(&error, ERROR_USAGE, errno,
				"Cannot keep findings in a temporary file");
	for (size_t i = 0; r == 0 && i < strv_length(options->machines); i++)
		r = machines_exist(options->machines[i], &error);
	if (r < 0)
		return tool_report(error);
	if (options->json) {
		printf("{\n  \"schema\": \"xenhost.findings/1\",\n  \"machines\": [");
		keep_findings(&judge, &file->findings);
	}
	r = judge_all(&judge, &error);
	check_shared(&judge, &shared);
	if (options->json) {
		keep_findings(&judge, &shared);
		print_json_end(&judge);
	} else {
		tool_print_findings(&shared, stdout);
		print_summary(&judge);
	}
	if (r < 0)
		return tool_report(error);
	return judge.unfit || judge.unreadable ? 1 : 0;
}
