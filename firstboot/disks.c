/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/disks.h"

#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/erase.h"
#include "installer/plan/plan.h"

#define DATA "default-storage.conf"
#define TASK "local-storage"

void disks_done(struct disks *disks)
{
	for (size_t i = 0; i < disks->count; i++) {
		free(disks->list[i].path);
		free(disks->list[i].label);
		free(disks->list[i].words);
		free(disks->list[i].refused);
		free(disks->list[i].lost);
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

/* In columns for the list, in a sentence's manner elsewhere. */
static char *label_of(const struct host_disk *disk, bool columns)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};
	const char *model = str_empty(disk->model) ? disk->transport ?: disk->kind : disk->model;

	if (columns)
		strbuf_addf(&buf, "%-8s %10s  %s", disk->name ?: disk->id, size, model);
	else
		strbuf_addf(&buf, "%s, %s, %s", disk->name ?: disk->id, size, model);
	if (!str_empty(disk->serial))
		strbuf_addf(&buf, _(", serial %s"), disk->serial);
	return strbuf_take(&buf);
}

/* Why the planner would not take it. Volumes that nobody has opened are laid to rest before. */
static char *reject(const struct fsroot *root, const struct host *host,
		    const struct host_disk *disk, const char *path)
{
	_cleanup_free_ char *text = xstrdup(path);
	const struct disk_choice choice = {.text = text};
	struct host_disk idle = *disk;

	if (erase_is_idle(root, disk))
		idle.holders = NULL;
	return disk_choice_reject(host, &idle, &choice, NULL);
}

/* What is on it, below a line of its own where it is worth money; and below that, what was said
 * when first boot would have taken it. */
static char *words_of(const struct host_disk *disk, const char *last_time)
{
	_cleanup_strv_ char **contents = disk_contents(disk);
	_cleanup_free_ char *words = strv_join(contents, "\n");

	return xasprintf("%s%s%s%s",
			 disk_is_valuable(disk) ? _("! Data worth money is on it:\n") : "", words,
			 last_time ? _("\nWanted at the installation. Last time: ") : "",
			 last_time ?: "");
}

static void add_disk(const struct fsroot *root, const struct host *host,
		     const struct host_disk *disk, const char *last_time, struct disks *ret)
{
	struct wizard_disk *entry = ARRAY_APPEND(ret->list, ret->count);
	bool before = i18n_copy(true);
	_cleanup_strv_ char **contents = disk_contents(disk);
	_cleanup_free_ char *lines = strv_join(contents, "\n    - ");
	_cleanup_free_ char *reason = NULL, *sentence = label_of(disk, false);

	entry->path = disk_stable_path(disk);
	entry->label = label_of(disk, true);
	entry->words = words_of(disk, last_time);
	reason = reject(root, host, disk, entry->path);
	i18n_copy(before);
	if (is_system(root, entry->path))
		entry->refused = xstrdup(_("Not to be chosen: this system is on it."));
	else if (reason)
		entry->refused = xasprintf(_("Not to be chosen: %s"), reason);
	else if (!is_empty(disk))
		entry->lost = xasprintf("%s\n    - %s", sentence, lines);
}

/* The devices that the installation wanted and first boot could not use. */
static char **wished_paths(struct firstboot *firstboot)
{
	_cleanup_free_ char *text = NULL;

	if (state_result(firstboot, TASK)->state != TASK_FAILED)
		return NULL;
	text = data_get(firstboot->root, DATA, "XSPARTITIONS");
	return strv_split(text ?: "", " ");
}

/* A partition, or a disk that is not there now: it can only be tried again. */
static void add_wished(const char *path, const char *last_time, struct disks *ret)
{
	struct wizard_disk *entry = ARRAY_APPEND(ret->list, ret->count);

	entry->path = xstrdup(path);
	entry->label = xasprintf(_("%s, as installed"), path);
	entry->words = xasprintf(_("Is tried again. Last time: %s"), last_time);
}

static bool is_offered(const struct host_disk *disk)
{
	return !str_eq(disk->kind, "path") && !str_eq(disk->kind, "cdrom") &&
	       !str_eq(disk->kind, "loop");
}

static bool is_disk(const struct host *host, const char *path)
{
	for (size_t i = 0; i < host->n_disks; i++) {
		_cleanup_free_ char *stable = disk_stable_path(&host->disks[i]);

		if (is_offered(&host->disks[i]) && str_eq(stable, path))
			return true;
	}
	return false;
}

void disks_list(struct firstboot *firstboot, const struct host *host, struct disks *ret)
{
	const struct task_result *result = state_result(firstboot, TASK);
	_cleanup_strv_ char **wished = wished_paths(firstboot);
	const char *last_time = result->message ?: _("nothing was said");

	*ret = (struct disks){0};
	if (result->state == TASK_DONE)
		return;
	for (char **path = wished; path && *path; path++)
		if (!is_disk(host, *path))
			add_wished(*path, last_time, ret);
	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];
		_cleanup_free_ char *path = disk_stable_path(disk);

		if (is_offered(disk))
			add_disk(firstboot->root, host, disk,
				 strv_contains(wished, path) ? last_time : NULL, ret);
	}
}
