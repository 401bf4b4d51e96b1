/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/devices.h"

#include <time.h>

#include "common/json.h"
#include "common/proc.h"
#include "common/str.h"

#define TAG           "local-storage"
#define WAIT_TRIES    60 /* a second each: controllers answer late on a busy machine */
#define BLKID_NOTHING 2

int device_wait(const char *device, struct error **err)
{
	for (unsigned tries = 0; tries < WAIT_TRIES; tries++) {
		if (access(device, F_OK) == 0)
			return 0;
		nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
	}
	error_set(err, ERROR_HARDWARE, "%s is not there", device);
	return error_hint(err, "Look whether the disk is connected (lsblk), then run: "
			       "xenhost-firstboot run");
}

/* Runs an LVM report command and gives the rows of its one report. */
static int lvm_report(const char *const *argv, const char *rows, struct json **ret_document,
		      const struct json **ret_rows, struct error **err)
{
	_cleanup_proc_result_ struct proc_result result = {0};
	const struct proc proc = {.argv = argv, .tag = TAG, .quiet = true};
	int r = proc_run(&proc, &result, err);

	if (r == 0)
		r = json_parse(result.output, result.output_length, argv[0], ret_document, err);
	if (r < 0)
		return r;
	*ret_rows = json_get_array(json_at(json_get_array(*ret_document, "report"), 0), rows);
	return 0;
}

int volume_group_exists(const char *group, bool *ret, struct error **err)
{
	const char *const argv[] = {"vgs", "--reportformat", "json", "-o", "vg_name", NULL};
	_cleanup_json_ struct json *document = NULL;
	const struct json *rows = NULL;
	int r = lvm_report(argv, "vg", &document, &rows, err);

	if (r < 0)
		return r;
	*ret = false;
	for (size_t i = 0; i < json_length(rows); i++)
		*ret |= str_eq(json_get_string(json_at(rows, i), "vg_name"), group);
	return 0;
}

static int group_of(const char *device, char **ret, struct error **err)
{
	const char *const argv[] = {"pvs", "--reportformat", "json", "-o", "vg_name", device, NULL};
	_cleanup_json_ struct json *document = NULL;
	const struct json *rows = NULL;
	int r = lvm_report(argv, "pv", &document, &rows, err);
	const char *group;

	if (r < 0)
		return r;
	group = json_get_string(json_at(rows, 0), "vg_name");
	*ret = xstrdup(group ? group : "");
	return 0;
}

static int has_partitions(const char *device, bool *ret, struct error **err)
{
	const char *const argv[] = {"lsblk", "--json", "-o", "NAME", device, NULL};
	_cleanup_proc_result_ struct proc_result result = {0};
	_cleanup_json_ struct json *document = NULL;
	const struct proc proc = {.argv = argv, .tag = TAG, .quiet = true};
	int r = proc_run(&proc, &result, err);

	if (r == 0)
		r = json_parse(result.output, result.output_length, "lsblk", &document, err);
	if (r < 0)
		return r;
	*ret = json_length(json_get_array(json_at(json_get_array(document, "blockdevices"), 0),
					  "children")) > 0;
	return 0;
}

/* A value of blkid's KEY=value lines. */
static char *probe_value(const char *output, const char *key)
{
	_cleanup_strv_ char **lines = strv_split(output ? output : "", "\n");
	_cleanup_free_ char *prefix = xasprintf("%s=", key);

	for (char **line = lines; line && *line; line++)
		if (str_starts(*line, prefix))
			return xstrdup(*line + strlen(prefix));
	return NULL;
}

int device_content(const char *device, enum device_content *ret, char **ret_group,
		   struct error **err)
{
	const char *const argv[] = {"blkid", "-p", "-o", "export", device, NULL};
	const struct proc proc = {.argv = argv, .tag = TAG, .quiet = true, .any_status = true};
	_cleanup_proc_result_ struct proc_result result = {0};
	_cleanup_free_ char *type = NULL;
	_cleanup_free_ char *table = NULL;
	bool partitions = false;
	int r = proc_run(&proc, &result, err);

	if (r < 0)
		return r;
	/* 8 is an ambivalent result: several signatures, so certainly not empty. */
	if (result.status != 0 && result.status != BLKID_NOTHING) {
		*ret = DEVICE_IN_USE;
		return 0;
	}
	type = probe_value(result.output, "TYPE");
	table = probe_value(result.output, "PTTYPE");
	if (str_eq(type, "LVM2_member")) {
		*ret = DEVICE_PHYSICAL_VOLUME;
		return group_of(device, ret_group, err);
	}
	if (type) {
		*ret = DEVICE_IN_USE;
		return 0;
	}
	r = has_partitions(device, &partitions, err);
	if (r < 0)
		return r;
	*ret = partitions ? DEVICE_IN_USE : table ? DEVICE_EMPTY_TABLE : DEVICE_EMPTY;
	return 0;
}

bool path_is_mounted(const struct fsroot *root, const char *path)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *needle = xasprintf(" %s ", path);

	return fsroot_read_text(root, "/proc/self/mounts", &text) == 0 && strstr(text, needle);
}
