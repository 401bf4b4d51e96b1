/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/fetch_nfs.h"

#include "common/nfs_file.h"
#include "common/str.h"
#include "common/url.h"

void fetch_nfs_place_done(struct fetch_nfs_place *place)
{
	nfs_place_done(&place->place);
	free(place->file);
	*place = (struct fetch_nfs_place){0};
}

static int no_file(const char *where, struct error **err)
{
	_cleanup_free_ char *masked = url_masked(where);

	error_set(err, ERROR_USAGE, "%s names no file of an NFS server", masked);
	return error_hint(err, "Write nfs://server/folder/file or nfs://server:port/folder/file.");
}

int fetch_nfs_parse(const char *where, struct fetch_nfs_place *ret, struct error **err)
{
	struct fetch_nfs_place found = {0};
	char *slash;

	if (nfs_parse(where, &found.place) < 0)
		return no_file(where, err);
	slash = strrchr(found.place.folder, '/');
	if (!slash || !slash[1]) {
		fetch_nfs_place_done(&found);
		return no_file(where, err);
	}
	found.file = xstrdup(slash + 1);
	slash[slash == found.place.folder] = '\0';
	*ret = found;
	return 0;
}

int fetch_nfs_read(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		   struct error **err)
{
	_cleanup_(fetch_nfs_place_done) struct fetch_nfs_place found = {0};
	_cleanup_(nfs_file_closep) struct nfs_file *file = NULL;
	struct nfs_wish wish = {.place = &found.place};
	int r = fetch_nfs_parse(where, &found, err);

	if (r == 0 && !fetch->mount_point) {
		error_set(err, ERROR_USAGE, "%s can only be read by the installer", where);
		return error_hint(err, "Here, give the path of the file.");
	}
	wish.name = found.file;
	if (r == 0)
		r = nfs_file_open(&wish, &file, err);
	return r < 0 ? r
		     : nfs_file_read_all(file, fetch->max_bytes ?: 16 * MIB, ret, ret_length, err);
}
