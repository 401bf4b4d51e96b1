/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host_load(): the running machine, or one that somebody stored. */
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>

#include "common/file.h"
#include "common/proc.h"
#include "common/str.h"
#include "hwdb/capture.h"

#define HOST_JSON_MAX (64 * MIB)
#define OPEN_DIRS     16

static int load_folder(const char *path, const struct host_options *options, struct host **ret,
		       struct error **err)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	int r = fsroot_open(path, &root);

	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "Cannot open %s", path);
	return host_detect(root, options, ret, err);
}

static int load_json(const char *path, struct host **ret, struct error **err)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	size_t length;
	struct stat st;
	int r;

	if (!file || fstat(fileno(file), &st) < 0)
		return error_errno(err, ERROR_USAGE, errno, "Cannot read %s", path);
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)HOST_JSON_MAX)
		return error_set(err, ERROR_USAGE, "%s is not a host description", path);
	text = xmalloc((size_t)st.st_size + 1);
	length = fread(text, 1, (size_t)st.st_size, file);
	if (ferror(file))
		return error_errno(err, ERROR_USAGE, errno, "Cannot read %s", path);
	r = json_parse(text, length, path, &json, err);
	if (r == 0)
		r = host_from_json(json, ret, err);
	/* A damaged description is a wrong path, whatever the reader of JSON calls it. */
	if (r < 0 && err && *err)
		(*err)->kind = ERROR_USAGE;
	return r;
}

/* A capture has none, and a device is not only looked at when it is opened. */
static int find_device(const char *path _unused_, const struct stat *st, int flag _unused_,
		       struct FTW *ftw _unused_)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

static int unpack(const char *tarball, const char *folder, struct error **err)
{
	int r = proc_runl(err, "tar", "tar", "-x", capture_tar_option(tarball), "-o", "-f", tarball,
			  "-C", folder, NULL);

	if (r == 0 && nftw(folder, find_device, OPEN_DIRS, FTW_PHYS) != 0)
		r = error_set(err, ERROR_USAGE, "There are devices in it");
	if (r < 0) {
		if (err && *err)
			(*err)->kind = ERROR_USAGE;
		error_hint(err, "Give a tarball made by \"xenhost-hwinfo capture\"");
	}
	return r;
}

static int load_tarball(const char *path, const struct host_options *options, struct host **ret,
			struct error **err)
{
	_cleanup_free_ char *absolute = realpath(path, NULL);
	char folder[] = "/tmp/xenhost-machine-XXXXXX";
	int r;

	if (!absolute)
		return error_errno(err, ERROR_USAGE, errno, "Cannot open %s", path);
	if (!mkdtemp(folder))
		return error_errno(err, ERROR_USAGE, errno, "Cannot make a folder in /tmp");
	r = unpack(absolute, folder, err);
	if (r == 0)
		r = load_folder(folder, options, ret, err);
	file_remove_tree(folder);
	return r;
}

bool host_is_stored(const char *path)
{
	_cleanup_free_ char *stored = xasprintf("%s" CAPTURE_HOST, path);
	_cleanup_free_ char *sys = xasprintf("%s/sys", path);
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	if (S_ISDIR(st.st_mode))
		return access(stored, F_OK) == 0 || access(sys, F_OK) == 0;
	return S_ISREG(st.st_mode) && (str_ends(path, ".json") || capture_tar_option(path));
}

int host_load_with(const char *machine, const struct host_options *options, struct host **ret,
		   struct error **err)
{
	struct stat st;
	int r;

	if (str_eq(machine, "live"))
		return load_folder("/", options, ret, err);
	if (stat(machine, &st) < 0) {
		r = error_errno(err, ERROR_USAGE, errno, "Cannot open the machine %s", machine);
		error_hint(err, "Give \"live\", a file made by \"xenhost-hwinfo show --json\", or "
				"what \"xenhost-hwinfo capture\" made");
		return r;
	}
	if (S_ISDIR(st.st_mode))
		r = load_folder(machine, options, ret, err);
	else if (capture_tar_option(machine))
		r = load_tarball(machine, options, ret, err);
	else
		r = load_json(machine, ret, err);
	return r < 0 ? error_prefix(err, "Cannot use the machine %s", machine) : 0;
}

int host_load(const char *machine, struct host **ret, struct error **err)
{
	return host_load_with(machine, NULL, ret, err);
}
