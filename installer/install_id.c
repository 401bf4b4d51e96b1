/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/install_id.h"

#include <errno.h>
#include <fcntl.h>

#include "common/bootline.h"
#include "common/log.h"
#include "common/str.h"
#include "installer/execute/boot_list.h"
#include "installer/execute/gpt.h"
#include "installer/execute/journal.h"

#define TAG "install"

/* The journal's place by layout: a partition of its own, else the start of the backup partition. */
static bool may_hold_journal(const struct host_content *content)
{
	return content->partition > 0 && (str_eq(content->partition_name, "xenhost") ||
					  str_eq(content->partition_name, "backup"));
}

static bool completed(int fd, const struct host_content *content, const char *install_id)
{
	struct journal_state state = {0};
	bool same = false;

	if (journal_read(fd, content->start_bytes, &state) < 0)
		return false;
	same = state.done && str_eq(state.install_id, install_id);
	journal_state_done(&state);
	return same;
}

static bool disk_completed(const struct fsroot *root, const struct host_disk *disk,
			   const char *install_id)
{
	_cleanup_free_ char *node = NULL;
	_cleanup_close_ int fd = -1;

	if (host_disk_node(root, disk->id, &node, NULL) < 0)
		return false;
	fd = fsroot_open_fd(root, node, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		log_warning("install", "cannot look for a journal on %s: %s", node, strerror(-fd));
		return false;
	}
	for (size_t i = 0; i < disk->n_contents; i++)
		if (may_hold_journal(&disk->contents[i]) &&
		    completed(fd, &disk->contents[i], install_id))
			return true;
	return false;
}

const struct host_disk *install_id_find(const struct fsroot *root, const struct host *host,
					const char *install_id)
{
	for (size_t i = 0; i < host->n_disks; i++)
		if (host->disks[i].n_contents && disk_completed(root, &host->disks[i], install_id))
			return &host->disks[i];
	return NULL;
}

static int partition_uuids(const struct fsroot *root, const struct host_disk *disk, char ***ret,
			   struct error **err)
{
	_cleanup_(gpt_done) struct gpt gpt = {0};
	_cleanup_free_ char *node = NULL;
	_cleanup_close_ int fd = -1;
	int r = host_disk_node(root, disk->id, &node, err);

	if (r < 0)
		return r;
	fd = fsroot_open_fd(root, node, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? fd : gpt_read(fd, &gpt);
	if (r < 0)
		return error_errno(err, ERROR_HARDWARE, r, "cannot read the partitions of %s",
				   node);
	for (size_t i = 0; i < gpt.n_entries; i++)
		strv_add(ret, gpt.entries[i].uuid);
	return 0;
}

int install_id_start_next(const struct fsroot *root, const struct host_disk *disk,
			  struct error **err)
{
	_cleanup_(boot_list_done) struct boot_list list = {0};
	_cleanup_strv_ char **uuids = NULL;
	int r = partition_uuids(root, disk, &uuids, err);

	if (r == 0)
		r = boot_list_read(&list, err);
	for (size_t i = 0; r == 0 && i < list.count; i++)
		if (boot_entry_points_at(&list.entries[i], uuids))
			return boot_list_start_next(&list.entries[i], err);
	if (r == 0) {
		error_set(err, ERROR_HARDWARE, "no entry of the firmware's boot list is for %s",
			  disk->name);
		error_hint(err, "Put the disk first in the firmware's boot order.");
	}
	return r < 0 ? r : -ENOENT;
}

/* BIOS has no such call; there the medium's boot menu does it (initrd/iso/grub.cfg). */
static void start_host_next(const struct fsroot *root, const struct host *host,
			    const struct host_disk *disk)
{
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL;

	if (host->firmware.kind != FIRMWARE_UEFI)
		return;
	if (install_id_start_next(root, disk, &problem) == 0) {
		fprintf(stderr, "the firmware starts %s next\n", disk->name);
		return;
	}
	text = error_text(problem);
	fprintf(stderr, "the firmware cannot be told to start %s: %s\n", disk->name, text);
	log_warning(TAG, "cannot set the next boot: %s", text);
}

struct report *install_id_done_before(const struct fsroot *root, const struct host *host,
				      const struct answers *answers, const char *command_line)
{
	const char *id = answers->install_id;
	const struct host_disk *disk = NULL;
	struct report *report;

	if (id && !bootline_has(command_line, "xenhost.install-again"))
		disk = install_id_find(root, host, id);
	if (!disk)
		return NULL;
	report = xcalloc(1, sizeof(*report));
	report->success = true;
	report->message = xasprintf("installation \"%s\" is complete on disk %s (%s); nothing was "
				    "changed",
				    id, disk->name, disk->id);
	fprintf(stderr, "%s\n", report->message);
	log_info(TAG, "%s", report->message);
	start_host_next(root, host, disk);
	return report;
}
