/* SPDX-License-Identifier: GPL-3.0-or-later */
/* THE table of steps: what carries out each kind, what it needs, what takes it back. */
#include "installer/execute/engine.h"

#define TOOLS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct step_row rows[_STEP_MAX] = {
	[STEP_CHECK_TOOLS] = {.run = run_check_tools, .repeatable = true},
	[STEP_CHECK_DISKS] = {.run = run_check_disks, .repeatable = true},
	[STEP_CHECK_SOURCE] = {.run = run_check_source, .repeatable = true},
	[STEP_SCRIPTS_START] = {.check = check_scripts, .run = run_scripts},
	[STEP_POINT_OF_NO_RETURN] = {.run = run_point_of_no_return,
				     .undo = undo_point_of_no_return,
				     .repeatable = true},
	[STEP_DISABLE_BOOT] = {.run = run_disable_boot, .repeatable = true},
	[STEP_WIPE] = {.tools = TOOLS("wipefs"), .run = run_wipe, .repeatable = true},
	[STEP_PARTITION] = {.tools = TOOLS("udevadm", "wipefs"),
			    .check = check_partition,
			    .run = run_partition,
			    .repeatable = true},
	[STEP_JOURNAL] = {.run = run_journal, .repeatable = true},
	[STEP_WRITE_IMAGE] = {.run = run_write_image, .repeatable = true},
	[STEP_GROW] = {.tools = TOOLS("modprobe", "tune2fs", "resize2fs"),
		       .run = run_grow,
		       .repeatable = true},
	[STEP_MAKE_FILESYSTEM] = {.tools = TOOLS("mkfs.ext4", "mkfs.vfat", "mkswap"),
				  .run = run_make_filesystem,
				  .repeatable = true},
	[STEP_MOUNT] = {.run = run_mount, .undo = undo_mount},
	[STEP_WRITE_FILES] = {.run = run_write_files, .repeatable = true},
	[STEP_CERTIFICATES] = {.run = run_certificates, .repeatable = true},
	[STEP_SERVICES] = {.run = run_services},
	[STEP_IDENTITY] = {.run = run_identity},
	[STEP_PASSWORD] = {.run = run_password, .repeatable = true},
	[STEP_SCRIPTS_FIRSTBOOT] = {.check = check_scripts, .run = run_keep_scripts},
	[STEP_SCRIPTS_POPULATED] = {.check = check_scripts, .run = run_scripts},
	[STEP_BOOT_MENU] = {.run = run_boot_menu, .repeatable = true},
	[STEP_SAVE_LOG] = {.run = run_save_log, .repeatable = true},
	[STEP_BOOT_LOADER] = {.run = run_boot_loader, .undo = undo_boot_loader, .repeatable = true},
	[STEP_UNMOUNT] = {.run = run_unmount},
	[STEP_BOOT_ENTRY] = {.tools = TOOLS("efibootmgr"), .run = run_boot_entry},
	[STEP_SCRIPTS_COMPLETE] = {.check = check_scripts, .run = run_scripts},
};

const struct step_row *step_row_find(enum step_kind kind)
{
	return kind < _STEP_MAX && rows[kind].run ? &rows[kind] : NULL;
}
