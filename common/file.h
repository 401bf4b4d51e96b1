/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files by paths that the user of a program named, relative ones included. What belongs to the
 * machine is reached through common/fsroot.h instead.
 */
#pragma once

#include <stdio.h>

#include "common/macro.h"

/*
 * The whole file, of at most `max` bytes, NUL-terminated; pipes and standard input ("-") too.
 * `ret_length` may be NULL.
 * -EFBIG when it is longer, -EISDIR for a folder.
 */
int file_read(const char *path, size_t max, char **ret, size_t *ret_length) _must_check_;
/* Makes or overwrites a file that its owner alone may read. */
int file_write_private(const char *path, const char *text) _must_check_;
/*
 * Removes a folder and all below it as far as that is possible, folders that forbid it included.
 * Of links only themselves go; what they point to is not touched.
 */
void file_remove_tree(const char *path);
/* Whole lines of the end of a file, of at most `max` bytes; a NUL in it is "?". */
int file_read_tail(const char *path, size_t max, char **ret) _must_check_;
/* The next line without its end; NULL at the end of the file. Newly allocated. */
char *file_line(FILE *file);
