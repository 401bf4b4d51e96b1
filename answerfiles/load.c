/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "answerfiles/answers.h"
#include "common/http.h"
#include "common/str.h"

/* Answer files from a path or URL. */

/* The largest published one has 3 KiB. */
#define KIB         1024
#define ANSWERS_MAX (1024 * KIB)

/* It has been read as far as anyone should: a finding, as for any other wrong text. */
static int refuse_size(const char *name, struct answers **ret, struct findings *findings)
{
	struct finding *finding =
		findings_add(findings, SEVERITY_ERROR, NULL, "the file is larger than %u KiB",
			     (unsigned)(ANSWERS_MAX / KIB));

	finding_set_hint(finding, "check that this is an answer file");
	finding->file = xstrdup(name);
	finding->line = finding->column = 1;
	finding->fatal = true;
	*ret = answers_new();
	(*ret)->file = xstrdup(name);
	return 0;
}

static int read_all(int fd, const char *name, char **ret, size_t *ret_length, struct error **err)
{
	_cleanup_free_ char *text = xmalloc(ANSWERS_MAX + 1);
	size_t length = 0;

	for (;;) {
		ssize_t got = read(fd, text + length, ANSWERS_MAX + 1 - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, ERROR_USAGE, errno, "%s cannot be read", name);
		if (got == 0)
			break;
		length += (size_t)got;
		if (length > ANSWERS_MAX)
			return -EFBIG;
	}
	*ret = TAKE_PTR(text);
	*ret_length = length;
	return 0;
}

static int read_file(const char *path, char **ret, size_t *ret_length, struct error **err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		error_errno(err, ERROR_USAGE, errno, "%s cannot be opened", path);
		return error_hint(err, "Check the path of the answer file.");
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		error_set(err, ERROR_USAGE, "%s is a folder", path);
		return error_hint(err, "Name the answer file in it.");
	}
	return read_all(fd, path, ret, ret_length, err);
}

static int read_url(const char *url, char **ret, size_t *ret_length, struct error **err)
{
	struct http_request request = {.url = url, .max_bytes = ANSWERS_MAX};
	int r = http_get(&request, ret, ret_length, err);

	return r < 0 ? error_prefix(err, "no answer file") : 0;
}

static int refuse_scheme(const char *where, struct error **err)
{
	error_set(err, ERROR_USAGE, "not yet supported: answer files over %.*s",
		  (int)(strstr(where, "://") - where), where);
	return error_hint(err,
			  "Put the file on an http:, https: or ftp: server, or give its path.");
}

int answers_load(const char *where, struct answers **ret, struct secrets *ret_secrets,
		 struct findings *findings, struct error **err)
{
	_cleanup_free_ char *text = NULL, *name = NULL;
	size_t length = 0;
	int r;

	if (str_starts(where, "http://") || str_starts(where, "https://") ||
	    str_starts(where, "ftp://"))
		r = read_url(where, &text, &length, err);
	else if (str_starts(where, "file:///"))
		r = read_file(where + strlen("file://"), &text, &length, err);
	else if (strstr(where, "://"))
		r = refuse_scheme(where, err);
	else
		r = read_file(where, &text, &length, err);
	name = http_url_masked(where);
	if (r == -EFBIG && (!err || !*err))
		return refuse_size(name, ret, findings);
	if (r < 0)
		return r;
	r = answers_from_xml(text, length, name, ret, ret_secrets, findings, err);
	/* It may hold a password. */
	explicit_bzero(text, length);
	return r;
}
