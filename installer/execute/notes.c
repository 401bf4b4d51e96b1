/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last lines of a report: what state the chosen disks are in, what else firmware could boot. */
#include <fcntl.h>

#include "installer/execute/engine.h"
#include "installer/execute/gpt.h"

#define TYPE_ESP "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define SECTOR   512

static bool is_chosen(const struct execution *execution, const char *name)
{
	for (size_t i = 0; i < execution->n_disks; i++) {
		const char *slash = strrchr(execution->disks[i].node, '/');

		if (slash && str_eq(slash + 1, name))
			return true;
	}
	return false;
}

/* Disks that a firmware boots from: not ram, loop, optical, or what the kernel builds of others. */
static bool is_disk(const struct fsroot *root, const char *name)
{
	uint64_t removable;

	return fsroot_existsf(root, "/sys/block/%s/device", name) && !str_starts(name, "sr") &&
	       !str_starts(name, "fd") &&
	       fsroot_read_u64f(root, 10, &removable, "/sys/block/%s/removable", name) == 0 &&
	       removable == 0;
}

/* What its kind of firmware looks for: boot code before a signature, or an EFI system partition. */
static bool looks_bootable(const struct fsroot *root, const char *name, enum firmware_kind firmware)
{
	_cleanup_free_ char *node = xasprintf("/dev/%s", name);
	_cleanup_close_ int fd = fsroot_open_fd(root, node, O_RDONLY | O_CLOEXEC);
	_cleanup_(gpt_done) struct gpt gpt = {0};
	uint8_t sector[SECTOR];

	if (fd < 0 || pread(fd, sector, sizeof(sector), 0) != SECTOR)
		return false;
	if (firmware == FIRMWARE_BIOS)
		return sector[510] == 0x55 && sector[511] == 0xaa && sector[0] != 0;
	if (gpt_read(fd, &gpt) < 0)
		return false;
	for (size_t i = 0; i < gpt.n_entries; i++)
		if (str_eq(gpt.entries[i].type, TYPE_ESP))
			return true;
	return false;
}

static void note_other_systems(struct execution *execution)
{
	const struct fsroot *root = execution->job->root;
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(root, "/sys/block", &names) < 0)
		return;
	for (char **name = names; name && *name; name++)
		if (!is_chosen(execution, *name) && is_disk(root, *name) &&
		    looks_bootable(root, *name, execution->plan->firmware))
			execution_note(execution,
				       "%s was not touched and may hold a system that "
				       "the firmware can boot: look at its boot order",
				       *name);
}

void notes_add(struct execution *execution, bool success)
{
	if (!execution->report->changed) {
		execution_note(execution, "Nothing on any disk was changed");
		return;
	}
	for (size_t i = 0; i < execution->n_disks; i++) {
		const struct disk *disk = &execution->disks[i];
		bool keeps = plan_find_kept(execution->plan, disk->plan->id) != NULL;

		if (success)
			continue;
		execution_note(execution,
			       "%s (%s) was erased%s and holds no system that boots%s; the "
			       "installation can be started again",
			       disk->node, disk->plan->id, keeps ? " but for partition 1" : "",
			       keeps ? ", unless partition 1 does" : "");
	}
	note_other_systems(execution);
}
