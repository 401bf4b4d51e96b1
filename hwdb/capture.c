/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which files detection reads is not listed anywhere: a detection is run with every access
 * written down, and those paths are copied. So a probe that reads a new file needs nothing here.
 */
#include "hwdb/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "common/file.h"
#include "common/proc.h"
#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/mask.h"
#include "hwdb/probe/pci_config.h"

#define FILE_MAX      (64 * MIB)
#define LINKS_MAX     40
#define HOST_JSON_MAX (64 * MIB)

struct capture {
	struct fsroot *from, *to;
	struct host *host;
	bool masked;
	struct mask mask;
	char **paths;   /* what detection opened */
	char **folders; /* what it listed */
};

static void on_access(const char *path, int flags, void *data)
{
	struct capture *capture = data;

	strv_add(flags & O_DIRECTORY ? &capture->folders : &capture->paths, path);
}

/* Everything else holds nothing of the machine's (module lists) or is the devices themselves. */
static bool is_copied(const char *path)
{
	return str_starts(path, "/sys/") || str_starts(path, "/proc/") ||
	       str_starts(path, "/run/udev/data/");
}

static void host_pci_done(struct host_pci *pci)
{
	host_fields_done(host_pci_fields, pci);
}

/* What a path of the machine is called in the copy. */
static char *copy_name(const struct capture *capture, const char *path)
{
	return capture->masked ? mask_path(&capture->mask, path) : xstrdup(path);
}

static int write_file(struct capture *capture, const char *path, const char *bytes, size_t length)
{
	_cleanup_free_ char *name = copy_name(capture, path);
	_cleanup_close_ int fd = -1;

	/* Not fsroot_write(): thousands of small files need no sync of their own. */
	fd = fsroot_open_fd(capture->to, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
	if (fd < 0)
		return fd;
	for (size_t done = 0; done < length;) {
		ssize_t n = write(fd, bytes + done, length - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fchmod(fd, 0644) < 0 ? -errno : 0;
}

/* Not fsroot_symlink() for the same reason. A link that is there already stays. */
static int write_link(struct capture *capture, const char *target, const char *folder,
		      const char *name)
{
	_cleanup_free_ char *copy_folder = copy_name(capture, folder);
	_cleanup_free_ char *copy_target = copy_name(capture, target);
	_cleanup_free_ char *copy_link = copy_name(capture, name);
	_cleanup_close_ int fd = fsroot_open_fd(capture->to, copy_folder, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fd;
	return symlinkat(copy_target, fd, copy_link) < 0 && errno != EEXIST ? -errno : 0;
}

static int make_folder(struct capture *capture, const char *path)
{
	_cleanup_free_ char *name = copy_name(capture, path);

	return fsroot_mkdir(capture->to, name, 0755);
}

/* The ATA information page holds the serial number (words 10 to 19) with its bytes swapped. */
static void mask_ata_page(const char *path, char *bytes, size_t length)
{
	if (str_ends(path, "/vpd_pg89") && length >= 60 + 40)
		memset(bytes + 60 + 20, ' ', 20);
}

static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* The header, and of the rest what detection reads: see hwdb/probe/pci_config.h. */
static int copy_config(struct capture *capture, const char *path)
{
	_cleanup_free_ char *folder = xstrdup(path);
	_cleanup_pci_config_ struct pci_config config = {.fd = -1};
	_cleanup_(host_pci_done) struct host_pci pci = {0};

	go_up(folder);
	if (pci_config_open(capture->from, folder, &config) < 0)
		return 0;
	pci_config_describe(&config, &pci);
	pci_config_read_header(&config);
	return write_file(capture, path, (const char *)config.bytes, pci_config_length(&config));
}

/* Takes back the empty file that copy_folder() made for the name. */
static int remove_file(struct capture *capture, const char *path)
{
	_cleanup_free_ char *name = copy_name(capture, path);
	int r = fsroot_unlink(capture->to, name);

	return r == -ENOENT ? 0 : r;
}

static int copy_file(struct capture *capture, const char *path)
{
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	if (str_starts(path, "/sys/devices/pci") && str_ends(path, "/config"))
		return copy_config(capture, path);
	/* Attributes that refuse to be read were no help to detection either. */
	if (fsroot_read(capture->from, path, FILE_MAX, &bytes, &length) < 0)
		return remove_file(capture, path);
	if (capture->masked) {
		mask_ata_page(path, bytes, length);
		mask_apply(&capture->mask, bytes, length, mask_is_own_file(path));
	}
	return write_file(capture, path, bytes, length);
}

/* Resolves the link at `link` against its folder; ".." stays for the walk to handle. */
static char *after_link(const char *folder, const char *target, const char *rest)
{
	return *target == '/' ? xasprintf("%s/%s", target, rest)
			      : xasprintf("%s/%s/%s", folder, target, rest);
}

/*
 * Walks a path from the root, copying each link on the way; gives the real path. A folder is made
 * at once, so that what is below can follow.
 */
static int copy_links(struct capture *capture, const char *path, unsigned depth, char **ret)
{
	_cleanup_free_ char *current = xstrdup("");
	_cleanup_strv_ char **parts = strv_split(path, "/");

	if (depth == LINKS_MAX)
		return -ELOOP;
	for (char **part = parts; part && *part; part++) {
		_cleanup_free_ char *next = NULL, *target = NULL, *rest = NULL, *again = NULL;
		int r;

		if (str_eq(*part, ".") || str_eq(*part, "..")) {
			if (str_eq(*part, ".."))
				go_up(current);
			continue;
		}
		next = xasprintf("%s/%s", current, *part);
		/* /proc/self is a link to a number that means nothing later. */
		if (!str_eq(next, "/proc/self") &&
		    fsroot_readlink(capture->from, next, &target) == 0) {
			r = *current ? make_folder(capture, current) : 0;
			if (r == 0)
				r = write_link(capture, target, *current ? current : "/", *part);
			if (r < 0)
				return r;
			rest = strv_join(part + 1, "/");
			again = after_link(current, target, rest);
			return copy_links(capture, again, depth + 1, ret);
		}
		free(current);
		current = TAKE_PTR(next);
	}
	*ret = TAKE_PTR(current);
	return 0;
}

static int make_parent(struct capture *capture, const char *path)
{
	_cleanup_free_ char *parent = xstrdup(path);

	go_up(parent);
	return *parent ? make_folder(capture, parent) : 0;
}

/* A link that leads nowhere still tells by its text, such as the driver's name. */
static bool is_there(const struct capture *capture, const char *path)
{
	_cleanup_free_ char *target = NULL;

	return fsroot_exists(capture->from, path) ||
	       fsroot_readlink(capture->from, path, &target) == 0;
}

static int copy_path(struct capture *capture, const char *path, char **ret_real)
{
	_cleanup_free_ char *real = NULL;
	mode_t mode;
	int r;

	if (!is_copied(path) || !is_there(capture, path))
		return 0;
	r = copy_links(capture, path, 0, &real);
	/* Links that lead to each other lead nowhere either, and were copied. */
	if (r == -ELOOP)
		return 0;
	if (r < 0 || fsroot_stat_mode(capture->from, real, &mode) < 0)
		return r;
	r = make_parent(capture, real);
	if (r == 0 && S_ISDIR(mode))
		r = make_folder(capture, real);
	else if (r == 0 && S_ISREG(mode))
		r = copy_file(capture, real);
	if (r == 0 && ret_real)
		*ret_real = TAKE_PTR(real);
	return r;
}

/*
 * A listed folder's names are all there in the copy, for some tell by being there (firmware without
 * Secure Boot by its other variables): files that are not read stay empty.
 */
static int copy_folder(struct capture *capture, const char *path)
{
	_cleanup_free_ char *real = NULL;
	_cleanup_strv_ char **names = NULL;
	int r = copy_path(capture, path, &real);

	if (r < 0 || !real || fsroot_list(capture->from, real, &names) < 0)
		return r;
	for (char **name = names; r == 0 && name && *name; name++) {
		_cleanup_free_ char *entry = xasprintf("%s/%s", real, *name);
		_cleanup_free_ char *target = NULL;
		mode_t mode;

		if (fsroot_readlink(capture->from, entry, &target) == 0)
			r = write_link(capture, target, real, *name);
		else if (fsroot_stat_mode(capture->from, entry, &mode) < 0)
			continue;
		else if (S_ISDIR(mode))
			r = make_folder(capture, entry);
		else if (S_ISREG(mode))
			r = write_file(capture, entry, "", 0);
	}
	return r;
}

/* Paths are opened again and again: each is copied once. */
static int copy_all(struct capture *capture, char **paths,
		    int (*copy)(struct capture *capture, const char *path))
{
	if (!paths)
		return 0;
	strv_sort(paths);
	for (char **path = paths; *path; path++) {
		int r = path > paths && str_eq(path[0], path[-1]) ? 0 : copy(capture, *path);

		if (r < 0)
			return r;
	}
	return 0;
}

static int copy_one(struct capture *capture, const char *path)
{
	return copy_path(capture, path, NULL);
}

/* libpci opens these by itself. */
static void add_pci_paths(struct capture *capture)
{
	static const char *const files[] = {"vendor", "device", "class", "irq", "resource"};

	for (size_t i = 0; i < capture->host->n_pci; i++)
		for (size_t j = 0; j < ARRAY_SIZE(files); j++)
			strv_addf(&capture->paths, "/sys/bus/pci/devices/%s/%s",
				  capture->host->pci[i].address, files[j]);
}

static int write_host(struct capture *capture)
{
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *text = NULL;

	if (capture->masked)
		mask_host(&capture->mask, capture->host);
	json = host_to_json(capture->host);
	text = json_to_text(json);
	return write_file(capture, CAPTURE_HOST, text, strlen(text));
}

static int copy_machine(struct capture *capture, const char *folder, struct error **err)
{
	int r = fsroot_open(folder, &capture->to);

	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "Cannot open %s", folder);
	/* By these a machine is known, even one that told nothing there. */
	r = make_folder(capture, "/sys");
	if (r == 0)
		r = make_folder(capture, "/proc");
	if (r == 0)
		r = copy_all(capture, capture->folders, copy_folder);
	if (r == 0)
		r = copy_all(capture, capture->paths, copy_one);
	if (r == 0)
		r = write_host(capture);
	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "Cannot write to %s", folder);
	return 0;
}

const char *capture_tar_option(const char *name)
{
	static const struct {
		const char *suffix, *option;
	} kinds[] = {{".tar.gz", "-z"}, {".tgz", "-z"}, {".tar.zst", "--zstd"}, {".tar.xz", "-J"}};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_ends(name, kinds[i].suffix))
			return kinds[i].option;
	return NULL;
}

/* A folder of this name would surprise. */
static bool is_other_file(const char *name)
{
	static const char *const endings[] = {".tar", ".gz", ".zst", ".xz",
					      ".bz2", ".7z", ".zip", ".json"};

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (str_ends(name, endings[i]))
			return true;
	return false;
}

/* Said at once, not when everything was looked at. */
static int claim_tarball(const char *out, struct error **err)
{
	_cleanup_close_ int fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd >= 0)
		return 0;
	if (errno == EEXIST)
		return error_set(err, ERROR_USAGE, "%s exists already", out);
	error_errno(err, ERROR_USAGE, errno, "Cannot write %s", out);
	error_hint(err, "Name a file in a folder that exists and may be written to");
	return -EACCES;
}

static int claim_folder(const char *out, struct error **err)
{
	if (is_other_file(out)) {
		error_set(err, ERROR_USAGE, "No capture can be made as %s", out);
		return error_hint(err, "End the name in .tar.gz, .tar.zst or .tar.xz; or give that "
				       "of a folder");
	}
	if (mkdir(out, 0755) < 0 && (errno != EEXIST || rmdir(out) < 0 || mkdir(out, 0755) < 0)) {
		error_errno(err, ERROR_USAGE, errno, "Cannot make the folder %s", out);
		error_hint(err, "Name a folder that does not exist yet or is empty");
		return -EEXIST;
	}
	return 0;
}

/* tar runs elsewhere, so the name is made absolute; the file gets whole or goes. */
static int write_tarball(struct capture *capture, const char *out, const char *option,
			 struct error **err)
{
	_cleanup_free_ char *here = realpath(".", NULL);
	_cleanup_free_ char *path =
		*out == '/' ? xstrdup(out) : xasprintf("%s/%s", here ?: "", out);
	char folder[] = "/tmp/xenhost-capture-XXXXXX";
	int r;

	if (!mkdtemp(folder))
		return error_errno(err, ERROR_USAGE, errno, "Cannot make a folder in /tmp");
	r = copy_machine(capture, folder, err);
	if (r == 0) {
		r = proc_runl(err, "tar", "tar", "-c", option, "-f", path, "-C", folder, ".", NULL);
		if (r < 0) {
			r = error_prefix(err, "Cannot write %s", out);
			error_hint(err, "See whether there is room for it");
			/* Nothing of the machine was to be changed. */
			if (err && *err)
				(*err)->kind = ERROR_USAGE;
		}
	}
	file_remove_tree(folder);
	return r;
}

static void collect_file(struct capture *capture, const char *path)
{
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	if (fsroot_read(capture->from, path, FILE_MAX, &bytes, &length) < 0)
		return;
	mask_collect_file(path, bytes, length, &capture->mask);
}

/* What is read is searched for serial numbers and addresses that detection has no use for. */
static int collect_mask(struct capture *capture, struct error **err)
{
	if (getrandom(capture->mask.salt, sizeof(capture->mask.salt), 0) !=
	    sizeof(capture->mask.salt))
		return error_errno(err, ERROR_INTERNAL, errno, "Cannot draw random bytes");
	capture->masked = true;
	/* First, because of a UUID's two ways to stand in bytes the text decides. */
	mask_collect_host(capture->host, &capture->mask);
	for (char **path = capture->paths; path && *path; path++)
		if (mask_is_own_file(*path))
			collect_file(capture, *path);
	return 0;
}

static void capture_done(struct capture *capture)
{
	fsroot_free(capture->from);
	fsroot_free(capture->to);
	host_free(capture->host);
	mask_done(&capture->mask);
	strv_free(capture->paths);
	strv_free(capture->folders);
}

int capture_write(const struct fsroot *root, const char *out, const struct capture_options *options,
		  struct error **err)
{
	_cleanup_free_ char *outer = fsroot_outer_path(root, "/");
	_cleanup_(capture_done) struct capture capture = {0};
	const char *option = capture_tar_option(out);
	int r = fsroot_open(outer, &capture.from);

	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "Cannot open %s", outer);
	r = option ? claim_tarball(out, err) : claim_folder(out, err);
	if (r < 0)
		return r;
	fsroot_set_trace(capture.from, on_access, &capture);
	r = host_detect(capture.from, options->detect, &capture.host, err);
	fsroot_set_trace(capture.from, NULL, NULL);
	if (r == 0)
		add_pci_paths(&capture);
	if (r == 0 && options->mask)
		r = collect_mask(&capture, err);
	if (r == 0)
		r = option ? write_tarball(&capture, out, option, err)
			   : copy_machine(&capture, out, err);
	if (r < 0 && option)
		(void)unlink(out);
	return r;
}

int capture_read_host(const struct fsroot *root, struct host **ret, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	size_t length;
	int r;

	*ret = NULL;
	if (fsroot_is_live(root))
		return 0;
	r = fsroot_read(root, CAPTURE_HOST, HOST_JSON_MAX, &text, &length);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "Cannot read %s", &CAPTURE_HOST[1]);
	r = json_parse(text, length, &CAPTURE_HOST[1], &json, err);
	if (r == 0)
		r = host_from_json(json, ret, err);
	if (r < 0 && err && *err)
		(*err)->kind = ERROR_USAGE;
	return r;
}
