/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes the disk bootable, last of all, with the new system's own tools. */
#include <errno.h>

#include "common/proc.h"
#include "installer/execute/boot_list.h"
#include "installer/execute/engine.h"

#define LOADER "\\EFI\\xenhost\\grubx64.efi"
/* The install-id follows; initrd/iso/grub.cfg looks for it on every disk. */
#define INSTALLED_MARKER "/var/lib/xenhost/installed-"

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

int run_certificates(struct execution *execution, const struct plan_step *step _unused_,
		     struct error **err)
{
	return run_inside(execution, "update-ca-certificates", err);
}

static char *marker_path(const struct plan *plan)
{
	return xasprintf(INSTALLED_MARKER "%s", plan->install_id);
}

/* What the install medium's boot menu looks for, to start this host instead of installing again. */
static void write_marker(struct execution *execution)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (!execution->plan->install_id)
		return;
	path = marker_path(execution->plan);
	r = fsroot_write_text(execution->target, path, "", 0644);
	if (r < 0)
		execution_warn(execution,
			       "the install medium will not know that this host is complete: %s",
			       strerror(-r));
}

int run_boot_loader(struct execution *execution, const struct plan_step *step _unused_,
		    struct error **err)
{
	int r = run_inside(execution, "xenhost-boot-install", err);

	if (r == 0)
		write_marker(execution);
	return r;
}

void undo_boot_loader(struct execution *execution, const struct plan_step *step)
{
	struct disk *disk = execution_disk(execution, step->disk);

	if (execution->target && execution->plan->install_id) {
		_cleanup_free_ char *path = marker_path(execution->plan);
		int r = fsroot_unlink(execution->target, path);

		if (r < 0 && r != -ENOENT)
			execution_warn(execution, "%s stays behind", path);
	}
	if (disk)
		disk_disable_boot(execution, disk);
}

/* The GUIDs of the partitions that this disk has or had; the kept one is not ours. Free both. */
static char **own_partitions(const struct execution *execution, const struct disk *disk)
{
	const struct plan *plan = execution->plan;
	char **uuids = NULL;

	for (char **uuid = disk->old_uuids; uuid && *uuid; uuid++)
		strv_add(&uuids, *uuid);
	for (size_t i = 0; i < plan->n_partitions; i++)
		if (plan->partitions[i].uuid)
			strv_add(&uuids, plan->partitions[i].uuid);
	return uuids;
}

/* Ours, and of a partition that this disk has or had: entries of other disks stay as they are. */
static int remove_old_entries(struct execution *execution, const struct disk *disk,
			      struct error **err)
{
	_cleanup_strv_ char **uuids = own_partitions(execution, disk);
	_cleanup_(boot_list_done) struct boot_list list = {0};
	int r = boot_list_read(&list, err);

	for (size_t i = 0; r == 0 && i < list.count; i++)
		if (str_eq(list.entries[i].label, execution->plan->boot_entry_label) &&
		    boot_entry_points_at(&list.entries[i], uuids))
			r = boot_list_remove(&list.entries[i], err);
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

/* A firmware that prefers the medium would start the installer again. */
static int start_it_next(struct execution *execution, struct error **err)
{
	const struct plan_partition *boot = plan_find_partition(execution->plan, "boot");
	char *uuids[] = {boot->uuid, NULL};
	_cleanup_(boot_list_done) struct boot_list list = {0};
	int r = boot_list_read(&list, err);

	for (size_t i = 0; r == 0 && i < list.count; i++)
		if (boot_entry_points_at(&list.entries[i], uuids))
			return boot_list_start_next(&list.entries[i], err);
	return r < 0 ? r : error_set(err, ERROR_HARDWARE, "the firmware does not list the entry");
}

/* Firmware that refuses is no reason to fail: it finds EFI/BOOT/BOOTX64.EFI without an entry. */
int run_boot_entry(struct execution *execution, const struct plan_step *step,
		   struct error **err _unused_)
{
	const struct disk *disk = execution_disk(execution, step->disk);
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL;
	bool entered;
	int r;

	r = remove_old_entries(execution, disk, &problem);
	if (r == 0)
		r = add_entry(execution, disk, &problem);
	entered = r == 0;
	if (r == 0)
		r = start_it_next(execution, &problem);
	if (r == 0 || r == -ECANCELED)
		return 0;
	text = error_text(problem);
	if (entered)
		execution_warn(execution,
			       "the firmware could not be told to start the host next (%s); if "
			       "the installer starts again, take the medium out or put the disk "
			       "first in the boot order",
			       text);
	else
		execution_warn(execution,
			       "the firmware's boot list could not be changed (%s); the host "
			       "boots by EFI/BOOT/BOOTX64.EFI, or choose the disk in the "
			       "firmware's boot menu",
			       text);
	return 0;
}
