/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/disks.h"

#include "common/str.h"
#include "installer/plan/plan.h"

#define DATA "default-storage.conf"

void disks_done(struct disks *disks)
{
	for (size_t i = 0; i < disks->count; i++) {
		free(disks->list[i].path);
		free(disks->list[i].label);
		free(disks->list[i].words);
		free(disks->list[i].refused);
	}
	free(disks->list);
	*disks = (struct disks){0};
}

static bool is_empty(const struct host_disk *disk)
{
	for (size_t i = 0; i < disk->n_contents; i++)
		if (disk->contents[i].kind != CONTENT_NONE)
			return false;
	return true;
}

/* The inventory names the disk that this system was installed to. */
static bool is_system(const struct fsroot *root, const char *path)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *line = xasprintf("PRIMARY_DISK='%s'", path);

	return fsroot_read_text(root, "/etc/xensource-inventory", &text) == 0 && strstr(text, line);
}

static char *label_of(const struct host_disk *disk)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%-8s %10s  %s", disk->name ?: disk->id, size,
		    str_empty(disk->model) ? disk->transport ?: disk->kind : disk->model);
	if (!str_empty(disk->serial))
		strbuf_addf(&buf, ", serial %s", disk->serial);
	return strbuf_take(&buf);
}

static void add_disk(const struct fsroot *root, const struct host *host,
		     const struct host_disk *disk, struct disks *ret)
{
	struct wizard_disk *entry = ARRAY_APPEND(ret->list, ret->count);
	_cleanup_strv_ char **contents = disk_contents(disk);
	const struct disk_choice choice = {.text = entry->path = disk_stable_path(disk)};
	_cleanup_free_ char *reason = disk_choice_reject(host, disk, &choice, NULL);

	entry->label = label_of(disk);
	entry->words = strv_join(contents, "\n");
	if (is_system(root, entry->path))
		entry->refused = xstrdup("Not to be chosen: this system is on it.");
	else if (reason)
		entry->refused = xasprintf("Not to be chosen: %s", reason);
	else if (!is_empty(disk))
		entry->refused = xstrdup("Not to be chosen while it is not empty.");
}

/* One entry for each device that the installation wanted, with why it did not become storage. */
static void add_wished(const struct fsroot *root, const struct task_result *result,
		       struct disks *ret)
{
	_cleanup_free_ char *text = data_get(root, DATA, "XSPARTITIONS");
	_cleanup_strv_ char **paths = strv_split(text ?: "", " ");

	for (char **path = paths; path && *path; path++) {
		struct wizard_disk *entry = ARRAY_APPEND(ret->list, ret->count);

		entry->path = xstrdup(*path);
		entry->label = xasprintf("%s, as installed", *path);
		entry->words = xasprintf("Is tried again. Last time: %s",
					 result->message ?: "nothing was said");
	}
}

static bool has_path(const struct disks *disks, const char *path)
{
	for (size_t i = 0; i < disks->count; i++)
		if (str_eq(disks->list[i].path, path))
			return true;
	return false;
}

void disks_list(struct firstboot *firstboot, const struct host *host, struct disks *ret)
{
	const struct task_result *result = state_result(firstboot, "local-storage");

	*ret = (struct disks){0};
	if (result->state == TASK_DONE)
		return;
	if (result->state == TASK_FAILED)
		add_wished(firstboot->root, result, ret);
	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];
		_cleanup_free_ char *path = disk_stable_path(disk);

		if (!str_eq(disk->kind, "path") && !str_eq(disk->kind, "cdrom") &&
		    !str_eq(disk->kind, "loop") && !has_path(ret, path))
			add_disk(firstboot->root, host, disk, ret);
	}
}
