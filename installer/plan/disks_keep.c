/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preserve-first-partition: whether partition 1 of the target stays, and the refusal where the
 * answers want one to stay that cannot. Whatever is in doubt is refused, since
 * the other way to read the answers erases it.
 */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

#define DELL_UTILITY_NAME "DELLUTILITY" /* of a GPT partition, an ESP by its type */
#define DELL_UTILITY_DOS  "0xde"

static bool is_utility(const struct host_content *content)
{
	if (str_eq(content->partition_type, DELL_UTILITY_DOS))
		return true;
	return str_eq(content->partition_name, DELL_UTILITY_NAME) &&
	       str_eq(content->partition_type, GPT_TYPE_ESP);
}

/* Signatures that contradict each other make several entries of one partition: the first one. */
static const struct host_content *find_partition(const struct host_disk *disk, unsigned number)
{
	for (size_t i = 0; i < disk->n_contents; i++)
		if (disk->contents[i].partition == number)
			return &disk->contents[i];
	return NULL;
}

static const char *table_kind(const struct host_disk *disk)
{
	for (size_t i = 0; i < disk->n_contents; i++)
		if (disk->contents[i].partition == 0 && disk->contents[i].kind == CONTENT_TABLE)
			return disk->contents[i].type;
	return NULL;
}

static int refuse(const struct host_disk *disk, unsigned number, const char *why,
		  struct error **err)
{
	error_set(err, ERROR_USER, "partition %u of %s cannot be kept: %s", number, disk->name,
		  why);
	return error_hint(err, "to have it erased, write preserve-first-partition=\"false\" on "
			       "primary-disk; else choose another disk");
}

/* The partition that the answers mean, or NULL for none. */
static int find_wanted(const struct build *build, const struct host_disk *disk,
		       const struct host_content **ret, struct error **err)
{
	const struct host_content *wanted = NULL;

	switch (build->answers->preserve_first) {
	case PRESERVE_NO:
		break;
	case PRESERVE_YES:
		wanted = find_partition(disk, 1);
		if (!wanted) {
			error_set(err, ERROR_USER,
				  "partition 1 of %s cannot be kept: there is none", disk->name);
			return error_hint(err, "leave preserve-first-partition out: then only a "
					       "vendor's utility partition is kept");
		}
		break;
	case PRESERVE_IF_UTILITY:
		for (size_t i = 0; i < disk->n_contents; i++) {
			const struct host_content *content = &disk->contents[i];

			if (!is_utility(content) ||
			    (wanted && wanted->partition == content->partition))
				continue;
			if (content->partition != 1)
				return refuse(disk, content->partition,
					      N_("it is a vendor's utility partition, but not the "
						 "first one"),
					      err);
			wanted = content;
		}
		break;
	}
	*ret = wanted;
	return 0;
}

static int check_place(const struct host_disk *disk, const struct host_content *kept,
		       struct error **err)
{
	uint64_t end = kept->start_bytes + kept->size_bytes;
	uint64_t first_usable = GPT_ENTRIES_BYTES + 2 * disk->logical_block_bytes;

	if (kept->start_bytes < first_usable || kept->size_bytes == 0 || end > disk->size_bytes)
		return refuse(disk, 1, N_("it lies where the partition table needs its place"),
			      err);
	for (size_t i = 0; i < disk->n_contents; i++) {
		const struct host_content *other = &disk->contents[i];

		if (other->partition == 0 || other->partition == kept->partition)
			continue;
		if (other->start_bytes < end &&
		    other->start_bytes + other->size_bytes > kept->start_bytes)
			return refuse(disk, 1, N_("another partition overlaps it"), err);
		if (other->start_bytes < kept->start_bytes)
			return refuse(disk, 1, N_("it is not the first on the disk"), err);
	}
	return 0;
}

/* What the tools that make the new system would take for theirs. */
static int check_type(struct build *build, const struct host_disk *disk,
		      const struct host_content *kept, struct error **err)
{
	bool uefi = build->host->firmware.kind == FIRMWARE_UEFI;

	if (!uefi && str_eq(kept->partition_type, GPT_TYPE_BIOS_BOOT))
		return refuse(disk, 1, N_("GRUB would write its own code into it"), err);
	if (uefi && str_eq(kept->partition_type, GPT_TYPE_ESP))
		build_warn(build, "primary-disk", NULL,
			   "partition 1 of %s, which is kept, is an EFI system partition: a "
			   "firmware that loses its boot list may start what is in it",
			   disk->name);
	return 0;
}

int build_keep(struct build *build, const struct host_disk *disk, struct error **err)
{
	const struct host_content *kept = NULL;
	int r = find_wanted(build, disk, &kept, err);

	if (r < 0 || !kept)
		return r;
	if (!str_eq(table_kind(disk), "gpt"))
		return refuse(disk, 1,
			      N_("its partition table is of the old kind (MBR), which is replaced "
				 "by a GPT"),
			      err);
	r = check_place(disk, kept, err);
	if (r == 0)
		r = check_type(build, disk, kept, err);
	if (r == 0)
		build->kept = kept;
	return r;
}
