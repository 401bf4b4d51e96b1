/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The new system under one roof, with what programs inside it need of the running installer. */
#include <errno.h>
#include <sys/mount.h>

#include "common/log.h"
#include "common/proc.h"
#include "installer/execute/device.h"
#include "installer/execute/engine.h"

static int add_mount(struct execution *execution, const char *source, const char *where,
		     const char *type, unsigned long flags, struct error **err)
{
	const char *target = execution->job->target;
	_cleanup_free_ char *path =
		str_eq(where, "/") ? xstrdup(target) : xasprintf("%s%s", target, where);
	int r;

	if (execution->target) {
		r = fsroot_mkdir(execution->target, where, 0755);
		if (r < 0 && r != -EEXIST)
			return error_errno(err, ERROR_INTERNAL, r, "cannot make the folder %s",
					   path);
	}
	if (mount(source, path, type, flags, NULL) < 0) {
		r = error_errno(err, ERROR_INTERNAL, errno, "cannot mount %s on %s", source, path);
		error_hint(err, "The kernel's messages say more.");
		return r;
	}
	log_debug(EXECUTE_TAG, "mounted %s on %s", source, path);
	strv_add(&execution->mounts, path);
	return 0;
}

/* What the image has at a mount point, such as the folders that services expect in /var/log. */
static int fill_from_image(struct execution *execution, const char *node,
			   const struct plan_partition *partition, struct error **err)
{
	static const char where[] = "/mnt";
	_cleanup_free_ char *from = xasprintf("%s/.", partition->mount);
	_cleanup_free_ char *path = xasprintf("%s%s", execution->job->target, where);
	const char *argv[] = {"cp", "-a", from, where, NULL};
	const struct proc proc = {
		.argv = argv, .tag = EXECUTE_TAG, .chroot = execution->job->target};
	int r;

	if (mount(node, path, partition->filesystem, MS_NOATIME, NULL) < 0)
		return error_errno(err, ERROR_INTERNAL, errno, "cannot mount %s on %s", node, path);
	r = proc_run(&proc, NULL, err);
	if (umount2(path, r < 0 ? MNT_DETACH : 0) < 0 && r == 0)
		r = error_errno(err, ERROR_INTERNAL, errno, "cannot unmount %s", path);
	return r;
}

static int mount_partition(struct execution *execution, const struct plan_partition *partition,
			   struct error **err)
{
	bool keeps_image = str_eq(partition->filesystem, "ext4") && execution->target &&
			   fsroot_exists(execution->target, partition->mount);
	_cleanup_free_ char *node = NULL;
	int r;

	r = device_partition_node(execution->job->root,
				  execution_disk(execution, partition->disk)->node,
				  partition->number, &node, err);
	if (r == 0 && keeps_image)
		r = fill_from_image(execution, node, partition, err);
	if (r < 0)
		return r;
	return add_mount(execution, node, partition->mount, partition->filesystem, MS_NOATIME, err);
}

static int mount_root(struct execution *execution, struct error **err)
{
	const struct execute_job *job = execution->job;
	int r = fsroot_mkdir(job->root, job->target, 0755);

	if (r < 0 && r != -EEXIST)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make the folder %s",
				   job->target);
	r = mount_partition(execution, plan_find_partition(execution->plan, "root"), err);
	if (r < 0)
		return r;
	r = fsroot_open(job->target, &execution->target);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot open %s", job->target);
	return 0;
}

static int mount_others(struct execution *execution, struct error **err)
{
	const struct plan *plan = execution->plan;

	for (size_t i = 0; i < plan->n_partitions; i++) {
		const struct plan_partition *partition = &plan->partitions[i];
		int r;

		if (!partition->filesystem || !partition->mount || partition->mount[0] != '/' ||
		    str_eq(partition->mount, "/"))
			continue;
		r = mount_partition(execution, partition, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int run_mount(struct execution *execution, const struct plan_step *step _unused_,
	      struct error **err)
{
	static const struct {
		const char *source, *where, *type;
		unsigned long flags;
	} system[] = {
		{"proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC},
		{"sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY},
		{"/dev", "/dev", NULL, MS_BIND},
		{"/run", "/run", NULL, MS_BIND},
	};
	int r = mount_root(execution, err);

	if (r == 0)
		r = mount_others(execution, err);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(system); i++)
		r = add_mount(execution, system[i].source, system[i].where, system[i].type,
			      system[i].flags, err);
	return r;
}

/* In reverse; what is still busy is detached, so that a second installation starts clean. */
static int unmount_all(struct execution *execution)
{
	size_t n = strv_length(execution->mounts);
	int result = 0;

	if (execution->target) {
		fsroot_free(execution->target);
		execution->target = NULL;
	}
	while (n-- > 0) {
		char *path = execution->mounts[n];

		if (umount2(path, 0) < 0) {
			if (result == 0 || errno != EBUSY)
				result = -errno;
			log_warning(EXECUTE_TAG, "cannot unmount %s: %m", path);
			umount2(path, MNT_DETACH);
		}
		free(path);
		execution->mounts[n] = NULL;
	}
	strv_free(execution->mounts);
	execution->mounts = NULL;
	return result;
}

int run_unmount(struct execution *execution, const struct plan_step *step, struct error **err)
{
	int r = run_save_log(execution, step, err);

	if (r < 0)
		return r;
	r = unmount_all(execution);
	if (r == -EBUSY) {
		execution_warn(execution,
			       "something still used the new system when it was unmounted");
		r = 0;
	}
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot unmount the new system");
	for (size_t i = 0; i < execution->n_disks; i++)
		if (fsync(execution->disks[i].fd) < 0)
			return error_errno(err, ERROR_INTERNAL, errno,
					   "cannot write everything to %s",
					   execution->disks[i].node);
	sync();
	return 0;
}

void undo_mount(struct execution *execution, const struct plan_step *step _unused_)
{
	(void)unmount_all(execution);
}
