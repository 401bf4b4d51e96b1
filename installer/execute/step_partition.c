/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New tables on the chosen disks, and the journal, which is the first thing in the new partitions.
 */
#include <errno.h>
#include <fcntl.h>

#include "common/proc.h"
#include "installer/execute/device.h"
#include "installer/execute/engine.h"
#include "installer/execute/journal.h"
#include "installer/execute/table.h"

/* Each try waits until udev has nothing left to do. */
#define REREAD_TRIES 10

/* The plan's partitions on one disk; the array is the caller's, its elements are the plan's. */
static const struct plan_partition **partitions_on(const struct plan *plan, const char *disk,
						   size_t *ret_count)
{
	const struct plan_partition **list = xcalloc(plan->n_partitions + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < plan->n_partitions; i++)
		if (str_eq(plan->partitions[i].disk, disk))
			list[n++] = &plan->partitions[i];
	*ret_count = n;
	return list;
}

int check_partition(struct execution *execution, const struct plan_step *step, struct error **err)
{
	const struct plan *plan = execution->plan;

	for (size_t i = 0; i < plan->n_partitions; i++)
		if (plan->partitions[i].purpose != PARTITION_KEPT &&
		    !table_knows_type(plan->partitions[i].type_guid))
			return error_set(err, ERROR_INTERNAL,
					 "%s: partitions of type %s cannot be made", step->id,
					 plan->partitions[i].type_guid);
	return 0;
}

/* An older layout may have left signatures exactly where the new partitions begin. */
static int wipe_new_partitions(const struct execution *execution, const struct disk *disk,
			       const struct plan_partition *const *list, size_t count,
			       struct error **err)
{
	_cleanup_free_ const char **argv = xcalloc(count + 4, sizeof(*argv));
	_cleanup_strv_ char **nodes = NULL;
	size_t n = 0;

	argv[n++] = "wipefs";
	argv[n++] = "--all";
	argv[n++] = "--force";
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *node = NULL;
		int r;

		if (list[i]->purpose == PARTITION_KEPT)
			continue;
		r = device_partition_node(execution->job->root, disk->node, list[i]->number, &node,
					  err);
		if (r < 0)
			return r;
		strv_add(&nodes, node);
		argv[n++] = nodes[strv_length(nodes) - 1];
	}
	return proc_run(&(struct proc){.argv = argv, .tag = EXECUTE_TAG}, NULL, err);
}

/* udev may still be looking at an old partition, which keeps the kernel from letting go of it. */
static int show_to_kernel(const struct disk *disk, struct error **err)
{
	int r = device_reread_table(disk->fd);

	for (unsigned i = 0; r == -EBUSY && i < REREAD_TRIES; i++) {
		r = device_lock(disk->fd, false);
		if (r == 0)
			r = device_settle(err);
		if (r == 0)
			r = device_lock(disk->fd, true);
		if (r == 0)
			r = device_reread_table(disk->fd);
	}
	if (r < 0 && !(err && *err)) {
		error_errno(err, ERROR_INTERNAL, r, "the kernel does not take the new table of %s",
			    disk->node);
		error_hint(err, "Something else is using the disk: restart the machine and install "
				"again.");
	}
	return r;
}

/* What a signature of the whole disk could stand in, beside the kept partition and the new tables:
 * wipefs would look inside the partition, too. */
#define TAIL_BYTES MIB /* every superblock that lies at the end of a disk is in there */

static int zero_around_kept(const struct disk *disk, const struct plan_partition *kept,
			    struct error **err)
{
	uint64_t sector = disk->plan->logical_block_bytes;
	uint64_t front = GPT_ENTRIES_BYTES + 2 * sector;
	uint64_t end = disk->plan->size_bytes / sector * sector - GPT_ENTRIES_BYTES - sector;
	uint64_t tail = disk->plan->size_bytes / MIB * MIB - TAIL_BYTES;
	int r = 0;

	if (front < kept->start_bytes)
		r = device_zero(disk->fd, front, kept->start_bytes - front);
	if (r == 0 && tail >= kept->start_bytes + kept->size_bytes)
		r = device_zero(disk->fd, tail, end - tail);
	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot write to %s", disk->node) : 0;
}

int run_partition(struct execution *execution, const struct plan_step *step, struct error **err)
{
	struct disk *disk = execution_disk(execution, step->disk);
	const struct plan_partition *kept = plan_find_kept(execution->plan, step->disk);
	size_t count;
	_cleanup_free_ const struct plan_partition **list =
		partitions_on(execution->plan, step->disk, &count);
	bool bios = execution->plan->firmware == FIRMWARE_BIOS && disk->plan->target;
	int r;

	r = device_settle(err);
	if (r < 0)
		return r;
	r = device_lock(disk->fd, true);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot lock %s", disk->node);
	r = table_write(disk->node, list, count, bios, err);
	if (r == 0 && kept)
		r = zero_around_kept(disk, kept, err);
	/* Once more: until the boot loader is there nothing on this disk boots. */
	if (r == 0) {
		r = disk_write_boot_code(disk->fd);
		if (r < 0)
			error_errno(err, ERROR_INTERNAL, r, "cannot write to %s", disk->node);
	}
	if (r == 0)
		r = show_to_kernel(disk, err);
	if (device_lock(disk->fd, false) < 0)
		execution_warn(execution, "%s stays locked", disk->node);
	if (r == 0)
		r = device_settle(err);
	if (r == 0 && count > 0)
		r = wipe_new_partitions(execution, disk, list, count, err);
	return r;
}

int run_journal(struct execution *execution, const struct plan_step *step, struct error **err)
{
	const struct plan_partition *partition =
		plan_find_partition(execution->plan, step->partition);
	const struct disk *disk = execution_disk(execution, partition->disk);
	char digest[SHA256_HEX];
	int r;

	plan_digest(execution->plan, digest);
	/* Through the disk: the partition's node may be formatted or mounted by whoever comes
	 * later. */
	r = journal_start(disk->fd, partition->start_bytes, digest,
			  execution->plan->manifest_sha256, execution->plan->install_id,
			  &execution->journal);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write the journal to %s",
				   disk->node);
	return 0;
}
