/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/changes.h"

#include <errno.h>

#include "common/json.h"
#include "common/str.h"

#define SCHEMA    "xenhost.network-before/1"
#define FILE_MAX  (1 * MIB)
#define CHRONY    "/etc/chrony/chrony.conf"
#define CHRONY_OF "/usr/share/chrony/chrony.conf" /* what the package installs it from */

static void state_done(struct changes_state *state)
{
	free(state->content);
	free(state->symlink);
	*state = (struct changes_state){0};
}

void changes_done(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->list[i].path);
		state_done(&changes->list[i].before);
		state_done(&changes->list[i].after);
	}
	free(changes->list);
	*changes = (struct changes){0};
}

static const struct {
	const char *path; /* begins so */
	enum changes_part part;
} parts[] = {
	{"/etc/hostname", CHANGES_NAME},
	{"/etc/hosts", CHANGES_NAME},
	{"/etc/resolv.conf", CHANGES_NAME},
	{"/etc/localtime", CHANGES_TIME},
	{"/etc/timezone", CHANGES_TIME},
	{"/etc/chrony/", CHANGES_TIME},
	{"/etc/systemd/system/xenhost-dhcp-time.", CHANGES_TIME},
	{"/etc/systemd/system/multi-user.target.wants/xenhost-dhcp-time.", CHANGES_TIME},
};

static enum changes_part part_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (str_starts(path, parts[i].path))
			return parts[i].part;
	return CHANGES_NETWORK;
}

static const struct plan_file *find_file(const struct plan *plan, const char *path)
{
	for (size_t i = 0; plan && i < plan->n_files; i++)
		if (str_eq(plan->files[i].path, path))
			return &plan->files[i];
	return NULL;
}

static bool same_file(const struct plan_file *a, const struct plan_file *b)
{
	return b && str_eq(a->content, b->content) && str_eq(a->symlink, b->symlink);
}

static int read_state(const struct fsroot *root, const char *path, struct changes_state *ret,
		      struct error **err)
{
	struct changes_state state = {.there = true, .mode = 0644};
	size_t length;
	mode_t mode;
	int r = fsroot_readlink(root, path, &state.symlink);

	/* Not there, or no link. */
	if (r < 0)
		r = fsroot_read(root, path, FILE_MAX, &state.content, &length);
	if (r == -ENOENT || r == -ENOTDIR) {
		*ret = (struct changes_state){0};
		return 0;
	}
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read %s", path);
	if (!state.symlink && fsroot_stat_mode(root, path, &mode) == 0)
		state.mode = mode & 07777;
	*ret = state;
	return 0;
}

/* What stands where a plan has no file any more: nothing, or what the package put there. */
static int without(const struct fsroot *root, const char *path, struct changes_state *ret,
		   struct error **err)
{
	if (!str_eq(path, CHRONY))
		return 0;
	return read_state(root, CHRONY_OF, ret, err);
}

static int add(const struct fsroot *root, const char *path, const struct plan_file *file,
	       struct changes *changes, struct error **err)
{
	struct change *change = ARRAY_APPEND(changes->list, changes->count);

	change->path = xstrdup(path);
	if (file)
		change->after = (struct changes_state){.there = true,
						       .mode = file->mode ?: 0644,
						       .content = xstrdup(file->content),
						       .symlink = xstrdup(file->symlink)};
	else if (without(root, path, &change->after, err) < 0)
		return -EIO;
	return read_state(root, path, &change->before, err);
}

int changes_make(const struct fsroot *root, const struct plan *from, const struct plan *to,
		 enum changes_part part, struct changes *ret, struct error **err)
{
	struct changes changes = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < to->n_files; i++) {
		const struct plan_file *file = &to->files[i];

		if (part_of(file->path) == part && !same_file(file, find_file(from, file->path)))
			r = add(root, file->path, file, &changes, err);
	}
	for (size_t i = 0; r == 0 && from && i < from->n_files; i++) {
		const char *path = from->files[i].path;

		if (part_of(path) == part && !find_file(to, path))
			r = add(root, path, NULL, &changes, err);
	}
	if (r < 0) {
		changes_done(&changes);
		return r;
	}
	*ret = changes;
	return 0;
}

static int write_one(const struct fsroot *root, const struct change *change)
{
	int r;

	if (change->after.there && !change->after.symlink)
		return fsroot_write_text(root, change->path, change->after.content ?: "",
					 change->after.mode);
	r = fsroot_unlink(root, change->path);
	if (r < 0 && r != -ENOENT)
		return r;
	return change->after.symlink ? fsroot_symlink(root, change->after.symlink, change->path)
				     : 0;
}

int changes_write(const struct fsroot *root, const struct changes *changes, struct error **err)
{
	for (size_t i = 0; i < changes->count; i++) {
		int r = write_one(root, &changes->list[i]);

		if (r < 0)
			return error_errno(err, ERROR_INTERNAL, r, "cannot write %s",
					   changes->list[i].path);
	}
	return 0;
}

bool changes_hold(const struct fsroot *root, const struct changes *changes)
{
	bool hold = true;

	for (size_t i = 0; hold && i < changes->count; i++) {
		const struct changes_state *after = &changes->list[i].after;
		struct changes_state now = {0};

		hold = read_state(root, changes->list[i].path, &now, NULL) == 0 &&
		       now.there == after->there && str_eq(now.symlink, after->symlink) &&
		       str_eq(now.content ?: "", after->content ?: "");
		state_done(&now);
	}
	return hold;
}

void changes_turn(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		struct changes_state before = changes->list[i].before;

		changes->list[i].before = changes->list[i].after;
		changes->list[i].after = before;
	}
}

static void state_to_json(const struct changes_state *state, struct json *json, const char *key)
{
	struct json *object;

	if (!state->there) {
		json_set_null(json, key);
		return;
	}
	object = json_set_object(json, key);
	json_set_u64(object, "mode", state->mode);
	json_set_string(object, "content", state->content);
	json_set_string(object, "symlink", state->symlink);
}

static void state_from_json(const struct json *json, const char *key, struct changes_state *ret)
{
	const struct json *object = json_get_object(json, key);
	uint64_t mode = 0;

	*ret = (struct changes_state){0};
	if (!object)
		return;
	(void)json_get_u64(object, "mode", &mode);
	*ret = (struct changes_state){.there = true,
				      .mode = (unsigned)mode & 07777,
				      .content = xstrdup(json_get_string(object, "content")),
				      .symlink = xstrdup(json_get_string(object, "symlink"))};
}

int changes_keep(const struct fsroot *root, const struct changes *changes, struct error **err)
{
	_cleanup_json_ struct json *json = json_new_object();
	_cleanup_free_ char *text = NULL;
	struct json *files;
	int r;

	json_set_string(json, "schema", SCHEMA);
	files = json_set_array(json, "files");
	for (size_t i = 0; i < changes->count; i++) {
		struct json *file = json_append_object(files);

		json_set_string(file, "path", changes->list[i].path);
		state_to_json(&changes->list[i].before, file, "before");
		state_to_json(&changes->list[i].after, file, "after");
	}
	text = json_to_text(json);
	r = fsroot_write_text(root, CHANGES_PENDING, text, 0600);
	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot write %s", CHANGES_PENDING) : 0;
}

int changes_load(const struct fsroot *root, struct changes *ret, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	const struct json *files;
	size_t length;
	int r = fsroot_read(root, CHANGES_PENDING, FILE_MAX, &text, &length);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read %s", CHANGES_PENDING);
	r = json_parse(text, length, CHANGES_PENDING, &json, err);
	if (r < 0)
		return r;
	*ret = (struct changes){0};
	files = json_get_array(json, "files");
	for (size_t i = 0; i < json_length(files); i++) {
		const struct json *file = json_at(files, i);
		const char *path = json_get_string(file, "path");
		struct change *change;

		if (!path)
			continue;
		change = ARRAY_APPEND(ret->list, ret->count);
		change->path = xstrdup(path);
		state_from_json(file, "before", &change->before);
		state_from_json(file, "after", &change->after);
	}
	return 0;
}

int changes_forget(const struct fsroot *root, struct error **err)
{
	int r = fsroot_unlink(root, CHANGES_PENDING);

	return r < 0 && r != -ENOENT
		       ? error_errno(err, ERROR_INTERNAL, r, "cannot remove %s", CHANGES_PENDING)
		       : 0;
}
