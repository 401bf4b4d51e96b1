/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choosing disks: every choice of the answers must fit exactly one disk of the machine.
 * Where it does not, each disk of the machine is listed with the reason.
 */
#include "installer/plan/build.h"

#include <inttypes.h>

#include "common/i18n.h"
#include "common/str.h"

/* "447.1 GiB, INTEL SSDSC2KB48, serial BTYF1234" */
static char *describe_unnamed(const struct host_disk *disk)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);

	strbuf_add(&buf, size);
	if (!str_empty(disk->model))
		strbuf_addf(&buf, ", %s", disk->model);
	if (!str_empty(disk->serial))
		strbuf_addf(&buf, D_(", serial %s"), disk->serial);
	return strbuf_take(&buf);
}

char *disk_describe(const struct host_disk *disk)
{
	_cleanup_free_ char *text = describe_unnamed(disk);

	return xasprintf("%s, %s", disk->name ?: disk->id, text);
}

char *disk_stable_path(const struct host_disk *disk)
{
	static const char *const passed_over[] = {"edd", "dm-name-", "dm-uuid-", "lvm-pv-uuid-",
						  "cciss-"};
	const char *by_path = NULL;

	for (size_t i = 0; i < strv_length(disk->links); i++) {
		const char *link = disk->links[i];
		bool usable = str_starts(link, "/dev/disk/by-id/");

		for (size_t p = 0; usable && p < ARRAY_SIZE(passed_over); p++)
			usable = !str_starts(link + strlen("/dev/disk/by-id/"), passed_over[p]);
		if (usable)
			return xstrdup(link);
		if (!by_path && str_starts(link, "/dev/disk/by-path/"))
			by_path = link;
	}
	return by_path ? xstrdup(by_path) : xasprintf("/dev/%s", disk->name);
}

/* The terms of one alternative as a choice of its own, which borrows them. */
static struct disk_choice alternative_of(const struct disk_choice *choice, unsigned number)
{
	struct disk_choice part = *choice;
	size_t first = 0, count = 0;

	while (first < choice->n_terms && choice->terms[first].alternative != number)
		first++;
	while (first + count < choice->n_terms &&
	       choice->terms[first + count].alternative == number)
		count++;
	part.terms = choice->terms ? choice->terms + first : NULL;
	part.n_terms = count;
	return part;
}

static unsigned last_alternative(const struct disk_choice *choice)
{
	return choice->n_terms ? choice->terms[choice->n_terms - 1].alternative : 0;
}

/* As disk_choice_reject(), with what stands against each alternative of several. */
static char *reject(const struct build *build, const struct host_disk *disk,
		    const struct disk_choice *choice, bool *ret_meant)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	/* One that was decided for stands alone, whatever its number. */
	if (last_alternative(choice) == 0 || choice->terms[0].alternative > 0)
		return disk_choice_reject(build->host, disk, choice, ret_meant);
	*ret_meant = false;
	for (unsigned i = 0; i <= last_alternative(choice); i++) {
		struct disk_choice part = alternative_of(choice, i);
		bool meant;
		_cleanup_free_ char *reason = disk_choice_reject(build->host, disk, &part, &meant);

		*ret_meant = *ret_meant || meant;
		strbuf_addf(&buf, "%s%s", i ? "; or else " : "", reason ?: "it fits");
	}
	return strbuf_take(&buf);
}

/* One finding a disk: why it is or is not what `choice` means. Paths to a disk that stands in the
 * list itself are told only where the choice means them. */
static void explain(const struct build *build, const struct disk_choice *choice)
{
	for (size_t i = 0; i < build->host->n_disks; i++) {
		const struct host_disk *disk = &build->host->disks[i];
		bool meant;
		_cleanup_free_ char *reason = reject(build, disk, choice, &meant);
		_cleanup_free_ char *text = describe_unnamed(disk);

		if (meant || !str_eq(disk->kind, "path"))
			findings_add(build->findings, SEVERITY_NOTE, disk->name ?: disk->id,
				     "%s: %s", text, reason ?: "it fits");
	}
}

/* The disks that a choice means, whether they may be taken or not; *ret is the last one. */
static size_t count_meant(const struct build *build, const struct disk_choice *choice, bool paths,
			  const struct host_disk **ret)
{
	size_t count = 0;

	for (size_t i = 0; i < build->host->n_disks; i++) {
		bool meant;

		free(disk_choice_reject(build->host, &build->host->disks[i], choice, &meant));
		if (!meant || paths != str_eq(build->host->disks[i].kind, "path"))
			continue;
		*ret = &build->host->disks[i];
		count++;
	}
	return count;
}

static int refuse_choice(const struct build *build, const struct disk_choice *choice,
			 const char *where, size_t fitting, struct error **err)
{
	_cleanup_free_ char *text = disk_choice_text(choice);
	const struct host_disk *meant = NULL;
	size_t n_meant = count_meant(build, choice, false, &meant)
				 ?: count_meant(build, choice, true, &meant);

	explain(build, choice);
	if (fitting > 1) {
		error_set(err, ERROR_USER, "%s %s fits %zu disks, it must fit exactly one", where,
			  text, fitting);
		return error_hint(err, "name one of them by serial or WWN, such as "
				       "match=\"serial=...\"");
	}
	if (n_meant == 1) {
		_cleanup_free_ char *reason = disk_choice_reject(build->host, meant, choice, NULL);
		error_set(err, ERROR_USER, "%s %s cannot be used: %s: %s", where, text,
			  meant->name ?: meant->id, reason);
		return error_hint(err,
				  "choose another disk; those of this machine are listed above");
	}
	if (n_meant > 1) {
		error_set(err, ERROR_USER, "none of the %zu disks that %s %s fits can be used",
			  n_meant, where, text);
		return error_hint(err, "the reasons are listed above");
	}
	error_set(err, ERROR_USER, "%s %s fits no disk of this machine", where, text);
	return error_hint(err, "%s",
			  build->host->n_disks
				  ? N_("choose one of the disks listed above")
				  : N_("no disk was found at all: is the controller's driver "
				       "missing, or RAID not set up?"));
}

static void warn_node_name(struct build *build, const struct disk_choice *choice,
			   const struct host_disk *disk, const char *where)
{
	size_t candidates = 0;

	for (size_t i = 0; i < build->host->n_disks; i++)
		if (str_eq(build->host->disks[i].kind, "disk") &&
		    !build->host->disks[i].install_medium && build->host->disks[i].size_bytes > 0)
			candidates++;
	if (candidates < 2 || !disk_choice_is_node_name(choice, disk))
		return;
	_cleanup_free_ char *text = disk_describe(disk);
	_cleanup_free_ char *hint =
		!str_empty(disk->serial)
			? xasprintf(N_("name it by what does not change: match=\"serial=%s\""),
				    disk->serial)
			: xasprintf(N_("name it by what does not change: %s"), disk->id);
	build_warn(build, where, hint,
		   "%s is given by a name that may mean another disk at the next boot; this time "
		   "it is %s",
		   where, text);
}

/*
 * The first alternative that means any disk decides, also when that disk cannot be taken: what was
 * wanted is there, and taking another one would not be what was meant.
 */
static struct disk_choice decide(struct build *build, const struct disk_choice *choice,
				 const char *where)
{
	unsigned last = last_alternative(choice);

	for (unsigned i = 0; i <= last && last > 0; i++) {
		struct disk_choice part = alternative_of(choice, i);
		const struct host_disk *disk;
		_cleanup_free_ char *text = NULL;

		if (!count_meant(build, &part, false, &disk) &&
		    !count_meant(build, &part, true, &disk))
			continue;
		if (i == 0)
			return part;
		text = disk_choice_text(&part);
		build_warn(build, where, NULL,
			   "no disk fits the first of its alternatives; %s was taken instead",
			   text);
		return part;
	}
	return *choice;
}

static int choose(struct build *build, const struct disk_choice *all, const char *where,
		  const struct host_disk **ret, struct error **err)
{
	const struct disk_choice decided = decide(build, all, where), *choice = &decided;
	const struct host_disk *found = NULL;
	size_t fitting = 0;

	for (size_t i = 0; i < build->host->n_disks; i++) {
		_cleanup_free_ char *reason =
			disk_choice_reject(build->host, &build->host->disks[i], choice, NULL);
		if (reason)
			continue;
		found = &build->host->disks[i];
		fitting++;
	}
	if (fitting != 1)
		return refuse_choice(build, choice, where, fitting, err);
	if (found->transport && str_eq(found->transport, "sas") && found->by_path &&
	    strstr(found->by_path, "-sas-exp"))
		build_warn(build, where,
			   "if other hosts share the enclosure, make sure that none "
			   "of them uses this disk",
			   "%s is behind a SAS expander", found->name);
	warn_node_name(build, choice, found, where);
	*ret = found;
	return 0;
}

static struct plan_disk *add_disk(struct plan *plan, const struct host_disk *disk)
{
	struct plan_disk *entry = ARRAY_APPEND(plan->disks, plan->n_disks);

	entry->id = xstrdup(disk->id);
	entry->name = xstrdup(disk->name);
	entry->model = xstrdup(disk->model);
	entry->serial = xstrdup(disk->serial);
	entry->size_bytes = disk->size_bytes;
	entry->logical_block_bytes = disk->logical_block_bytes;
	entry->table_digest = xstrdup(disk->table_digest);
	return entry;
}

static struct plan_disk *find_disk(struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_disks; i++)
		if (str_eq(plan->disks[i].id, id))
			return &plan->disks[i];
	return NULL;
}

/* An LVM volume group, which every kind of local SR is, has one size of sectors. */
static int check_storage_sectors(const struct build *build, struct error **err)
{
	const struct plan_disk *first = NULL;

	for (size_t i = 0; i < build->plan->n_disks; i++) {
		const struct plan_disk *disk = &build->plan->disks[i];

		if (!disk->guest_storage)
			continue;
		if (!first)
			first = disk;
		if (disk->logical_block_bytes == first->logical_block_bytes)
			continue;
		error_set(err, ERROR_USER,
			  "%s has sectors of %u bytes and %s of %u: one storage repository cannot "
			  "span both",
			  first->name, first->logical_block_bytes, disk->name,
			  disk->logical_block_bytes);
		return error_hint(err, "leave one of them out of the local storage "
				       "(guest-storage=\"no\", or fewer guest-disk elements)");
	}
	return 0;
}

static int choose_guests(struct build *build, struct error **err)
{
	const struct answers *answers = build->answers;
	struct plan *plan = build->plan;
	int r;

	for (size_t i = 0; i < answers->n_guests; i++) {
		const struct host_disk *disk = NULL;

		if ((r = choose(build, &answers->guests[i], "guest-disk", &disk, err)) < 0)
			return r;
		/* The same disk twice, or the target once more, is one disk. */
		struct plan_disk *entry = find_disk(plan, disk->id) ?: add_disk(plan, disk);
		entry->guest_storage = true;
	}
	return 0;
}

int build_disks(struct build *build, struct error **err)
{
	const struct answers *answers = build->answers;
	struct plan *plan = build->plan;
	const struct host_disk *target = NULL;
	int r;

	if (!answers->has_primary) {
		error_set(err, ERROR_USER, "no disk is named to install on");
		return error_hint(err, "write <primary-disk>...</primary-disk>");
	}
	if ((r = choose(build, &answers->primary, "primary-disk", &target, err)) < 0 ||
	    (r = build_keep(build, target, err)) < 0)
		return r;
	struct plan_disk *entry = add_disk(plan, target);
	entry->target = true;
	entry->guest_storage = answers->guest_storage;
	if ((r = choose_guests(build, err)) < 0)
		return r;
	plan->sr_type = answers->sr_type;
	plan->has_sr = plan->disks[0].guest_storage;
	return check_storage_sectors(build, err);
}
