/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes the disk bootable, last of all, with the new system's own tools. */
#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "common/proc.h"
#include "installer/execute/engine.h"

#define LOADER "\\EFI\\xenhost\\grubx64.efi"

static int run_inside(const struct execution *execution, const char *program, struct error **err)
{
	const char *argv[] = {program, NULL};
	const struct proc proc = {
		.argv = argv, .tag = EXECUTE_TAG, .chroot = execution->job->target};

	return proc_run(&proc, NULL, err);
}

int run_boot_menu(struct execution *execution, const struct plan_step *step _unused_,
		  struct error **err)
{
	return run_inside(execution, "update-grub", err);
}

int run_boot_loader(struct execution *execution, const struct plan_step *step _unused_,
		    struct error **err)
{
	return run_inside(execution, "xenhost-boot-install", err);
}

void undo_boot_loader(struct execution *execution, const struct plan_step *step)
{
	struct disk *disk = execution_disk(execution, step->disk);

	if (disk)
		disk_disable_boot(execution, disk);
}

/* "Boot0001* LABEL\tHD(4,GPT,<guid>,...": number, label and GUID of one line of efibootmgr. */
struct entry {
	char number[5], *label, guid[37];
};

static bool parse_entry(const char *line, struct entry *ret)
{
	const char *label = line + strlen("Boot0000* "), *tab, *hd;

	if (!str_starts(line, "Boot") || strlen(line) <= strlen("Boot0000* "))
		return false;
	for (size_t i = 4; i < 8; i++)
		if (!isxdigit((unsigned char)line[i]))
			return false;
	tab = strchr(label, '\t');
	hd = tab ? strstr(tab, "HD(") : NULL;
	hd = hd ? strstr(hd, ",GPT,") : NULL;
	if (!hd || strlen(hd) < strlen(",GPT,") + 36)
		return false;
	memcpy(ret->number, line + 4, 4);
	ret->number[4] = '\0';
	memcpy(ret->guid, hd + strlen(",GPT,"), 36);
	ret->guid[36] = '\0';
	ret->label = xstrndup(label, (size_t)(tab - label));
	return true;
}

/* Ours, and of a partition that this disk has or had: entries of other disks stay as they are. */
static bool is_replaced(const struct execution *execution, const struct disk *disk,
			const struct entry *entry)
{
	const struct plan *plan = execution->plan;

	if (!str_eq(entry->label, plan->boot_entry_label))
		return false;
	for (char **uuid = disk->old_uuids; uuid && *uuid; uuid++)
		if (strcasecmp(*uuid, entry->guid) == 0)
			return true;
	for (size_t i = 0; i < plan->n_partitions; i++)
		if (plan->partitions[i].uuid &&
		    strcasecmp(plan->partitions[i].uuid, entry->guid) == 0)
			return true;
	return false;
}

static int remove_old_entries(struct execution *execution, const struct disk *disk,
			      struct error **err)
{
	const char *argv[] = {"efibootmgr", "-v", NULL};
	_cleanup_proc_result_ struct proc_result result = {0};
	_cleanup_strv_ char **lines = NULL;
	int r;

	r = proc_run(&(struct proc){.argv = argv, .tag = EXECUTE_TAG}, &result, err);
	if (r < 0)
		return r;
	lines = strv_split(result.output, "\n");
	for (char **line = lines; r == 0 && line && *line; line++) {
		struct entry entry;

		if (!parse_entry(*line, &entry))
			continue;
		if (is_replaced(execution, disk, &entry))
			r = proc_runl(err, EXECUTE_TAG, "efibootmgr", "-q", "-b", entry.number,
				      "-B", NULL);
		free(entry.label);
	}
	return r;
}

static int add_entry(struct execution *execution, const struct disk *disk, struct error **err)
{
	const struct plan *plan = execution->plan;
	const struct plan_partition *boot = plan_find_partition(plan, "boot");
	_cleanup_free_ char *number = xasprintf("%u", boot->number);

	return proc_runl(err, EXECUTE_TAG, "efibootmgr", "-q", "-c", "-d", disk->node, "-p", number,
			 "-L", plan->boot_entry_label, "-l", LOADER, NULL);
}

/* Firmware that refuses is no reason to fail: it finds EFI/BOOT/BOOTX64.EFI without an entry. */
int run_boot_entry(struct execution *execution, const struct plan_step *step,
		   struct error **err _unused_)
{
	const struct disk *disk = execution_disk(execution, step->disk);
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL;
	int r;

	r = remove_old_entries(execution, disk, &problem);
	if (r == 0)
		r = add_entry(execution, disk, &problem);
	if (r == 0 || r == -ECANCELED)
		return 0;
	text = error_text(problem);
	execution_warn(execution,
		       "the firmware's boot list could not be changed (%s); the host "
		       "boots by EFI/BOOT/BOOTX64.EFI, or choose the disk in the "
		       "firmware's boot menu",
		       text);
	return 0;
}
