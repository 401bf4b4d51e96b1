/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recorded machine from somewhere else: files, links, folders and pipes below a folder, as the
 * input names them. Whatever they hold it is looked at, judged and captured, masked or not, and
 * what is captured unmasked is the same machine. Its seeds are parts of tests/machines/captured.
 * Entries begin with a kind (f, l, d, p) and a path to the end of the line; a file's bytes or a
 * link's target follow, up to a line that begins with the byte 1e.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "common/file.h"
#include "common/str.h"
#include "hwdb/capture.h"
#include "hwdb/verdict.h"

#define ENTRIES_MAX 256
#define SEPARATOR   "\n\x1e"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void add_pipe(const struct fsroot *root, const char *path)
{
	_cleanup_free_ char *folder = xstrdup(path);
	_cleanup_close_ int fd = -1;
	char *slash = strrchr(folder, '/');

	if (!slash || slash == folder || fsroot_exists(root, path))
		return;
	*slash = '\0';
	if (fsroot_mkdir(root, folder, 0755) == 0)
		fd = fsroot_open_fd(root, folder, O_RDONLY | O_DIRECTORY);
	if (fd >= 0)
		(void)mkfifoat(fd, slash + 1, 0644);
}

/* What cannot be made, such as a file where a folder stands, is left out. */
static void add_entry(const struct fsroot *root, const uint8_t *entry, size_t length)
{
	const uint8_t *end = memchr(entry, '\n', length);
	size_t path_length = end ? (size_t)(end - entry) : length;
	_cleanup_free_ char *path = NULL, *target = NULL;
	const uint8_t *content = entry + (end ? path_length + 1 : length);
	size_t rest = length - (size_t)(content - entry);
	int r = 0;

	if (path_length < 2)
		return;
	path = xstrndup((const char *)entry + 1, path_length - 1);
	if (*path != '/')
		return;
	target = xstrndup((const char *)content, rest);
	if (*entry == 'f')
		r = fsroot_write(root, path, content, rest, 0644);
	else if (*entry == 'l' && *target)
		r = fsroot_symlink(root, target, path);
	else if (*entry == 'd')
		r = fsroot_mkdir(root, path, 0755);
	else if (*entry == 'p')
		add_pipe(root, path);
	if (r < 0)
		return;
}

static void make_machine(const struct fsroot *root, const uint8_t *bytes, size_t length)
{
	const uint8_t *end = bytes + length;

	for (size_t i = 0; i < ENTRIES_MAX && bytes < end; i++) {
		const uint8_t *stop = memmem(bytes, (size_t)(end - bytes), SEPARATOR, 2);

		add_entry(root, bytes, (size_t)((stop ?: end) - bytes));
		bytes = stop ? stop + 2 : end;
	}
}

/* What is printed moves no cursor and ends no line but its own. */
static void check_text(const struct host *host)
{
	_cleanup_free_ char *text = host_to_text(host);

	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' && *c != '\n')
			abort();
}

/* The machine as JSON, NULL when the folder is refused; judged, too. */
static char *describe(const char *folder)
{
	_cleanup_host_ struct host *host = NULL;
	_cleanup_error_ struct error *err = NULL;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};

	if (host_load(folder, &host, &err) < 0) {
		if (!err || !err->message)
			abort();
		return NULL;
	}
	if (profile_load("pool-member", &profile, NULL) < 0)
		abort();
	verdicts_judge(profile, host, &verdicts);
	check_text(host);
	/* A pipe is not captured, so its copy tells of none that could not be read. */
	strv_free(host->notes);
	host->notes = NULL;
	json = host_to_json(host);
	return json_to_text(json);
}

static void capture(const struct fsroot *root, const char *copy, bool mask, const char *expected)
{
	const struct capture_options options = {.mask = mask};
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *again = NULL;

	if (capture_write(root, copy, &options, &err) < 0) {
		if (!err || !err->message)
			abort();
	} else {
		again = describe(copy);
		if (!again || (expected && !str_eq(again, expected))) {
			(void)fprintf(stderr, "was %s\nis %s\n", expected, again);
			abort();
		}
	}
	file_remove_tree(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char folder[] = "/dev/shm/xenhost-fuzz-XXXXXX";
	_cleanup_free_ char *machine = NULL, *copy = NULL, *text = NULL;
	_cleanup_fsroot_ struct fsroot *root = NULL;

	if (!mkdtemp(folder))
		abort();
	machine = xasprintf("%s/machine", folder);
	copy = xasprintf("%s/copy", folder);
	if (mkdir(machine, 0755) < 0 || fsroot_open(machine, &root) < 0)
		abort();
	make_machine(root, bytes, length);
	text = describe(machine);
	/* Both for each would take twice as long. */
	if (text && length % 2)
		capture(root, copy, true, NULL);
	else if (text)
		capture(root, copy, false, text);
	file_remove_tree(folder);
	return 0;
}
