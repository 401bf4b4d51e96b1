/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The safe half: everything that can be known to go wrong is known before anything is changed. */
#include <errno.h>
#include <fcntl.h>

#include "common/proc.h"
#include "installer/execute/device.h"
#include "installer/execute/engine.h"
#include "installer/execute/gpt.h"
#include "installer/execute/table.h"

static int check_row(struct execution *execution, const struct plan_step *step, char ***missing,
		     struct error **err)
{
	const struct step_row *row = step_row_find(step->kind);

	if (!row)
		return error_set(err, ERROR_INTERNAL, "nothing carries out the step %s", step->id);
	for (const char *const *tool = row->tools; tool && *tool; tool++)
		if (!proc_exists(*tool, NULL) && !strv_contains(*missing, *tool))
			strv_add(missing, *tool);
	return row->check ? row->check(execution, step, err) : 0;
}

int run_check_tools(struct execution *execution, const struct plan_step *step _unused_,
		    struct error **err)
{
	_cleanup_strv_ char **missing = NULL;
	_cleanup_free_ char *list = NULL;

	for (size_t i = 0; i < execution->plan->n_steps; i++) {
		int r = check_row(execution, &execution->plan->steps[i], &missing, err);

		if (r < 0)
			return r;
	}
	if (!missing)
		return 0;
	list = strv_join(missing, ", ");
	error_set(err, ERROR_INTERNAL, "this installer lacks programs it needs: %s", list);
	return error_hint(err, "The boot medium is incomplete: make it again.");
}

static int refuse(const struct plan_disk *plan, const char *what, struct error **err)
{
	error_set(err, ERROR_HARDWARE,
		  "the disk %s (%s) is not as it was when the plan was made: %s", plan->name,
		  plan->id, what);
	return error_hint(err,
			  "Nothing on it was changed. Look what happened to it, then start the "
			  "installation again.");
}

/* From the open descriptor, so that what is compared is what will be written to. */
static int compare_disk(const struct execution *execution, const struct disk *disk,
			struct error **err)
{
	_cleanup_(host_disk_freep) struct host_disk *now = NULL;
	const struct plan_disk *plan = disk->plan;
	int r = host_disk_reread(execution->job->root, disk->node, disk->fd, &now, err);

	if (r < 0)
		return error_prefix(err, "cannot read the disk %s again", plan->name);
	if (!str_eq(now->id, plan->id))
		return refuse(plan, "another disk is in its place", err);
	if (now->size_bytes != plan->size_bytes ||
	    now->logical_block_bytes != plan->logical_block_bytes)
		return refuse(plan, "its size or sector size changed", err);
	if (!str_eq(now->table_digest, plan->table_digest))
		return refuse(plan, "its partition table changed", err);
	return 0;
}

/* A table that this program cannot read must not be found out about once it is to be replaced. */
static int check_kept(const struct execution *execution, const struct disk *disk,
		      struct error **err)
{
	const struct plan_partition *kept = plan_find_kept(execution->plan, disk->plan->id);
	uint8_t entry[GPT_ENTRY_BYTES];

	if (!kept || table_check_kept(disk->fd, kept, entry) == 0)
		return 0;
	return refuse(disk->plan, "the partition to keep cannot be found in its table", err);
}

static void note_old_partitions(struct disk *disk)
{
	_cleanup_(gpt_done) struct gpt gpt = {0};

	if (gpt_read(disk->fd, &gpt) < 0)
		return;
	for (size_t i = 0; i < gpt.n_entries; i++)
		strv_add(&disk->old_uuids, gpt.entries[i].uuid);
}

static int open_disk(struct execution *execution, const struct plan_disk *plan, struct error **err)
{
	struct disk *disk = &execution->disks[execution->n_disks];
	int r;

	*disk = (struct disk){.plan = plan, .fd = -1};
	r = host_disk_node(execution->job->root, plan->id, &disk->node, err);
	if (r < 0)
		return error_prefix(err, "the disk %s (%s) is gone", plan->name, plan->id);
	execution->n_disks++;
	r = device_check_free(disk->node);
	if (r == -EBUSY) {
		error_set(err, ERROR_HARDWARE, "the disk %s (%s) is in use", disk->node, plan->id);
		return error_hint(err, "Unmount what is on it, or stop the array or volume group "
				       "that uses it.");
	}
	disk->fd = open(disk->node, O_RDONLY | O_CLOEXEC);
	if (r < 0 || disk->fd < 0)
		return error_errno(err, ERROR_HARDWARE, r < 0 ? r : errno,
				   "cannot open the disk %s", disk->node);
	r = compare_disk(execution, disk, err);
	if (r == 0)
		r = check_kept(execution, disk, err);
	if (r == 0)
		note_old_partitions(disk);
	return r;
}

int run_check_disks(struct execution *execution, const struct plan_step *step _unused_,
		    struct error **err)
{
	const struct plan *plan = execution->plan;

	execution_close_disks(execution);
	execution->disks = xcalloc(plan->n_disks + 1, sizeof(*execution->disks));
	for (size_t i = 0; i < plan->n_disks; i++) {
		int r = open_disk(execution, &plan->disks[i], err);

		if (r < 0)
			return r;
	}
	return 0;
}

int run_check_source(struct execution *execution, const struct plan_step *step _unused_,
		     struct error **err)
{
	const struct source *source = payload_source(execution->job->payload);

	if (!str_eq(source->manifest_sha256, execution->plan->manifest_sha256)) {
		error_set(err, ERROR_MEDIA, "the source is not the one the plan was made for");
		return error_hint(err, "Make the plan again with this source.");
	}
	if (!source->key_id) {
		error_set(err, ERROR_MEDIA, "the source's signature was never verified");
		return error_hint(err,
				  "Install with the source itself, not with a manifest alone.");
	}
	return payload_probe(execution->job->payload, err);
}

/* The one place where a disk becomes writable: chosen ones only, each compared once more. */
static int release_disk(struct execution *execution, struct disk *disk, struct error **err)
{
	int fd, r = compare_disk(execution, disk, err);

	if (r < 0)
		return r;
	r = device_set_writable(disk->fd);
	if (r < 0)
		return error_errno(err, ERROR_HARDWARE, r, "cannot make %s writable", disk->node);
	fd = open(disk->node, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		r = error_errno(err, ERROR_HARDWARE, errno, "cannot open %s for writing",
				disk->node);
		error_hint(err, "Look for a write-protect switch or a failed disk.");
		return r;
	}
	close(disk->fd);
	disk->fd = fd;
	/* Once more through the very descriptor that is written to. */
	return compare_disk(execution, disk, err);
}

int run_point_of_no_return(struct execution *execution, const struct plan_step *step _unused_,
			   struct error **err)
{
	for (size_t i = 0; i < execution->n_disks; i++) {
		int r = release_disk(execution, &execution->disks[i], err);

		if (r < 0)
			return r;
	}
	execution->report->changed = true;
	return 0;
}
