/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one storage screen: every disk with what is on it, and in two columns what it is for. Which
 * disks can be taken is asked of the planner, so that no second rule chooses another disk.
 */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define SYSTEM  0
#define STORAGE 1
#define DISKS   "disks"
/* Longer lists of names would hide the end of the line below. */
#define NAMES_SHOWN 30

struct storage {
	const struct flow *flow;
	ptrdiff_t target; /* number of the option that was the system's disk last, or -1 */
};

/* Why the planner would not take the disk for the system, or NULL. *ret_layout is one that fits. */
static char *reject_system(const struct flow *flow, const struct host_disk *disk,
			   enum layout_profile *ret_layout)
{
	static const enum layout_profile layouts[] = {LAYOUT_XENSERVER, LAYOUT_SMALL};
	char *reason = NULL;

	for (size_t l = 0; l < ARRAY_SIZE(layouts); l++) {
		_cleanup_answers_ struct answers *answers = answers_new();
		_cleanup_findings_ struct findings findings = {0};

		free(reason);
		reason = NULL;
		answers->has_primary = true;
		answers->primary.text = disk_stable_path(disk);
		answers->layout = layouts[l];
		strv_add(&answers->destroy_existing, disk->id);
		plan_free(plan_preview(flow->setup->host, answers, &findings));
		for (size_t i = 0; i < findings.count && !reason; i++)
			if (findings.list[i].fatal && str_eq(findings.list[i].where, "layout"))
				reason = xstrdup(findings.list[i].message);
		*ret_layout = layouts[l];
		if (!reason)
			break;
	}
	return reason;
}

static char *reject_disk(const struct flow *flow, const struct host_disk *disk)
{
	_cleanup_free_ char *path = disk_stable_path(disk);
	const struct disk_choice choice = {.text = path};

	return disk_choice_reject(flow->setup->host, disk, &choice, NULL);
}

char *disk_line(const struct host_disk *disk)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%-8s %10s  %s", disk->name ?: disk->id, size,
		    str_empty(disk->model) ? disk->transport ?: disk->kind : disk->model);
	if (!str_empty(disk->serial))
		strbuf_addf(&buf, _(", serial %s"), disk->serial);
	if (!str_empty(disk->transport) && !str_empty(disk->model))
		strbuf_addf(&buf, ", %s", disk->transport);
	return strbuf_take(&buf);
}

static void add_disk(const struct flow *flow, struct tui_row *row, const struct host_disk *disk)
{
	_cleanup_free_ char *line = disk_line(disk);
	struct tui_option *option = tui_add_option(row, line);
	bool before = i18n_copy(true);
	_cleanup_strv_ char **contents = disk_contents(disk);
	_cleanup_free_ char *words = strv_join(contents, "\n");
	_cleanup_free_ char *reason = NULL;
	enum layout_profile layout;

	option->value = xstrdup(disk->id);
	if (disk_is_valuable(disk)) {
		_cleanup_free_ char *lost = TAKE_PTR(words);

		words = xasprintf(_("! Data worth money is on it:\n%s"), lost);
	}
	option->refused = reject_disk(flow, disk);
	i18n_copy(before);
	if (option->refused) {
		_cleanup_free_ char *why = option->refused;

		option->refused = xasprintf(_("Not to be chosen: %s"), why);
		option->details = TAKE_PTR(words);
		return;
	}
	reason = reject_system(flow, disk, &layout);
	if (reason)
		option->barred = 1U << SYSTEM;
	option->details = reason ? xasprintf(_("%s\nNot for the system: %s"), words, reason)
				 : TAKE_PTR(words);
	if (str_eq(disk->id, flow->target))
		option->marks |= 1U << SYSTEM;
	if (strv_contains(flow->guests, disk->id))
		option->marks |= 1U << STORAGE;
}

/*
 * Where only one disk can be taken there is nothing to choose; but a stick may be there by chance,
 * and is taken by those alone who choose it.
 */
static void mark_only_one(const struct flow *flow, struct tui_row *row)
{
	struct tui_option *only = NULL;

	for (size_t i = 0; i < row->n_options && !flow->target && !flow->guests; i++) {
		struct tui_option *option = &row->options[i];

		if (option->refused)
			continue;
		if (only || option->barred)
			return;
		only = option;
	}
	if (only && !host_find_disk(flow->setup->host, only->value)->removable)
		only->marks = 1U << SYSTEM | 1U << STORAGE;
}

/* The rest of the system's disk is for virtual machines, as long as nobody wants another. */
static void follow(struct storage *storage, struct tui_row *row, ptrdiff_t target)
{
	size_t others = 0;

	if (target == storage->target)
		return;
	for (size_t i = 0; i < row->n_options; i++)
		others += (ptrdiff_t)i != storage->target && row->options[i].marks & 1U << STORAGE;
	if (!others && target >= 0) {
		if (storage->target >= 0)
			row->options[storage->target].marks &= ~(1U << STORAGE);
		row->options[target].marks |= 1U << STORAGE;
	}
	storage->target = target;
}

static ptrdiff_t target_of(const struct tui_row *row)
{
	for (size_t i = 0; i < row->n_options; i++)
		if (row->options[i].marks & 1U << SYSTEM)
			return (ptrdiff_t)i;
	return -1;
}

static bool can_hold_system(const struct tui_row *row)
{
	for (size_t i = 0; i < row->n_options; i++)
		if (!row->options[i].refused && !(row->options[i].barred & 1U << SYSTEM))
			return true;
	return false;
}

/* Says what the marks mean, all the time, in the line below. */
static void check(struct tui_form *form, void *data)
{
	struct storage *storage = data;
	struct tui_row *row = tui_find(form, DISKS);
	_cleanup_strbuf_ struct strbuf erased = {0}, kept = {0};

	follow(storage, row, target_of(row));

	for (size_t i = 0; i < row->n_options; i++) {
		const struct tui_option *option = &row->options[i];
		_cleanup_free_ char *name = xstrndup(option->label, strcspn(option->label, " "));
		struct strbuf *buf = option->marks ? &erased : &kept;

		if (flow_find_lost(storage->flow, option->value))
			continue;
		strbuf_addf(buf, "%s%s", buf->length ? ", " : "", name);
	}
	if (target_of(row) < 0 && flow_find_lost(storage->flow, storage->flow->target))
		tui_complain(row, "The disk that was chosen for the system is not there any "
				  "more: choose another");
	if (!can_hold_system(row))
		tui_complain(row,
			     "No disk here can hold the system: connect one, and F8 looks again");
	if (target_of(row) < 0)
		tui_complain(
			row,
			"Choose the disk that the system goes to: the left column, with Space");
	free(row->help);
	row->help = xasprintf(_("WILL BE ERASED: %s. Left alone: %s."), erased.text ?: _("nothing"),
			      kept.length > NAMES_SHOWN ? (erased.length ? _("all others") : _("all")) : kept.text ?: _("nothing"));
}

/* The layout that fits the disk becomes the answer, where the usual one would not. */
static void take(struct flow *flow, const struct tui_row *row, bool forward)
{
	_cleanup_strv_ char **guests = TAKE_PTR(flow->guests);

	/* One that is gone may come back, as long as nobody has taken another. */
	if (target_of(row) >= 0 || !flow_find_lost(flow, flow->target)) {
		free(flow->target);
		flow->target = NULL;
	}
	for (char **id = guests; id && *id && !forward; id++)
		if (flow_find_lost(flow, *id))
			strv_add(&flow->guests, *id);
	for (size_t i = 0; i < row->n_options; i++) {
		const struct tui_option *option = &row->options[i];
		enum layout_profile layout;

		if (option->marks & 1U << STORAGE)
			strv_add(&flow->guests, option->value);
		if (!(option->marks & 1U << SYSTEM))
			continue;
		flow->target = xstrdup(option->value);
		free(reject_system(flow, host_find_disk(flow->setup->host, option->value),
				   &layout));
		if (layout == LAYOUT_SMALL)
			flow_set(flow, "layout", layout_profile_to_string(layout));
	}
}

enum screen_end storage_screen(struct flow *flow, const struct screen *screen)
{
	struct storage storage = {.flow = flow};
	_cleanup_tui_form_ struct tui_form form = {
		.title = screen->title, .keys = flow_keys, .check = check, .data = &storage};
	struct tui_row *row = tui_add(&form, TUI_TABLE, DISKS, "", NULL);
	const struct host *host = flow->setup->host;
	struct tui_result result;
	enum screen_end end;
	bool again;

	form.intro = xstrdup(screen->intro);
	row->columns[SYSTEM] = (struct tui_column){_("System: Xen and its control domain"), true};
	row->columns[STORAGE] = (struct tui_column){_("Storage: disks of virtual machines"), false};
	for (size_t i = 0; i < host->n_disks; i++)
		if (!str_eq(host->disks[i].kind, "path") && !str_eq(host->disks[i].kind, "cdrom") &&
		    !str_eq(host->disks[i].kind, "loop"))
			add_disk(flow, row, &host->disks[i]);
	for (size_t i = 0; i < flow->n_lost; i++) {
		struct tui_option *option = tui_add_option(row, flow->lost[i].line);

		option->value = xstrdup(flow->lost[i].id);
		option->refused = xstrdup(_("It was chosen, and is not there any more."));
	}
	form.tried = flow->n_lost > 0;
	mark_only_one(flow, row);
	storage.target = target_of(row);
	if (!row->n_options)
		tui_add(&form, TUI_TEXT, NULL,
			_("No disk was found. Is the controller's driver there? "
			  "F5 shows what was found."),
			NULL);
	do {
		result = flow_run(flow, &form);
		/* Before the machine may be looked at anew, which asks what is chosen. */
		take(flow, row, false);
		end = flow_end(flow, &result, &again);
	} while (again);
	if (end == SCREEN_FORWARD) {
		take(flow, row, true);
		flow->disks_chosen = true;
	}
	flow_drop_lost(flow);
	return end;
}

char *storage_words(const struct flow *flow)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	const struct host_disk *disk = host_find_disk(flow->setup->host, flow->target ?: "");
	const char *system;

	if (flow->n_lost)
		return xstrdup(_("one that was chosen is not there any more"));
	system = disk ? disk->name ?: disk->id : _("no disk yet");
	for (size_t i = 0; i < strv_length(flow->guests); i++) {
		disk = host_find_disk(flow->setup->host, flow->guests[i]);
		strbuf_addf(&buf, "%s%s", i ? ", " : "", disk ? disk->name ?: disk->id : "");
	}
	return buf.length ? xasprintf(_("system on %s; virtual machines on %s"), system, buf.text)
			  : xasprintf(_("system on %s; no local storage"), system);
}
