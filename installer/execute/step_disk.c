/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first destructive steps: a chosen disk stops being bootable, then loses all signatures. */
#include <errno.h>
#include <fcntl.h>

#include "common/proc.h"
#include "installer/execute/device.h"
#include "installer/execute/engine.h"

/* MBR: boot code up to the disk signature and the table, which later steps still read. */
#define BOOT_CODE_BYTES 440
/* The boot sector of a FAT, NTFS or XFS, an ESP's included: without it firmware sees no files. */
#define BOOT_SECTOR_BYTES 4096

/*
 * Takes the place of old boot code, since BIOSes start whatever stands before a partition table, be
 * it nothing but zeros, and hang. Prints its text and then tells the firmware to go on with the
 * next boot device (int 18h, BIOS Boot Specification 1.01, section 6.7). GRUB replaces it on the
 * target; a guest disk keeps it.
 */
static const uint8_t refusal_code[] = {
	0x31, 0xc0,       /* xor ax, ax */
	0x8e, 0xd8,       /* mov ds, ax */
	0xbe, 0x1b, 0x7c, /* mov si, 0x7c00 + 27: the text behind this code */
	0xfc,             /* cld */
	0xac,             /* next: lodsb */
	0x84, 0xc0,       /* test al, al */
	0x74, 0x09,       /* jz end */
	0xb4, 0x0e,       /* mov ah, 0x0e: print a letter */
	0xbb, 0x07, 0x00, /* mov bx, 7 */
	0xcd, 0x10,       /* int 10h */
	0xeb, 0xf2,       /* jmp next */
	0xcd, 0x18,       /* end: int 18h */
	0xf4,             /* halt: hlt */
	0xeb, 0xfd,       /* jmp halt */
};
static const char refusal_text[] = "\r\nxenhost: nothing to boot from this disk\r\n";

_Static_assert(sizeof(refusal_code) == 27, "the code names the place of the text");
_Static_assert(sizeof(refusal_code) + sizeof(refusal_text) <= BOOT_CODE_BYTES, "room in the MBR");

int disk_write_boot_code(int fd)
{
	/* Read, changed and written as a whole block: a 4Kn disk takes nothing smaller. */
	_cleanup_free_ uint8_t *block = xmalloc(BOOT_SECTOR_BYTES);
	ssize_t n = pread(fd, block, BOOT_SECTOR_BYTES, 0);
	int r;

	if (n != BOOT_SECTOR_BYTES)
		return n < 0 ? -errno : -EIO;
	memset(block, 0, BOOT_CODE_BYTES);
	memcpy(block, refusal_code, sizeof(refusal_code));
	memcpy(block + sizeof(refusal_code), refusal_text, sizeof(refusal_text));
	r = device_write(fd, block, BOOT_SECTOR_BYTES, 0);
	return r == 0 && fsync(fd) < 0 ? -errno : r;
}

static int wipe_boot_sector(const char *node)
{
	_cleanup_close_ int fd = open(node, O_RDWR | O_CLOEXEC);
	uint64_t bytes;
	int r;

	if (fd < 0)
		return -errno;
	r = device_size(fd, &bytes);
	/* An extended partition shows as 1 KiB or one sector: it holds a table, nothing to boot. */
	if (r < 0 || bytes < BOOT_SECTOR_BYTES)
		return r;
	r = device_zero(fd, 0, BOOT_SECTOR_BYTES);
	return r == 0 && fsync(fd) < 0 ? -errno : r;
}

bool disk_keeps(const struct execution *execution, const struct disk *disk, unsigned number)
{
	const struct plan_partition *kept = plan_find_kept(execution->plan, disk->plan->id);

	return kept && kept->number == number;
}

static int disable_old_boot(const struct execution *execution, const struct disk *disk,
			    struct error **err)
{
	_cleanup_(device_partitions_done) struct device_partitions partitions = {0};
	int r = disk_write_boot_code(disk->fd);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write to %s", disk->node);
	r = device_partitions(execution->job->root, disk->node, &partitions, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < partitions.count; i++) {
		if (disk_keeps(execution, disk, partitions.list[i].number))
			continue;
		r = wipe_boot_sector(partitions.list[i].node);
		if (r < 0)
			return error_errno(err, ERROR_INTERNAL, r, "cannot write to %s",
					   partitions.list[i].node);
	}
	return 0;
}

int run_disable_boot(struct execution *execution, const struct plan_step *step, struct error **err)
{
	return disable_old_boot(execution, execution_disk(execution, step->disk), err);
}

/* A failure before the new tables stand must not leave one of several disks bootable. */
void undo_point_of_no_return(struct execution *execution, const struct plan_step *step _unused_)
{
	if (!execution->report->changed || execution->journal)
		return;
	for (size_t i = 0; i < execution->n_disks; i++)
		if (disable_old_boot(execution, &execution->disks[i], NULL) < 0)
			execution_warn(execution, "%s may still boot its old system",
				       execution->disks[i].node);
}

/* After a failure: only what this installation itself made bootable is left to be taken away. */
void disk_disable_boot(struct execution *execution, struct disk *disk)
{
	const struct plan *plan = execution->plan;

	if (disk_write_boot_code(disk->fd) < 0)
		execution_warn(execution, "the boot code of %s could not be taken off again",
			       disk->node);
	for (size_t i = 0; i < plan->n_partitions; i++) {
		const struct plan_partition *partition = &plan->partitions[i];
		_cleanup_free_ char *node = NULL;

		if (partition->purpose != PARTITION_BOOT ||
		    !str_eq(partition->disk, disk->plan->id))
			continue;
		if (device_partition_node(execution->job->root, disk->node, partition->number,
					  &node, NULL) < 0 ||
		    wipe_boot_sector(node) < 0)
			execution_warn(execution,
				       "the boot sector of partition %u of %s could not "
				       "be taken off again",
				       partition->number, disk->node);
	}
}

/*
 * Signatures of partitions first: once the table is gone nobody knows where they were. With a
 * partition to keep the table itself stays until the new one takes its place in the next step:
 * whatever happens between, the kept partition is found again.
 */
int run_wipe(struct execution *execution, const struct plan_step *step, struct error **err)
{
	_cleanup_(device_partitions_done) struct device_partitions partitions = {0};
	struct disk *disk = execution_disk(execution, step->disk);
	_cleanup_free_ const char **argv = NULL;
	size_t n = 0, fixed;
	int r = device_partitions(execution->job->root, disk->node, &partitions, err);

	if (r < 0)
		return r;
	argv = xcalloc(partitions.count + 6, sizeof(*argv));
	argv[n++] = "wipefs";
	argv[n++] = "--all";
	/* Tables inside partitions, too; that nobody uses the disk was checked by the kernel. */
	argv[n++] = "--force";
	fixed = n;
	for (size_t i = 0; i < partitions.count; i++)
		if (!disk_keeps(execution, disk, partitions.list[i].number))
			argv[n++] = partitions.list[i].node;
	if (!plan_find_kept(execution->plan, step->disk))
		argv[n++] = disk->node;
	if (n == fixed)
		return 0;
	return proc_run(&(struct proc){.argv = argv, .tag = EXECUTE_TAG}, NULL, err);
}
