/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every unit test starts with: cmocka and the headers it needs first, a folder that is taken
 * away again, and a check of an error's words.
 */
#pragma once

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

#include "common/error.h"
#include "common/str.h"

/* A fresh empty folder below $TMPDIR or /tmp; free with unit_folder_remove(). */
static inline char *unit_folder_make(void)
{
	const char *parent = getenv("TMPDIR");
	char *path = xasprintf("%s/xenhost-unit.XXXXXX", parent ? parent : "/tmp");

	assert_non_null(mkdtemp(path));
	return path;
}

static inline int unit_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void unit_folder_remove(char *path)
{
	assert_int_equal(nftw(path, unit_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(path);
}

/* The error's text holds `words`, and it has a hint; frees it. */
static inline void unit_expect_error(struct error **err, const char *words)
{
	_cleanup_free_ char *text = NULL;

	assert_non_null(*err);
	text = error_text(*err);
	if (!strstr(text, words))
		fail_msg("\"%s\" lacks \"%s\"", text, words);
	assert_non_null(error_get_hint(*err));
	error_free(*err);
	*err = NULL;
}
