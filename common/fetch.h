/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads one small file from wherever it is: fetch.c holds the one table of what URLs may begin
 * with. For answer files, the scripts that make or accompany them, and certificates. Writes
 * nothing; file systems are mounted read-only, without a look at their journal, and only while they
 * are read.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/* A file system that somebody named by its label. */
struct fetch_device {
	char *node; /* "/dev/sdb1" */
	char *type; /* blkid's name: "vfat" */
};

/* The machine that reads, and how it presents itself; {0} on a laptop. */
struct fetch {
	size_t max_bytes;   /* 0: 16 MiB */
	const char *medium; /* the folder where the install medium is, or NULL */
	/* A folder to mount on, or NULL where nothing is to be mounted; set with find_label. */
	const char *mount_point;
	/* Finds the one file system with that label, or says which labels there are. */
	int (*find_label)(const char *label, struct fetch_device *ret, void *data,
			  struct error **err);
	void *data;
	/* Of the request, see common/http.h: */
	char *const *headers;
	const void *body;
	size_t body_length;
	const char *content_type;
	const char *certificate_sha256;
};

/*
 * `where` is a path or a URL. The bytes are followed by a NUL that does not count. Kind
 * ERROR_NETWORK where a server is to blame, ERROR_USAGE otherwise; -EFBIG beyond max_bytes.
 */
int fetch_read(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
	       struct error **err) _must_check_;
/* "http", "https" ...: every scheme that can be read; NULL behind the last. */
const char *const *fetch_schemes(void);
/* True for what needs links up. */
bool fetch_is_remote(const char *where);
/* 0 when something can be read from such a place, as far as its text tells. */
int fetch_check(const char *where, struct error **err) _must_check_;
