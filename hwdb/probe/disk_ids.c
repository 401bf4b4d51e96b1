/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ids: each disk gets the best name that no other disk has. Paths that lead to one disk are told
 * from disks that merely share a number by how they are attached.
 */
#include "common/str.h"
#include "hwdb/probe/disk.h"

/* From the best: what names the disk itself, then where it is. */
enum id_level { ID_WWN, ID_SERIAL, ID_BY_PATH, ID_SYSFS, ID_NAME };

static void add_underscored(struct strbuf *buf, const char *text)
{
	bool blank = false;

	for (; *text; text++) {
		if (*text == ' ' || *text == '\t') {
			blank = true;
			continue;
		}
		if (blank)
			strbuf_add(buf, "_");
		blank = false;
		strbuf_add_bytes(buf, text, 1);
	}
}

/* "Samsung_SSD_860_EVO_500GB_S3Z1NB0K111111A", with the namespace for any but an NVMe's first. */
static char *serial_id(const struct probe *probe, const struct host_disk *disk)
{
	struct strbuf buf = {0};
	uint64_t namespace;

	if (str_empty(disk->serial))
		return NULL;
	add_underscored(&buf, disk->model ?: disk->transport ?: "disk");
	strbuf_add(&buf, "_");
	add_underscored(&buf, disk->serial);
	namespace = probe_number(probe, 1, "/sys/block/%s/nsid", disk->name);
	if (str_eq(disk->transport, "nvme") && namespace != 1)
		strbuf_addf(&buf, "_%llu", (unsigned long long)namespace);
	return strbuf_take(&buf);
}

/* The path below /sys/devices without its numbers that change from boot to boot. */
static char *sysfs_id(const struct block *block)
{
	_cleanup_strv_ char **parts = strv_split(block->path, "/");
	struct strbuf buf = {0};
	unsigned number;

	strbuf_add(&buf, "sysfs");
	for (char **part = parts; part && *part; part++) {
		if (str_eq(*part, "sys") || str_eq(*part, "devices"))
			continue;
		if (str_eq(*part, "block"))
			break;
		if (str_starts(*part, "host") &&
		    str_to_uint(*part + 4, 0, UINT32_MAX, &number) == 0)
			continue;
		strbuf_addf(&buf, "-%s", *part);
	}
	return strbuf_take(&buf);
}

static char *id_at(const struct probe *probe, const struct host_disk *disk,
		   const struct block *block, enum id_level level)
{
	switch (level) {
	case ID_WWN:
		return xstrdup(disk->wwn);
	case ID_SERIAL:
		if (str_eq(disk->kind, "md"))
			return disk->serial ? xasprintf("md-uuid-%s", disk->serial) : NULL;
		return serial_id(probe, disk);
	case ID_BY_PATH:
		return xstrdup(disk->by_path);
	case ID_SYSFS:
		return strstr(block->path, "/devices/virtual/") ? NULL : sysfs_id(block);
	case ID_NAME:
		return xstrdup(disk->name);
	}
	return NULL;
}

/* Attached so that one disk can have several paths; elsewhere equal WWNs are a maker's mistake. */
static bool can_have_paths(const struct host_disk *disk)
{
	static const char *const transports[] = {"fc",   "iscsi",   "sas",   "scsi",
						 "raid", "nvme-of", "virtio"};

	for (size_t i = 0; i < ARRAY_SIZE(transports); i++)
		if (str_eq(disk->transport, transports[i]))
			return disk->wwn && str_eq(disk->kind, "disk");
	return false;
}

static void set_kind(struct host_disk *disk, const char *kind)
{
	free(disk->kind);
	disk->kind = xstrdup(kind);
}

/* What a map says of itself is little: the rest is what its paths say. */
static void copy_from_path(struct host_disk *map, const struct host_disk *path)
{
	char *serial = xstrdup(path->serial);

	free(map->serial);
	map->serial = serial;
	map->vendor = xstrdup(path->vendor);
	map->model = xstrdup(path->model);
	map->transport = xstrdup(path->transport);
	if (!map->wwn)
		map->wwn = xstrdup(path->wwn);
}

static void join_paths(struct host *host, size_t first)
{
	struct host_disk *map = ARRAY_APPEND(host->disks, host->n_disks);
	const char *wwn = host->disks[first].wwn;
	struct host_disk *path = &host->disks[first];

	map->kind = xstrdup("multipath");
	map->size_bytes = path->size_bytes;
	map->logical_block_bytes = path->logical_block_bytes;
	map->physical_block_bytes = path->physical_block_bytes;
	map->rotational = path->rotational;
	map->has_rotational = path->has_rotational;
	copy_from_path(map, path);
	for (char **link = path->links; link && *link; link++)
		if (!str_starts(*link, "/dev/disk/by-path/"))
			strv_add(&map->links, *link);
	for (size_t i = first; i + 1 < host->n_disks; i++) {
		path = &host->disks[i];
		if (!can_have_paths(path) || !str_eq(path->wwn, wwn))
			continue;
		map->read_only |= path->read_only;
		for (char **holder = path->holders; holder && *holder; holder++)
			if (!strv_contains(map->holders, *holder))
				strv_add(&map->holders, *holder);
		if (i != first)
			set_kind(path, "path");
	}
	set_kind(&host->disks[first], "path");
}

/* Disks below a device-mapper multipath map. */
static void mark_slaves(const struct probe *probe, struct host *host, size_t map)
{
	_cleanup_free_ char *folder = xasprintf("/sys/block/%s/slaves", host->disks[map].name);
	_cleanup_strv_ char **slaves = NULL;
	bool copied = false;

	if (fsroot_list(probe->root, folder, &slaves) < 0)
		return;
	for (size_t i = 0; i < host->n_disks; i++) {
		if (i == map || !strv_contains(slaves, host->disks[i].name))
			continue;
		set_kind(&host->disks[i], "path");
		if (!copied)
			copy_from_path(&host->disks[map], &host->disks[i]);
		copied = true;
	}
}

static void find_paths(const struct probe *probe, struct host *host)
{
	size_t n = host->n_disks;

	for (size_t i = 0; i < n; i++)
		if (str_eq(host->disks[i].kind, "multipath"))
			mark_slaves(probe, host, i);
	for (size_t i = 0; i < n; i++) {
		if (!can_have_paths(&host->disks[i]))
			continue;
		for (size_t j = i + 1; j < n; j++)
			if (can_have_paths(&host->disks[j]) &&
			    str_eq(host->disks[i].wwn, host->disks[j].wwn)) {
				join_paths(host, i);
				break;
			}
	}
}

static enum id_level first_level(const struct host_disk *disk)
{
	if (str_eq(disk->kind, "path"))
		return ID_BY_PATH;
	/* Bridges of one make often carry one and the same WWN. */
	return str_eq(disk->transport, "usb") ? ID_SERIAL : ID_WWN;
}

static void next_id(const struct probe *probe, struct host_disk *disk, const struct block *block,
		    enum id_level *level)
{
	free(disk->id);
	disk->id = NULL;
	for (; !disk->id && *level <= ID_NAME; (*level)++)
		disk->id = id_at(probe, disk, block, *level);
}

/* Every disk that shares its id with another takes its next one, until none does. */
static void make_unique(const struct probe *probe, struct host *host, const struct block *blocks,
			enum id_level *levels, size_t n)
{
	bool again = true;

	while (again) {
		_cleanup_free_ bool *shared = xcalloc(n + 1, sizeof(*shared));

		again = false;
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < host->n_disks; j++)
				if (i != j && str_eq(host->disks[i].id, host->disks[j].id) &&
				    levels[i] <= ID_NAME)
					shared[i] = again = true;
		for (size_t i = 0; i < n; i++)
			if (shared[i])
				next_id(probe, &host->disks[i], &blocks[i], &levels[i]);
	}
}

static void set_parents(const struct probe *probe, struct host *host, const struct block *blocks,
			size_t n, struct host_disk *above)
{
	_cleanup_free_ char *folder = xasprintf("/sys/block/%s/slaves", above->name);
	_cleanup_strv_ char **slaves = NULL;

	if (fsroot_list(probe->root, folder, &slaves) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		bool below = strv_contains(slaves, blocks[i].name);

		for (char **part = blocks[i].partitions; !below && part && *part; part++)
			below = strv_contains(slaves, *part);
		if (below)
			strv_add(&above->parents, host->disks[i].id);
	}
}

void disk_assign_ids(const struct probe *probe, struct host *host, const struct block *blocks)
{
	size_t n = host->n_disks; /* those that `blocks` describes; joined paths come behind */
	_cleanup_free_ enum id_level *levels = xcalloc(n + 1, sizeof(*levels));

	find_paths(probe, host);
	for (size_t i = n; i < host->n_disks; i++)
		host->disks[i].id = xstrdup(host->disks[i].wwn);
	for (size_t i = 0; i < n; i++) {
		levels[i] = first_level(&host->disks[i]);
		next_id(probe, &host->disks[i], &blocks[i], &levels[i]);
	}
	make_unique(probe, host, blocks, levels, n);
	for (size_t i = 0; i < host->n_disks; i++) {
		struct host_disk *disk = &host->disks[i];

		if (disk->name && !str_eq(disk->kind, "path") && !str_eq(disk->kind, "disk"))
			set_parents(probe, host, blocks, n, disk);
		for (size_t j = 0; i >= n && j < n; j++)
			if (str_eq(host->disks[j].kind, "path") &&
			    str_eq(host->disks[j].wwn, disk->wwn))
				strv_add(&disk->parents, host->disks[j].id);
	}
}
