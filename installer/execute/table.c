/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/execute/table.h"

#include <errno.h>
#include <fcntl.h>
#include <parted/parted.h>
#include <strings.h>

#include "common/str.h"
#include "installer/execute/gpt.h"

/* libparted sets types by flags; its default is Linux data. */
static const struct {
	const char *guid;
	bool has_flag;
	PedPartitionFlag flag;
} types[] = {
	{"ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", true, PED_PARTITION_MSFT_DATA},
	{"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", true, PED_PARTITION_ESP},
	{"21686148-6449-6e6f-744e-656564454649", true, PED_PARTITION_BIOS_GRUB},
	{"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", true, PED_PARTITION_SWAP},
	{"e6d6d379-f507-44c2-a23c-238f2a3df928", true, PED_PARTITION_LVM},
	{"0fc63daf-8483-4772-8e79-3d69d8477de4", false, PED_PARTITION_BOOT},
};

/* libparted tells its reasons by this handler alone, and it has no argument for a context. */
static char *last_complaint;

static PedExceptionOption on_exception(PedException *exception)
{
	free(last_complaint);
	last_complaint = xstrdup(exception->message);
	/* What is on the disk now is being replaced, so a look at its faults may go on. */
	return exception->options & PED_EXCEPTION_IGNORE ? PED_EXCEPTION_IGNORE
							 : PED_EXCEPTION_UNHANDLED;
}

static int fail(struct error **err, const char *node, const char *what)
{
	error_set(err, ERROR_INTERNAL, "cannot %s on %s%s%s", what, node,
		  last_complaint ? ": " : "", last_complaint ?: "");
	error_hint(err, "If the disk reports errors, replace it; if it is in use, restart the "
			"machine and install again.");
	return -EIO;
}

static PedDevice *open_device(const char *node, struct error **err)
{
	PedDevice *device;

	free(last_complaint);
	last_complaint = NULL;
	ped_exception_set_handler(on_exception);
	device = ped_device_get(node);
	if (!device || !ped_device_open(device)) {
		fail(err, node, "open the partition table");
		if (device)
			ped_device_destroy(device);
		return NULL;
	}
	return device;
}

static void close_device(PedDevice *device)
{
	ped_device_close(device);
	ped_device_destroy(device);
}

static const PedPartitionFlag *flag_of(const char *guid, bool *ret_known)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcasecmp(types[i].guid, guid) == 0) {
			*ret_known = true;
			return types[i].has_flag ? &types[i].flag : NULL;
		}
	*ret_known = false;
	return NULL;
}

bool table_knows_type(const char *type_guid)
{
	bool known;

	flag_of(type_guid, &known);
	return known;
}

static int add_partition(PedDisk *disk, const struct plan_partition *plan, struct error **err)
{
	uint64_t sector = (uint64_t)disk->dev->sector_size;
	PedSector first = (PedSector)(plan->start_bytes / sector);
	PedSector last = (PedSector)((plan->start_bytes + plan->size_bytes) / sector) - 1;
	PedPartition *partition;
	PedConstraint *exact;
	const PedPartitionFlag *flag;
	bool known, done;

	/* The entry of a kept partition is put back whole; till then any type will do. */
	flag = flag_of(plan->type_guid, &known);
	if (!known && plan->purpose != PARTITION_KEPT)
		return fail(err, disk->dev->path, "make a partition of unknown type");
	partition = ped_partition_new(disk, PED_PARTITION_NORMAL, NULL, first, last);
	if (!partition)
		return fail(err, disk->dev->path, "make a partition");
	partition->num = (int)plan->number;
	exact = ped_constraint_exact(&partition->geom);
	done = exact && ped_disk_add_partition(disk, partition, exact);
	if (exact)
		ped_constraint_destroy(exact);
	if (!done) {
		ped_partition_destroy(partition);
		return fail(err, disk->dev->path, "place a partition");
	}
	if ((flag && !ped_partition_set_flag(partition, *flag, 1)) ||
	    !ped_partition_set_name(partition, plan->name ?: ""))
		return fail(err, disk->dev->path, "name a partition");
	return 0;
}

static int write_with_libparted(const char *node, const struct plan_partition *const *partitions,
				size_t count, bool bios_boot, struct error **err)
{
	PedDevice *device = open_device(node, err);
	PedDisk *disk;
	int r = 0;

	if (!device)
		return -EIO;
	disk = ped_disk_new_fresh(device, ped_disk_type_get("gpt"));
	if (!disk)
		r = fail(err, node, "make a partition table");
	if (r == 0 && bios_boot && !ped_disk_set_flag(disk, PED_DISK_GPT_PMBR_BOOT, 1))
		r = fail(err, node, "mark the protective partition");
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_partition(disk, partitions[i], err);
	if (r == 0 && !ped_disk_commit_to_dev(disk))
		r = fail(err, node, "write the partition table");
	if (disk)
		ped_disk_destroy(disk);
	close_device(device);
	return r;
}

static const struct gpt_entry *find_entry(const struct gpt *gpt, unsigned number)
{
	for (size_t i = 0; i < gpt->n_entries; i++)
		if (gpt->entries[i].number == number)
			return &gpt->entries[i];
	return NULL;
}

static bool is_as_planned(const struct gpt *gpt, const struct plan_partition *plan)
{
	const struct gpt_entry *entry = find_entry(gpt, plan->number);

	/* A kept partition's names are its own; its entry is compared to the byte elsewhere. */
	if (entry && plan->purpose != PARTITION_KEPT &&
	    (strcasecmp(entry->uuid, plan->uuid) != 0 || !str_eq(entry->name, plan->name ?: "")))
		return false;
	return entry && strcasecmp(entry->type, plan->type_guid) == 0 &&
	       entry->first * gpt->sector_bytes == plan->start_bytes &&
	       (entry->last + 1) * gpt->sector_bytes == plan->start_bytes + plan->size_bytes;
}

int table_check_kept(int fd, const struct plan_partition *kept, uint8_t ret[GPT_ENTRY_BYTES])
{
	_cleanup_(gpt_done) struct gpt gpt = {0};
	int r = gpt_read(fd, &gpt);

	if (r == 0 && !is_as_planned(&gpt, kept))
		r = -ENOENT;
	return r == 0 ? gpt_read_entry(fd, kept->number, ret) : r;
}

/* What table_write() was given, and the entry of the partition that stays. */
struct job {
	const char *node;
	const struct plan_partition *const *partitions;
	size_t count;
	const struct plan_partition *kept; /* or NULL */
	uint8_t entry[GPT_ENTRY_BYTES];
};

static int read_kept(struct job *job, struct error **err)
{
	_cleanup_close_ int fd = -1;
	int r;

	for (size_t i = 0; i < job->count; i++)
		if (job->partitions[i]->purpose == PARTITION_KEPT)
			job->kept = job->partitions[i];
	if (!job->kept)
		return 0;
	fd = open(job->node, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? -errno : table_check_kept(fd, job->kept, job->entry);
	if (r == 0)
		return 0;
	error_errno(err, ERROR_HARDWARE, r, "partition %u of %s, which is to be kept, is not there",
		    job->kept->number, job->node);
	return error_hint(err, "Its table was not changed. Look what happened to the disk.");
}

static int compare(int fd, const struct job *job, struct error **err)
{
	_cleanup_(gpt_done) struct gpt gpt = {0};
	uint8_t entry[GPT_ENTRY_BYTES];
	int r = gpt_read(fd, &gpt);

	if (r == 0 && gpt.n_entries != job->count)
		r = -EIO;
	for (size_t i = 0; r == 0 && i < job->count; i++)
		if (!is_as_planned(&gpt, job->partitions[i]))
			r = -EIO;
	if (r == 0 && job->kept)
		r = gpt_read_entry(fd, job->kept->number, entry);
	if (r == 0 && job->kept && memcmp(entry, job->entry, sizeof(entry)) != 0)
		r = -EIO;
	if (r == 0)
		return 0;
	error_errno(err, ERROR_INTERNAL, r, "the partition table of %s reads back different",
		    job->node);
	error_hint(err, "The disk or its controller does not keep what is written: replace it.");
	return r;
}

int table_write(const char *node, const struct plan_partition *const *partitions, size_t count,
		bool bios_boot, struct error **err)
{
	_cleanup_free_ struct gpt_identity *identities = xcalloc(count + 1, sizeof(*identities));
	struct job job = {.node = node, .partitions = partitions, .count = count};
	_cleanup_close_ int fd = -1;
	int r = read_kept(&job, err);

	if (r == 0)
		r = write_with_libparted(node, partitions, count, bios_boot, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		identities[i] = (struct gpt_identity){.number = partitions[i]->number,
						      .uuid = partitions[i]->uuid,
						      .entry = partitions[i] == job.kept ? job.entry
											 : NULL};
	fd = open(node, O_RDWR | O_CLOEXEC);
	r = fd < 0 ? -errno : gpt_set_identities(fd, identities, count);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write the partition GUIDs on %s",
				   node);
	return compare(fd, &job, err);
}
