/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udev's database as text. libudev has no root parameter, and its files are simple: lines of
 * "S:link" and "E:KEY=VALUE".
 */
#include "common/str.h"
#include "hwdb/probe/disk.h"

#define RECORD_MAX (1 << 20)

void udev_record_read(const struct probe *probe, const char *devno, struct udev_record *ret)
{
	_cleanup_free_ char *path = xasprintf("/run/udev/data/b%s", devno);
	_cleanup_free_ char *text = NULL;
	char *line, *rest;

	*ret = (struct udev_record){0};
	if (fsroot_read(probe->root, path, RECORD_MAX, &text, NULL) < 0)
		return;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		/* by-diskseq counts appearances: it says nothing of the disk. */
		if (str_starts(line, "S:disk/by-") && !str_starts(line, "S:disk/by-diskseq/"))
			strv_addf(&ret->links, "/dev/%s", line + 2);
		else if (str_starts(line, "E:"))
			strv_add(&ret->properties, line + 2);
	}
	if (ret->links)
		strv_sort(ret->links);
}

void udev_record_done(struct udev_record *record)
{
	strv_free(record->links);
	strv_free(record->properties);
	*record = (struct udev_record){0};
}

const char *udev_record_get(const struct udev_record *record, const char *key)
{
	size_t length = strlen(key);

	for (char **property = record->properties; property && *property; property++)
		if (str_starts(*property, key) && (*property)[length] == '=')
			return *property + length + 1;
	return NULL;
}
