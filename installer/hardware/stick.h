/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The USB stick that takes hardware reports: one that somebody labelled XENHOST for this. The only
 * thing that is ever mounted for writing while hardware is looked at. Called by hardware.c, and by
 * keep.c for what an operator takes along, onto any stick. Never touches an install medium, a disk
 * that is neither removable nor on USB, or a file that is there.
 */
#pragma once

#include "installer/hardware/documents.h"

#define STICK_LABEL "XENHOST"

struct stick {
	const struct host_disk *disk; /* borrowed */
	const char *type;             /* borrowed: "vfat", "exfat" or "ext4" */
	const char *label;            /* borrowed; or NULL */
	char *node;                   /* "/dev/sdb1" */
};

void stick_done(struct stick *stick);
#define _cleanup_stick_ _cleanup_(stick_done)

/* 1 found, 0 there is none, or an error when there are several, which `err` lists. Pure. */
int stick_find(const struct host *host, struct stick *ret, struct error **err) _must_check_;
/* Every file system that a file could be written to, the labelled ones first. Pure. */
struct sticks {
	struct stick *list;
	size_t count;
};
void sticks_find(const struct host *host, struct sticks *ret);
void sticks_done(struct sticks *sticks);
/* One text as "STEM SUFFIX", the rest as stick_save(). */
int stick_save_text(const struct stick *stick, const char *stem, const char *suffix,
		    const char *text, char **ret_file, struct error **err) _must_check_;
/* Mounts it, writes the files, has them on the medium for sure, unmounts it. It is read-only before
 * and afterwards. `ret_files` names what was written. */
int stick_save(const struct stick *stick, const struct documents *documents, char ***ret_files,
	       struct error **err) _must_check_;
/* The files alone, into a folder; what was begun is taken away again when one fails. */
int stick_write_files(int folder, const struct documents *documents, char ***ret_files,
		      struct error **err) _must_check_;
