/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/tool/machines.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "common/str.h"
#include "hwdb/host.h"

#define DEPTH_MAX 16

struct walk {
	void (*visit)(const char *path, void *data);
	void *data;
	size_t found;
};

static int is_listed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int walk_folder(struct walk *walk, const char *path, unsigned depth, struct error **err)
{
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, is_listed, alphasort);
	int r = 0;

	if (n < 0)
		return error_errno(err, ERROR_USAGE, errno, "Cannot read the folder %s", path);
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *below = xasprintf("%s/%s", path, entries[i]->d_name);
		struct stat st;

		free(entries[i]);
		if (r < 0)
			continue;
		if (host_is_stored(below)) {
			walk->found++;
			walk->visit(below, walk->data);
		} else if (lstat(below, &st) == 0 && S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
			r = walk_folder(walk, below, depth + 1, err);
		}
	}
	free(entries);
	return r;
}

int machines_exist(const char *path, struct error **err)
{
	if (str_eq(path, "live") || access(path, F_OK) == 0)
		return 0;
	error_errno(err, ERROR_USAGE, errno, "Cannot open the machine %s", path);
	return error_hint(err, "Give \"live\", a file made by \"xenhost-hwinfo show --json\", "
			       "what \"xenhost-hwinfo capture\" made, or a folder of them");
}

int machines_visit(const char *path, void (*visit)(const char *path, void *data), void *data,
		   struct error **err)
{
	struct walk walk = {.visit = visit, .data = data};
	struct stat st;
	int r;

	if ((r = machines_exist(path, err)) < 0)
		return r;
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode) || host_is_stored(path)) {
		visit(path, data);
		return 0;
	}
	r = walk_folder(&walk, path, 0, err);
	if (r == 0 && walk.found == 0) {
		r = error_set(err, ERROR_USAGE, "There is no recorded machine in %s", path);
		error_hint(err, "Machines are files that end in .json, or captures");
	}
	return r;
}
