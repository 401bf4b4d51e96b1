/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who uses a disk now: mounts, swap, md and device-mapper devices above it or its partitions, and
 * what is mounted from those in turn.
 */

#include "common/str.h"
#include "hwdb/probe/disk.h"

#define MOUNTINFO_MAX (4 * MIB)
#define MEDIUM        "/run/xenhost/medium"
#define DEPTH_MAX     8

/* A device in the tree above a disk. */
struct users {
	const struct probe *probe;
	struct host_disk *disk;
	char *mountinfo;
	char *swaps;
};

static void add_holder(struct host_disk *disk, const char *format, ...) _printf_(2, 3);

static void add_holder(struct host_disk *disk, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	if (!strv_contains(disk->holders, text))
		strv_add(&disk->holders, text);
}

/* "\040" is a blank in mountinfo; in place. */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		unsigned code;

		if (*text == '\\' && strspn(text + 1, "01234567") >= 3 &&
		    sscanf(text + 1, "%3o", &code) == 1) {
			*out++ = (char)code;
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

/*
 * "36 35 8:1 / /mnt rw,noatime master:1 - ext4 /dev/sda1 rw": the third and fifth field, and the
 * source behind the dash for file systems that have no device number of their own (btrfs).
 */
static void match_mount(char *line, const struct users *users, const char *name, const char *devno)
{
	_cleanup_free_ char *node = xasprintf("/dev/%s", name);
	_cleanup_strv_ char **fields = strv_split(line, " ");
	size_t n = strv_length(fields);
	size_t dash = 6;

	while (dash < n && !str_eq(fields[dash], "-"))
		dash++;
	if (dash + 2 >= n)
		return;
	if (!str_eq(fields[2], devno) &&
	    !(str_starts(fields[2], "0:") && str_eq(fields[dash + 2], node)))
		return;
	unescape(fields[4]);
	add_holder(users->disk, "mounted on %s", fields[4]);
	if (str_eq(fields[4], MEDIUM))
		users->disk->install_medium = true;
}

static void match_mounts(const struct users *users, const char *name, const char *devno)
{
	_cleanup_free_ char *number = xasprintf(" %s ", devno);
	_cleanup_free_ char *node = xasprintf(" /dev/%s ", name), *copy = NULL;
	const char *table = users->mountinfo;
	char *line, *rest;

	/* Most are mounted nowhere: only for others is the table taken apart. */
	if (!table || (!strstr(table, number) && !strstr(table, node)))
		return;
	copy = xstrdup(table);
	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		match_mount(line, users, name, devno);
}

/* "/dev/sda2  partition  1048572  0  -2" */
static void match_swap(const struct users *users, const char *name)
{
	_cleanup_free_ char *copy = xstrdup(users->swaps);
	char *line, *rest;

	if (!copy)
		return;
	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		size_t length = strcspn(line, " \t");

		if (str_starts(line, "/dev/") && strlen(name) == length - 5 &&
		    strncmp(line + 5, name, length - 5) == 0)
			add_holder(users->disk, "swap");
	}
}

static void add_device(const struct users *users, const char *name)
{
	_cleanup_free_ char *map = probe_text(users->probe, "/sys/class/block/%s/dm/name", name);

	if (map)
		add_holder(users->disk, "%s (%s)", name, map);
	else
		add_holder(users->disk, "%s", name);
}

static void visit(const struct users *users, const char *name, unsigned depth)
{
	_cleanup_free_ char *devno = probe_text(users->probe, "/sys/class/block/%s/dev", name);
	_cleanup_free_ char *folder = xasprintf("/sys/class/block/%s/holders", name);
	_cleanup_strv_ char **holders = NULL;

	match_mounts(users, name, devno ?: "");
	match_swap(users, name);
	if (depth == DEPTH_MAX || fsroot_list(users->probe->root, folder, &holders) < 0)
		return;
	for (char **holder = holders; holder && *holder; holder++) {
		add_device(users, *holder);
		visit(users, *holder, depth + 1);
	}
}

void disk_find_holders(const struct probe *probe, const struct block *block, struct host_disk *disk)
{
	struct users users = {.probe = probe, .disk = disk};

	if (fsroot_read(probe->root, "/proc/self/mountinfo", MOUNTINFO_MAX, &users.mountinfo,
			NULL) < 0)
		users.mountinfo = NULL;
	users.swaps = probe_text(probe, "/proc/swaps");
	visit(&users, block->name, 0);
	for (char **partition = block->partitions; partition && *partition; partition++)
		visit(&users, *partition, 0);
	free(users.mountinfo);
	free(users.swaps);
}
