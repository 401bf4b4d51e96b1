/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/hardware/stick.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "common/log.h"
#include "common/str.h"

#define TAG         "stick"
#define MOUNT_POINT "/run/xenhost/stick"
/* So many reports of one machine within one second, or from one with a stopped clock. */
#define NAMES_MAX 100

static const char *const types[] = {"vfat", "exfat", "ext4"};

void stick_done(struct stick *stick)
{
	free(stick->node);
}

static const char *usable_type(const struct host_content *content)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (str_eq(content->type, types[i]))
			return types[i];
	return NULL;
}

/* A stick with an installer on it bears the same label; its ESP is no place for reports. */
static bool holds_medium(const struct host_disk *disk)
{
	for (size_t i = 0; i < disk->n_contents; i++)
		if (str_eq(disk->contents[i].type, "iso9660"))
			return true;
	return disk->install_medium;
}

static bool takes_reports(const struct host_disk *disk)
{
	return str_eq(disk->kind, "disk") && disk->name &&
	       (disk->removable || str_eq(disk->transport, "usb")) && !holds_medium(disk);
}

static bool is_labelled(const struct stick *stick)
{
	return str_eq(stick->label, STICK_LABEL);
}

static int labelled_first(const void *a, const void *b)
{
	return (int)is_labelled(b) - (int)is_labelled(a);
}

void sticks_done(struct sticks *sticks)
{
	for (size_t i = 0; i < sticks->count; i++)
		stick_done(&sticks->list[i]);
	free(sticks->list);
	*sticks = (struct sticks){0};
}

void sticks_find(const struct host *host, struct sticks *ret)
{
	*ret = (struct sticks){0};
	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];

		for (size_t j = 0; takes_reports(disk) && j < disk->n_contents; j++) {
			const struct host_content *content = &disk->contents[j];

			if (!usable_type(content))
				continue;
			*ARRAY_APPEND(ret->list, ret->count) = (struct stick){
				.disk = disk,
				.type = usable_type(content),
				.label = content->label,
				.node = host_partition_node(disk, content->partition)};
		}
	}
	if (ret->count)
		qsort(ret->list, ret->count, sizeof(*ret->list), labelled_first);
}

int stick_find(const struct host *host, struct stick *ret, struct error **err)
{
	_cleanup_(sticks_done) struct sticks sticks = {0};
	_cleanup_strbuf_ struct strbuf all = {0};
	size_t count = 0;

	sticks_find(host, &sticks);
	for (; count < sticks.count && is_labelled(&sticks.list[count]); count++)
		strbuf_addf(&all, "%s%s (%s)", count ? ", " : "", sticks.list[count].node,
			    sticks.list[count].disk->id);
	if (count > 1) {
		error_set(err, ERROR_USAGE, "several sticks are labelled " STICK_LABEL ": %s",
			  all.text);
		return error_hint(err, "Leave in the one that shall take the report");
	}
	if (count == 0)
		return 0;
	*ret = sticks.list[0];
	sticks.list[0].node = NULL;
	return 1;
}

/* A file that did not exist, whose name tells when several reports would bear one. */
static int create(int folder, const char *stem, const char *suffix, char **ret_name)
{
	for (unsigned i = 1; i <= NAMES_MAX; i++) {
		_cleanup_free_ char *name = i == 1 ? xasprintf("%s%s", stem, suffix)
						   : xasprintf("%s-%u%s", stem, i, suffix);
		int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

		if (fd >= 0) {
			*ret_name = TAKE_PTR(name);
			return fd;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int write_file(int folder, const char *stem, const struct document *document,
		      char **ret_name)
{
	_cleanup_close_ int fd = create(folder, stem, document->suffix, ret_name);
	const char *at = document->text;
	size_t left = strlen(at);

	if (fd < 0)
		return fd;
	while (left > 0) {
		ssize_t n = write(fd, at, left);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? n : 0;
		left -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int write_list(int folder, const char *stem, const struct document *list, size_t count,
		      char ***ret_files, struct error **err)
{
	_cleanup_strv_ char **files = NULL;
	size_t bytes = 0;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		_cleanup_free_ char *name = NULL;

		r = write_file(folder, stem, &list[i], &name);
		if (name)
			strv_add(&files, name);
		bytes += strlen(list[i].text);
	}
	if (r == 0 && fsync(folder) < 0)
		r = -errno;
	if (r == 0) {
		*ret_files = TAKE_PTR(files);
		return 0;
	}
	for (char **name = files; name && *name; name++)
		(void)unlinkat(folder, *name, 0);
	if (r == -ENOSPC || r == -EDQUOT || r == -EFBIG) {
		error_set(err, ERROR_INTERNAL, "the stick is full");
		error_hint(err, "Make room for %zu kB on it", bytes / 1000 + 1);
	} else if (r == -EROFS) {
		error_set(err, ERROR_INTERNAL, "the stick is write-protected");
		error_hint(err, "Move its switch, or take another one");
	} else {
		error_errno(err, ERROR_INTERNAL, r, "the file cannot be written");
		error_hint(err, "Check the stick's file system, or take another one");
	}
	return error_code(err, -r);
}

int stick_write_files(int folder, const struct documents *documents, char ***ret_files,
		      struct error **err)
{
	return write_list(folder, documents->name, documents->list, DOCUMENTS, ret_files, err);
}

static int set_read_only(const char *node, int on)
{
	_cleanup_close_ int fd = open(node, O_RDONLY | O_CLOEXEC);

	return fd < 0 || ioctl(fd, BLKROSET, &on) < 0 ? -errno : 0;
}

/* Both of them: a partition is as writable as its disk lets it be. */
static int set_stick_read_only(const struct stick *stick, int on)
{
	_cleanup_free_ char *disk = host_partition_node(stick->disk, 0);
	int r = set_read_only(disk, on);

	return r == 0 && !str_eq(disk, stick->node) ? set_read_only(stick->node, on) : r;
}

static int mount_stick(const struct stick *stick, struct error **err)
{
	int r = set_stick_read_only(stick, 0);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "%s cannot be made writable",
				   stick->node);
	if (mkdir(MOUNT_POINT, 0700) < 0 && errno != EEXIST)
		return error_errno(err, ERROR_INTERNAL, errno, "cannot make %s", MOUNT_POINT);
	if (mount(stick->node, MOUNT_POINT, stick->type, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ==
	    0)
		return 0;
	r = -errno;
	if (r == -EROFS || r == -EACCES) {
		error_set(err, ERROR_INTERNAL, "%s is write-protected", stick->node);
		error_hint(err, "Move the stick's switch, or take another one");
		return error_code(err, -r);
	}
	error_errno(err, ERROR_INTERNAL, r, "%s (%s) cannot be mounted", stick->node, stick->type);
	return error_hint(err, "Check its file system on another machine");
}

static int save_list(const struct stick *stick, const char *stem, const struct document *list,
		     size_t count, char ***ret_files, struct error **err)
{
	_cleanup_strv_ char **files = NULL;
	int folder, r = mount_stick(stick, err);

	if (r == 0) {
		folder = open(MOUNT_POINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = folder < 0
			    ? error_errno(err, ERROR_INTERNAL, errno, "cannot open %s", MOUNT_POINT)
			    : write_list(folder, stem, list, count, &files, err);
		if (folder >= 0)
			close(folder);
		if (umount(MOUNT_POINT) < 0 && r == 0)
			r = error_errno(err, ERROR_INTERNAL, errno, "%s cannot be unmounted",
					stick->node);
	}
	if (set_stick_read_only(stick, 1) < 0)
		log_warning(TAG, "%s could not be made read-only again", stick->node);
	if (r == 0)
		*ret_files = TAKE_PTR(files);
	return r;
}

int stick_save(const struct stick *stick, const struct documents *documents, char ***ret_files,
	       struct error **err)
{
	return save_list(stick, documents->name, documents->list, DOCUMENTS, ret_files, err);
}

int stick_save_text(const struct stick *stick, const char *stem, const char *suffix,
		    const char *text, char **ret_file, struct error **err)
{
	const struct document document = {.suffix = suffix, .text = (char *)(uintptr_t)text};
	_cleanup_strv_ char **files = NULL;
	int r = save_list(stick, stem, &document, 1, &files, err);

	if (r == 0)
		*ret_file = xstrdup(files[0]);
	return r;
}
