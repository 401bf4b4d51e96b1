/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Superblocks of Linux software RAID, as in linux/raid/md_p.h. */
#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/bytes.h"
#include "hwdb/probe/content.h"

#define MD_MAGIC      0xa92b4efcU
#define RESERVED_0_90 65536
#define DISKS_MAX     4096

/* Offsets in a superblock. */
struct md_layout {
	unsigned major;
	size_t created, level, disks;
};

static const struct md_layout version_0 = {0, 24, 28, 40};
static const struct md_layout version_1 = {1, 64, 72, 92};

static char *level_word(int32_t level)
{
	static const struct {
		int32_t level;
		const char *word;
	} words[] = {{-1, "linear"}, {-4, "multipath"}, {-5, "container"}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].level == level)
			return xstrdup(words[i].word);
	return level >= 0 && level <= 10 ? xasprintf("raid%d", (int)level) : NULL;
}

/* False when none stands there. */
static bool take(int fd, uint64_t offset, const struct md_layout *layout,
		 struct host_content *content)
{
	uint8_t super[256];
	uint32_t disks;

	if (offset + sizeof(super) > content->size_bytes ||
	    pread(fd, super, sizeof(super), (off_t)(content->start_bytes + offset)) !=
		    (ssize_t)sizeof(super) ||
	    le32(super) != MD_MAGIC || le32(super + 4) != layout->major)
		return false;
	disks = le32(super + layout->disks);
	content->raid_level = level_word((int32_t)le32(super + layout->level));
	content->has_raid_disks = disks > 0 && disks <= DISKS_MAX;
	content->raid_disks = content->has_raid_disks ? disks : 0;
	content->date = content_date(layout->major ? le64(super + layout->created) & 0xffffffffff
						   : le32(super + layout->created));
	return true;
}

void content_read_md(int fd, struct host_content *content)
{
	uint64_t size = content->size_bytes;
	const struct {
		uint64_t offset;
		const struct md_layout *layout;
		bool there;
	} places[] = {
		{4096, &version_1, true},
		{0, &version_1, true},
		/* 1.0: 8 KiB before the end, at a multiple of 4 KiB; 0.90: in the last 64 KiB. */
		{(size / 512 - 16) / 8 * 8 * 512, &version_1, size >= 16384},
		{size / RESERVED_0_90 * RESERVED_0_90 - RESERVED_0_90, &version_0,
		 size >= RESERVED_0_90},
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].there && take(fd, places[i].offset, places[i].layout, content))
			return;
}
