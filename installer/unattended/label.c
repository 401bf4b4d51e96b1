/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"
#include "installer/unattended/discover.h"

/* File systems by their labels, as detection saw them. */

/* Paths of a multipath disk show the same file systems again. */
static bool is_looked_at(const struct host_disk *disk)
{
	return disk->name && !str_eq(disk->kind, "path");
}

const char *label_written(const struct host *host, const char *label)
{
	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];

		for (size_t k = 0; is_looked_at(disk) && k < disk->n_contents; k++)
			if (str_eq_nocase(disk->contents[k].label, label))
				return disk->contents[k].label;
	}
	return NULL;
}

static int refuse(const char *label, size_t count, const char *there, struct error **err)
{
	if (count)
		error_set(err, ERROR_USAGE, "%zu file systems have the label \"%s\"", count, label);
	else
		error_set(err, ERROR_USAGE, "no file system has the label \"%s\"", label);
	if (!there)
		return error_hint(err, "No file system of this machine has a label.");
	return error_hint(err, "Labels on this machine: %s.", there);
}

int label_find(const char *label, struct fetch_device *ret, void *data, struct error **err)
{
	const struct host *host = data;
	const struct host_disk *on = NULL;
	const struct host_content *found = NULL;
	_cleanup_strbuf_ struct strbuf there = {0};
	size_t count = 0;

	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];

		for (size_t k = 0; is_looked_at(disk) && k < disk->n_contents; k++) {
			const struct host_content *content = &disk->contents[k];
			_cleanup_free_ char *node = host_partition_node(disk, content->partition);

			if (str_empty(content->label))
				continue;
			strbuf_addf(&there, "%s\"%s\" (%s, %s)", there.length ? ", " : "",
				    content->label, node, content->type ? content->type : "?");
			if (!str_eq(content->label, label))
				continue;
			count++;
			on = disk;
			found = content;
		}
	}
	if (count != 1)
		return refuse(label, count, there.text, err);
	ret->node = host_partition_node(on, found->partition);
	ret->type = xstrdup(found->type);
	return 0;
}
